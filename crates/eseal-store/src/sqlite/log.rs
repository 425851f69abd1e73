//! The seal-use log (用章日志): leaves, complete nodes of the tree, and its right edge.

use std::collections::HashMap;

use async_trait::async_trait;
use eseal_log::{Frontier, Hash, Node, leaf_hash};
use sqlx::{SqliteConnection, query, sqlite::SqliteRow};

use super::{
    SqliteStore,
    row::{Columns, number},
};
use crate::{Result, StoreError, UseLog};

const UNREADABLE: StoreError = StoreError::Unreadable { what: "log_state" };

#[async_trait]
impl UseLog for SqliteStore {
    async fn log_size(&self) -> Result<u64> {
        let row = self.find(query("SELECT size FROM log_state")).await?;
        row.ok_or(UNREADABLE)?.large("size")
    }

    async fn log_nodes(&self, places: &[(u32, u64)]) -> Result<HashMap<(u32, u64), [u8; 32]>> {
        let places: Vec<[i64; 2]> = places.iter().map(|(level, index)| [i64::from(*level), number(*index)]).collect();
        let statement = query(
            "SELECT n.level, n.position, n.hash FROM json_each(?) AS place
            JOIN log_nodes n ON n.level = place.value ->> 0 AND n.position = place.value ->> 1",
        )
        .bind(serde_json::json!(places).to_string());
        let rows = self.list(statement).await?;
        rows.iter().map(|row| Ok(((row.count("level")?, row.large("position")?), row.hash("hash")?))).collect()
    }

    async fn log_leaf(&self, index: u64) -> Result<Option<Vec<u8>>> {
        let row = self.find(query("SELECT leaf FROM log_leaves WHERE position = ?").bind(number(index))).await?;
        row.map(|row| row.blob("leaf")).transpose()
    }
}

/// Appends a leaf inside a transaction and gives its position.
pub(super) async fn append(connection: &mut SqliteConnection, leaf: &[u8]) -> Result<u64> {
    let state = query("SELECT size, roots FROM log_state").fetch_one(&mut *connection).await?;
    let mut frontier = frontier(&state)?;
    let index = frontier.size();
    let complete = frontier.append(leaf_hash(leaf)).map_err(|_| UNREADABLE)?;
    query("INSERT INTO log_leaves (position, leaf) VALUES (?, ?)")
        .bind(number(index))
        .bind(leaf)
        .execute(&mut *connection)
        .await?;
    for Node { level, index, hash } in complete {
        query("INSERT INTO log_nodes (level, position, hash) VALUES (?, ?, ?)")
            .bind(level)
            .bind(number(index))
            .bind(&hash[..])
            .execute(&mut *connection)
            .await?;
    }
    query("UPDATE log_state SET size = ?, roots = ?")
        .bind(number(frontier.size()))
        .bind(frontier.roots().concat())
        .execute(connection)
        .await?;
    Ok(index)
}

fn frontier(state: &SqliteRow) -> Result<Frontier> {
    let roots = state.blob("roots")?;
    let (roots, []) = roots.as_chunks::<32>() else { return Err(UNREADABLE) };
    let roots: Vec<Hash> = roots.to_vec();
    Frontier::from_parts(state.large("size")?, roots).map_err(|_| UNREADABLE)
}
