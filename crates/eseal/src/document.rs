//! Opening a document (打开原文).

use std::sync::Arc;

use eseal_bytes::{ByteSource, ReadError};
use serde::{Deserialize, Serialize};

use crate::{Examination, Limits, PrepareError, PrepareRequest, Prepared};

/// Kind of a document that can carry seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileType {
    /// Portable Document Format.
    Pdf,
    /// 版式文档 OFD, GB/T 33190.
    Ofd,
}

impl FileType {
    /// Name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Ofd => "OFD",
        }
    }
}

/// Size of a displayed page, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageSize {
    /// Width, mm.
    pub width_mm: f64,
    /// Height, mm.
    pub height_mm: f64,
}

/// Why a document cannot be looked at.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Neither PDF nor OFD.
    #[error("neither PDF nor OFD")]
    UnknownType,
    /// Damaged: what is wrong, and where if known.
    #[error("damaged: {0}")]
    Damaged(String),
    /// Encrypted.
    #[error("encrypted")]
    Encrypted,
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

/// An opened PDF or OFD (原文).
pub struct Document {
    _source: Arc<dyn ByteSource>,
}

impl Document {
    /// Opens a document: reads its structure, not its content.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(_source: Arc<dyn ByteSource>, _limits: &Limits) -> Result<Self, OpenError> {
        todo!()
    }

    /// What it is.
    #[must_use]
    pub fn file_type(&self) -> FileType {
        todo!()
    }

    /// Number of pages.
    #[must_use]
    pub fn page_count(&self) -> usize {
        todo!()
    }

    /// Size of page `number` (from 1) as displayed.
    #[must_use]
    pub fn page_size(&self, _number: usize) -> Option<PageSize> {
        todo!()
    }

    /// Number of signatures in it, whether good or not.
    #[must_use]
    pub fn signature_count(&self) -> usize {
        todo!()
    }

    /// Prepares a seal signature: verifies seal, signer and earlier signatures, finds the places, computes the digest.
    ///
    /// # Errors
    /// See [`PrepareError`]; nothing is written.
    pub fn prepare(&self, _request: &PrepareRequest<'_>) -> Result<Prepared, PrepareError> {
        todo!()
    }

    /// Finds every signature and computes all facts about them.
    ///
    /// # Errors
    /// Only if the bytes cannot be read; what is wrong with signatures is in the examination.
    pub fn examine(&self) -> Result<Examination, OpenError> {
        todo!()
    }
}
