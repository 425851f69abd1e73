//! Asking a signature server (客户端).

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use eseal_gm::sm2::{Signature, VerifyingKey};
use jiff::Timestamp;
use ureq::{
    http::Uri,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem},
};

use super::wire::{self, SignData};
use crate::{
    BreakerState, Device, DeviceHealth, DeviceKind, DigestSigner, LastError, Secret, SignDigestError, SignInput,
    SvsForm, SvsProfile, breaker::Breaker, sdf::SELF_TEST,
};

/// Largest answer, in bytes: a signature and its envelope have some hundred.
const ANSWER_MAX_BYTES: u64 = 64 << 10;

/// Why a signature server cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SvsError {
    /// It is no URL of HTTP.
    #[error("{0} is no https:// or http:// address")]
    Url(String),
    /// With TLS it must be said who is believed: an access code is not for whoever has a certificate from somewhere.
    #[error("{0}: set ca to the file of the certificates that the server's is checked by")]
    NoAuthority(String),
    /// Certificates are named for a server that is asked without TLS.
    #[error("{0} is asked without TLS, but ca is set: write https://")]
    PlainWithAuthority(String),
    /// The file of certificates cannot be used.
    #[error("{path}: {problem}")]
    Authority {
        /// Which one.
        path: String,
        /// Why.
        problem: String,
    },
    /// Access codes would go over a network that nobody called private.
    #[error("{0} is not on this machine: set private_network = true if nobody else can listen")]
    NotPrivate(String),
    /// The certificate holds no SM2 key.
    #[error("the certificate of key {0} holds no SM2 key")]
    Certificate(u32),
    /// It did not sign the test text.
    #[error("key {index}: {error}")]
    Key {
        /// Which key.
        index: u32,
        /// Why.
        error: SignDigestError,
    },
}

/// A key of the server (服务器密钥).
#[derive(Clone)]
pub struct SvsKey {
    /// Its index (密钥索引).
    pub index: u32,
    /// Its public key, from the certificate.
    pub public_key: VerifyingKey,
    /// Its access code (私钥访问控制码).
    pub access_code: Secret,
}

/// A signature server (签名验签服务器).
pub struct Svs {
    name: String,
    profile: SvsProfile,
    agent: ureq::Agent,
    url: String,
    keys: Vec<SvsKey>,
    now: fn() -> Timestamp,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    breaker: Breaker,
    last_error: Option<LastError>,
}

impl Svs {
    /// Connects, and lets the server sign a text with each key: a wrong key or code is known when the program starts.
    ///
    /// # Errors
    /// See [`SvsError`].
    pub fn open(
        name: &str,
        profile: SvsProfile,
        keys: Vec<SvsKey>,
        now: fn() -> Timestamp,
    ) -> Result<Arc<Self>, SvsError> {
        let tls = tls_of(&profile)?;
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(Duration::from_millis(profile.call_timeout_ms)))
            .http_status_as_error(false)
            .max_redirects(0) // an access code goes nowhere else
            .proxy(None)
            .build();
        let url = format!("{}/{}", profile.url.trim_end_matches('/'), wire::PATH);
        let name = name.to_owned();
        let svs = Self { name, profile, agent: config.into(), url, keys, now, state: Mutex::default() };
        for (place, key) in svs.keys.iter().enumerate() {
            svs.self_test(place).map_err(|error| SvsError::Key { index: key.index, error })?;
        }
        Ok(Arc::new(svs))
    }

    /// A signer with the key at a place in the list that was given.
    #[must_use]
    pub fn signer(self: &Arc<Self>, key: usize) -> Option<SvsSigner> {
        (key < self.keys.len()).then(|| SvsSigner { svs: Arc::clone(self), key })
    }

    fn self_test(&self, place: usize) -> Result<(), SignDigestError> {
        let value = self.sign(place, SELF_TEST)?;
        let is_good =
            self.keys.get(place).is_some_and(|key| key.public_key.verify_prehash(&key.public_key.e(SELF_TEST), &value));
        self.judged(is_good);
        is_good.then_some(()).ok_or(SignDigestError::WrongValue)
    }

    fn sign(&self, place: usize, text: &[u8]) -> Result<Signature, SignDigestError> {
        if !self.state().breaker.allows(Instant::now()) {
            return Err(SignDigestError::Unavailable("the server failed and is not yet asked again".to_owned()));
        }
        let key = self.keys.get(place).ok_or_else(|| SignDigestError::Unavailable("no such key".to_owned()))?;
        let request = SignData {
            method: self.profile.sign_method,
            index: key.index,
            key_value: &key.access_code,
            key_value_form: self.profile.key_value,
            text,
        };
        self.send(&request).and_then(|body| wire::signature(&body)).inspect_err(|error| self.failed(error))
    }

    fn send(&self, request: &SignData<'_>) -> Result<Vec<u8>, SignDigestError> {
        let unavailable = |why: String| SignDigestError::Unavailable(why);
        let now = (self.now)();
        let body = request.body(self.profile.form, now);
        let post = match self.profile.form {
            SvsForm::Json => self.agent.post(&self.url).content_type("application/json;charset=utf-8"),
            SvsForm::Form => self
                .agent
                .post(&self.url)
                .content_type("application/x-www-form-urlencoded")
                .header("SVS-Request-Version", wire::VERSION)
                .header("SVS-Request-Time", wire::time(now)),
        };
        let mut answer = post.send(&body[..]).map_err(|error| match error {
            ureq::Error::Timeout(_) => unavailable("the signature server did not answer in time".to_owned()),
            other => match tls_problem(&other) {
                Some(problem) => unavailable(format!("the signature server's certificate is not accepted: {problem}")),
                None => unavailable("the signature server cannot be reached".to_owned()),
            },
        })?;
        if answer.status() != 200 {
            return Err(unavailable(format!("the signature server answered with status {}", answer.status().as_u16())));
        }
        let body = answer.body_mut().with_config().limit(ANSWER_MAX_BYTES).read_to_vec();
        body.map_err(|_| unavailable("the signature server's answer breaks off".to_owned()))
    }

    fn judged(&self, is_good: bool) {
        if is_good {
            self.state().breaker.succeeded();
        } else {
            self.failed(&SignDigestError::WrongValue);
        }
    }

    fn failed(&self, error: &SignDigestError) {
        let last = LastError::of(error);
        let mut state = self.state();
        state.last_error = Some(last);
        if error.is_outage() {
            state.breaker.failed(Instant::now(), false);
        }
        drop(state);
        let labels = [("device", self.name.clone()), ("error", last.name().to_owned())];
        metrics::counter!("eseal_device_failures_total", &labels).increment(1);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the server is reached: with TLS and the certificates that were named, or in plain HTTP where nobody else listens.
fn tls_of(profile: &SvsProfile) -> Result<TlsConfig, SvsError> {
    let url = || profile.url.clone();
    let uri: Uri = profile.url.parse().map_err(|_| SvsError::Url(url()))?;
    let host = uri.host().ok_or_else(|| SvsError::Url(url()))?;
    let roots = match (uri.scheme_str(), &profile.ca) {
        (Some("https"), Some(path)) => authorities(path)?,
        (Some("https"), None) => return Err(SvsError::NoAuthority(url())),
        (Some("http"), Some(_)) => return Err(SvsError::PlainWithAuthority(url())),
        (Some("http"), None) if profile.private_network || matches!(host, "127.0.0.1" | "[::1]" | "localhost") => {
            Vec::new() // no TLS, so nobody is believed
        }
        (Some("http"), None) => return Err(SvsError::NotPrivate(url())),
        _ => return Err(SvsError::Url(url())),
    };
    let provider = Arc::new(rustls_graviola::default_provider());
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .build())
}

