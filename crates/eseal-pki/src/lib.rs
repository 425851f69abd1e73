//! Certificates (证书, GB/T 20518 and X.509), revocation lists, and the way to a trusted certificate.
//!
//! Reading is lenient and keeps the original bytes: what a certificate says is a fact, whether that is acceptable is
//! for whoever judges.  [`check_path`] answers separately for chain, period, key usage and revocation.  [`issue`] makes
//! certificates for development.
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod certificate;
mod crl;
mod crl_scope;
mod error;
mod extensions;
pub mod issue;
mod key;
mod key_usage;
mod name;
pub mod ocsp;
mod oid;
mod path;
pub mod pem;
mod revocation;
mod scheme;
mod signature;
mod time;
pub mod time_stamp;

pub use certificate::Certificate;
pub use crl::{Crl, CrlEntry};
pub use crl_scope::CrlScope;
pub use error::CertificateError;
pub use extensions::{BasicConstraints, Extension, Extensions};
pub use key::PublicKey;
pub use key_usage::KeyUsage;
pub use name::{Attribute, Name};
pub use path::{
    Chain, Link, MAX_DEPTH, MAX_SIGNATURE_CHECKS, PathReport, Usage, UsageAnswer, UsageFault, check_path,
    check_path_with,
};
pub use revocation::{Revocation, RevocationData, RevocationUnknown, reason_name};
pub use scheme::{RSA_MODULUS_MIN_BITS, Scheme, is_weak};
pub use signature::{SignatureAlgorithm, SignatureCheck};
pub use time::{Period, Validity};
