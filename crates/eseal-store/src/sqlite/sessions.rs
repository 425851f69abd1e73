//! Tokens, challenges, nonces, remembered requests, audit (会话).

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::{SqliteConnection, query, sqlite::SqliteRow};

use super::{
    SqliteStore,
    registry::user,
    row::{Columns, time},
};
use crate::{AuditRecord, ChallengeRecord, Earlier, RequestKey, Result, Sessions, StoreError, TokenRecord, UserRecord};

/// A token's last use is written down at most this often: a token rests that much less, every call commits nothing.
const TOUCH_SECONDS: u32 = 10;
/// Tokens with a short rest are written down this many times in it.
const TOUCHES_A_REST: u32 = 16;

#[async_trait]
impl Sessions for SqliteStore {
    async fn insert_token(&self, record: &TokenRecord) -> Result<()> {
        let statement = query(
            "INSERT INTO tokens (hash, system_id, user_id, used, idle, expires, revoked) VALUES (?, ?, ?, ?, ?, ?, 0)",
        )
        .bind(&record.hash)
        .bind(&record.system_id)
        .bind(&record.user_id)
        .bind(time(record.used))
        .bind(record.idle_seconds)
        .bind(time(record.expires));
        self.execute(statement).await.map(drop)
    }

    async fn find_token_user(&self, system_id: &str, hash: &str, now: Timestamp) -> Result<Option<UserRecord>> {
        let statement = query(
            "SELECT u.*, t.used, t.idle, t.expires FROM tokens t JOIN users u ON u.id = t.user_id
            WHERE t.hash = ? AND t.system_id = ? AND NOT t.revoked AND u.active",
        )
        .bind(hash)
        .bind(system_id);
        let Some(row) = self.find(statement).await? else { return Ok(None) };
        let (used, idle) = (row.time("used")?, row.count("idle")?);
        if row.time("expires")? < now || later(used, idle)? < now {
            return Ok(None);
        }
        if later(used, TOUCH_SECONDS.min(idle / TOUCHES_A_REST))? < now {
            let touch = query("UPDATE tokens SET used = MAX(used, ?) WHERE hash = ?").bind(time(now)).bind(hash);
            self.execute(touch).await?;
        }
        user(&row).map(Some)
    }

    async fn revoke_token(&self, system_id: &str, hash: &str) -> Result<bool> {
        let statement = query("UPDATE tokens SET revoked = 1 WHERE hash = ? AND system_id = ? AND NOT revoked")
            .bind(hash)
            .bind(system_id);
        Ok(self.execute(statement).await? == 1)
    }

    async fn revoke_tokens_of(&self, user_id: &str) -> Result<u64> {
        self.execute(query("UPDATE tokens SET revoked = 1 WHERE user_id = ? AND NOT revoked").bind(user_id)).await
    }

    async fn insert_challenge(&self, record: &ChallengeRecord) -> Result<()> {
        let statement =
            query("INSERT INTO challenges (id, system_id, cert_sm3, message, expires) VALUES (?, ?, ?, ?, ?)")
                .bind(&record.id)
                .bind(&record.system_id)
                .bind(&record.cert_sm3[..])
                .bind(&record.message)
                .bind(time(record.expires));
        self.execute(statement).await.map(drop)
    }

    async fn take_challenge(&self, system_id: &str, id: &str) -> Result<Option<ChallengeRecord>> {
        let statement =
            query("DELETE FROM challenges WHERE id = ? AND system_id = ? RETURNING *").bind(id).bind(system_id);
        self.take(statement).await?.as_ref().map(challenge).transpose()
    }

    async fn insert_nonce(&self, system_id: &str, nonce: &str, expires: Timestamp) -> Result<bool> {
        let statement = query("INSERT INTO nonces (system_id, nonce, expires) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(system_id)
            .bind(nonce)
            .bind(time(expires));
        Ok(self.execute(statement).await? == 1)
    }

    async fn begin_request(
        &self,
        key: &RequestKey,
        fingerprint: &[u8; 32],
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<Earlier> {
        let (key, fingerprint) = (key.clone(), *fingerprint);
        self.writer.run(move |connection| Box::pin(begin_request(connection, key, fingerprint, now, expires))).await
    }

    async fn finish_request(&self, key: &RequestKey, answer: &str) -> Result<()> {
        let statement = query(
            "UPDATE requests SET answer = ? WHERE system_id = ? AND function = ? AND req_id = ? AND answer IS NULL",
        )
        .bind(answer)
        .bind(&key.system_id)
        .bind(&key.function)
        .bind(&key.req_id);
        self.execute(statement).await.map(drop)
    }

    async fn forget_request(&self, key: &RequestKey) -> Result<()> {
        let statement =
            query("DELETE FROM requests WHERE system_id = ? AND function = ? AND req_id = ? AND answer IS NULL")
                .bind(&key.system_id)
                .bind(&key.function)
                .bind(&key.req_id);
        self.execute(statement).await.map(drop)
    }

    async fn forget_running_requests(&self) -> Result<u64> {
        self.execute(query("DELETE FROM requests WHERE answer IS NULL")).await
    }

    async fn insert_audit(&self, record: &AuditRecord) -> Result<()> {
        let statement =
            query("INSERT INTO audit (time, event, system_id, user_id, subject, outcome) VALUES (?, ?, ?, ?, ?, ?)")
                .bind(time(record.time))
                .bind(&record.event)
                .bind(&record.system_id)
                .bind(&record.user_id)
                .bind(&record.subject)
                .bind(&record.outcome);
        self.execute(statement).await.map(drop)
    }
}

fn later(moment: Timestamp, seconds: u32) -> Result<Timestamp> {
    let moved = moment.checked_add(SignedDuration::from_secs(i64::from(seconds)));
    moved.map_err(|_| StoreError::Unreadable { what: "tokens.used" })
}

async fn begin_request(
    connection: &mut SqliteConnection,
    key: RequestKey,
    fingerprint: [u8; 32],
    now: Timestamp,
    expires: Timestamp,
) -> Result<Earlier> {
    let insert = query(
        "INSERT INTO requests (system_id, function, req_id, fingerprint, expires) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint, answer = NULL, expires = excluded.expires
        WHERE requests.expires < ?",
    )
    .bind(&key.system_id)
    .bind(&key.function)
    .bind(&key.req_id)
    .bind(&fingerprint[..])
    .bind(time(expires))
    .bind(time(now));
    if insert.execute(&mut *connection).await?.rows_affected() == 1 {
        return Ok(Earlier::New);
    }
    let earlier = query("SELECT fingerprint, answer FROM requests WHERE system_id = ? AND function = ? AND req_id = ?")
        .bind(&key.system_id)
        .bind(&key.function)
        .bind(&key.req_id)
        .fetch_one(connection)
        .await?;
    Ok(match earlier.maybe_text("answer")? {
        _ if earlier.hash("fingerprint")? != fingerprint => Earlier::Different,
        Some(answer) => Earlier::Answered(answer),
        None => Earlier::Running,
    })
}

fn challenge(row: &SqliteRow) -> Result<ChallengeRecord> {
    Ok(ChallengeRecord {
        id: row.text("id")?,
        system_id: row.text("system_id")?,
        cert_sm3: row.hash("cert_sm3")?,
        message: row.blob("message")?,
        expires: row.time("expires")?,
    })
}
