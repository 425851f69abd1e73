//! Small files of an application (文件管理), GM/T 0016-2012, 7.4.

use crate::{
    Sar,
    pin::Who,
    token::{FileRecord, Hex},
    world::Application,
};

/// Most files of an application.
const FILES_MAX: usize = 32;
/// Longest file.
const FILE_MAX_BYTES: u32 = 64 << 10;
/// `SECURE_ADM_ACCOUNT`.
const ADMIN: u32 = 0x01;
/// `SECURE_USER_ACCOUNT`.
const USER: u32 = 0x10;
/// `SECURE_ANYONE_ACCOUNT`.
const ANYONE: u32 = 0xFF;

impl Application {
    pub(crate) fn create_file(&self, name: &str, size: u32, rights: [u32; 2]) -> Result<(), Sar> {
        let mut locked = self.device.open()?;
        let record = locked.token.application(&self.name)?;
        self.check_right(record.file_rights)?;
        if size == 0 || size > FILE_MAX_BYTES || record.files.len() >= FILES_MAX {
            return Err(Sar::NO_ROOM);
        }
        if record.files.iter().any(|file| file.name == name) {
            return Err(Sar::FILE_EXISTS);
        }
        let [read_rights, write_rights] = rights;
        let content = Hex(vec![0; size as usize]);
        record.files.push(FileRecord { name: name.to_owned(), read_rights, write_rights, content });
        locked.save()
    }

    pub(crate) fn delete_file(&self, name: &str) -> Result<(), Sar> {
        let mut locked = self.device.open()?;
        let record = locked.token.application(&self.name)?;
        self.check_right(record.file_rights)?;
        let before = record.files.len();
        record.files.retain(|file| file.name != name);
        if record.files.len() == before {
            return Err(Sar::NO_FILE);
        }
        locked.save()
    }

    pub(crate) fn file_names(&self) -> Result<Vec<String>, Sar> {
        let mut locked = self.device.open()?;
        Ok(locked.token.application(&self.name)?.files.iter().map(|file| file.name.clone()).collect())
    }

    pub(crate) fn file(&self, name: &str) -> Result<FileRecord, Sar> {
        let mut locked = self.device.open()?;
        let record = locked.token.application(&self.name)?;
        record.files.iter().find(|file| file.name == name).cloned().ok_or(Sar::NO_FILE)
    }

    /// Up to `size` bytes from `offset`.
    pub(crate) fn read_file(&self, name: &str, offset: u32, size: u32) -> Result<Vec<u8>, Sar> {
        let file = self.file(name)?;
        self.check_right(file.read_rights)?;
        let rest = file.content.0.get(offset as usize..).ok_or(Sar::PARAMETER)?;
        Ok(rest.get(..size as usize).unwrap_or(rest).to_vec())
    }

    pub(crate) fn write_file(&self, name: &str, offset: u32, bytes: &[u8]) -> Result<(), Sar> {
        let mut locked = self.device.open()?;
        let record = locked.token.application(&self.name)?;
        let file = record.files.iter_mut().find(|file| file.name == name).ok_or(Sar::NO_FILE)?;
        self.check_right(file.write_rights)?;
        let rest = file.content.0.get_mut(offset as usize..).ok_or(Sar::PARAMETER)?;
        rest.get_mut(..bytes.len()).ok_or(Sar::INPUT_LENGTH)?.copy_from_slice(bytes);
        locked.save()
    }

    fn check_right(&self, rights: u32) -> Result<(), Sar> {
        let allowed = rights == ANYONE
            || rights & ADMIN != 0 && self.is_logged_in(Who::Admin)
            || rights & USER != 0 && self.is_logged_in(Who::User);
        if allowed { Ok(()) } else { Err(Sar::NOT_LOGGED_IN) }
    }
}
