//! Online certificate status (在线证书状态, OCSP), RFC 6960: questions, answers, and who may give them.
//!
//! Reading is lenient and keeps the original bytes.  [`OcspResponse::check_signer`] says whether an answer comes from
//! the issuer or from someone whom the issuer charged with it; what it means for a certificate is in
//! [`Revocation`](crate::Revocation), together with the revocation lists.

mod cert_id;
mod request;
mod response;
mod signer;

pub use cert_id::{CertId, issuer_key_hash};
pub use request::{OcspRequest, ocsp_request};
pub use response::{CertStatus, OcspResponse, OcspStatus, ResponderId, SingleResponse};
pub use signer::ResponderCheck;

/// Largest response that is read, 1 MiB: real ones have 2 to 5 KiB, batches of a whole hierarchy some dozen.
pub const MAX_RESPONSE_BYTES: usize = 1 << 20;
/// Most certificates that one request asks for or one response answers: batches of responders go up to some dozen.
pub const MAX_SINGLES: usize = 256;
/// Most certificates that may come with a response: a responder's path has three at most.
pub const MAX_CERTIFICATES: usize = 16;

/// Why a request or response cannot be used (OCSP 读取错误).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OcspError {
    /// The bytes are not of that structure.
    #[error(transparent)]
    Malformed(#[from] eseal_asn1::Error),
    /// The responder did not answer.
    #[error("the responder says: {0}")]
    NotAnswered(OcspStatus),
    /// The answer is of a type that is not known.
    #[error("the response is not a basic one")]
    NotBasic,
    /// One of the limits of this module is exceeded.
    #[error("too large: {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
    },
}
