//! One request (一次请求): names resolved and checked, TLS, no redirects, bounded bytes and time.

use std::{fmt, io, path::Path, sync::Arc, time::Duration};

use rustls::crypto::CryptoProvider;
use ureq::{
    Agent,
    config::Config,
    http::{self, Uri, header},
    tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use crate::{AllowList, FetchError, Origin, Request};

/// Longest head of an answer.
const HEAD_BYTES: usize = 16 << 10;

/// Certificates that TLS servers are checked by (TLS 根证书).
#[derive(Clone, Default)]
pub struct Roots(Vec<Certificate<'static>>);

/// Why certificates cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootsError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// The file holds no certificates in PEM.
    #[error("{0} holds no certificates in PEM")]
    NoCertificates(String),
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roots({})", self.0.len())
    }
}

impl Roots {
    /// Those of the operating system; none if it has none.
    #[must_use]
    pub fn system() -> Self {
        let found = rustls_native_certs::load_native_certs();
        Self(found.certs.iter().map(|der| Certificate::from_der(der.as_ref()).to_owned()).collect())
    }

    /// The same and those of a PEM file: an authority of the government network, a server of one's own.
    ///
    /// # Errors
    /// [`RootsError`].
    pub fn and_file(mut self, path: &Path) -> Result<Self, RootsError> {
        let name = path.display().to_string();
        let text = std::fs::read(path).map_err(|error| RootsError::File { path: name.clone(), error })?;
        let before = self.0.len();
        self.0.extend(parse_pem(&text).filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        }));
        if self.0.len() == before { Err(RootsError::NoCertificates(name)) } else { Ok(self) }
    }
}

/// Sends requests to listed hosts.
pub(crate) struct Client {
    agent: Agent,
}

impl Client {
    pub(crate) fn new(allow: Arc<AllowList>, roots: Roots, request: Duration) -> Self {
        let provider: Arc<CryptoProvider> = Arc::new(rustls_graviola::default_provider());
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(provider)
            .root_certs(RootCerts::Specific(Arc::new(roots.0)))
            .build();
        let config = Config::builder()
            .tls_config(tls)
            .proxy(None) // the environment has no say in where requests go
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEAD_BYTES)
            .max_idle_connections(0) // each request is checked anew
            .timeout_global(Some(request))
            .user_agent("eseal")
            .build();
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), Checked { allow }) }
    }

    /// The answer's bytes.
    pub(crate) fn send(&self, uri: Uri, request: &Request) -> Result<Vec<u8>, FetchError> {
        let accept = request.accepts.join(", ");
        let sent = match &request.body {
            None => self.agent.get(uri).header(header::ACCEPT, accept).call(),
            Some(body) => self
                .agent
                .post(uri)
                .header(header::ACCEPT, accept)
                .header(header::CONTENT_TYPE, body.content_type)
                .send(&body.bytes[..]),
        };
        let answer = sent.map_err(|error| read_error(&error, request.limit_bytes))?;
        check_head(&answer, request)?;
        let mut body = answer.into_body();
        body.with_config()
            .limit(request.limit_bytes)
            .read_to_vec()
            .map_err(|error| read_error(&error, request.limit_bytes))
    }
}

fn check_head(answer: &http::Response<ureq::Body>, request: &Request) -> Result<(), FetchError> {
    let status = answer.status();
    if status.is_redirection() {
        return Err(FetchError::Redirect);
    }
    if status != 200 {
        return Err(FetchError::Status(status.as_u16()));
    }
    let stated = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !request.accepts.contains(&kind.as_str()) {
        return Err(FetchError::ContentType(kind.chars().take(100).collect()));
    }
    let limit_bytes = request.limit_bytes;
    match answer.body().content_length() {
        Some(length) if length > limit_bytes => Err(FetchError::TooLarge { limit_bytes }),
        _ => Ok(()),
    }
}

fn read_error(error: &ureq::Error, limit_bytes: u64) -> FetchError {
    match error {
        ureq::Error::Timeout(_) => FetchError::TimedOut,
        ureq::Error::BodyExceedsLimit(_) => FetchError::TooLarge { limit_bytes },
        ureq::Error::Tls(what) => FetchError::Tls((*what).into()),
        ureq::Error::Rustls(what) => FetchError::Tls(what.to_string()),
        ureq::Error::Io(error) => read_io(error),
        ureq::Error::BadUri(_) => FetchError::Url,
        other => FetchError::Unreachable(other.to_string()),
    }
}

fn read_io(error: &io::Error) -> FetchError {
    let inner = error.get_ref();
    if let Some(Refused(host)) = inner.and_then(|inner| inner.downcast_ref()) {
        return FetchError::PrivateAddress { host: host.clone() };
    }
    if let Some(tls) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return FetchError::Tls(tls.to_string());
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => FetchError::TimedOut,
        _ => FetchError::Unreachable(error.kind().to_string()),
    }
}

/// Resolves names to addresses that may be contacted: what was checked here is what is connected to.
#[derive(Debug)]
struct Checked {
    allow: Arc<AllowList>,
}

/// A host has an address that may not be contacted.
#[derive(Debug, thiserror::Error)]
#[error("{0} has a private address")]
struct Refused(String);

impl Resolver for Checked {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let origin = Origin::of(uri).map_err(|_| ureq::Error::BadUri("origin".into()))?;
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        // One private address among public ones is as suspicious as a private one alone.
        if found.iter().all(|address| self.allow.permits(&origin, address.ip())) {
            Ok(found)
        } else {
            Err(ureq::Error::Io(io::Error::other(Refused(origin.to_string()))))
        }
    }
}
