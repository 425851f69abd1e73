//! What is found on tokens (密钥, 设备信息).

use eseal_gm::sm2::VerifyingKey;
use eseal_pki::Certificate;

/// Where a key is (密钥位置): device, application, container.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPlace {
    /// 设备名称.
    pub device: String,
    /// 应用名称.
    pub application: String,
    /// 容器名称.
    pub container: String,
}

/// A key for signatures whose certificate could be read (签名密钥).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkfKey {
    /// Where it is.
    pub place: KeyPlace,
    /// DER; holds an SM2 key.
    pub certificate: Vec<u8>,
}

impl SkfKey {
    /// The public key of the certificate.
    pub(crate) fn public_key(&self) -> Option<VerifyingKey> {
        public_key(&self.certificate)
    }
}

/// The SM2 key of a certificate.
pub(crate) fn public_key(certificate: &[u8]) -> Option<VerifyingKey> {
    let certificate = Certificate::from_der(certificate).ok()?;
    VerifyingKey::from_bytes(certificate.public_key.sm2()?).ok()
}

/// How often a PIN may be tried (PIN 信息).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinInfo {
    /// When it is fresh.
    pub attempts_max: u32,
    /// Now; 0 is locked.
    pub attempts_left: u32,
    /// Nobody has changed it yet.
    pub is_default: bool,
}

/// What a device says of itself (设备信息), `DEVINFO`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkfInfo {
    /// Manufacturer.
    pub manufacturer: String,
    /// Label.
    pub label: String,
    /// SerialNumber.
    pub serial: String,
    /// Length of ULONG in bytes, as far as a key was there to tell.
    pub ulong_bytes: Option<usize>,
}

impl SkfInfo {
    /// True for our own software token: production mode refuses it.
    #[must_use]
    pub fn is_for_development(&self) -> bool {
        self.manufacturer.starts_with("DEV ONLY")
    }
}
