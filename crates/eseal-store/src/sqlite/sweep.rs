//! Forgetting what expired (清理), and whether the database answers.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::{SqliteConnection, query};

use super::{
    SqliteStore,
    row::{Columns, time},
};
use crate::{Result, Store, StoreError, Swept};

/// How long an expired code or digest is still known, so that it is answered as expired and its result can be fetched.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// How long a phone's history goes back: three months, as bank statements on phones do.
const HISTORY: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Records that go without more ado, with how long each is remembered after its end.
const PLAIN: [(SignedDuration, &str); 8] = [
    (SignedDuration::ZERO, "DELETE FROM tokens WHERE hash IN (SELECT hash FROM tokens WHERE expires < ? LIMIT ?)"),
    (SignedDuration::ZERO, "DELETE FROM challenges WHERE id IN (SELECT id FROM challenges WHERE expires < ? LIMIT ?)"),
    (
        SignedDuration::ZERO,
        "DELETE FROM enrolments WHERE code_hash IN (SELECT code_hash FROM enrolments WHERE expires < ? LIMIT ?)",
    ),
    (
        SignedDuration::ZERO,
        "DELETE FROM nonces WHERE (system_id, nonce) IN (SELECT system_id, nonce FROM nonces WHERE expires < ? LIMIT ?)",
    ),
    (
        SignedDuration::ZERO,
        "DELETE FROM requests WHERE (system_id, function, req_id) IN
            (SELECT system_id, function, req_id FROM requests WHERE expires < ? LIMIT ?)",
    ),
    (
        SignedDuration::ZERO,
        "DELETE FROM tasks WHERE id IN
            (SELECT id FROM tasks WHERE expires < ? AND state NOT IN ('queued', 'running') LIMIT ?)",
    ),
    (
        REMEMBERED,
        "DELETE FROM codes WHERE id IN (SELECT id FROM codes WHERE expires < ? AND device_id IS NULL LIMIT ?)",
    ),
    (HISTORY, "DELETE FROM codes WHERE id IN (SELECT id FROM codes WHERE expires < ? LIMIT ?)"),
];

/// Records that hold an object, likewise.
const HOLDERS: [(SignedDuration, &str); 2] = [
    (
        SignedDuration::ZERO,
        "DELETE FROM files WHERE id IN (SELECT id FROM files WHERE expires < ? LIMIT ?) RETURNING object",
    ),
    (REMEMBERED, "DELETE FROM digests WHERE id IN (SELECT id FROM digests WHERE expires < ? LIMIT ?) RETURNING object"),
];

#[async_trait]
impl Store for SqliteStore {
    async fn sweep(&self, now: Timestamp, limit: u32) -> Result<Swept> {
        self.writer.run(move |connection| Box::pin(sweep(connection, now, limit))).await
    }

    async fn unknown_objects(&self, names: &[String]) -> Result<Vec<String>> {
        // One by one: this is done at night, and rarely finds anything.
        let mut unknown = Vec::new();
        for name in names {
            let held = query("SELECT 1 FROM files WHERE object = ?1 UNION ALL SELECT 1 FROM digests WHERE object = ?1");
            if self.find(held.bind(name)).await?.is_none() {
                unknown.push(name.clone());
            }
        }
        Ok(unknown)
    }

    async fn check(&self) -> Result<()> {
        self.find(query("SELECT size FROM log_state")).await?;
        self.writer.run(move |_| Box::pin(async { Ok(()) })).await
    }
}

async fn sweep(connection: &mut SqliteConnection, now: Timestamp, limit: u32) -> Result<Swept> {
    let mut records = 0_u64;
    for (remembered, statement) in PLAIN {
        let statement = query(statement).bind(time(before(now, remembered)?)).bind(limit);
        records = records.saturating_add(statement.execute(&mut *connection).await?.rows_affected());
    }
    let mut released = BTreeSet::new();
    for (remembered, statement) in HOLDERS {
        let statement = query(statement).bind(time(before(now, remembered)?)).bind(limit);
        for row in statement.fetch_all(&mut *connection).await? {
            records = records.saturating_add(1);
            released.extend(row.maybe_text("object")?);
        }
    }
    let mut objects = Vec::new();
    for object in released {
        // An original lives as long as the file that came or the digest that was prepared from it.
        let held = query("SELECT 1 FROM files WHERE object = ?1 UNION ALL SELECT 1 FROM digests WHERE object = ?1");
        if held.bind(&object).fetch_optional(&mut *connection).await?.is_none() {
            objects.push(object);
        }
    }
    Ok(Swept { objects, records })
}

fn before(now: Timestamp, remembered: SignedDuration) -> Result<Timestamp> {
    now.checked_sub(remembered).map_err(|error| StoreError::Database(error.to_string()))
}
