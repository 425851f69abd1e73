//! ZIP packages (APPNOTE 6.3): read from the central directory, extended without touching an entry.
//!
//! Only what OFD needs: stored and deflated entries, one volume.  Written by hand because a seal must leave every other
//! entry byte for byte, and because sizes, names and overlaps must be judged before anything is unpacked.

mod content;
mod directory;
mod pack;
mod write;

use std::ops::Range;

pub(crate) use content::for_each_chunk;
pub use pack::PackageWriter;
pub(crate) use write::{NewEntry, rewrite};

use std::collections::BTreeSet;

/// Flag bit 0: encrypted.
const ENCRYPTED: u16 = 0x0001;
/// Flag bit 3: sizes follow the data.
const DESCRIPTOR: u16 = 0x0008;
/// Flag bit 11: the name is UTF-8.
const UTF8: u16 = 0x0800;
/// Method 0.
const STORED: u16 = 0;
/// Method 8.
const DEFLATED: u16 = 8;

const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";
const CENTRAL_HEADER: [u8; 4] = *b"PK\x01\x02";
const END_RECORD: [u8; 4] = *b"PK\x05\x06";
const END_RECORD_64: [u8; 4] = *b"PK\x06\x06";
const END_LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
const DESCRIPTOR_SIGNATURE: [u8; 4] = *b"PK\x07\x08";
const LOCAL_HEADER_BYTES: u64 = 30;
const CENTRAL_HEADER_BYTES: usize = 46;
const END_RECORD_BYTES: u64 = 22;

/// A package's directory.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    /// In the directory's order.
    pub(crate) entries: Vec<Entry>,
    /// The central directory as it stands in the file.
    pub(crate) central: Vec<u8>,
    /// Names of tolerated deviations.
    pub(crate) deviations: BTreeSet<&'static str>,
}

/// One entry of the directory.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Normalised name; of a folder without the trailing slash.
    pub(crate) name: String,
    /// True for a folder.
    pub(crate) is_folder: bool,
    method: u16,
    crc: u32,
    /// Size in the file, in bytes.
    pub(crate) compressed: u64,
    /// Size unpacked, in bytes.
    pub(crate) size: u64,
    /// Where the local header begins.
    header_at: u64,
    /// Where the data begin.
    data_at: u64,
    /// Where data and descriptor end.
    end: u64,
    /// Record in the central directory.
    record: Range<usize>,
    /// True if the name is not ASCII and not marked as UTF-8: other readers may see another name.
    unclear_name: bool,
}

/// Little-endian numbers at an offset; zero where the bytes end, which callers rule out by checking lengths first.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    array_at(bytes, at).map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    array_at(bytes, at).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    array_at(bytes, at).map_or(0, u64::from_le_bytes)
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
