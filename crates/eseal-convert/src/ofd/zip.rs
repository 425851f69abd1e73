//! A plain zip package (打包): no dates, no 64-bit sizes; the same parts give the same bytes.

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder};

use crate::ConvertError;

/// Version 2.0: deflate.
const VERSION: u16 = 20;
/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
const DEFLATED: u16 = 8;
const STORED: u16 = 0;
/// 1 January 1980.
const DATE: u16 = 0x0021;

/// A package that is being written.
#[derive(Default)]
pub(super) struct Zip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Zip {
    /// Adds an entry, deflated if that makes it smaller.
    pub(super) fn add(&mut self, name: &str, content: &[u8]) -> Result<(), ConvertError> {
        let deflated = deflate(content).map_err(|error| ConvertError::Write(error.to_string()))?;
        let (method, body) =
            if deflated.len() < content.len() { (DEFLATED, deflated.as_slice()) } else { (STORED, content) };
        let mut crc = Crc::new();
        crc.update(content);
        let mut fields = Vec::new();
        for word in [VERSION, FLAGS, method, 0, DATE] {
            fields.extend(word.to_le_bytes());
        }
        for word in [crc.sum(), size(body.len())?, size(content.len())?] {
            fields.extend(word.to_le_bytes());
        }
        let name_size = u16::try_from(name.len()).map_err(|_| too_large())?;
        fields.extend(name_size.to_le_bytes());
        fields.extend([0, 0]);
        let at = size(self.bytes.len())?;
        self.bytes.extend([&b"PK\x03\x04"[..], &fields, name.as_bytes(), body].concat());
        self.directory
            .extend([&b"PK\x01\x02"[..], &VERSION.to_le_bytes(), &fields, &[0; 10], &at.to_le_bytes()].concat());
        self.directory.extend(name.as_bytes());
        self.count = self.count.checked_add(1).ok_or_else(too_large)?;
        Ok(())
    }

    /// Writes the directory.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, ConvertError> {
        let (start, length) = (size(self.bytes.len())?, size(self.directory.len())?);
        self.bytes.extend(&self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend([self.count.to_le_bytes(), self.count.to_le_bytes()].concat());
        self.bytes.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
        self.bytes.extend([0, 0]);
        Ok(self.bytes)
    }
}

fn deflate(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content)?;
    encoder.finish()
}

fn size(length: usize) -> Result<u32, ConvertError> {
    u32::try_from(length).map_err(|_| too_large())
}

fn too_large() -> ConvertError {
    ConvertError::TooLarge { what: "bytes of the package", limit: u64::from(u32::MAX) }
}