/// The certificates of a PEM file; at least one.
fn authorities(path: &Path) -> Result<Vec<Certificate<'static>>, SvsError> {
    let wrong = |problem: String| SvsError::Authority { path: path.display().to_string(), problem };
    let text = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let found: Vec<_> = parse_pem(&text)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() { Err(wrong("holds no certificates in PEM".to_owned())) } else { Ok(found) }
}

/// What TLS did not like, if it was that.
fn tls_problem(error: &ureq::Error) -> Option<String> {
    match error {
        ureq::Error::Tls(what) => Some((*what).to_owned()),
        ureq::Error::Rustls(what) => Some(what.to_string()),
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref::<rustls::Error>().map(ToString::to_string),
        _ => None,
    }
}

impl Device for Svs {
    fn health(&self) -> DeviceHealth {
        let state = self.state();
        let breaker = state.breaker.state(Instant::now());
        let is_up = breaker == BreakerState::Closed;
        DeviceHealth {
            name: self.name.clone(),
            is_up,
            breaker,
            sessions: None,
            last_error: state.last_error,
            restarts: 0,
        }
    }

    /// The protocol does not say it.
    fn is_for_development(&self) -> bool {
        false
    }

    fn facts(&self) -> Vec<String> {
        let tls = match &self.profile.ca {
            Some(path) => format!("TLS, checked by {}", path.display()),
            None => "plain HTTP".to_owned(),
        };
        vec![format!("signature server {}, {} keys, {tls}", self.profile.url, self.keys.len())]
    }

    fn try_out(&self, key: usize) -> Vec<(String, bool)> {
        vec![match self.self_test(key) {
            Ok(()) => ("signed a test text".to_owned(), true),
            Err(error) => (format!("signed a test text: {error}"), false),
        }]
    }
}

/// A signer with a key of a signature server (签名服务器签名器).
pub struct SvsSigner {
    svs: Arc<Svs>,
    key: usize,
}

impl DigestSigner for SvsSigner {
    /// The text is what is signed; e only proves it.
    fn sign_unchecked(&self, input: &SignInput<'_>) -> Result<Signature, SignDigestError> {
        let value = self.svs.sign(self.key, input.tbs)?;
        metrics::counter!("eseal_device_signatures_total", "device" => self.svs.name.clone()).increment(1);
        Ok(value)
    }

    fn kind(&self) -> DeviceKind {
        DeviceKind::Server
    }

    fn judged(&self, is_good: bool) {
        self.svs.judged(is_good);
    }
}
