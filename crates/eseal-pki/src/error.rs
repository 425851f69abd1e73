//! Why a certificate or CRL cannot be read (读取错误).

/// Why a certificate or CRL cannot be read (读取错误).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The bytes are not ASN.1.
    #[error("no element at byte {offset}")]
    Asn1 {
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
}
