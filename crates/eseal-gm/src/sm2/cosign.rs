//! Two-party signing (协同签名): the phone holds d1, the server d2, and d = (d1·d2)⁻¹ − 1 exists nowhere.
//!
//! ```text
//! key    phone → server  Commitment to its public share
//!        server → phone  PublicShare  P2 = [d2⁻¹]G with a proof that it knows d2⁻¹
//!        phone → server  PublicShare  P1 = [d1⁻¹]G with its proof, opening the commitment
//!        both            P = [d1⁻¹]P2 − G = [d2⁻¹]P1 − G
//! sign   phone → server  FirstMessage Q1 = [w1]G, e
//!        server → phone  ServerPart   r = e + x([w2]G + [d2⁻¹]Q1), s1 = d2(r + w2)
//!        phone           s = d1(s1 + w1) − r, verified on its own e before anybody sees it
//! ```
//!
//! One open round per key, one after another: the phone side borrows its share for the round, so a second
//! round does not compile; the server side holds a lock per key.  Published schemes of this kind are
//! patented in places, and no standard names one: production use wants a certified module behind this interface.

mod keys;
mod proof;
mod round;

pub use self::{
    keys::{Commitment, PhoneKeyStart, PhoneShare, PublicShare, Refresh, ServerKeyStart, ServerShare},
    round::{FirstMessage, PhoneRound, ServerPart},
};
use crate::RandomError;

/// Why two-party key generation or signing stopped (协同签名错误).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CosignError {
    /// No random numbers: nothing may be derived instead of them here.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// A message of the other side has the wrong length or holds no point or number.
    #[error("the other side's message cannot be read")]
    Malformed,
    /// The other side's public share is not the one it committed to.
    #[error("the public share does not open the commitment")]
    WrongCommitment,
    /// The other side did not show that it knows its share.
    #[error("the proof of knowledge of the share is wrong")]
    WrongProof,
    /// The shares give no key (infinity, or d = 0): start again.
    #[error("these shares give no key")]
    NoKey,
    /// The phone asks for a signature on another digest than the server holds.
    #[error("the digest is not the one to be signed")]
    WrongDigest,
    /// The numbers met one of the rare cases of the standard (r = 0, s = 0, r + s = n): start a new round.
    #[error("start a new round")]
    Retry,
    /// The result is no signature of the digest: the other side did not keep to the protocol.
    #[error("the result does not verify")]
    WrongResult,
}
