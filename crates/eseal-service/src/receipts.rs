//! Receipts (用章回执): the use of a seal as an entry of the tamper-evident log.

use std::sync::Arc;

use eseal::Prepared;
use eseal_api::{Base64, Receipt};
use eseal_log::{Kind, Leaf, leaf_hash, system_hash};
use eseal_store::{CompositionRecord, DigestRecord};
use jiff::Timestamp;

use crate::{App, Error, Result, use_log};

/// Canonical bytes of the log entry for a composition.
pub(crate) fn leaf(
    app: &App,
    kind: Kind,
    file_sm3: &[u8; 32],
    prepared: &Prepared,
    record: &DigestRecord,
    now: Timestamp,
) -> Result<Vec<u8>> {
    Leaf {
        kind,
        time: now,
        file_sm3: *file_sm3,
        data_hash: prepared.data_hash,
        seal_code: record.seal_code.clone(),
        system_hash: system_hash(&app.log_salt, &record.system_id),
    }
    .to_bytes()
    .map_err(|error| Error::Internal(error.to_string()))
}

/// The receipt of a composition, proven against the log as it is now.
///
/// # Errors
/// Storage, or the device with the log's key.
pub(crate) async fn receipt(app: &Arc<App>, done: &CompositionRecord) -> Result<Receipt> {
    let size = app.store.log_size().await?;
    let inclusion_proof = use_log::prove_inclusion(app, done.log_index, size).await?;
    let (checkpoint, signature) = use_log::checkpoint(app, size).await?;
    Ok(Receipt {
        log_index: done.log_index,
        tree_size: size,
        leaf: Base64(done.leaf.clone()),
        leaf_hash: Base64(leaf_hash(&done.leaf).to_vec()),
        inclusion_proof,
        checkpoint: checkpoint.to_string(),
        checkpoint_signature: Base64(signature),
        sm3: hex::encode(done.sm3),
        time: done.time.into(),
    })
}
