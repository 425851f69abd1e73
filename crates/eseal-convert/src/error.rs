//! Why a file was not converted (转换错误).

use eseal_bytes::ReadError;

use crate::{SourceType, Target};

/// Why a file was not converted.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// What the file is, is not known.
    #[error("the type of the file is not known")]
    UnknownType,
    /// There is no way from this type to that.
    #[error("{} cannot be converted to {}", source_type.as_str(), target.as_str())]
    UnsupportedPair {
        /// What the file is.
        source_type: SourceType,
        /// What it should become.
        target: Target,
    },
    /// The file uses something of its type that is not supported.
    #[error("not supported: {what}")]
    UnsupportedFeature {
        /// What it is.
        what: String,
    },
    /// The file is broken.
    #[error("the file is damaged: {problem}")]
    Damaged {
        /// What is wrong.
        problem: String,
    },
    /// A limit is exceeded.
    #[error("{what}: more than the limit of {limit}")]
    TooLarge {
        /// Which limit.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// What the file holds may not be in a PDF/A.
    #[error("no PDF/A-2b: {reason}")]
    NotArchival {
        /// What.
        reason: String,
    },
    /// The file cannot be read.
    #[error("{0}")]
    Read(ReadError),
    /// The new file could not be written.
    #[error("could not write: {0}")]
    Write(String),
}

impl From<ReadError> for ConvertError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TooLarge { limit, .. } => Self::TooLarge { what: "bytes of the file", limit },
            other => Self::Read(other),
        }
    }
}
