//! `eseal serve`: the sixteen interfaces over HTTP (服务).

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use eseal_service::{App, Config};
use tokio::net::TcpListener;

use crate::{exit::Exit, files, runtime, trust};

/// Arguments of `eseal serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration, TOML; ESEAL_* variables override it.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Print the configuration in force and end.
    #[arg(long)]
    print_config: bool,
}

/// Runs `eseal serve`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let text = args.config.as_deref().map_or_else(|| Ok(String::new()), files::read_text)?;
    let config = Config::read(&text, std::env::vars())?;
    if args.print_config {
        print!("{}", config.print()?);
        return Ok(Exit::Done);
    }
    log_to_stderr();
    block_on(async {
        let app = runtime::build(config, None).await?;
        let listener = listen(&app.config.server.listen).await?;
        serve(app, listener).await
    })?;
    Ok(Exit::Done)
}

/// Binds the address.
pub(crate) async fn listen(address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// Serves until the process is asked to stop.
pub(crate) async fn serve(app: Arc<App>, listener: TcpListener) -> Result<()> {
    serve_beside(app, listener, axum::Router::new()).await
}

/// As [`serve`], with other paths beside the platform's.
pub(crate) async fn serve_beside(app: Arc<App>, listener: TcpListener, beside: axum::Router) -> Result<()> {
    let watching = tokio::spawn(trust::watch(app.clone()));
    let options = eseal_http::Options { listener: Some(listener), beside, ..eseal_http::Options::default() };
    let ended = eseal_http::serve(app, options).await.context("the server ended");
    watching.abort();
    ended
}

/// Runs a future on a new runtime.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?.block_on(future)
}

/// Structured log lines on standard error, JSON; `ESEAL_LOG` filters as in `eseal=debug,info`.
pub(crate) fn log_to_stderr() {
    let filter = std::env::var("ESEAL_LOG").unwrap_or_default();
    let filter = tracing_subscriber::EnvFilter::try_new(if filter.is_empty() { "info" } else { &filter })
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // A second call in one process changes nothing.
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
