//! Devices and their keys (设备与签名密钥).

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use eseal_gm::sm2::{DEFAULT_ID, Signature, VerifyingKey};

use super::{
    Algorithms, SdfProfile,
    code::{Code, Reaction},
    layout::{self, Layout},
    library::{Device, Session},
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
    pub(super) profile: SdfProfile,
    info: SdfInfo,
    absent: Vec<&'static str>,
    pub(super) pool: Pool,
}

impl SdfDevice {
    /// Loads the library, opens the device and asks what it is.
    ///
    /// # Errors
    /// See [`SdfError`].
    pub fn open(profile: SdfProfile) -> Result<Arc<Self>, SdfError> {
        let device = Device::open(&profile)?;
        let absent = device.absent().to_vec();
        let pool = Pool::new(device, profile.max_sessions, profile.wait);
        let info = ask_info(&pool)?;
        Ok(Arc::new(Self { profile, info, absent, pool }))
    }

    /// What the device says of itself.
    #[must_use]
    pub const fn info(&self) -> &SdfInfo {
        &self.info
    }

    /// Functions that the library lacks and that signing does not need.
    #[must_use]
    pub fn absent(&self) -> &[&'static str] {
        &self.absent
    }

    /// How many sessions are open.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.pool.open()
    }

    /// Asks the device what it is: whether it answers.
    ///
    /// # Errors
    /// See [`SdfError`].
    pub fn check(&self) -> Result<(), SdfError> {
        ask_info(&self.pool).map(drop)
    }

    /// A signer with the key at an index (密钥索引), after the key was compared with that of the certificate (DER).
    ///
    /// The password is tried at once, so that a wrong one is known when the program starts.
    ///
    /// # Errors
    /// See [`SdfError`]; [`SdfError::Mismatch`] if the certificate is of another key.
    pub fn signer(self: &Arc<Self>, index: u32, certificate: &[u8], password: Password) -> Result<SdfSigner, SdfError> {
        let expected = public_key(certificate).ok_or(SdfError::Mismatch { index })?;
        self.signer_of(index, Some(&expected.to_bytes()), password)
    }

    /// As [`Self::signer`], compared with a public key, if one is given.
    ///
    /// # Errors
    /// As [`Self::signer`].
    pub fn signer_of(
        self: &Arc<Self>,
        index: u32,
        expected: Option<&[u8; 65]>,
        password: Password,
    ) -> Result<SdfSigner, SdfError> {
        let mut lease = self.pool.take()?;
        let answer = run(&mut lease, |session| session.export_sign_key(index))?;
        let (key, layout) =
            layout::public_key(&answer, self.profile.field, self.profile.alignment).ok_or(SdfError::Layout)?;
        if expected.is_some_and(|expected| *expected != key.to_bytes()) {
            return Err(SdfError::Mismatch { index });
        }
        run(&mut lease, |session| session.take_right(index, &password))?;
        drop(lease);
        Ok(SdfSigner { device: Arc::clone(self), index, key, layout, password, is_refused: AtomicBool::new(false) })
    }
}

fn ask_info(pool: &Pool) -> Result<SdfInfo, SdfError> {
    let bytes = run(&mut pool.take()?, |session| session.info())?;
    let text = |from: usize, to: usize| {
        let text = String::from_utf8_lossy(bytes.get(from..to).unwrap_or_default()).into_owned();
        text.trim_end_matches(['\0', ' ']).to_owned()
    };
    Ok(SdfInfo { issuer: text(0, 40), name: text(40, 56), serial: text(56, 72) })
}

/// A signer with a key in a device (密码设备签名器).
pub struct SdfSigner {
    device: Arc<SdfDevice>,
    index: u32,
    key: VerifyingKey,
    layout: Layout,
    password: Password,
    /// The device called the password wrong: it is never tried again, because devices count and lock.
    is_refused: AtomicBool,
}

