//! What can be computed from a time-stamp token alone (时间戳事实).

use eseal_gm::Hash;
use eseal_ses::time_stamp::TimeStampToken;
use jiff::Timestamp;

use super::{Fit, Original, Wanted, cms};
use crate::Embedded;

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
        /// What came with it.
        came: Embedded,
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
        Self::of(&token, hash, Some(&hash.digest(stamped)))
    }

    /// Looks at a token over a document; `original` must have the digest that [`wanted`] asks for.
    pub(crate) fn of_document(token: &[u8], original: &Original) -> Self {
        let Ok(token) = TimeStampToken::parse(token) else { return Self::Unreadable };
        let Some(hash) = Hash::from_oid(&token.info.imprint_algorithm) else { return Self::Unreadable };
        Self::of(&token, hash, original.digest(&Wanted::plain(hash)))
    }

    /// Looks at a token over what has this digest.
    pub(crate) fn of_digest(token: &[u8], hash: Hash, digest: &[u8]) -> Self {
        match TimeStampToken::parse(token) {
            Ok(token) if Hash::from_oid(&token.info.imprint_algorithm) == Some(hash) => {
                Self::of(&token, hash, Some(digest))
            }
            Ok(_) => Self::OfSomethingElse,
            Err(_) => Self::Unreadable,
        }
    }

    fn of(token: &TimeStampToken<'_>, hash: Hash, digest: Option<&[u8]>) -> Self {
        if digest != Some(&token.info.imprint) {
            return Self::OfSomethingElse;
        }
        let (authority, fit) = cms::check_content(&token.signed_data);
        // A broken digest stands on as many documents as one likes to make.
        let fit = super::signer::weaken(fit, hash);
        Self::Fits { at: token.info.gen_time, authority, fit, came: Embedded::of_signed_data(&token.signed_data) }
    }
}

/// The digest of a document that a token over it is about.
pub(super) fn wanted(token: &[u8]) -> Option<Wanted> {
    let token = TimeStampToken::parse(token).ok()?;
    Hash::from_oid(&token.info.imprint_algorithm).map(Wanted::plain)
}
