//! Authentication of the calling system or phone by its request signature (调用方认证).
//!
//! The order is that of trust: who says it is, how it signed, when, whether the signature is right, from where, and only
//! then whether the nonce is fresh — a stranger cannot use up a system's nonces.

use std::{net::IpAddr, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{Function, Scene};
use eseal_gm::{hmac_sm3_verify, sm2::VerifyingKey};
use eseal_store::SystemRecord;
use jiff::Timestamp;

use crate::{App, CallingDevice, CallingSystem, Error, Identity, Network, Result, seconds};

/// Length of a nonce in characters: long enough to be unique, short enough to be kept.
const NONCE_CHARS: std::ops::RangeInclusive<usize> = 16..=64;
/// Longest identifier of a system that is looked up, in bytes: ours have at most 64.
const SYSTEM_ID_BYTES: usize = 128;
/// Longest signature as base64: a DER value has at most 72 bytes, with room for line breaks.
const SIGNATURE_CHARS: usize = 256;

/// What is signed of a request besides its body's digest, as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Method, capitals.
    pub method: String,
    /// Path as sent, percent-encoding untouched.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: String,
    /// `X-Eseal-System-Id`.
    pub system_id: Option<String>,
    /// `X-Eseal-Device-Id`: of phones, instead of a system.
    pub device_id: Option<String>,
    /// `X-Eseal-Timestamp`, milliseconds since 1970.
    pub timestamp: Option<String>,
    /// `X-Eseal-Nonce`.
    pub nonce: Option<String>,
    /// `X-Eseal-Algorithm`.
    pub algorithm: Option<String>,
    /// `X-Eseal-Signature`, base64.
    pub signature: Option<String>,
}

/// How a request is signed (请求签名算法).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    HmacSm3,
    Sm2,
}

/// The text that a request signature covers (待签名文本): seven lines, the last without its end.
#[must_use]
pub fn signed_text(
    method: &str,
    path: &str,
    query: &str,
    signer: &str,
    timestamp: &str,
    nonce: &str,
    body_sm3: &[u8; 32],
) -> String {
    let mut parts: Vec<&str> = query.split('&').collect();
    parts.sort_unstable();
    let query = parts.join("&");
    format!("{method}\n{path}\n{query}\n{signer}\n{timestamp}\n{nonce}\n{}", hex::encode(body_sm3))
}

/// What stands in the systemID line of a phone's signed text (手机标识).
#[must_use]
pub fn device_signer(device_id: &str) -> String {
    format!("device:{device_id}")
}

/// Authenticates a request whose body has the digest `body_sm3`; uses its nonce up.
///
/// A large body's digest is announced by its sender: whoever reads the body must compare it at the end.
///
/// # Errors
/// [`Error::UnknownSystem`], [`Error::UnsupportedAlgorithm`], [`Error::TimestampOutsideWindow`],
/// [`Error::BadRequestSignature`], [`Error::AddressNotAllowed`], [`Error::Replayed`], in this order.
pub async fn authenticate(
    app: &App,
    credentials: &Credentials,
    body_sm3: &[u8; 32],
    address: IpAddr,
) -> Result<Identity> {
    match (&credentials.system_id, &credentials.device_id) {
        (Some(system_id), _) => {
            let record = find_system(app, system_id).await?;
            let request = Signed::read(app, credentials, &record.id, body_sm3)?;
            let fits = match request.algorithm {
                Algorithm::HmacSm3 => request.has_hmac(&record.hmac_keys),
                Algorithm::Sm2 => request.is_signed_by(&record.sm2_keys),
            };
            if !fits {
                return Err(Error::BadRequestSignature);
            }
            check_address(&record.addresses, address)?;
            request.use_nonce(app).await?;
            Ok(Identity::System(Arc::new(calling_system(app, record))))
        }
        (None, Some(device_id)) => {
            let phone =
                app.store.find_phone(device_id).await?.filter(|phone| phone.active).ok_or(Error::UnknownSystem)?;
            let request = Signed::read(app, credentials, &device_signer(&phone.id), body_sm3)?;
            if request.algorithm != Algorithm::Sm2 {
                return Err(Error::UnsupportedAlgorithm { field: "X-Eseal-Algorithm".into() });
            }
            if !request.is_signed_by(std::slice::from_ref(&phone.device_public_key)) {
                return Err(Error::BadRequestSignature);
            }
            request.use_nonce(app).await?;
            Ok(Identity::Device(Arc::new(CallingDevice { device_id: phone.id, user_id: phone.user_id })))
        }
        (None, None) => Err(Error::UnknownSystem),
    }
}

