//! All that handles point to, and who is logged in (句柄与权限状态).

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use zeroize::Zeroizing;

use crate::{Sar, cipher::Object, device::Device, pin::Who, table::Table};

/// An opened application (应用句柄).
pub(crate) struct Application {
    pub(crate) device: Arc<Device>,
    pub(crate) name: String,
}

/// An opened container (容器句柄).
pub(crate) struct Container {
    pub(crate) application: Arc<Application>,
    pub(crate) name: String,
}

/// A session key, digest or MAC in the making, of a device.
pub(crate) struct Kept {
    pub(crate) device: Arc<Device>,
    pub(crate) object: Mutex<Object>,
}

/// Rights stay when handles are closed, as the standard has it: they belong to the token, not to the handle.
type Rights = HashMap<(PathBuf, String, Who), Arc<Zeroizing<[u8; 16]>>>;

pub(crate) struct World {
    pub(crate) devices: Table<Arc<Device>>,
    pub(crate) applications: Table<Arc<Application>>,
    pub(crate) containers: Table<Arc<Container>>,
    pub(crate) objects: Table<Arc<Kept>>,
    rights: Option<Rights>,
}

static WORLD: Mutex<World> = Mutex::new(World {
    devices: Table::new(1),
    applications: Table::new(2),
    containers: Table::new(3),
    objects: Table::new(4),
    rights: None,
});

pub(crate) fn world() -> MutexGuard<'static, World> {
    WORLD.lock().unwrap_or_else(PoisonError::into_inner) // each change of the tables is whole
}

pub(crate) fn device(handle: usize) -> Result<Arc<Device>, Sar> {
    world().devices.find(handle).cloned().ok_or(Sar::HANDLE)
}

pub(crate) fn application(handle: usize) -> Result<Arc<Application>, Sar> {
    world().applications.find(handle).cloned().ok_or(Sar::HANDLE)
}

pub(crate) fn container(handle: usize) -> Result<Arc<Container>, Sar> {
    world().containers.find(handle).cloned().ok_or(Sar::HANDLE)
}

pub(crate) fn object(handle: usize) -> Result<Arc<Kept>, Sar> {
    world().objects.find(handle).cloned().ok_or(Sar::HANDLE)
}

pub(crate) fn keep(device: &Arc<Device>, object: Object) -> Result<usize, Sar> {
    let kept = Kept { device: Arc::clone(device), object: Mutex::new(object) };
    world().objects.insert(Arc::new(kept)).ok_or(Sar::NO_ROOM)
}

impl Application {
    fn right(&self, who: Who) -> (PathBuf, String, Who) {
        (self.device.path.clone(), self.name.clone(), who)
    }

    pub(crate) fn log_in(&self, who: Who, master: Zeroizing<[u8; 16]>) {
        world().rights.get_or_insert_default().insert(self.right(who), Arc::new(master));
    }

    pub(crate) fn log_out(&self, who: Who) {
        let right = self.right(who);
        world().rights.get_or_insert_default().remove(&right);
    }

    pub(crate) fn is_logged_in(&self, who: Who) -> bool {
        let right = self.right(who);
        world().rights.get_or_insert_default().contains_key(&right)
    }

    /// The key of the application, while the user is logged in.
    pub(crate) fn master(&self) -> Result<Arc<Zeroizing<[u8; 16]>>, Sar> {
        let right = self.right(Who::User);
        world().rights.get_or_insert_default().get(&right).cloned().ok_or(Sar::NOT_LOGGED_IN)
    }
}
