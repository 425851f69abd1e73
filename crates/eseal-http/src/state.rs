//! What all handlers share (共享状态).

use std::{net::AddrParseError, sync::Arc};

use eseal_service::{App, Network, NotANetwork};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{
    body,
    limits::{BODY_MEMORY_BYTES, STRANGER_MEMORY_BYTES},
    metrics::Metrics,
};

/// The platform behind HTTP.
#[derive(Clone)]
pub(crate) struct Http {
    /// Use cases.
    pub(crate) app: Arc<App>,
    /// Proxies whose word about addresses is taken.
    pub(crate) trusted: Arc<[Network]>,
    /// Memory for bodies of known senders, in KiB.
    pub(crate) memory: Arc<Semaphore>,
    /// Memory for bodies of strangers, in KiB.
    pub(crate) stranger_memory: Arc<Semaphore>,
    /// The server stops: streams of events end.
    pub(crate) stopping: CancellationToken,
    pub(crate) metrics: Metrics,
}

/// Why the configuration cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// `trusted_proxies` holds something else than addresses and networks.
    #[error("trusted_proxies: {0}")]
    TrustedProxies(#[from] NotANetwork),
    /// `listen` is no address.
    #[error("listen: {0}")]
    Listen(#[from] AddrParseError),
    /// The address cannot be listened on, or the socket broke.
    #[error("cannot serve: {0}")]
    Socket(#[from] std::io::Error),
    /// What an earlier run left unfinished cannot be taken up.
    #[error("store: {0}")]
    Store(#[from] eseal_service::Error),
}

impl Http {
    pub(crate) fn new(app: Arc<App>) -> Result<Self, ServeError> {
        let trusted: Vec<Network> =
            app.config.server.trusted_proxies.iter().map(|text| text.parse()).collect::<Result<_, NotANetwork>>()?;
        Ok(Self {
            app,
            trusted: trusted.into(),
            memory: body::memory(BODY_MEMORY_BYTES),
            stranger_memory: body::memory(STRANGER_MEMORY_BYTES),
            stopping: CancellationToken::new(),
            metrics: Metrics::installed(),
        })
    }
}
