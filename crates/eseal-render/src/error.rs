//! Why a page is not drawn (呈现错误).

use eseal_bytes::ReadError;

/// Why a page is not drawn.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The document has no such page.
    #[error("no page {page}")]
    NoSuchPage {
        /// Page, from 1.
        page: usize,
    },
    /// The page cannot be read at all.
    #[error("page {page}: {reason}")]
    Unreadable {
        /// Page, from 1.
        page: usize,
        /// Why.
        reason: String,
    },
    /// A limit is exceeded.
    #[error("{what}: more than the limit of {limit}")]
    TooLarge {
        /// Which limit.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The file cannot be read.
    #[error("{0}")]
    Read(ReadError),
    /// What the document holds may not be in a PDF/A.
    #[error("no PDF/A-2b: {reason}")]
    NotArchival {
        /// What.
        reason: String,
    },
    /// Whoever asked does not want it any more.
    #[error("canceled")]
    Canceled,
    /// The picture could not be written.
    #[error("could not write: {0}")]
    Write(String),
}

impl From<ReadError> for RenderError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TooLarge { limit, .. } => Self::TooLarge { what: "bytes of the file", limit },
            other => Self::Read(other),
        }
    }
}

impl From<eseal_text::TextError> for RenderError {
    fn from(error: eseal_text::TextError) -> Self {
        match error {
            eseal_text::TextError::NoSuchPage { page } => Self::NoSuchPage { page },
            eseal_text::TextError::Unreadable { page, reason } => Self::Unreadable { page, reason },
            eseal_text::TextError::TooLarge { what, limit, .. } => Self::TooLarge { what, limit },
            other => Self::Unreadable { page: 0, reason: other.to_string() },
        }
    }
}
