//! Applications and PINs (应用管理, 访问控制), GM/T 0016-2012, 7.2 and 7.3.

use std::sync::Arc;

use eseal_gm::random;
use zeroize::Zeroizing;

use crate::{
    Sar,
    device::{Device, name},
    pin::{self, PIN_BYTES, Pin, Who},
    token::ApplicationRecord,
    world::{Application, application, world},
};

/// Most applications of a token.
const APPLICATIONS_MAX: usize = 16;

/// Parameters of a new application.
pub(crate) struct New<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) admin_pin: &'a [u8],
    pub(crate) admin_tries: u32,
    pub(crate) user_pin: &'a [u8],
    pub(crate) user_tries: u32,
    pub(crate) file_rights: u32,
}

impl New<'_> {
    /// As it is kept, with a key of its own.
    pub(crate) fn record(&self) -> Result<ApplicationRecord, Sar> {
        let master = Zeroizing::new(random::<16>().map_err(|_| Sar::RANDOM)?);
        Ok(ApplicationRecord {
            name: name(self.name, Sar::APPLICATION_NAME)?.to_owned(),
            file_rights: self.file_rights,
            admin: Pin::wrap(Who::Admin, self.admin_pin, &master, self.admin_tries)?,
            user: Pin::wrap(Who::User, self.user_pin, &master, self.user_tries)?,
            containers: Vec::new(),
            files: Vec::new(),
        })
    }
}

pub(crate) fn create(device: &Arc<Device>, new: &New<'_>) -> Result<usize, Sar> {
    device.check_managed()?;
    let mut locked = device.open()?;
    let record = new.record()?;
    if locked.token.applications.iter().any(|found| found.name == record.name) {
        return Err(Sar::APPLICATION_EXISTS);
    }
    if locked.token.applications.len() >= APPLICATIONS_MAX {
        return Err(Sar::NO_ROOM);
    }
    let name = record.name.clone();
    locked.token.applications.push(record);
    locked.save()?;
    drop(locked);
    keep(device, name)
}

pub(crate) fn names(device: &Device) -> Result<Vec<String>, Sar> {
    Ok(device.open()?.token.applications.into_iter().map(|application| application.name).collect())
}

pub(crate) fn delete(device: &Device, name: &str) -> Result<(), Sar> {
    device.check_managed()?;
    let mut locked = device.open()?;
    locked.token.application(name)?;
    locked.token.applications.retain(|application| application.name != name);
    locked.save()
}

pub(crate) fn open(device: &Arc<Device>, name: &str) -> Result<usize, Sar> {
    device.open()?.token.application(name)?;
    keep(device, name.to_owned())
}

fn keep(device: &Arc<Device>, name: String) -> Result<usize, Sar> {
    let application = Application { device: Arc::clone(device), name };
    world().applications.insert(Arc::new(application)).ok_or(Sar::NO_ROOM)
}

/// Closes an application with its containers; rights stay.
pub(crate) fn close(handle: usize) -> Result<(), Sar> {
    application(handle)?;
    let mut world = world();
    let application = world.applications.remove(handle).ok_or(Sar::HANDLE)?;
    world.containers.retain(|container| !Arc::ptr_eq(&container.application, &application));
    Ok(())
}

impl Application {
    /// Logs in; the second value is how often the PIN may still be tried.
    pub(crate) fn verify_pin(&self, who: Who, pin: &[u8]) -> Result<(), (Sar, u32)> {
        let mut locked = self.device.open().map_err(|error| (error, 0))?;
        let opened = pin::attempt(&mut locked, &self.name, who, pin);
        drop(locked);
        match opened {
            Ok(master) => {
                self.log_in(who, master);
                Ok(())
            }
            Err(error) => {
                self.log_out(who);
                Err(error)
            }
        }
    }

    pub(crate) fn change_pin(&self, who: Who, old: &[u8], new: &[u8]) -> Result<(), (Sar, u32)> {
        let plain = |error| (error, 0);
        let mut locked = self.device.open().map_err(plain)?;
        if !PIN_BYTES.contains(&new.len()) {
            return Err((Sar::PIN_LENGTH, locked.token.application(&self.name).map_err(plain)?.pin(who).tries_left));
        }
        let master = pin::attempt(&mut locked, &self.name, who, old)?;
        let record = locked.token.application(&self.name).map_err(plain)?.pin(who);
        *record = Pin::wrap(who, new, &master, record.tries_max).map_err(plain)?.changed();
        locked.save().map_err(plain)
    }

    /// The administrator gives the user a new PIN and all tries.
    pub(crate) fn unblock(&self, admin: &[u8], new: &[u8]) -> Result<(), (Sar, u32)> {
        let plain = |error| (error, 0);
        let mut locked = self.device.open().map_err(plain)?;
        if !PIN_BYTES.contains(&new.len()) {
            return Err((Sar::PIN_LENGTH, locked.token.application(&self.name).map_err(plain)?.admin.tries_left));
        }
        let master = pin::attempt(&mut locked, &self.name, Who::Admin, admin)?;
        let user = &mut locked.token.application(&self.name).map_err(plain)?.user;
        *user = Pin::wrap(Who::User, new, &master, user.tries_max).map_err(plain)?.changed();
        locked.save().map_err(plain)?;
        drop(locked);
        self.log_out(Who::User);
        Ok(())
    }

    /// Most tries, tries left, and whether the PIN is still the first one.
    pub(crate) fn pin_info(&self, who: Who) -> Result<(u32, u32, bool), Sar> {
        let mut locked = self.device.open()?;
        let pin = locked.token.application(&self.name)?.pin(who);
        Ok((pin.tries_max, pin.tries_left, pin.initial))
    }

    pub(crate) fn clear_secure_state(&self) {
        self.log_out(Who::User);
        self.log_out(Who::Admin);
    }
}
