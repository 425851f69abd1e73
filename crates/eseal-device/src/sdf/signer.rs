//! Devices and their keys (设备与签名密钥).

use std::{path::PathBuf, sync::Arc};

use eseal_gm::sm2::Signature;

use super::{
    SdfProfile,
    code::{Code, Reaction},
    layout::{self, Layout},
    library::Device,
    pool::{Lease, NoSession, Pool},
    profile::Password,
};
use crate::{DeviceKind, DigestSigner, SignDigestError, SignInput, signer::public_key};

/// Why a device or a key cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SdfError {
    /// The library does not load.
    #[error("{path}: {error}")]
    Load {
        /// Which library.
        path: PathBuf,
        /// Why, in the words of the system.
        error: String,
    },
    /// The library lacks functions.
    #[error("the library has no {}", .0.join(", "))]
    MissingSymbols(Vec<String>),
    /// The device returned an error.
    #[error("the device returned {code:#010x}")]
    Device {
        /// As in GM/T 0018, Annex A.
        code: u32,
    },
    /// All sessions are in use.
    #[error("all sessions of the device are in use")]
    Busy,
    /// What the library wrote is no public key of the profile.
    #[error("the library's public key fits neither the profile nor the curve")]
    Layout,
    /// The key at the index is not that of the certificate.
    #[error("the key at index {index} does not belong to the certificate")]
    Mismatch {
        /// Which key.
        index: u32,
    },
}

impl From<Code> for SdfError {
    fn from(code: Code) -> Self {
        Self::Device { code: code.0 }
    }
}

impl From<NoSession> for SdfError {
    fn from(error: NoSession) -> Self {
        match error {
            NoSession::Busy => Self::Busy,
            NoSession::Refused(code) => code.into(),
        }
    }
}

/// What a device says of itself (设备信息), `DEVICEINFO`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdfInfo {
    /// Who made it: `IssuerName`.
    pub issuer: String,
    /// `DeviceName`.
    pub name: String,
    /// `DeviceSerial`.
    pub serial: String,
}

impl SdfInfo {
    /// True for our own software device: production mode refuses it.
    #[must_use]
    pub fn is_for_development(&self) -> bool {
        self.issuer.starts_with("DEV ONLY")
    }
}

/// An opened device (密码设备) with its pool of sessions.
pub struct SdfDevice {
    profile: SdfProfile,
    info: SdfInfo,
    pool: Pool,
}

impl SdfDevice {
    /// Loads the library, opens the device and asks what it is.
    ///
    /// # Errors
    /// See [`SdfError`].
    pub fn open(profile: SdfProfile) -> Result<Arc<Self>, SdfError> {
        let pool = Pool::new(Device::open(&profile)?, profile.max_sessions, profile.wait);
        let bytes = run(&mut pool.take()?, |session| session.info())?;
        let text = |from: usize, to: usize| {
            let text = String::from_utf8_lossy(bytes.get(from..to).unwrap_or_default()).into_owned();
            text.trim_end_matches(['\0', ' ']).to_owned()
        };
        let info = SdfInfo { issuer: text(0, 40), name: text(40, 56), serial: text(56, 72) };
        Ok(Arc::new(Self { profile, info, pool }))
    }

    /// What the device says of itself.
    #[must_use]
    pub const fn info(&self) -> &SdfInfo {
        &self.info
    }

    /// How many sessions are open.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.pool.open()
    }

    /// A signer with the key at an index (密钥索引), after the key was compared with that of the certificate (DER).
    ///
    /// The password is tried at once, so that a wrong one is known when the program starts.
    ///
    /// # Errors
    /// See [`SdfError`]; [`SdfError::Mismatch`] if the certificate is of another key.
    pub fn signer(self: &Arc<Self>, index: u32, certificate: &[u8], password: Password) -> Result<SdfSigner, SdfError> {
        let mut lease = self.pool.take()?;
        let answer = run(&mut lease, |session| session.export_sign_key(index))?;
        let (key, layout) =
            layout::public_key(&answer, self.profile.field, self.profile.alignment).ok_or(SdfError::Layout)?;
        if public_key(certificate).is_none_or(|certified| certified.to_bytes() != key.to_bytes()) {
            return Err(SdfError::Mismatch { index });
        }
        run(&mut lease, |session| session.take_right(index, &password))?;
        drop(lease);
        Ok(SdfSigner { device: Arc::clone(self), index, layout, password })
    }
}

/// A signer with a key in a device (密码设备签名器).
pub struct SdfSigner {
    device: Arc<SdfDevice>,
    index: u32,
    layout: Layout,
    password: Password,
}

impl DigestSigner for SdfSigner {
    fn sign_unchecked(&self, input: &SignInput<'_>) -> Result<Signature, SignDigestError> {
        let mut lease = self.device.pool.take().map_err(|error| match error {
            NoSession::Busy => SignDigestError::Unavailable(SdfError::Busy.to_string()),
            NoSession::Refused(code) => code.error(),
        })?;
        let answer = run(&mut lease, |session| {
            if !session.has_right(self.index) {
                session.take_right(self.index, &self.password)?;
            }
            match session.sign(self.index, input.e) {
                // The device forgot the right, as after a restart of its service: it gets it again, once.
                Err(code) if code.reaction() == Reaction::TakeRight => {
                    session.take_right(self.index, &self.password)?;
                    session.sign(self.index, input.e)
                }
                done => done,
            }
        })
        .map_err(Code::error)?;
        self.layout.signature(&answer).ok_or_else(|| {
            lease.spoil();
            SignDigestError::WrongValue
        })
    }

    fn kind(&self) -> DeviceKind {
        DeviceKind::Server
    }
}

/// Uses a session; closes it if the code says that it is of no use any more.
fn run<T>(
    lease: &mut Lease<'_>,
    call: impl FnOnce(&mut super::library::Session) -> Result<T, Code>,
) -> Result<T, Code> {
    let session = lease.session().ok_or(Code(0x0100_0006))?; // SDR_OPENSESSION: spoilt before
    let result = call(session);
    if let Err(code) = &result
        && code.reaction() != Reaction::Keep
    {
        lease.spoil();
    }
    result
}
