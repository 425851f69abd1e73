//! All keys that the server may use, by certificate, and the devices that hold them (签名密钥目录).

use std::{collections::HashMap, sync::Arc};

use eseal_gm::sm3;

use crate::{CheckedSigner, Device, DeviceHealth, DeviceKind};

/// Signers by the SM3 of their certificates (签名器目录).
#[derive(Clone, Default)]
pub struct Signers {
    by_certificate: HashMap<[u8; 32], Arc<CheckedSigner>>,
    devices: Vec<Arc<dyn Device>>,
}

impl Signers {
    /// Adds a signer; one with the same certificate is replaced.
    pub fn insert(&mut self, signer: CheckedSigner) {
        self.by_certificate.insert(sm3(signer.certificate()), Arc::new(signer));
    }

    /// Adds a device, so that it is asked how it is.
    pub fn watch(&mut self, device: Arc<dyn Device>) {
        self.devices.push(device);
    }

    /// The signer whose certificate is exactly this, DER.
    #[must_use]
    pub fn find(&self, certificate: &[u8]) -> Option<Arc<CheckedSigner>> {
        self.by_certificate.get(&sm3(certificate)).cloned()
    }

    /// True if a key lies in a file: production mode refuses that.
    #[must_use]
    pub fn has_key_files(&self) -> bool {
        self.by_certificate.values().any(|signer| signer.kind() == DeviceKind::KeyFile)
    }

    /// True if a device says of itself that it is for development: production mode refuses that.
    #[must_use]
    pub fn has_development_devices(&self) -> bool {
        self.devices.iter().any(|device| device.is_for_development())
            || self.by_certificate.values().any(|signer| signer.kind() == DeviceKind::Development)
    }

    /// How the devices are; at once, from what is known.
    #[must_use]
    pub fn health(&self) -> Vec<DeviceHealth> {
        self.devices.iter().map(|device| device.health()).collect()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_certificate.len()
    }

    /// True if there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_certificate.is_empty()
    }
}
