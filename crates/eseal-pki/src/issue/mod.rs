//! Certificates, CRLs, status responses and time stamps for development (开发用证书签发): DER out, the signature from a closure.
//!
//! No key is handled here: whoever calls has one, in a file or a device, and signs the bytes that come.  Nothing here is
//! a certification authority; production certificates come from a licensed one.

mod algorithm;
mod crl;
mod extension;
mod ocsp;
mod subject;
mod template;
mod time_stamp;

pub use algorithm::SigningAlgorithm;
pub use crl::{CrlTemplate, RevokedEntry};
pub use extension::authority_info_access;
pub(crate) use extension::extension;
pub use ocsp::{OcspAnswer, OcspTemplate, ocsp_failure};
pub use subject::Subject;
pub use template::{CertificateTemplate, Profile};
pub use time_stamp::{TokenTemplate, time_stamp_granted, time_stamp_rejected};

/// Why nothing was issued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The issuer's certificate cannot be read.
    #[error("issuer: {0}")]
    Issuer(#[from] crate::CertificateError),
    /// The public key is not an uncompressed point.
    #[error("the public key is not 04 ‖ x ‖ y")]
    PublicKey,
    /// A time is outside the years 1950 to 9999.
    #[error("{0} cannot be written in a certificate")]
    Time(jiff::Timestamp),
    /// The serial number is empty or longer than 20 bytes.
    #[error("a serial number has 1 to 20 bytes")]
    Serial,
    /// Whoever signs could not.
    #[error("not signed: {0}")]
    Sign(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Signs the bytes of a certificate, CRL or response: SM3withSM2 with the default ID, DER `SEQUENCE{r,s}`, unless a
/// [`SigningAlgorithm`] says otherwise.
pub type SignTbs<'a> = &'a dyn Fn(&[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>>;
