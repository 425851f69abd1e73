//! Opening what configuration describes (打开设备): secrets and certificates are read, keys compared, signers made.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use eseal_gm::sm2::VerifyingKey;
use eseal_pki::pem;
use jiff::Timestamp;

use crate::{
    CheckedSigner, Device, DeviceProfile, DigestSigner, KeyProfile, KeyUse, SdfDeviceProfile, Secret, SecretError,
    SvsProfile,
    helper::{Helper, HelperConfig, HelperError, HelperKey, HelperWrapper},
    is_default_password,
    signer::public_key,
    svs::{Svs, SvsError, SvsKey},
};

/// Largest certificate file, in bytes.
const CERTIFICATE_MAX_BYTES: u64 = 64 << 10;

/// Why a device is not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A password is not there.
    #[error("the password of key {index}: {error}")]
    Secret {
        /// Which key.
        index: u32,
        /// Why.
        error: SecretError,
    },
    /// Neither the key nor its device names a password.
    #[error("key {0} has no secret")]
    NoSecret(u32),
    /// The password is one that manuals print.
    #[error("key {0} has a default password: change it in the device")]
    DefaultPassword(u32),
    /// The certificate cannot be read, or holds no SM2 key.
    #[error("{0} is no certificate of an SM2 key")]
    Certificate(PathBuf),
    /// A seal's key without a certificate, or a public key that is none.
    #[error("key {0} needs a certificate; keys of the platform a certificate or a public key")]
    NoCertificate(u32),
    /// The path of the library is not absolute.
    #[error("{0} is not absolute")]
    Path(PathBuf),
    /// A signature server is asked to seal other keys.
    #[error("key {0}: a signature server signs only; use = \"share\" needs an SDF device")]
    DoesNotSeal(u32),
    /// The library's process.
    #[error(transparent)]
    Helper(#[from] HelperError),
    /// The signature server.
    #[error(transparent)]
    Svs(#[from] SvsError),
}

/// What opening needs to know of the world.
pub struct World<'a> {
    /// The helper program.
    pub helper: &'a Path,
    /// Tells the time.
    pub now: fn() -> Timestamp,
    /// True in production mode: default passwords are refused.
    pub is_production: bool,
}

/// A device that is open, and its keys.
pub struct OpenedDevice {
    /// The device.
    pub device: Arc<dyn Device>,
    /// Its keys, in the order of the configuration.
    pub keys: Vec<OpenedKey>,
}

/// A key that can be used.
pub struct OpenedKey {
    /// Its index.
    pub index: u32,
    /// What it signs.
    pub purpose: KeyUse,
    /// Its public key.
    pub public_key: VerifyingKey,
    /// Its certificate, DER.
    pub certificate: Option<Vec<u8>>,
    /// What it does.
    pub work: KeyWork,
}

/// What a key does (密钥能力).
pub enum KeyWork {
    /// Signs.
    Signs(Arc<dyn DigestSigner>),
    /// Seals other keys.
    Wraps(HelperWrapper),
}

impl OpenedKey {
    /// The signer of a seal: every value is verified under its certificate.
    #[must_use]
    pub fn checked(&self) -> Option<CheckedSigner> {
        let KeyWork::Signs(signer) = &self.work else { return None };
        CheckedSigner::new(self.certificate.as_deref()?, Arc::clone(signer)).ok()
    }
}

/// What configuration says of a key, read.
struct Read<'a> {
    profile: &'a KeyProfile,
    certificate: Option<Vec<u8>>,
    expected: Option<VerifyingKey>,
    secret: Secret,
}

impl DeviceProfile {
    /// Opens the device under this name, and compares its keys with their certificates.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(&self, name: &str, world: &World<'_>) -> Result<OpenedDevice, OpenError> {
        let keys: Vec<Read<'_>> = self.keys().iter().map(|key| self.read_key(key, world)).collect::<Result<_, _>>()?;
        match self {
            Self::Sdf(profile) => open_sdf(name, profile, keys, world),
            Self::Svs(profile) => open_svs(name, profile, keys, world),
        }
    }

    fn read_key<'a>(&'a self, profile: &'a KeyProfile, world: &World<'_>) -> Result<Read<'a>, OpenError> {
        let index = profile.index;
        let certificate = profile.certificate.as_deref().map(read_certificate).transpose()?;
        let expected = match (&certificate, &profile.public_key) {
            (Some(der), None) => public_key(der),
            (None, Some(text)) => Some(key_of_hex(text).ok_or(OpenError::NoCertificate(index))?),
            (None, None) if profile.purpose != KeyUse::Seal => None,
            _ => return Err(OpenError::NoCertificate(index)),
        };
        let reference = profile.secret.as_ref().or(self.secret()).ok_or(OpenError::NoSecret(index))?;
        let secret = reference.read().map_err(|error| OpenError::Secret { index, error })?;
        if world.is_production && is_default_password(&secret) {
            return Err(OpenError::DefaultPassword(index));
        }
        Ok(Read { profile, certificate, expected, secret })
    }
}

