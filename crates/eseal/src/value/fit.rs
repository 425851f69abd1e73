//! Whether a signature value fits signed bytes and a certificate (签名值验证).

use eseal_gm::sm2::{Signature, VerifyingKey};
use eseal_pki::{Certificate, PublicKey};

/// Whether a signature value fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It does.
    Good,
    /// It does not.
    Bad,
    /// Key or algorithm cannot be checked here.
    Unsupported,
    /// There is no certificate that can be read, or no value.
    Unreadable,
}

impl Fit {
    /// Checks `value` over `message` with the key of `certificate` (DER).  `algorithm` is the content of its OID.
    pub(crate) fn of(certificate: &[u8], algorithm: &[u8], message: &[u8], value: &[u8]) -> Self {
        let Ok(certificate) = Certificate::from_der(certificate) else { return Self::Unreadable };
        let PublicKey::Sm2(point) = certificate.public_key else { return Self::Unsupported };
        if !eseal_ses::oid::is_sm2_signature(algorithm) {
            return Self::Unsupported;
        }
        let Ok(key) = VerifyingKey::from_bytes(point) else { return Self::Bad };
        let Ok((signature, _)) = Signature::read_any(value) else { return Self::Bad };
        if key.verify_prehash(&key.e(message), &signature) { Self::Good } else { Self::Bad }
    }
}
