//! What the agent does (代理操作), without HTTP.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_gm::{
    sm2::{Signature, VerifyingKey},
    sm3,
};
use eseal_pki::Certificate;
use eseal_skf::{SkfError, SkfHelper, SkfKey};
use eseal_ticket::{AgentPolicy, LoginMessage, SignTicket};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    AgentError,
    dialog::{Answer, Dialog, Question},
    limits::Limits,
    nonces::Nonces,
};

/// How far the time of a login message may be from ours.
const LOGIN_TOLERANCE: Duration = Duration::from_secs(300);
/// PINs that may be given to one question.
const PINS: usize = 3;

/// What an agent is made of.
pub struct Parts {
    /// Which pages may call.
    pub policy: AgentPolicy,
    /// The platform's key for tickets, pinned.
    pub ticket_key: VerifyingKey,
    /// The platform's key for login messages, pinned.
    pub login_key: VerifyingKey,
    /// Libraries of keys, each in a process of its own.
    pub libraries: Vec<SkfHelper>,
    /// Asks the user.
    pub dialog: Arc<dyn Dialog>,
    /// Tells the time.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Where tickets that were used are noted.
    pub used_tickets: Option<PathBuf>,
    /// Software tokens and a PIN without a person are taken.
    pub is_development: bool,
}

/// The agent (USBKey 代理).
pub struct Agent {
    parts: Parts,
    nonces: Mutex<Nonces>,
    limits: Limits,
    /// One question at a time.
    asking: Mutex<()>,
}

/// A key, as pages see it: `GET /v1/keys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyInfo {
    /// SM3 of the certificate, hex.
    pub cert_sm3: String,
    /// DER, base64.
    pub cert: String,
    /// 主体名称.
    pub subject: String,
    /// 有效期止.
    pub not_after: Timestamp,
}

/// A signature of a batch: `POST /v1/sign`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedEntry {
    /// 文件唯一标识.
    pub file_unique_id: String,
    /// DER, base64.
    pub sign_value: String,
    /// DER, base64.
    pub cert: String,
}

/// A signed login message: `POST /v1/login`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedLogin {
    /// DER, base64.
    pub sign_value: String,
    /// DER, base64.
    pub cert: String,
}

/// A key and the library that found it.
struct Found<'a> {
    skf: &'a SkfHelper,
    key: SkfKey,
    subject: String,
}

impl Agent {
    /// Makes an agent.
    ///
    /// # Errors
    /// That the file of used tickets cannot be read or written.
    pub fn new(parts: Parts) -> std::io::Result<Arc<Self>> {
        let nonces = Nonces::open(parts.used_tickets.as_deref(), (parts.clock)())?;
        if parts.dialog.is_automatic() && !parts.is_development {
            return Err(std::io::Error::other("a PIN without a person is for development only"));
        }
        Ok(Arc::new(Self { parts, nonces: nonces.into(), limits: Limits::default(), asking: Mutex::default() }))
    }

    fn now(&self) -> Timestamp {
        (self.parts.clock)()
    }

    /// Whether a page may speak with the agent now.
    pub(crate) fn allows(&self, origin: &str) -> bool {
        self.parts.policy.expires >= self.now() && self.parts.policy.allows(origin)
    }

    /// Counts a request of a page.
    pub(crate) fn count(&self, origin: &str) -> Result<(), AgentError> {
        self.limits.count(origin, Instant::now())
    }

    /// Names of all plugged-in tokens, to see whether something came or went.
    pub(crate) fn devices(&self) -> Vec<Vec<String>> {
        self.parts.libraries.iter().map(|skf| skf.devices().unwrap_or_default()).collect()
    }

    /// The keys of all tokens that are plugged in now.  Blocking.
    ///
    /// # Errors
    /// [`AgentError::Device`] if no library answers.
    pub fn keys(&self) -> Result<Vec<KeyInfo>, AgentError> {
        Ok(self.found()?.iter().filter_map(|found| info(&found.key)).collect())
    }

