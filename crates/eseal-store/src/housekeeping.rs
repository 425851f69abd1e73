//! What a server does now and then (定期清理): expired records and their objects, and what a killed server left behind.

use jiff::Timestamp;

use crate::{Objects, Result, Store, Swept};

/// Names that are looked up at once.
const NAMES_AT_ONCE: usize = 1000;

/// Removes what expired, records first, then the objects that only they named.
///
/// # Errors
/// [`StoreError`](crate::StoreError); an object that could not be deleted is found by [`remove_orphans`] later.
pub async fn sweep(store: &dyn Store, objects: &Objects, now: Timestamp, limit: u32) -> Result<Swept> {
    let swept = store.sweep(now, limit).await?;
    for object in &swept.objects {
        objects.delete(object).await?;
    }
    Ok(swept)
}

/// Removes objects and half-written uploads from before `moment` that no record names; gives how many.
///
/// `moment` must be earlier than any upload that still runs.
///
/// # Errors
/// [`StoreError`](crate::StoreError).
pub async fn remove_orphans(store: &dyn Store, objects: &Objects, moment: Timestamp) -> Result<usize> {
    let mut removed = objects.remove_unfinished(moment).await?;
    let old = objects.written_before(moment).await?;
    for names in old.chunks(NAMES_AT_ONCE) {
        for name in store.unknown_objects(names).await? {
            objects.delete(&name).await?;
            removed = removed.saturating_add(1);
        }
    }
    Ok(removed)
}
