//! Reading the seal-use log (用章日志): proofs and checkpoints from stored nodes.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use eseal_api::{Base64, LogCheckpoint, LogConsistency, LogInclusion};
use eseal_log::{Checkpoint, Hash, Origin, ProofError, consistency_proof, inclusion_proof, root};

use crate::{App, Error, Result};

type Place = (u32, u64);

/// Computes something over stored nodes: asks which it needs, reads those, computes.
async fn over_nodes<T>(
    app: &App,
    compute: impl Fn(&dyn Fn(u32, u64) -> Option<Hash>) -> Result<T, ProofError>,
) -> Result<T> {
    let wanted: RefCell<Vec<Place>> = RefCell::default();
    compute(&|level, index| {
        wanted.borrow_mut().push((level, index));
        Some([0; 32])
    })
    .map_err(internal)?;
    let nodes: HashMap<Place, Hash> = app.store.log_nodes(&wanted.into_inner()).await?;
    compute(&|level, index| nodes.get(&(level, index)).copied()).map_err(internal)
}

fn internal(error: ProofError) -> Error {
    Error::Internal(format!("seal-use log: {error}"))
}

/// Proof that entry `index` is among the first `size`.
pub(crate) async fn prove_inclusion(app: &App, index: u64, size: u64) -> Result<Vec<Base64>> {
    let proof = over_nodes(app, |node| inclusion_proof(index, size, node)).await?;
    Ok(base64(&proof))
}

/// The log's state at `size` entries, with its signature.
pub(crate) async fn checkpoint(app: &Arc<App>, size: u64) -> Result<(Checkpoint, Vec<u8>)> {
    let root = over_nodes(app, |node| root(size, node)).await?;
    let origin = Origin::new(&app.config.sealing.log_origin).map_err(|error| Error::Internal(error.to_string()))?;
    let checkpoint = Checkpoint { origin, tree_size: size, root };
    let signature =
        app.platform_keys.sign(&app.pool, eseal_api::KeyPurpose::Log, checkpoint.to_string().into_bytes()).await?;
    Ok((checkpoint, signature))
}

/// `GET /api/v1/public/log/checkpoint`.
///
/// # Errors
/// Storage, or the device with the log's key.
pub async fn log_checkpoint(app: &Arc<App>) -> Result<LogCheckpoint> {
    let size = app.store.log_size().await?;
    let (checkpoint, signature) = checkpoint(app, size).await?;
    Ok(LogCheckpoint {
        tree_size: size,
        root_hash: Base64(checkpoint.root.to_vec()),
        checkpoint: checkpoint.to_string(),
        checkpoint_signature: Base64(signature),
        time: app.clock.now().into(),
    })
}

/// `GET /api/v1/public/log/consistency?first&second`.
///
/// # Errors
/// 40002 if the log has no such sizes.
pub async fn log_consistency(app: &Arc<App>, first: u64, second: u64) -> Result<LogConsistency> {
    let size = app.store.log_size().await?;
    if second > size {
        return Err(Error::bad("/second", format!("the log has {size} entries")));
    }
    if first == 0 || first > second {
        return Err(Error::bad("/first", "from 1 to second"));
    }
    let proof = over_nodes(app, |node| consistency_proof(first, second, node)).await?;
    Ok(LogConsistency { first, second, proof: base64(&proof) })
}

/// `GET /api/v1/public/log/inclusion?index&size`.
///
/// # Errors
/// 40002 if the log has no such entry or size.
pub async fn log_inclusion(app: &Arc<App>, index: u64, size: u64) -> Result<LogInclusion> {
    let found = app.store.log_size().await?;
    if size > found {
        return Err(Error::bad("/size", format!("the log has {found} entries")));
    }
    if index >= size {
        return Err(Error::bad("/index", "less than size"));
    }
    let nodes = app.store.log_nodes(&[(0, index)]).await?;
    let leaf = nodes.get(&(0, index)).ok_or_else(|| Error::Internal("seal-use log: no such leaf".into()))?;
    let proof = prove_inclusion(app, index, size).await?;
    Ok(LogInclusion { index, size, leaf_hash: Base64(leaf.to_vec()), proof })
}

fn base64(hashes: &[Hash]) -> Vec<Base64> {
    hashes.iter().map(|hash| Base64(hash.to_vec())).collect()
}
