//! What a stranger's package may cost us (限额): every number with its reason.

use serde::{Deserialize, Serialize};

/// Limits for one package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most entries of the ZIP directory.
    pub entries: u64,
    /// Most bytes that all entries together may unpack to.
    pub unpacked_bytes: u64,
    /// Most bytes of one entry that is held in memory (XML, Seal.esl, SignedValue.dat).
    pub part_bytes: u64,
    /// Most times that all entries together may grow when unpacked.
    pub ratio: u64,
    /// Unpacked bytes below which the ratio does not matter.
    pub ratio_floor_bytes: u64,
    /// Most pages of all documents together.
    pub pages: usize,
    /// Most signatures that are looked at.
    pub signatures: usize,
    /// Most stamps of one signature.
    pub stamps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 100_000,             // a tender of 20,000 pages has five entries a page
            unpacked_bytes: 8 << 30,      // four times the largest file: scans hardly compress
            part_bytes: 64 << 20,         // a page description of that size is no page description
            ratio: 200,                   // XML of tables reaches 100; deflate itself ends at 1,032
            ratio_floor_bytes: 256 << 20, // ten blank scans as bitmaps: large, harmless, and very compressible
            pages: 50_000,                // twice the largest archive volume we were told of
            signatures: 1_000,            // a page seal on every page of a long tender
            stamps: 10_000,               // twenty times what one request may ask for
        }
    }
}

/// Most nodes of one XML part: memory for the tree stays under 200 MiB.
pub(crate) const XML_NODES: u32 = 2_000_000;

/// Most attributes of one element: comparing them pairwise must not become the work.
pub(crate) const XML_ATTRIBUTES: usize = 1_000;

/// Most different namespace declarations of one part: each element carries the list of those in scope.
pub(crate) const XML_NAMESPACES: usize = 64;

/// How far from the end the end record of the directory is looked for: comment (64 KiB) and what was appended.
pub(crate) const END_RECORD_WINDOW: u64 = 1 << 20;

/// Most candidates for the end record that are tried.
pub(crate) const END_RECORD_CANDIDATES: usize = 64;

/// Bytes of the ZIP directory per entry that are believed, on average.
pub(crate) const DIRECTORY_BYTES_PER_ENTRY: u64 = 512;

/// Unpacked bytes that are handed on at once.
pub(crate) const INFLATE_CHUNK: usize = 64 << 10;
