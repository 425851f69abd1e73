//! What can be computed from a time-stamp token alone (时间戳事实).

use eseal_gm::Hash;
use eseal_ses::time_stamp::TimeStampToken;
use jiff::Timestamp;

use super::{Fit, cms};

/// A time stamp (时间戳事实).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StampFacts {
    /// It stands on the value that it is put to.
    Fits {
        /// The time that it states.
        at: Timestamp,
        /// Certificate of whoever made it, DER.
        authority: Option<Vec<u8>>,
        /// Whether that one's signature fits.
        fit: Fit,
    },
    /// It is a stamp of something else.
    OfSomethingElse,
    /// It cannot be read.
    Unreadable,
}

impl StampFacts {
    /// Looks at a token over `stamped`.
    pub(crate) fn read(token: &[u8], stamped: &[u8]) -> Self {
        let Ok(token) = TimeStampToken::parse(token) else { return Self::Unreadable };
        let Some(hash) = Hash::from_oid(&token.info.imprint_algorithm) else { return Self::Unreadable };
        if hash.digest(stamped) != token.info.imprint {
            return Self::OfSomethingElse;
        }
        let (authority, fit) = cms::check_content(&token.signed_data);
        Self::Fits { at: token.info.gen_time, authority, fit }
    }
}