async fn find_system(app: &App, id: &str) -> Result<SystemRecord> {
    if id.len() > SYSTEM_ID_BYTES {
        return Err(Error::UnknownSystem);
    }
    app.store.find_system(id).await?.filter(|system| system.active).ok_or(Error::UnknownSystem)
}

/// A request's signature with the text that it covers.
struct Signed {
    algorithm: Algorithm,
    signer: String,
    nonce: String,
    text: String,
    signature: Vec<u8>,
}

impl Signed {
    fn read(app: &App, credentials: &Credentials, signer: &str, body_sm3: &[u8; 32]) -> Result<Self> {
        let algorithm = match credentials.algorithm.as_deref() {
            Some("HMAC-SM3") => Algorithm::HmacSm3,
            Some("SM2") => Algorithm::Sm2,
            Some(_) => return Err(Error::UnsupportedAlgorithm { field: "X-Eseal-Algorithm".into() }),
            None => return Err(Error::BadRequestSignature),
        };
        let timestamp = credentials.timestamp.as_deref().unwrap_or_default();
        check_window(app, timestamp)?;
        let nonce = credentials.nonce.as_deref().filter(|nonce| is_nonce(nonce)).ok_or(Error::BadRequestSignature)?;
        let signature = credentials.signature.as_deref().filter(|text| text.len() <= SIGNATURE_CHARS);
        let signature =
            signature.and_then(|text| BASE64_STANDARD.decode(text.trim()).ok()).ok_or(Error::BadRequestSignature)?;
        let Credentials { method, path, query, .. } = credentials;
        Ok(Self {
            algorithm,
            signer: signer.to_owned(),
            nonce: nonce.to_owned(),
            text: signed_text(method, path, query, signer, timestamp, nonce, body_sm3),
            signature,
        })
    }

    /// True if one of the live keys gives this code; every key is tried, so that time does not tell which.
    fn has_hmac(&self, keys: &[Vec<u8>]) -> bool {
        keys.iter().fold(false, |found, key| hmac_sm3_verify(key, self.text.as_bytes(), &self.signature) | found)
    }

    fn is_signed_by(&self, keys: &[Vec<u8>]) -> bool {
        let fits = |key: VerifyingKey| key.verify(self.text.as_bytes(), &self.signature);
        keys.iter().any(|key| VerifyingKey::from_bytes(key).is_ok_and(fits))
    }

    async fn use_nonce(&self, app: &App) -> Result<()> {
        let expires = app.clock.now() + seconds(app.config.times.nonce);
        let fresh = app.store.insert_nonce(&self.signer, &self.nonce, expires).await?;
        if fresh { Ok(()) } else { Err(Error::Replayed) }
    }
}

fn check_window(app: &App, timestamp: &str) -> Result<()> {
    let outside = || Error::TimestampOutsideWindow;
    let is_number = (1..=16).contains(&timestamp.len()) && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let sent = if is_number { timestamp.parse().ok() } else { None };
    let sent = sent.and_then(|sent| Timestamp::from_millisecond(sent).ok()).ok_or_else(outside)?;
    let distance = app.clock.now().duration_since(sent).unsigned_abs();
    if distance > seconds(app.config.times.request_window) { Err(outside()) } else { Ok(()) }
}

fn is_nonce(text: &str) -> bool {
    NONCE_CHARS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// An empty list allows every address; an entry that cannot be read allows none.
fn check_address(allowed: &[String], address: IpAddr) -> Result<()> {
    let contains = |text: &String| text.parse::<Network>().is_ok_and(|network| network.contains(address));
    if allowed.is_empty() || allowed.iter().any(contains) { Ok(()) } else { Err(Error::AddressNotAllowed) }
}

fn calling_system(app: &App, record: SystemRecord) -> CallingSystem {
    CallingSystem {
        functions: record.functions.iter().filter_map(|path| Function::find(path)).collect(),
        scenes: record.scenes.iter().filter_map(|scene| Scene::find(scene)).collect(),
        requests_per_minute: record.requests_per_minute.unwrap_or(app.config.limits.system_requests_per_minute),
        system_id: record.id,
        name: record.name,
        origins: record.origins,
        digest_only: record.digest_only,
    }
}
