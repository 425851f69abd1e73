//! Why a structure cannot be read (读取错误).

/// Why a structure cannot be read (读取错误): the kind, and the byte at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no element: cut off, or of a form that is not known.
    #[error("no ASN.1 element at byte {offset}")]
    Malformed {
        /// Where.
        offset: usize,
    },
    /// A field is missing or of another type.
    #[error("no {field} at byte {offset}")]
    Field {
        /// Which field is expected.
        field: &'static str,
        /// Where.
        offset: usize,
    },
    /// A time is none.
    #[error("no time at byte {offset}")]
    Time {
        /// Where.
        offset: usize,
    },
    /// Something follows where nothing should.
    #[error("something follows at byte {offset}")]
    Trailing {
        /// Where.
        offset: usize,
    },
    /// Elements are nested more deeply than [`MAX_DEPTH`](crate::MAX_DEPTH).
    #[error("nested too deeply at byte {offset}")]
    TooDeep {
        /// Where.
        offset: usize,
    },
    /// The input is longer than [`MAX_SIZE`](crate::MAX_SIZE).
    #[error("{size} bytes are too many")]
    TooLarge {
        /// Length of the input.
        size: usize,
    },
}

impl Error {
    /// Where the input is at fault.
    #[must_use]
    pub const fn offset(&self) -> usize {
        match self {
            Self::Malformed { offset }
            | Self::Field { offset, .. }
            | Self::Time { offset }
            | Self::Trailing { offset }
            | Self::TooDeep { offset } => *offset,
            Self::TooLarge { .. } => 0,
        }
    }
}
