//! The server's shares of phone keys (服务端密钥分量): sealed where they are kept, certified by somebody else.

use eseal_device::DeviceKind;
use eseal_gm::{
    hmac_sm3,
    sm2::cosign::ServerShare,
    sm4::{BLOCK, NONCE, gcm_open, gcm_seal},
};
use eseal_store::UserRecord;
use zeroize::Zeroizing;

use crate::{Error, Result, random::random_bytes};

/// Keeps what the key does with PINs apart from what it does with shares.
const PIN_PREFIX: &[u8] = b"ESEAL-PIN/1\n";

/// Certifies the keys of phones (签发证书): the development authority in a demo, a licensed authority's service elsewhere.
///
/// Blocking: it is called from the pool.
pub trait CertificateIssuer: Send + Sync {
    /// Issues a signer's certificate for a user's new key, `04 ‖ x ‖ y`; DER.
    ///
    /// # Errors
    /// [`NotIssued`].
    fn issue(&self, user: &UserRecord, public_key: &[u8]) -> Result<Vec<u8>, NotIssued>;
}

/// No certificate was issued.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no certificate: {0}")]
pub struct NotIssued(
    /// Why, in English, without personal data.
    pub String,
);

/// Seals the server's shares and the hashes of PINs in the database (分量加密密钥): SM4-GCM, each bound to its device.
///
/// A share is used in process memory and wiped: no device interface of the standards computes with it.
pub struct ShareKey {
    key: Zeroizing<[u8; BLOCK]>,
    kept: DeviceKind,
}

impl std::fmt::Debug for ShareKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShareKey(…)")
    }
}

impl ShareKey {
    /// Uses this key, which lies in a file: for development only.
    #[must_use]
    pub fn new(key: [u8; BLOCK]) -> Self {
        Self { key: Zeroizing::new(key), kept: DeviceKind::KeyFile }
    }

    /// Uses this key, which was kept sealed under a key of a device of that kind.
    #[must_use]
    pub const fn opened_by(kept: DeviceKind, key: Zeroizing<[u8; BLOCK]>) -> Self {
        Self { key, kept }
    }

    /// What it is kept by.
    pub(super) const fn kept(&self) -> DeviceKind {
        self.kept
    }

    /// `nonce ‖ ciphertext ‖ tag`.
    pub(super) fn seal(&self, device_id: &str, share: &ServerShare) -> Result<Vec<u8>> {
        let nonce = random_bytes::<NONCE>()?;
        let sealed = gcm_seal(&self.key, &nonce, device_id.as_bytes(), &*share.to_bytes());
        let sealed = sealed.ok_or_else(|| Error::Internal("a share was not sealed".into()))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Makes a PIN's hash worthless to whoever has the database alone.
    pub(super) fn pepper(&self, hash: &[u8; 32]) -> [u8; 32] {
        hmac_sm3(&*self.key, &[PIN_PREFIX, hash].concat())
    }

    pub(super) fn open(&self, device_id: &str, sealed: &[u8]) -> Result<ServerShare> {
        let broken = || Error::DeviceUnavailable(format!("the share of the device {device_id} cannot be opened"));
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let bytes = gcm_open(&self.key, nonce, device_id.as_bytes(), sealed).ok_or_else(broken)?;
        let bytes = bytes.as_slice().try_into().map_err(|_| broken())?;
        ServerShare::from_bytes(bytes).map_err(|_| broken())
    }
}
