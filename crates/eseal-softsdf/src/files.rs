//! User files (用户文件), GM/T 0018-2012, 6.7: of a length that is fixed when they are made; their names are hashed.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use eseal_gm::sm3;

use crate::{Sdr, at_rest::write_private};

/// Longest name, in bytes: the standard's.
const NAME_MAX_BYTES: usize = 128;
/// Largest file, in bytes: cards have some KiB for all.
const FILE_MAX_BYTES: usize = 64 << 10;
/// Most files.
const FILES_MAX: usize = 256;
const PREFIX: &str = "file-";

/// One change at a time.
static CHANGING: Mutex<()> = Mutex::new(());

fn changing() -> MutexGuard<'static, ()> {
    CHANGING.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn create(folder: &Path, name: &[u8], size: u32) -> Result<(), Sdr> {
    let (path, _changing) = (path(folder, name)?, changing());
    let size = usize::try_from(size).ok().filter(|size| (1..=FILE_MAX_BYTES).contains(size)).ok_or(Sdr::FILE_SIZE)?;
    if path.exists() {
        return Err(Sdr::FILE_EXISTS);
    }
    let is_file = |entry: &io::Result<fs::DirEntry>| {
        entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX))
    };
    if fs::read_dir(folder).map_err(|_| Sdr::FILE_WRITE)?.filter(is_file).count() >= FILES_MAX {
        return Err(Sdr::FILE_WRITE);
    }
    write_private(&path, &vec![0; size]).map_err(|_| Sdr::FILE_WRITE)
}

/// At most `length` bytes from `offset`: fewer where the file ends.
pub(crate) fn read(folder: &Path, name: &[u8], offset: u32, length: u32) -> Result<Vec<u8>, Sdr> {
    let bytes = whole(&path(folder, name)?)?;
    let rest = bytes.get(offset as usize..).ok_or(Sdr::FILE_OFFSET)?;
    Ok(rest.get(..length as usize).unwrap_or(rest).to_vec())
}

pub(crate) fn write(folder: &Path, name: &[u8], offset: u32, input: &[u8]) -> Result<(), Sdr> {
    let (path, _changing) = (path(folder, name)?, changing());
    let mut bytes = whole(&path)?;
    let room = bytes.get_mut(offset as usize..).ok_or(Sdr::FILE_OFFSET)?;
    room.get_mut(..input.len()).ok_or(Sdr::FILE_SIZE)?.copy_from_slice(input);
    write_private(&path, &bytes).map_err(|_| Sdr::FILE_WRITE)
}

pub(crate) fn delete(folder: &Path, name: &[u8]) -> Result<(), Sdr> {
    let (path, _changing) = (path(folder, name)?, changing());
    fs::remove_file(path).map_err(|_| Sdr::FILE_NOT_EXIST)
}

fn whole(path: &Path) -> Result<Vec<u8>, Sdr> {
    fs::read(path).map_err(|_| Sdr::FILE_NOT_EXIST)
}

/// No name leads out of the folder.
fn path(folder: &Path, name: &[u8]) -> Result<PathBuf, Sdr> {
    if name.is_empty() || name.len() > NAME_MAX_BYTES {
        return Err(Sdr::INPUT);
    }
    let hashed: String = sm3(name).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(folder.join(format!("{PREFIX}{hashed}.sdf")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_written_read_and_removed_within_its_length() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let name = b"../a name";
        assert_eq!(read(folder, name, 0, 4), Err(Sdr::FILE_NOT_EXIST));
        create(folder, name, 8).expect("made");
        assert_eq!(create(folder, name, 8), Err(Sdr::FILE_EXISTS));
        write(folder, name, 2, b"abc").expect("written");
        assert_eq!(read(folder, name, 0, 100), Ok(b"\0\0abc\0\0\0".to_vec()));
        assert_eq!(read(folder, name, 3, 2), Ok(b"bc".to_vec()));
        assert_eq!(read(folder, name, 9, 1), Err(Sdr::FILE_OFFSET));
        assert_eq!(write(folder, name, 6, b"abc"), Err(Sdr::FILE_SIZE));
        assert_eq!(write(folder, name, u32::MAX, b"abc"), Err(Sdr::FILE_OFFSET));
        delete(folder, name).expect("removed");
        assert_eq!(delete(folder, name), Err(Sdr::FILE_NOT_EXIST));
        for size in [0, 1 << 20] {
            assert_eq!(create(folder, name, size), Err(Sdr::FILE_SIZE));
        }
        assert_eq!(create(folder, &[b'x'; 129], 1), Err(Sdr::INPUT));
        assert_eq!(create(folder, b"", 1), Err(Sdr::INPUT));
    }

    #[test]
    fn there_is_an_end_to_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = (0..FILES_MAX + 1).map(|number| create(folder.path(), number.to_string().as_bytes(), 1));
        let made: Vec<_> = made.collect();
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), FILES_MAX);
        assert_eq!(made.last(), Some(&Err(Sdr::FILE_WRITE)));
    }
}
