//! Keys that seal other keys (密钥加密密钥): the pair for encryption of an index.
//!
//! What the server must use in its own memory, because no device computes with it, is kept encrypted under a key that
//! never leaves the device: who has the disk has nothing.

use std::sync::Arc;

use eseal_gm::sm2::VerifyingKey;

use super::{
    SdfDevice, SdfError,
    code::Code,
    layout,
    library::{Answer, Session},
    profile::Password,
    signer::run,
};
use crate::{Secret, SignDigestError};

/// Seals short secrets with the pair for encryption of an index (密钥封装).
pub struct SdfWrapper {
    device: Arc<SdfDevice>,
    index: u32,
    key: VerifyingKey,
    layout: layout::Layout,
    password: Password,
}

impl SdfDevice {
    /// A wrapper with the pair for encryption at an index, after it was compared with a public key, if one is given.
    ///
    /// The password is tried at once, so that a wrong one is known when the program starts.
    ///
    /// # Errors
    /// See [`SdfError`]; [`SdfError::MissingSymbols`] if the library cannot encrypt.
    pub fn wrapper(
        self: &Arc<Self>,
        index: u32,
        expected: Option<&[u8; 65]>,
        password: Password,
    ) -> Result<SdfWrapper, SdfError> {
        let needed = ["SDF_ExportEncPublicKey_ECC", "SDF_InternalEncrypt_ECC", "SDF_InternalDecrypt_ECC"];
        let missing: Vec<String> =
            needed.iter().filter(|name| self.absent().contains(name)).map(|name| (*name).to_owned()).collect();
        if !missing.is_empty() {
            return Err(SdfError::MissingSymbols(missing));
        }
        let mut lease = self.pool.take()?;
        let answer = run(&mut lease, |session| session.export_encryption_key(index).unwrap_or(Err(UNKNOWN)))?;
        let (key, layout) =
            layout::public_key(&answer, self.profile.field, self.profile.alignment).ok_or(SdfError::Layout)?;
        if expected.is_some_and(|expected| *expected != key.to_bytes()) {
            return Err(SdfError::Mismatch { index });
        }
        run(&mut lease, |session| session.take_right(index, &password))?;
        drop(lease);
        Ok(SdfWrapper { device: Arc::clone(self), index, key, layout, password })
    }
}

/// SDR_NOTSUPPORT.
const UNKNOWN: Code = Code(0x0100_0002);
/// What trying out seals.
const TRIAL: &[u8; 16] = b"ESEAL-SELFTEST/1";

impl SdfWrapper {
    /// The public key that the device exported.
    #[must_use]
    pub fn public_key(&self) -> [u8; 65] {
        self.key.to_bytes()
    }

    /// Length of fields in bytes, and whether numbers stand at their beginning.
    #[must_use]
    pub const fn layout(&self) -> (usize, bool) {
        (self.layout.field_bytes, self.layout.left)
    }

    /// Seals a secret; only this device opens it again.  The structure is the library's own: it is not looked into.
    ///
    /// # Errors
    /// See [`SignDigestError`].
    pub fn wrap(&self, secret: &[u8]) -> Result<Vec<u8>, SignDigestError> {
        let algorithm = self.device.profile.algorithms.sm2_encrypt;
        let sealed = self.call(|session| session.encrypt(self.index, algorithm, secret).unwrap_or(Err(UNKNOWN)))?;
        // What ends like the pattern is cut here, and comes back with the pattern when it is opened.
        Ok(sealed.first(sealed.written()).unwrap_or_default().to_vec())
    }

    /// Opens what [`Self::wrap`] gave.
    ///
    /// # Errors
    /// See [`SignDigestError`].
    pub fn unwrap(&self, wrapped: &[u8]) -> Result<Secret, SignDigestError> {
        let algorithm = self.device.profile.algorithms.sm2_encrypt;
        let wrapped = Answer::of(wrapped).ok_or(SignDigestError::WrongValue)?;
        self.call(|session| session.decrypt(self.index, algorithm, &wrapped).unwrap_or(Err(UNKNOWN)))
    }

    /// Tries the key out: whether what was sealed comes back.
    #[must_use]
    pub fn try_out(&self) -> Vec<(String, bool)> {
        let back = self.wrap(TRIAL).and_then(|wrapped| self.unwrap(&wrapped));
        vec![match back {
            Ok(back) => ("sealed and opened a test secret".to_owned(), *back == TRIAL.as_slice()),
            Err(error) => (format!("sealed and opened a test secret: {error}"), false),
        }]
    }

    fn call<T>(&self, work: impl Fn(&mut Session) -> Result<T, Code>) -> Result<T, SignDigestError> {
        let mut lease = self.device.pool.take().map_err(|error| match SdfError::from(error) {
            SdfError::Device { code } => SignDigestError::Device { code },
            other => SignDigestError::Unavailable(other.to_string()),
        })?;
        run(&mut lease, |session| {
            if !session.has_right(self.index) {
                session.take_right(self.index, &self.password)?;
            }
            work(session)
        })
        .map_err(Code::error)
    }
}
