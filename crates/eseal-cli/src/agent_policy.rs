//! `eseal agent-policy`: the signed list of pages that may speak with `eseal-agent` (代理策略).

use std::path::PathBuf;

use anyhow::{Context, Result};
use eseal_api::KeyPurpose;
use eseal_service::{Config, tickets::AgentPolicy};
use jiff::{SignedDuration, Timestamp};

use crate::{exit::Exit, files, runtime, serve::block_on};

/// Arguments of `eseal agent-policy`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration of the server, TOML: its ticket key signs.
    #[arg(long)]
    config: PathBuf,
    /// A page's origin, as browsers send it (https://host[:port]); several are given one by one.
    #[arg(long = "origin", required = true)]
    origins: Vec<String>,
    /// Days that the policy holds.
    #[arg(long, default_value_t = 90)]
    days: i64,
    /// Where it is written.
    #[arg(long, short)]
    out: PathBuf,
}

/// Runs `eseal agent-policy`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let config = Config::read(&files::read_text(&args.config)?, std::env::vars())?;
    block_on(async {
        let app = runtime::build(config, None).await?;
        let issued = Timestamp::now();
        let life = SignedDuration::from_hours(args.days.clamp(1, 3660) * 24);
        let policy = AgentPolicy { origins: args.origins.clone(), issued, expires: issued + life };
        let text = policy.to_bytes().context("an origin is scheme://host[:port], in lower case, and nothing else")?;
        let signature = app.platform_keys.sign(&app.pool, KeyPurpose::Ticket, text.clone()).await?;
        files::write(&args.out, AgentPolicy::assemble(&text, &signature).as_bytes())
    })?;
    println!("{}", args.out.display());
    Ok(Exit::Done)
}
