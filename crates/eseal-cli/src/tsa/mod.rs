//! `eseal tsa`: a time-stamp authority of one's own, for development and closed networks (时间戳服务).

mod authority;
mod http;
mod serials;

use std::path::PathBuf;

use anyhow::{Context, Result};

pub(crate) use authority::Authority;
pub(crate) use http::router;

use crate::{
    exit::Exit,
    files, keys,
    serve::{block_on, listen, log_to_stderr},
};

/// Policy unless one is named: 2.999 is the arc for examples (ITU-T X.660), so nobody takes it for a registered one.
pub(crate) const EXAMPLE_POLICY: &str = "2.999.3161.1";

/// `eseal tsa …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Answer RFC 3161 requests over HTTP: POST, application/timestamp-query.
    Serve(Args),
}

/// Arguments of `eseal tsa serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Certificate of the authority, for time stamps only: `eseal ca issue … --profile tsa`.
    #[arg(long)]
    cert: PathBuf,
    /// Its SM2 key.
    #[arg(long)]
    key: PathBuf,
    /// Certificates above it that come along.
    #[arg(long)]
    chain: Vec<PathBuf>,
    /// File that keeps serial numbers from being used twice; made if it is not there.
    #[arg(long)]
    serials: PathBuf,
    /// Address and port.
    #[arg(long, default_value = "127.0.0.1:3161")]
    listen: String,
    /// OID of the policy by which tokens are made.
    #[arg(long, default_value = EXAMPLE_POLICY)]
    policy: String,
    /// How exact the clock is, in seconds.
    #[arg(long, default_value_t = 1)]
    accuracy: u32,
}

/// Runs `eseal tsa`.
pub(crate) fn run(command: &Command) -> Result<Exit> {
    let Command::Serve(args) = command;
    log_to_stderr();
    let chain = args.chain.iter().map(|path| files::read_certificate(path)).collect::<Result<Vec<_>>>()?;
    let authority = Authority::new(
        files::read_certificate(&args.cert)?,
        keys::read(&args.key)?,
        chain,
        &args.policy,
        args.accuracy,
        &args.serials,
    )?;
    block_on(async {
        let listener = listen(&args.listen).await?;
        let address = listener.local_addr().context("the address")?;
        tracing::info!(%address, "Stamping at http://{address}/");
        axum::serve(listener, router(authority))
            .with_graceful_shutdown(eseal_http::interrupted())
            .await
            .context("the server ended")
    })?;
    Ok(Exit::Done)
}