    fn found(&self) -> Result<Vec<Found<'_>>, AgentError> {
        let mut all = Vec::new();
        let mut failure = None;
        for skf in &self.parts.libraries {
            match skf.keys() {
                Ok(keys) => all.extend(keys.into_iter().filter_map(|key| {
                    let subject = subject(&key.certificate)?;
                    Some(Found { skf, key, subject })
                })),
                Err(error) => failure = Some(error),
            }
        }
        match failure {
            Some(error) if all.is_empty() => Err(error.into()),
            _ => Ok(all),
        }
    }

    /// The key whose certificate has this SM3.
    fn find(&self, certificate_sm3: &[u8; 32]) -> Result<Found<'_>, AgentError> {
        let all = self.found()?;
        let found = all.into_iter().find(|found| sm3(&found.key.certificate) == *certificate_sm3);
        let found = found.ok_or(AgentError::NoKey)?;
        if !self.parts.is_development && found.skf.info(&found.key.place.device)?.is_for_development() {
            return Err(AgentError::Device("a software token is for development only".into()));
        }
        Ok(found)
    }

    /// Signs what a ticket says, for the page that it was made for.  Blocking, as long as the user thinks.
    ///
    /// Ticket signature → expiry → nonce → origin → the key with the named certificate → shown → PIN → each e signed and
    /// verified → rights given back.
    ///
    /// # Errors
    /// See [`AgentError`]; nothing was signed, or nothing is given out.
    pub fn sign(&self, origin: &str, ticket: &str) -> Result<Vec<SignedEntry>, AgentError> {
        let ticket = SignTicket::open(ticket, &self.parts.ticket_key, self.now())?;
        self.take(&[b"sign", &ticket.nonce[..]].concat(), ticket.expires)?;
        ticket.check_origin(origin)?;
        let found = self.find(&ticket.certificate_sm3)?;
        let digests: Vec<[u8; 32]> = ticket.entries.iter().map(|entry| entry.e).collect();
        let values = self.ask_and_sign(&found, Question::sign(&ticket, &found.subject), &digests)?;
        let cert = BASE64_STANDARD.encode(&found.key.certificate);
        tracing::info!(entries = values.len(), "Signed a ticket with {} entries", values.len());
        Ok(ticket
            .entries
            .into_iter()
            .zip(values)
            .map(|(entry, value)| SignedEntry {
                file_unique_id: entry.file_unique_id,
                sign_value: BASE64_STANDARD.encode(value.to_der()),
                cert: cert.clone(),
            })
            .collect())
    }

    /// Signs a login message that the platform made for the page.  Blocking, as long as the user thinks.
    ///
    /// # Errors
    /// See [`AgentError`]; nothing was signed, or nothing is given out.
    pub fn login(&self, origin: &str, message: &[u8], ticket: &str) -> Result<SignedLogin, AgentError> {
        let now = self.now();
        let login = LoginMessage::open(message, ticket, &self.parts.login_key, now, LOGIN_TOLERANCE)?;
        self.take(&[b"login", &login.random[..]].concat(), login.time + LOGIN_TOLERANCE)?;
        login.check_origin(origin)?;
        let found = self.find(&login.certificate_sm3)?;
        let key = public_key(&found.key.certificate).ok_or(AgentError::NoKey)?;
        let values = self.ask_and_sign(&found, Question::login(&login, &found.subject), &[key.e(message)])?;
        let value = values.first().ok_or(AgentError::NoKey)?;
        tracing::info!("Signed a login message");
        Ok(SignedLogin {
            sign_value: BASE64_STANDARD.encode(value.to_der()),
            cert: BASE64_STANDARD.encode(&found.key.certificate),
        })
    }

    fn take(&self, nonce: &[u8], expires: Timestamp) -> Result<(), AgentError> {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.take(sm3(nonce), expires, self.now())
    }

    /// Asks until the PIN is right, the user refuses, or three were wrong; each PIN is tried once.
    fn ask_and_sign(
        &self,
        found: &Found<'_>,
        mut question: Question,
        digests: &[[u8; 32]],
    ) -> Result<Vec<Signature>, AgentError> {
        let _asking = self.asking.try_lock().map_err(|_| AgentError::Busy)?;
        if found.skf.pin_info(&found.key.place).is_ok_and(|info| info.attempts_max > 0 && info.attempts_left == 0) {
            return Err(AgentError::Locked);
        }
        for _ in 0..PINS {
            let pin = match (self.parts.dialog.ask(&question), question.attempts_left) {
                (Answer::Pin(pin), _) => pin,
                (Answer::Refused, Some(attempts_left)) => return Err(AgentError::WrongPin { attempts_left }),
                (Answer::Refused, None) => return Err(AgentError::Refused),
            };
            match found.skf.sign(&found.key, pin, digests) {
                Err(SkfError::WrongPin { attempts_left }) => {
                    tracing::warn!("A wrong PIN was given");
                    question.attempts_left = Some(attempts_left);
                }
                Err(SkfError::PinShape) => question.attempts_left = question.attempts_left.or(Some(0)),
                done => return done.map_err(AgentError::from),
            }
        }
        Err(AgentError::WrongPin { attempts_left: question.attempts_left.unwrap_or_default() })
    }
}

fn info(key: &SkfKey) -> Option<KeyInfo> {
    let certificate = Certificate::from_der(&key.certificate).ok()?;
    Some(KeyInfo {
        cert_sm3: hex::encode(sm3(&key.certificate)),
        cert: BASE64_STANDARD.encode(&key.certificate),
        subject: subject(&key.certificate)?,
        not_after: certificate.validity.not_after,
    })
}

fn subject(der: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(der).ok()?;
    let parts = [certificate.subject.organization(), certificate.subject.common_name()];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn public_key(der: &[u8]) -> Option<VerifyingKey> {
    let certificate = Certificate::from_der(der).ok()?;
    VerifyingKey::from_bytes(certificate.public_key.sm2()?).ok()
}
