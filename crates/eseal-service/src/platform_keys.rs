//! The platform's own keys (平台密钥): one a purpose, so that no signature can pass for another.

use std::sync::Arc;

use eseal_api::{KeyPurpose, PublicKeyInfo, PublicKeys};
use eseal_device::{DeviceKind, DigestSigner, KeyFile, SignInput};
use eseal_gm::{
    sm2::{SigningKey, VerifyingKey},
    sm3,
};

use crate::{App, Error, Pool, Result};

/// A key of the platform (平台密钥): who signs, and the public key by which others verify.
#[derive(Clone)]
pub struct PlatformKey {
    key: VerifyingKey,
    signer: Arc<dyn DigestSigner>,
}

impl PlatformKey {
    /// A key behind the door of a device.
    #[must_use]
    pub fn new(key: VerifyingKey, signer: Arc<dyn DigestSigner>) -> Self {
        Self { key, signer }
    }

    /// A key in the memory of this process: for development.
    #[must_use]
    pub fn in_memory(key: SigningKey) -> Self {
        Self { key: key.verifying_key().clone(), signer: Arc::new(KeyFile::of(key)) }
    }

    /// Signs a text; the value is verified before it leaves.  Blocking.
    fn sign(&self, text: &[u8]) -> Result<Vec<u8>> {
        let e = self.key.e(text);
        let value = self.signer.sign_unchecked(&SignInput { e: &e, tbs: text });
        let value = value.map_err(|error| Error::DeviceUnavailable(error.to_string()))?;
        let is_good = self.key.verify_prehash(&e, &value);
        self.signer.judged(is_good);
        if is_good {
            Ok(value.to_der())
        } else {
            Err(Error::DeviceUnavailable("the device gave a wrong signature value".into()))
        }
    }
}

/// The platform's keys by purpose.
#[derive(Clone)]
pub struct PlatformKeys {
    /// Signs tickets for the USBKey agent.
    pub ticket: PlatformKey,
    /// Signs login messages.
    pub login: PlatformKey,
    /// Signs the summaries that phones show.
    pub summary: PlatformKey,
    /// Signs checkpoints of the seal-use log.
    pub log: PlatformKey,
    /// Signs answers on the status of seals, if the platform gives any.
    pub status: Option<PlatformKey>,
}

impl PlatformKeys {
    const fn of(&self, purpose: KeyPurpose) -> Option<&PlatformKey> {
        match purpose {
            KeyPurpose::Ticket => Some(&self.ticket),
            KeyPurpose::Login => Some(&self.login),
            KeyPurpose::Summary => Some(&self.summary),
            KeyPurpose::Log => Some(&self.log),
            KeyPurpose::Status => self.status.as_ref(),
        }
    }

    /// The public key of that purpose; where there may be none, that of the log, which then signs nothing of the kind.
    #[must_use]
    pub fn public_key(&self, purpose: KeyPurpose) -> &VerifyingKey {
        &self.of(purpose).unwrap_or(&self.log).key
    }

    /// Identifier of the key of that purpose, if there is one: SM3 of the point, lower-case hex.
    #[must_use]
    pub fn key_id(&self, purpose: KeyPurpose) -> Option<String> {
        self.of(purpose).map(|key| hex::encode(sm3(&key.key.to_bytes())))
    }

    /// True if a key lies in a file: production mode refuses that.
    #[must_use]
    pub fn has_key_files(&self) -> bool {
        self.has(DeviceKind::KeyFile)
    }

    /// True if a key is in a device for development: production mode refuses that.
    #[must_use]
    pub fn has_development_devices(&self) -> bool {
        self.has(DeviceKind::Development)
    }

    fn has(&self, kind: DeviceKind) -> bool {
        KeyPurpose::ALL.iter().filter_map(|purpose| self.of(*purpose)).any(|key| key.signer.kind() == kind)
    }

    /// Signs a text with the key of that purpose (default ID), DER.
    ///
    /// # Errors
    /// [`Error::DeviceUnavailable`].
    pub async fn sign(&self, pool: &Pool, purpose: KeyPurpose, text: Vec<u8>) -> Result<Vec<u8>> {
        let key = self.of(purpose).cloned();
        let key = key.ok_or_else(|| Error::DeviceUnavailable("no key for this purpose".into()))?;
        pool.run(move || key.sign(&text)).await
    }
}

/// `GET /api/v1/public/keys`: the platform's public keys.
#[must_use]
pub fn public_keys(app: &App) -> PublicKeys {
    let info = |purpose: &KeyPurpose| {
        let point = app.platform_keys.of(*purpose)?.key.to_bytes();
        Some(PublicKeyInfo {
            purpose: *purpose,
            key_id: hex::encode(sm3(&point)),
            algorithm: "SM2".into(),
            public_key: hex::encode(point),
        })
    };
    PublicKeys { keys: KeyPurpose::ALL.iter().filter_map(info).collect() }
}