fn open_sdf(
    name: &str,
    profile: &SdfDeviceProfile,
    keys: Vec<Read<'_>>,
    world: &World<'_>,
) -> Result<OpenedDevice, OpenError> {
    if !profile.path.is_absolute() {
        return Err(OpenError::Path(profile.path.clone()));
    }
    let helper = Helper::start(HelperConfig {
        name: name.to_owned(),
        program: world.helper.to_owned(),
        arguments: Vec::new(),
        environment: profile.environment.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        profile: profile.library(),
        keys: keys
            .iter()
            .map(|key| HelperKey {
                index: key.profile.index,
                public_key: key.expected.as_ref().map(VerifyingKey::to_bytes),
                password: key.secret.clone(),
                wraps: key.profile.purpose == KeyUse::Share,
            })
            .collect(),
        confinement: profile.confine,
        call_timeout: Duration::from_millis(profile.call_timeout_ms),
        open_timeout: Duration::from_millis(profile.open_timeout_ms),
    })?;
    let opened = keys.into_iter().enumerate().map(|(place, key)| {
        let missing = || HelperError::Device(format!("key {} was not opened", key.profile.index));
        let found = helper.public_key(place).ok_or_else(missing)?;
        let public_key = VerifyingKey::from_bytes(&found).map_err(|_| missing())?;
        let work = match helper.wrapper(place) {
            Some(wrapper) => KeyWork::Wraps(wrapper),
            None => KeyWork::Signs(Arc::new(helper.signer(place).ok_or_else(missing)?)),
        };
        Ok(key.opened(public_key, work))
    });
    let keys = opened.collect::<Result<_, HelperError>>()?;
    Ok(OpenedDevice { device: helper, keys })
}

fn open_svs(
    name: &str,
    profile: &SvsProfile,
    keys: Vec<Read<'_>>,
    world: &World<'_>,
) -> Result<OpenedDevice, OpenError> {
    // The server exports no key that could be asked for: each must be known.
    let known = keys.iter().map(|key| {
        let index = key.profile.index;
        if key.profile.purpose == KeyUse::Share {
            return Err(OpenError::DoesNotSeal(index)); // GB/T 38629 has no request for it
        }
        let public_key = key.expected.clone().ok_or(OpenError::NoCertificate(index))?;
        Ok(SvsKey { index, public_key, access_code: key.secret.clone() })
    });
    let known: Vec<SvsKey> = known.collect::<Result<_, OpenError>>()?;
    let svs = Svs::open(name, profile.clone(), known.clone(), world.now)?;
    let opened = keys.into_iter().zip(known).enumerate().filter_map(|(place, (key, known))| {
        Some(key.opened(known.public_key, KeyWork::Signs(Arc::new(svs.signer(place)?))))
    });
    let keys = opened.collect();
    Ok(OpenedDevice { device: svs, keys })
}

impl Read<'_> {
    fn opened(self, public_key: VerifyingKey, work: KeyWork) -> OpenedKey {
        let KeyProfile { index, purpose, .. } = *self.profile;
        OpenedKey { index, purpose, public_key, certificate: self.certificate, work }
    }
}

fn read_certificate(path: &Path) -> Result<Vec<u8>, OpenError> {
    let refused = || OpenError::Certificate(path.to_owned());
    if fs::metadata(path).map_err(|_| refused())?.len() > CERTIFICATE_MAX_BYTES {
        return Err(refused());
    }
    let bytes = fs::read(path).map_err(|_| refused())?;
    let der = pem::der_of(&bytes, pem::CERTIFICATE).map_err(|_| refused())?;
    public_key(&der).map(|_| der).ok_or_else(refused)
}

fn key_of_hex(text: &str) -> Option<VerifyingKey> {
    let digits = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    VerifyingKey::from_bytes(&digits.collect::<Option<Vec<u8>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> OpenError {
        let profile: DeviceProfile = toml::from_str(text).expect("a profile");
        let world = World { helper: Path::new("/absent"), now: || Timestamp::UNIX_EPOCH, is_production: true };
        profile.open("hsm1", &world).err().expect("refused")
    }

    #[test]
    fn what_a_configuration_lacks_is_told_before_anything_is_started() {
        let sdf = |rest: &str| refused(&format!("kind = \"sdf\"\npath = \"/x\"\n{rest}"));
        assert!(matches!(sdf("[[key]]\nindex = 3"), OpenError::NoCertificate(3)));
        assert!(matches!(sdf("[[key]]\nindex = 3\nuse = \"log\""), OpenError::NoSecret(3)));
        assert!(matches!(sdf("[[key]]\nindex = 3\nuse = \"log\"\npublic_key = \"04\""), OpenError::NoCertificate(3)));
        assert!(matches!(sdf("[[key]]\nindex = 3\ncertificate = \"/absent\""), OpenError::Certificate(_)));
        let unset = sdf("secret = \"env:ESEAL_NO_SUCH_SECRET\"\n[[key]]\nindex = 3\nuse = \"log\"");
        assert!(matches!(unset, OpenError::Secret { index: 3, .. }));
        let written = sdf("secret = \"hunter22\"\n[[key]]\nindex = 3\nuse = \"log\"");
        assert!(!written.to_string().contains("hunter"), "{written}");
        assert!(matches!(refused("kind = \"sdf\"\npath = \"libsdf.so\""), OpenError::Path(_)));
        assert!(matches!(sdf(""), OpenError::Helper(HelperError::Process(_))));
        let svs =
            "kind = \"svs\"\nurl = \"http://127.0.0.1:1/\"\nsecret = \"env:PATH\"\n[[key]]\nindex = 4\nuse = \"log\"";
        assert!(matches!(refused(svs), OpenError::NoCertificate(4)));
    }
}
