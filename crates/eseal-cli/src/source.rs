//! A file on disk as a source of bytes (文件来源): read where it lies, never held whole.

use std::{fs::File, path::Path};

use anyhow::{Context, Result};
use eseal_bytes::{ByteSource, ReadError};

/// An open file.
pub(crate) struct FileSource {
    file: File,
    len: u64,
}

impl FileSource {
    /// Opens a file; its length stays what it is now.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let len = file.metadata().with_context(|| format!("cannot read {}", path.display()))?.len();
        Ok(Self { file, len })
    }
}

impl ByteSource for FileSource {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let len = buffer.len() as u64;
        if offset.checked_add(len).is_none_or(|end| end > self.len) {
            return Err(ReadError::OutOfRange { offset, len, size: self.len });
        }
        read_exact_at(&self.file, buffer, offset).map_err(|error| ReadError::Storage(error.kind().to_string()))
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> std::io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !buffer.is_empty() {
        let read = file.seek_read(buffer, offset)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[read..];
        offset += read as u64;
    }
    Ok(())
}
