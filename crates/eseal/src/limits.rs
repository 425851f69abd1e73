//! What a stranger's file may cost us (限额): every number with its reason.

use serde::{Deserialize, Serialize};

/// Limits for one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Most bytes that all entries of a package may unpack to.
    pub unpacked_bytes: u64,
    /// Most bytes of one part (XML, object, stream) that is read into memory.
    pub part_bytes: u64,
    /// Most entries of a package.
    pub entries: usize,
    /// Most pages.
    pub pages: usize,
    /// Most signatures that are looked at.
    pub signatures: usize,
    /// Most placements of one seal signature.
    pub placements: usize,
    /// Largest document whose text is searched for a keyword, in bytes.
    pub keyword_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 2 << 30,      // 2 GiB: the contract's limit of a streamed file
            unpacked_bytes: 8 << 30,  // four times over: scans hardly compress
            part_bytes: 64 << 20,     // 64 MiB: a page description of that size is no page description
            entries: 100_000,         // a tender of 20,000 pages has five entries a page
            pages: 50_000,            // twice the largest archive volume we were told of
            signatures: 1_000,        // a page seal on every page of a long tender
            placements: 500,          // the contract's default
            keyword_bytes: 256 << 20, // the page interpreter holds the file in memory
        }
    }
}

impl Limits {
    /// The same for packages; what only packages have keeps its default.
    pub(crate) fn of_ofd(&self) -> eseal_ofd::Limits {
        eseal_ofd::Limits {
            entries: u64::try_from(self.entries).unwrap_or(u64::MAX),
            unpacked_bytes: self.unpacked_bytes,
            part_bytes: self.part_bytes,
            pages: self.pages,
            signatures: self.signatures,
            ..eseal_ofd::Limits::default()
        }
    }

    /// The same for PDF; what only PDF has keeps its default.
    pub(crate) fn of_pdf(&self) -> eseal_pdf::PdfLimits {
        eseal_pdf::PdfLimits {
            pages: self.pages,
            stream_bytes: self.part_bytes,
            signatures: self.signatures,
            marks: self.placements,
            ..eseal_pdf::PdfLimits::default()
        }
    }
}
