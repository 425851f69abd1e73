//! 手机 `mobile`: codes that phones scan, enrolment, and signatures that phone and server make together.
//!
//! The key of a seal on a phone exists nowhere: the phone holds one share, the server the other
//! ([`eseal_gm::sm2::cosign`]).  [`phone`] is the phone's side of the protocol, for clients and for the demo's phone.

pub(crate) mod code;
mod confirm;
mod cosign;
mod enrol;
mod history;
mod my_seals;
pub mod phone;
mod pin;
mod refresh_share;
mod refuse;
mod rounds;
mod scan;
mod shares;
mod task;

use std::sync::Arc;

use eseal_api::ScanStatus;
use eseal_device::DeviceKind;
use eseal_store::{CodeRecord, PhoneRecord, UserRecord};

use crate::{App, Caller, Error, Result, login::active_user, random::is_id};

pub use confirm::confirm;
pub use enrol::{enrol, new_enrolment};
pub use history::history;
pub use my_seals::my_seals;
pub use pin::PIN_ATTEMPTS;
pub use refresh_share::refresh_share;
pub use refuse::refuse;
pub use scan::scan;
pub use shares::{CertificateIssuer, NotIssued, ShareKey};
pub(crate) use task::{SignTask, TaskDocument, TaskResult, TaskValue, signed_values};

/// What the platform needs to have phones (手机密钥): who certifies their keys, what seals the server's shares.
///
/// Rounds that are open live in here and nowhere else: after a restart the phone begins its round again.
#[derive(Default)]
pub struct PhoneKeys {
    /// Certifies new keys; without one nobody can be enrolled.
    pub(crate) issuer: Option<Arc<dyn CertificateIssuer>>,
    /// Seals the server's shares where they are kept; without one no phone can sign.
    pub(crate) share_key: Option<ShareKey>,
    /// A phone may hold its whole key alone.
    pub(crate) allows_held_keys: bool,
    pub(crate) enrolments: enrol::Enrolments,
    pub(crate) rounds: rounds::Rounds,
}

impl PhoneKeys {
    /// Phones whose keys `issuer` certifies and whose server shares are sealed with `share_key`.
    #[must_use]
    pub fn new(issuer: Arc<dyn CertificateIssuer>, share_key: ShareKey) -> Self {
        Self { issuer: Some(issuer), share_key: Some(share_key), ..Self::default() }
    }

    /// Lets phones hold their whole key alone: off unless said, because a stolen key then signs elsewhere too.
    #[must_use]
    pub fn with_held_keys(self) -> Self {
        Self { allows_held_keys: true, ..self }
    }

    /// Names who certifies new keys.
    #[must_use]
    pub fn with_issuer(self, issuer: Arc<dyn CertificateIssuer>) -> Self {
        Self { issuer: Some(issuer), ..self }
    }

    /// Names what seals the server's shares.
    #[must_use]
    pub fn with_share_key(self, share_key: ShareKey) -> Self {
        Self { share_key: Some(share_key), ..self }
    }

    /// True if the server's shares are sealed with a key from a file: for development only.
    #[must_use]
    pub fn has_key_files(&self) -> bool {
        self.is_kept(DeviceKind::KeyFile)
    }

    /// True if the key that seals the server's shares is sealed by a device for development.
    #[must_use]
    pub fn has_development_devices(&self) -> bool {
        self.is_kept(DeviceKind::Development)
    }

    fn is_kept(&self, kind: DeviceKind) -> bool {
        self.share_key.as_ref().is_some_and(|key| key.kept() == kind)
    }

    /// True if phones may hold their whole key alone.
    #[must_use]
    pub const fn allows_held_keys(&self) -> bool {
        self.allows_held_keys
    }

    pub(crate) fn share_key(&self) -> Result<&ShareKey> {
        self.share_key.as_ref().ok_or_else(|| Error::DeviceUnavailable("no key for the server's shares".into()))
    }
}

/// The phone that asks and its user, both still active.
pub(crate) async fn calling_phone(app: &App, caller: &Caller) -> Result<(PhoneRecord, UserRecord)> {
    let device = caller.device()?;
    let phone = app.store.find_phone(&device.device_id).await?;
    let phone = phone.filter(|phone| phone.active && phone.user_id == device.user_id).ok_or(Error::NotGranted)?;
    let user = active_user(app, &phone.user_id).await?;
    Ok((phone, user))
}

/// A code that this phone scanned and that waits for its answer.
pub(crate) async fn bound_code(app: &App, phone: &PhoneRecord, id: &str) -> Result<CodeRecord> {
    let found = if is_id(id) { app.store.find_code(id).await? } else { None };
    let code = found.ok_or_else(|| Error::TaskNotFound.at("/qrId"))?;
    if code.device_id.as_ref() != Some(&phone.id) {
        return Err(Error::NotGranted.at("/qrId"));
    }
    match code::state(&code, app.clock.now())? {
        ScanStatus::Scanned => Ok(code),
        ScanStatus::Canceled => Err(Error::RefusedBySigner),
        ScanStatus::Failed => Err(TaskResult::of(&code)?.failure.map_or(Error::NotGranted, task::Failure::error)),
        ScanStatus::NotScanned | ScanStatus::Confirmed | ScanStatus::Expired | ScanStatus::Used => {
            Err(code::expired(&code).at("/qrId"))
        }
    }
}
