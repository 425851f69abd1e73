//! Listening (监听): connections within limits, and an end that lets running requests finish.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use eseal_service::{App, keep_clean, seconds};
use futures::future::BoxFuture;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{
    limits::{CONNECTIONS, HEAD_TIME},
    router::router_of,
    state::{Http, ServeError},
};

/// How often histograms are folded together: between two looks of a usual Prometheus.
const METRICS_EVERY: Duration = Duration::from_secs(5);
/// Rest after a connection could not be accepted: out of file handles, trying again at once helps nobody.
const ACCEPT_REST: Duration = Duration::from_millis(200);

/// How to serve, beside the platform's configuration.
pub struct Options {
    /// Where to listen; by the configuration's `server.listen` if there is none.
    pub listener: Option<TcpListener>,
    /// Paths beside the platform's, such as those of the demo's phone.
    pub beside: Router,
    /// When this is ready, the server stops.
    pub shutdown: BoxFuture<'static, ()>,
}

impl Default for Options {
    /// Listens as configured, until the process is asked to end.
    fn default() -> Self {
        Self { listener: None, beside: Router::new(), shutdown: Box::pin(interrupted()) }
    }
}

/// Serves the platform until it is told to stop: takes up what was left unfinished, cleans up as it goes, and at the end
/// gives running requests `server.shutdown_seconds`.
///
/// # Errors
/// [`ServeError`]: nothing that concerns a single request.
pub async fn serve(app: Arc<App>, options: Options) -> Result<(), ServeError> {
    let listener = match options.listener {
        Some(listener) => listener,
        None => TcpListener::bind(app.config.server.listen.parse::<SocketAddr>()?).await?,
    };
    let http = Http::new(app.clone())?;
    app.recover().await?;
    tracing::info!(listen = %listener.local_addr()?, "Listening on {}", listener.local_addr()?);
    let clean = tokio::spawn(keep_clean(app.clone()));
    let tidy = tokio::spawn(tidy(http.clone()));
    let (stopping, connections) = (http.stopping.clone(), TaskTracker::new());
    let router = router_of(http, options.beside);
    tokio::select! {
        () = accept(&listener, &router, &stopping, &connections) => {}
        () = options.shutdown => {}
    }
    drop(listener);
    stopping.cancel();
    connections.close();
    let patience = seconds(app.config.server.shutdown_seconds);
    tracing::info!(open = connections.len(), "Stopping: {} connections are still open", connections.len());
    if timeout(patience, connections.wait()).await.is_err() {
        tracing::warn!(open = connections.len(), "Stopped with {} connections open", connections.len());
    }
    tidy.abort();
    clean.abort();
    Ok(())
}

/// Waits until the process is asked to end: Ctrl-C, or SIGTERM.
pub async fn interrupted() {
    let ctrl_c = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Cannot wait for Ctrl-C");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "Cannot wait for SIGTERM");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = ctrl_c => {}
        () = terminated => {}
    }
}

async fn tidy(http: Http) {
    let mut interval = tokio::time::interval(METRICS_EVERY);
    loop {
        interval.tick().await;
        http.metrics.tidy();
    }
}

async fn accept(listener: &TcpListener, router: &Router, stopping: &CancellationToken, connections: &TaskTracker) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let (router, stopping) = (router.clone(), stopping.clone());
                connections.spawn(async move {
                    let _place = place;
                    if let Err(error) = connection(stream, peer, router, stopping).await {
                        tracing::debug!(%error, "A connection broke");
                    }
                });
            }
            Err(error) => refused(&error).await,
        }
    }
}

async fn refused(error: &io::Error) {
    let is_theirs = matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset);
    if !is_theirs {
        tracing::error!(%error, "Could not accept a connection");
        tokio::time::sleep(ACCEPT_REST).await;
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    stopping: CancellationToken,
) -> hyper::Result<()> {
    // Answers are written whole: waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut served = std::pin::pin!(served);
    tokio::select! {
        result = served.as_mut() => return result,
        () = stopping.cancelled() => {}
    }
    served.as_mut().graceful_shutdown();
    served.await
}
