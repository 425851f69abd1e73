//! Wrong passwords, counted on disk (口令重试计数): a try is written down before the password is looked at.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use crate::at_rest;

/// Wrong passwords in a row that lock a key (口令最大重试次数).
pub const TRIES: u8 = 20;

/// A try that is being made; others wait for its end, in other processes too.
pub(crate) struct Tries {
    file: File,
    left: u8,
}

impl Tries {
    /// All tries again.
    pub(crate) fn reset(folder: &Path, index: u32) -> io::Result<()> {
        at_rest::write_private(&path(folder, index), &text(TRIES))
    }

    /// Takes one try and writes that down.  A file that is absent or damaged has none left.
    pub(crate) fn take(folder: &Path, index: u32) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path(folder, index))?;
        file.lock()?; // until the file is closed
        let mut tries = Self { file, left: 0 };
        let mut read = Vec::new();
        (&tries.file).take(8).read_to_end(&mut read)?;
        tries.left = (1..=TRIES).find(|left| read == text(*left)).unwrap_or(0);
        tries.write(tries.left.saturating_sub(1))?;
        Ok(tries)
    }

    /// Whether there was one to take.
    pub(crate) const fn were_left(&self) -> bool {
        self.left > 0
    }

    /// After a right password all tries are there again; after a wrong one the same is written once more, so that both
    /// take as long.
    pub(crate) fn end(mut self, is_right: bool) -> io::Result<()> {
        let left = if is_right { TRIES } else { self.left.saturating_sub(1) };
        self.write(left)
    }

    fn write(&mut self, left: u8) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&text(left))?;
        self.file.sync_data()
    }
}

/// Always three bytes, which a disk writes at once.
fn text(left: u8) -> [u8; 3] {
    [b'0' + left / 10, b'0' + left % 10, b'\n']
}

fn path(folder: &Path, index: u32) -> PathBuf {
    folder.join(format!("key-{index}.tries"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_try_counts_even_if_it_never_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        Tries::reset(folder.path(), 1).expect("written");
        drop(Tries::take(folder.path(), 1).expect("taken")); // as if the power failed here
        assert_eq!(fs::read(folder.path().join("key-1.tries")).expect("read"), b"19\n");
        let tries = Tries::take(folder.path(), 1).expect("taken");
        assert!(tries.were_left());
        tries.end(true).expect("written");
        assert_eq!(fs::read(folder.path().join("key-1.tries")).expect("read"), b"20\n");
    }

    #[test]
    fn what_is_damaged_has_no_tries_left() {
        let folder = tempfile::tempdir().expect("a folder");
        for damaged in ["", "21\n", "20", "x0\n", "20\n\n", "-1\n"] {
            fs::write(folder.path().join("key-1.tries"), damaged).expect("written");
            let tries = Tries::take(folder.path(), 1).expect("taken");
            assert!(!tries.were_left(), "{damaged:?}");
        }
    }

    #[test]
    fn of_many_at_a_time_each_is_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        Tries::reset(folder.path(), 1).expect("written");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| Tries::take(folder.path(), 1).expect("taken").end(false).expect("written"));
            }
        });
        assert_eq!(fs::read(folder.path().join("key-1.tries")).expect("read"), b"12\n");
    }
}