impl SdfSigner {
    fn take_right(&self, session: &mut Session) -> Result<(), Code> {
        if self.is_refused.load(Ordering::Relaxed) {
            return Err(Code(PASSWORD_REFUSED));
        }
        session.take_right(self.index, &self.password).inspect_err(|code| {
            if code.is_about_right() {
                self.is_refused.store(true, Ordering::Relaxed);
            }
        })
    }

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

    /// Signs a text of its own and lets the device verify and digest as well: each trial, and whether it went well.
    #[must_use]
    pub fn try_out(&self) -> Vec<(String, bool)> {
        let e = self.key.e(SELF_TEST);
        let value = self.sign_unchecked(&SignInput { e: &e, tbs: SELF_TEST });
        let mut tried = vec![match value {
            Ok(value) => ("signed a test text".to_owned(), self.key.verify_prehash(&e, &value)),
            Err(error) => (format!("signed a test text: {error}"), false),
        }];
        if let Ok(more) = self.ask_device(&e) {
            tried.extend(more);
        }
        tried
    }

    fn ask_device(&self, e: &[u8; 32]) -> Result<Vec<(String, bool)>, SdfError> {
        let Algorithms { sm3, sm2_sign, .. } = self.device.profile.algorithms;
        let mut lease = self.device.pool.take()?;
        run(&mut lease, |session| {
            let key = session.export_sign_key(self.index)?;
            let mut tried = Vec::new();
            if let Some(digest) = session.digest(sm3, &key, DEFAULT_ID, SELF_TEST) {
                tried.push(match digest {
                    Ok(digest) => (format!("the device digests with algorithm {sm3:#010x} as we do"), digest == *e),
                    Err(code) => (format!("the device digests with algorithm {sm3:#010x}: {:#010x}", code.0), false),
                });
            }
            if !session.has_right(self.index) {
                self.take_right(session)?;
            }
            let value = session.sign(self.index, e)?;
            if let Some(verified) = session.verify(sm2_sign, &key, e, &value) {
                let code = verified.err().map(|code| format!(": {:#010x}", code.0)).unwrap_or_default();
                let is_good = code.is_empty();
                tried.push((format!("the device verifies with algorithm {sm2_sign:#010x}{code}"), is_good));
            }
            Ok(tried)
        })
        .map_err(SdfError::from)
    }
}

/// SDR_PRKRERR, 私钥使用权限获取失败.
pub(crate) const PASSWORD_REFUSED: u32 = 0x0100_0018;

/// Begins with 0x45, never 0x30: no signature of it can serve for a `TBS_Sign`.
pub(crate) const SELF_TEST: &[u8] = b"ESEAL-SELFTEST/1\n";

impl DigestSigner for SdfSigner {
    fn sign_unchecked(&self, input: &SignInput<'_>) -> Result<Signature, SignDigestError> {
        let mut lease = self.device.pool.take().map_err(|error| match error {
            NoSession::Busy => SignDigestError::Unavailable(SdfError::Busy.to_string()),
            NoSession::Refused(code) => code.error(),
        })?;
        let answer = run(&mut lease, |session| {
            if !session.has_right(self.index) {
                self.take_right(session)?;
            }
            match session.sign(self.index, input.e) {
                // The device forgot the right, as after a restart of its service: it gets it again, once.
                Err(code) if code.is_about_right() => {
                    self.take_right(session)?;
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
        if self.device.info.is_for_development() { DeviceKind::Development } else { DeviceKind::Server }
    }
}

/// Uses a session; closes it if the code says that it is of no use any more.
pub(super) fn run<T>(lease: &mut Lease<'_>, call: impl FnOnce(&mut Session) -> Result<T, Code>) -> Result<T, Code> {
    let session = lease.session().ok_or(Code(0x0100_0006))?; // SDR_OPENSESSION: spoilt before
    let result = call(session);
    if let Err(code) = &result
        && code.reaction() != Reaction::Keep
    {
        lease.spoil();
    }
    result
}
