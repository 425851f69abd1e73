//! Why a PDF cannot be read.

use eseal_bytes::ReadError;

/// Why a PDF cannot be read (PDF 读取错误).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// There is no `%PDF-` near the beginning.
    #[error("no %PDF- header")]
    NotPdf,
    /// The file is encrypted (`/Encrypt`).
    #[error("encrypted")]
    Encrypted,
    /// The structure is broken beyond repair.
    #[error("damaged at byte {offset}: {what}")]
    Damaged {
        /// Where, from the beginning of the file.
        offset: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// A limit is exceeded.
    #[error("{what}: {found} is more than the limit of {limit}")]
    TooLarge {
        /// Which limit.
        what: &'static str,
        /// What the file has.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// The bytes could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl PdfError {
    pub(crate) const fn damaged(offset: u64, what: &'static str) -> Self {
        Self::Damaged { offset, what }
    }

    /// True if another look at the file, by scanning it, may help.
    pub(crate) const fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }
}
