//! Why a key cannot be used (错误).

use std::path::PathBuf;

/// Why there is no answer from a USBKey.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SkfError {
    /// The library does not load.
    #[error("{path}: {error}")]
    Load {
        /// Which library.
        path: PathBuf,
        /// Why, in the words of the system.
        error: String,
    },
    /// The library lacks functions.
    #[error("the library has no {}", .0.join(", "))]
    MissingSymbols(Vec<String>),
    /// No plugged-in token has the key.
    #[error("no plugged-in token has this key")]
    NoKey,
    /// The token was pulled out, or the library forgot it.
    #[error("the token was removed")]
    Removed,
    /// Another program holds the token.
    #[error("another program uses the token")]
    Busy,
    /// The PIN was wrong.
    #[error("wrong PIN, {attempts_left} attempts left")]
    WrongPin {
        /// Until the key locks itself.
        attempts_left: u32,
    },
    /// The PIN is locked; only the administrator's PIN opens it.
    #[error("the PIN is locked")]
    Locked,
    /// No key takes such a PIN.
    #[error("a PIN has 6 to 16 characters")]
    PinShape,
    /// The library returned another error.
    #[error("the library returned {code:#010x}")]
    Device {
        /// As in GM/T 0016, Annex A, or the vendor's own.
        code: u32,
    },
    /// What the library wrote cannot be what it should be.
    #[error("the library gave a malformed {0}")]
    Malformed(&'static str),
    /// What the library gave is no signature of the digest under the certificate.
    #[error("the key gave a wrong signature value")]
    WrongValue,
    /// The library did not come back in time; whether it signed is unknown, and nothing is tried again.
    #[error("the library hangs")]
    Hung,
    /// The process with the library ended; whether it signed is unknown, and nothing is tried again.
    #[error("the library ended its process")]
    Ended,
    /// The library failed in a row and is left alone for some seconds.
    #[error("the library failed and is not yet tried again")]
    Resting,
}
