//! `eseal log`: audits the seal-use log (用印日志审计), in a data folder or from outside.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_gm::sm2::VerifyingKey;
use eseal_log::{Checkpoint, Frontier, Hash, Leaf, leaf_hashes, verify_consistency};
use eseal_store::{SqliteStore, UseLog};
use serde_json::Value;

use crate::{
    client::{Client, Signer},
    exit::Exit,
    files,
    serve::block_on,
};

/// Entries that are read and hashed side by side; an entry has some 200 bytes.
const LEAVES_TOGETHER: u64 = 1024;

/// `eseal log …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Check the whole log of a data folder, or the checkpoints of a server; exit status 1 if anything is wrong.
    Audit {
        /// Data folder of a server that need not run: every leaf and every node is computed again.
        #[arg(long, required_unless_present = "url")]
        data: Option<PathBuf>,
        /// Server: its checkpoint's signature is checked, and that it continues the one remembered.
        #[arg(long)]
        url: Option<String>,
        /// File that remembers the last checkpoint seen; with --url.
        #[arg(long, requires = "url")]
        state: Option<PathBuf>,
    },
}

/// Runs `eseal log`.
pub(crate) fn run(command: &Command) -> Result<Exit> {
    let Command::Audit { data, url, state } = command;
    let mut exit = Exit::Done;
    if let Some(data) = data {
        exit = worse(exit, block_on(audit_folder(data))?);
    }
    if let Some(url) = url {
        exit = worse(exit, audit_server(url, state.as_deref())?);
    }
    Ok(exit)
}

fn worse(one: Exit, other: Exit) -> Exit {
    if one == Exit::Done { other } else { one }
}

/// Computes the tree again from the leaves and compares it with what is stored.
async fn audit_folder(data: &Path) -> Result<Exit> {
    let file = data.join("eseal.db");
    if !file.exists() {
        bail!("{} is not there", file.display());
    }
    let store = SqliteStore::open(&file).await.context("cannot open the database")?;
    let size = store.log_size().await?;
    let mut frontier = Frontier::default();
    let mut faults = 0_u64;
    let mut start = 0;
    while start < size {
        let mut leaves = Vec::new();
        for index in start..size.min(start + LEAVES_TOGETHER) {
            let Some(leaf) = store.log_leaf(index).await? else {
                println!("✗ entry {index} is missing");
                return Ok(Exit::Invalid);
            };
            if let Err(error) = Leaf::from_bytes(&leaf) {
                println!("✗ entry {index}: {error}");
                faults += 1;
            }
            leaves.push(leaf);
        }
        for (index, hash) in (start..).zip(leaf_hashes(&leaves)) {
            let complete = frontier.append(hash).with_context(|| format!("entry {index}"))?;
            let places: Vec<(u32, u64)> = complete.iter().map(|node| (node.level, node.index)).collect();
            let stored = store.log_nodes(&places).await?;
            for node in &complete {
                if stored.get(&(node.level, node.index)) != Some(&node.hash) {
                    println!("✗ node {} of level {}, complete with entry {index}, differs", node.index, node.level);
                    faults += 1;
                }
            }
        }
        start += LEAVES_TOGETHER;
    }
    println!("{size} entries, root {}", BASE64_STANDARD.encode(frontier.root()));
    if faults > 0 {
        println!("✗ {faults} faults: the log was changed after it was written");
        return Ok(Exit::Invalid);
    }
    println!("✓ every entry and every node fits");
    Ok(Exit::Done)
}

/// Checks a server's checkpoint by its public key and against the one remembered.
fn audit_server(url: &str, state: Option<&Path>) -> Result<Exit> {
    let client = Client::new(url, Signer::Public);
    let answer = client.get("/api/v1/public/log/checkpoint")?;
    let text = answer["checkpoint"].as_str().context("no checkpoint")?;
    let checkpoint = Checkpoint::parse(text).context("the checkpoint cannot be read")?;
    let signature = answer["checkpointSignature"].as_str().and_then(|text| BASE64_STANDARD.decode(text).ok());
    let signature = signature.context("no signature of the checkpoint")?;
    if !log_keys(&client)?.iter().any(|key| key.verify(text.as_bytes(), &signature)) {
        println!("✗ the checkpoint is not signed with a log key of the server");
        return Ok(Exit::Invalid);
    }
    println!("✓ {} entries, signed: {}", checkpoint.tree_size, checkpoint.origin.as_str());
    let Some(state) = state else { return Ok(Exit::Done) };
    if state.exists() {
        let earlier = Checkpoint::parse(&files::read_text(state)?).with_context(|| state.display().to_string())?;
        if let Err(problem) = continues(&client, &earlier, &checkpoint)? {
            println!("✗ it does not continue the checkpoint of {} entries: {problem}", earlier.tree_size);
            return Ok(Exit::Invalid); // the earlier one stays: it is the evidence
        }
        println!("✓ it continues the checkpoint of {} entries", earlier.tree_size);
    }
    files::write(state, text.as_bytes())?;
    Ok(Exit::Done)
}

fn log_keys(client: &Client) -> Result<Vec<VerifyingKey>> {
    let answer = client.get("/api/v1/public/keys")?;
    let keys = answer["keys"].as_array().context("no keys")?;
    let log =
        keys.iter().filter(|key| key["purpose"].as_str().is_some_and(|purpose| purpose.eq_ignore_ascii_case("log")));
    let read = |key: &Value| {
        let point = key["publicKey"].as_str().and_then(|text| hex::decode(text).ok()).context("a key is no hex")?;
        VerifyingKey::from_bytes(&point).context("a key is no point")
    };
    log.map(read).collect()
}

/// Whether the later checkpoint is the earlier log with entries added.
fn continues(client: &Client, earlier: &Checkpoint, later: &Checkpoint) -> Result<Result<(), String>> {
    if earlier.origin != later.origin {
        return Ok(Err("it is another log".into()));
    }
    if earlier.tree_size > later.tree_size {
        return Ok(Err(format!("it has only {} entries", later.tree_size)));
    }
    if earlier.tree_size == 0 || earlier.tree_size == later.tree_size {
        let same = earlier.tree_size == 0 || earlier.root == later.root;
        return Ok(if same { Ok(()) } else { Err("another root at the same size".into()) });
    }
    let path = format!("/api/v1/public/log/consistency?first={}&second={}", earlier.tree_size, later.tree_size);
    let answer = client.get(&path)?;
    let hashes = answer["proof"].as_array().context("no proof")?;
    let read = |hash: &Value| {
        hash.as_str().and_then(|text| BASE64_STANDARD.decode(text).ok()).and_then(|bytes| Hash::try_from(bytes).ok())
    };
    let proof = hashes.iter().map(read).collect::<Option<Vec<Hash>>>().context("a hash of the proof cannot be read")?;
    let checked = verify_consistency(earlier.tree_size, later.tree_size, &proof, &earlier.root, &later.root);
    Ok(checked.map_err(|error| error.to_string()))
}
