//! Who asks (调用方): an authenticated application system, an enrolled phone, or anybody.

use std::{net::IpAddr, sync::Arc};

use eseal_api::{Function, Language, Scene};

use crate::{Error, Result};

/// 调用方 of one request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub identity: Identity,
    /// Language of messages.
    pub language: Language,
    /// 请求编号.
    pub req_id: String,
    /// Where the request comes from, behind trusted proxies.
    pub address: IpAddr,
}

/// Who asks, after authentication.
#[derive(Clone, Debug)]
pub enum Identity {
    /// 第三方应用系统, with its rights.
    System(Arc<CallingSystem>),
    /// 手机, enrolled for a user.
    Device(Arc<CallingDevice>),
    /// 公众: not authenticated.
    Public,
}

/// 应用系统 and what it may do.
#[derive(Clone, Debug)]
pub struct CallingSystem {
    /// 应用系统标识.
    pub system_id: String,
    /// 应用系统名称, as shown on phones and tickets.
    pub name: String,
    /// Functions it may call.
    pub functions: Vec<Function>,
    /// Scenes it may name.
    pub scenes: Vec<Scene>,
    /// Page origins registered for it.
    pub origins: Vec<String>,
    /// True if it may have digests signed whose documents never come here.
    pub digest_only: bool,
    /// Requests that it may send in a minute.
    pub requests_per_minute: u32,
}

/// 手机 of a holder.
#[derive(Clone, Debug)]
pub struct CallingDevice {
    /// 设备标识.
    pub device_id: String,
    /// Its user in the store.
    pub user_id: String,
}

impl Caller {
    /// The calling system.
    ///
    /// # Errors
    /// [`Error::FunctionNotAllowed`] for anybody else: no interface of systems is open to them.
    pub fn system(&self) -> Result<&CallingSystem> {
        match &self.identity {
            Identity::System(system) => Ok(system),
            Identity::Device(_) | Identity::Public => Err(Error::FunctionNotAllowed),
        }
    }

    /// The calling phone.
    ///
    /// # Errors
    /// [`Error::FunctionNotAllowed`] for anybody else.
    pub fn device(&self) -> Result<&CallingDevice> {
        match &self.identity {
            Identity::Device(device) => Ok(device),
            Identity::System(_) | Identity::Public => Err(Error::FunctionNotAllowed),
        }
    }

    /// True if anybody may have sent the request: pictures, seals and certificates stay here.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self.identity, Identity::Public)
    }
}

impl CallingSystem {
    /// Whether it may call the function.
    ///
    /// # Errors
    /// [`Error::FunctionNotAllowed`].
    pub fn check_function(&self, function: Function) -> Result<()> {
        if self.functions.contains(&function.right()) { Ok(()) } else { Err(Error::FunctionNotAllowed) }
    }

    /// Whether it may name the scene.
    ///
    /// # Errors
    /// [`Error::SceneNotAllowed`], about `/scene`.
    pub fn check_scene(&self, scene: Option<Scene>) -> Result<()> {
        match scene {
            Some(scene) if !self.scenes.contains(&scene) => Err(Error::SceneNotAllowed.at("/scene")),
            _ => Ok(()),
        }
    }
}
