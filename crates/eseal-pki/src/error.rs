//! Why a certificate or CRL cannot be read (读取错误).

/// Why a certificate or CRL cannot be read (读取错误): the kind, and the byte at fault.
pub use eseal_asn1::Error as CertificateError;
