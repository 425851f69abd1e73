//! `eseal revoke`: takes back what was given (撤销), beside a running server.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use eseal_service::revocation;
use eseal_store::SqliteStore;
use jiff::Timestamp;

use crate::{exit::Exit, serve::block_on};

/// What is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// A grant (授权), by its identifier: its code counts no more.
    Grant,
    /// All access tokens (访问令牌) of a user, by the user's identifier.
    Tokens,
    /// A phone (手机), by its device identifier: the server's share of its key is deleted.
    Phone,
}

/// Arguments of `eseal revoke`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What is taken back.
    kind: Kind,
    /// Its identifier.
    id: String,
    /// Folder of the server's data.
    #[arg(long)]
    data: PathBuf,
}

/// Runs `eseal revoke`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let database = args.data.join("eseal.db");
    if !database.is_file() {
        bail!("{}: there is no database of a server", database.display());
    }
    block_on(async {
        let store = SqliteStore::open(&database).await.context("cannot open the database")?;
        let now = Timestamp::now();
        let count = match args.kind {
            Kind::Grant => u64::from(revocation::revoke_grant(&store, now, &args.id).await?),
            Kind::Tokens => revocation::revoke_tokens(&store, now, &args.id).await?,
            Kind::Phone => u64::from(revocation::revoke_phone(&store, now, &args.id).await?),
        };
        if count == 0 {
            bail!("{}: there is nothing to take back", args.id);
        }
        println!("已撤销 {count} / revoked {count}");
        Ok(())
    })?;
    Ok(Exit::Done)
}
