//! `eseal seal status`: freezes a seal, releases it, revokes it (印章冻结、解冻、注销), beside a running server.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use eseal_service::{SealChange, change_seal};
use eseal_store::{Registry, SqliteStore};
use jiff::Timestamp;

use crate::{exit::Exit, serve::block_on};

/// What is done with the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Change {
    /// 冻结: nobody may use it until it is released.
    Freeze,
    /// 解冻.
    Release,
    /// 注销, for good.
    Revoke,
}

/// Arguments of `eseal seal status`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Code of the seal (印章编码).
    code: String,
    /// What is done with it; if left out, its status is printed.
    change: Option<Change>,
    /// Folder of the server's data.
    #[arg(long)]
    data: PathBuf,
}

/// Runs `eseal seal status`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let database = args.data.join("eseal.db");
    if !database.is_file() {
        bail!("{}: there is no database of a server", database.display());
    }
    block_on(async {
        let store = SqliteStore::open(&database).await.context("cannot open the database")?;
        if let Some(change) = args.change {
            let change = match change {
                Change::Freeze => SealChange::Freeze,
                Change::Release => SealChange::Release,
                Change::Revoke => SealChange::Revoke,
            };
            if !change_seal(&store, Timestamp::now(), &args.code, change).await? {
                bail!("{}: there is no such seal, or its status does not allow this", args.code);
            }
        }
        let Some(seal) = store.find_seal(&args.code).await? else { bail!("{}: there is no such seal", args.code) };
        let since = seal.status_since.map(|since| format!(" {since}")).unwrap_or_default();
        println!("{} {}{since}", seal.code, seal.status);
        Ok(())
    })?;
    Ok(Exit::Done)
}
