//! `eseal-agent`: lets web pages of registered systems use a USBKey on this desk (USBKey 代理).

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::Parser;
use eseal_agent::{AgentConfig, bind, serve};

/// Lets web pages of registered systems use a USBKey on this desk (USBKey 代理).
#[derive(Debug, Parser)]
#[command(name = "eseal-agent", version)]
struct Args {
    /// Configuration, TOML.
    #[arg(long, default_value = "eseal-agent.toml")]
    config: PathBuf,
    /// Be the process of a library; started by the agent itself.
    #[arg(long, hide = true)]
    library_process: bool,
    /// List the keys that are plugged in, and end.
    #[arg(long)]
    list: bool,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    if args.library_process {
        return Ok(eseal_skf::helper::main());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.context("cannot start threads")?.block_on(run(args))?;
    Ok(ExitCode::SUCCESS)
}

async fn run(args: Args) -> Result<()> {
    tracing_subscriber::fmt().json().with_writer(std::io::stderr).init();
    let text = std::fs::read_to_string(&args.config).with_context(|| args.config.display().to_string())?;
    let config = AgentConfig::read(&text)?;
    let agent = config.build()?;
    if args.list {
        for key in agent.keys()? {
            println!("{} {} {}", key.cert_sm3, key.not_after, key.subject);
        }
        return Ok(());
    }
    let listener = bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))?;
    tracing::info!("The agent listens on {}", listener.local_addr()?);
    serve(agent, listener).await.context("the agent ended")
}
