//! Removing what expired (定期清理), and what a server that was killed left behind.

use std::sync::Arc;

use eseal_store::{remove_orphans, sweep};

use crate::{App, Result, keyless::warn_of_seals_without_key, seconds};

/// Records of one table that are removed at once: a write of a few milliseconds, so that nobody waits for it.
const AT_ONCE: u32 = 500;
/// Rounds of one clean-up: more waits for the next one.
const ROUNDS: usize = 100;
/// Age of an object that no record names, in seconds, before it is removed: longer than any upload takes.
const ORPHAN_AGE: u64 = 86_400;
/// Clean-ups between two searches for such objects: they list the whole object store.
const SEARCH_EVERY: u64 = 60;

/// Removes what expired; gives the number of records.
///
/// # Errors
/// The store's; the rest is removed next time.
pub async fn clean_up(app: &App) -> Result<u64> {
    let (now, mut records) = (app.clock.now(), 0_u64);
    for _ in 0..ROUNDS {
        let swept = sweep(app.store.as_ref(), &app.objects, now, AT_ONCE).await?;
        records = records.saturating_add(swept.records);
        if swept.records < u64::from(AT_ONCE) {
            break;
        }
    }
    metrics::counter!("eseal_swept_records_total").increment(records);
    Ok(records)
}

/// Removes objects that no record names; gives their number.
///
/// # Errors
/// The store's.
pub async fn remove_left_behind(app: &App) -> Result<usize> {
    Ok(remove_orphans(app.store.as_ref(), &app.objects, app.clock.now() - seconds(ORPHAN_AGE)).await?)
}

/// Cleans up again and again, until it is dropped; looks for seals without a key as well, the first time at once.
pub async fn keep_clean(app: Arc<App>) {
    let mut interval = tokio::time::interval(seconds(app.config.times.clean_up.max(1)));
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for round in 0_u64.. {
        interval.tick().await;
        warn_of_seals_without_key(&app).await;
        if let Err(error) = clean_up(&app).await {
            tracing::error!(%error, "Could not remove what expired");
        }
        if round % SEARCH_EVERY == 0 {
            match remove_left_behind(&app).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "Removed {removed} objects that no record named"),
                Err(error) => tracing::error!(%error, "Could not look for objects that no record names"),
            }
        }
    }
}
