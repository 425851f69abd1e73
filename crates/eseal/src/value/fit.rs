//! Whether a signature value fits signed bytes and a certificate (签名值验证).

use eseal_asn1::write;
use eseal_gm::sm2::{Signature, VerifyingKey};
use eseal_pki::{Certificate, PublicKey, Scheme, SignatureCheck};

/// Whether a signature value fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It does.
    Good,
    /// It does not.
    Bad,
    /// It does, but its digest is broken or its key too short, so it proves nothing.
    Weak,
    /// Key or algorithm cannot be checked here.
    Unsupported,
    /// There is no certificate that can be read, or no value.
    Unreadable,
}

impl Fit {
    /// Checks `value` over `message` with the key of `certificate` (DER).  `algorithm` is the content of its OID.
    pub(crate) fn of(certificate: &[u8], algorithm: &[u8], message: &[u8], value: &[u8]) -> Self {
        let Ok(certificate) = Certificate::from_der(certificate) else { return Self::Unreadable };
        let PublicKey::Sm2(point) = certificate.public_key else {
            let scheme = Scheme::read(&write::sequence(&[&write::oid(algorithm)]), None);
            return scheme
                .map_or(Self::Unsupported, |scheme| Self::from(scheme.check(&certificate.public_key, message, value)));
        };
        if !eseal_ses::oid::is_sm2_signature(algorithm) {
            return Self::Unsupported;
        }
        let Ok(key) = VerifyingKey::from_bytes(point) else { return Self::Bad };
        Self::of_sm2(&key, &key.e(message), value)
    }

    /// Checks an SM2 signature of a digest, in any form that real files have.
    pub(crate) fn of_sm2(key: &VerifyingKey, e: &[u8; 32], value: &[u8]) -> Self {
        let Ok((signature, _)) = Signature::read_any(value) else { return Self::Bad };
        if key.verify_prehash(e, &signature) { Self::Good } else { Self::Bad }
    }
}

impl From<SignatureCheck> for Fit {
    fn from(check: SignatureCheck) -> Self {
        match check {
            SignatureCheck::Good => Self::Good,
            SignatureCheck::Bad => Self::Bad,
            SignatureCheck::Weak => Self::Weak,
            SignatureCheck::Unsupported => Self::Unsupported,
        }
    }
}
