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
    /// A server cryptographic device, GB/T 36322 (服务器密码设备), or a signature server.
    Server,
    /// A device that says of itself that it is for development only.
    Development,
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

impl SignDigestError {
    /// True if other requests will fail as well: the device is away, or gives wrong values.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::WrongValue => true,
            Self::Device { code } => match *code >> 8 {
                0x0001_0000 => matches!(*code & 0xFF, 0x03..=0x06), // 通信, 硬件, 打开设备, 打开会话
                0x0004_0000 => *code & 0xFF == 0x0E,                // signature servers: 内部错误
                _ => true, // what vendors add, mostly about the line between us and their device
            },
        }
    }
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

    /// Tells whether the value that it gave was good, so that a device which gives wrong ones is found out.
    fn judged(&self, _is_good: bool) {}
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
        let is_good = self.key.verify_prehash(input.e, &signature);
        self.signer.judged(is_good);
        if is_good { Ok(signature.to_der()) } else { Err(SignDigestError::WrongValue) }
    }
}

/// The SM2 key of a certificate.
pub(crate) fn public_key(certificate: &[u8]) -> Option<VerifyingKey> {
    let certificate = Certificate::from_der(certificate).ok()?;
    VerifyingKey::from_bytes(certificate.public_key.sm2()?).ok()
}
