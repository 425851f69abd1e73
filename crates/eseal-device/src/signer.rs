//! The door to private keys (摘要签名).

use std::sync::Arc;

use eseal_gm::sm2::{Signature, VerifyingKey};
use eseal_pki::Certificate;

/// What is signed: e for devices that sign ready digests, the text for those that compute it themselves.
#[derive(Clone, Copy, Debug)]
pub struct SignInput<'a> {
    /// e = SM3(Z ‖ text), 32 bytes.
    pub e: &'a [u8; 32],
    /// The text, DER of TBS_Sign.
    pub tbs: &'a [u8],
}

/// Kind of a place where a key is kept (密钥存放方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceKind {
    /// A file; for development only.
    KeyFile,
    /// A server cryptographic device, GB/T 36322 (服务器密码设备).
    Server,
}

/// Why there is no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignDigestError {
    /// The device cannot be reached or does not answer.
    #[error("the device is not available: {0}")]
    Unavailable(String),
    /// The device answered with an error of its own.
    #[error("the device returned {code:#010x}")]
    Device {
        /// As in the device's standard.
        code: u32,
    },
    /// What the device gave is no signature of e under the certificate.
    #[error("the device gave a wrong signature value")]
    WrongValue,
}

/// Something that signs digests with one key: a key file, a server device (摘要签名器).
///
/// Blocking, because the libraries of devices are: call it where blocking is allowed.
pub trait DigestSigner: Send + Sync {
    /// Signs e.  The value is not yet verified: see [`CheckedSigner`].
    ///
    /// # Errors
    /// See [`SignDigestError`].
    fn sign_unchecked(&self, input: &SignInput<'_>) -> Result<Signature, SignDigestError>;

    /// Where the key is.
    fn kind(&self) -> DeviceKind;
}

/// The certificate and the key do not belong together, or the certificate holds no SM2 key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate does not belong to the key")]
pub struct MismatchError;

/// A signer with its certificate: every value is verified before it is given out (签后验签).
#[derive(Clone)]
pub struct CheckedSigner {
    certificate: Arc<[u8]>,
    key: VerifyingKey,
    signer: Arc<dyn DigestSigner>,
}

impl CheckedSigner {
    /// Binds a signer to the certificate (DER) of its key.
    ///
    /// # Errors
    /// [`MismatchError`] if the certificate cannot be read or holds no SM2 key.
    pub fn new(certificate: &[u8], signer: Arc<dyn DigestSigner>) -> Result<Self, MismatchError> {
        let key = public_key(certificate).ok_or(MismatchError)?;
        Ok(Self { certificate: certificate.into(), key, signer })
    }

    /// Whose signature it will be: a certificate, DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Where the key is.
    #[must_use]
    pub fn kind(&self) -> DeviceKind {
        self.signer.kind()
    }

    /// Signs, and verifies what the device gave; DER `SEQUENCE { r, s }`.
    ///
    /// # Errors
    /// See [`SignDigestError`].
    pub fn sign(&self, input: &SignInput<'_>) -> Result<Vec<u8>, SignDigestError> {
        let signature = self.signer.sign_unchecked(input)?;
        if !self.key.verify_prehash(input.e, &signature) {
            return Err(SignDigestError::WrongValue);
        }
        Ok(signature.to_der())
    }
}

/// The SM2 key of a certificate.
pub(crate) fn public_key(certificate: &[u8]) -> Option<VerifyingKey> {
    let certificate = Certificate::from_der(certificate).ok()?;
    VerifyingKey::from_bytes(certificate.public_key.sm2()?).ok()
}
