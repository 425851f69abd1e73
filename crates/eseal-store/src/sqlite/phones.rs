//! Codes that phones scan, phones, enrolments (二维码与手机).

use async_trait::async_trait;
use sqlx::{query, sqlite::SqliteRow};

use super::{
    SqliteStore,
    row::{Columns, blobs, texts, time},
};
use crate::{CodeChange, CodeRecord, EnrolmentRecord, PhoneRecord, Phones, Result};

#[async_trait]
impl Phones for SqliteStore {
    async fn insert_code(&self, record: &CodeRecord) -> Result<()> {
        let statement = query(
            "INSERT INTO codes (id, purpose, system_id, organization_code, state, match_code, choices, poll_token_hash,
                client_info, payload, device_id, user_id, result, created, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&record.id)
        .bind(&record.purpose)
        .bind(&record.system_id)
        .bind(&record.organization_code)
        .bind(&record.state)
        .bind(&record.match_code)
        .bind(texts(&record.choices))
        .bind(&record.poll_token_hash)
        .bind(&record.client_info)
        .bind(&record.payload)
        .bind(&record.device_id)
        .bind(&record.user_id)
        .bind(&record.result)
        .bind(time(record.created))
        .bind(time(record.expires));
        self.execute(statement).await.map(drop)
    }

    async fn find_code(&self, id: &str) -> Result<Option<CodeRecord>> {
        self.find(query("SELECT * FROM codes WHERE id = ?").bind(id)).await?.as_ref().map(code).transpose()
    }

    async fn find_code_of(&self, system_id: &str, id: &str) -> Result<Option<CodeRecord>> {
        let statement = query("SELECT * FROM codes WHERE id = ? AND system_id = ?").bind(id).bind(system_id);
        self.find(statement).await?.as_ref().map(code).transpose()
    }

    async fn change_code(&self, id: &str, from: &str, change: &CodeChange) -> Result<bool> {
        let statement = query(
            "UPDATE codes SET state = ?, device_id = COALESCE(?, device_id), user_id = COALESCE(?, user_id),
                result = COALESCE(?, result), expires = COALESCE(?, expires)
            WHERE id = ? AND state = ?",
        )
        .bind(&change.state)
        .bind(&change.device_id)
        .bind(&change.user_id)
        .bind(&change.result)
        .bind(change.expires.map(time))
        .bind(id)
        .bind(from);
        Ok(self.execute(statement).await? == 1)
    }

    async fn codes_of_device(&self, device_id: &str, offset: u32, limit: u32) -> Result<(u32, Vec<CodeRecord>)> {
        let count = query("SELECT COUNT(*) AS count FROM codes WHERE device_id = ?").bind(device_id);
        let count = self.find(count).await?.map_or(Ok(0), |row| row.count("count"))?;
        let page = query("SELECT * FROM codes WHERE device_id = ? ORDER BY created DESC, id LIMIT ? OFFSET ?")
            .bind(device_id)
            .bind(limit)
            .bind(offset);
        let codes: Result<_> = self.list(page).await?.iter().map(code).collect();
        Ok((count, codes?))
    }

    async fn insert_phone(&self, record: &PhoneRecord) -> Result<()> {
        let statement = query(
            "INSERT INTO phones (id, user_id, name, device_public_key, certificates, key_profile, key_share, pin_salt,
                pin_hash, pin_attempts_left, active, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&record.id)
        .bind(&record.user_id)
        .bind(&record.name)
        .bind(&record.device_public_key)
        .bind(blobs(&record.certificates))
        .bind(&record.key_profile)
        .bind(&record.key_share)
        .bind(&record.pin_salt)
        .bind(&record.pin_hash)
        .bind(record.pin_attempts_left)
        .bind(record.active)
        .bind(time(record.created));
        self.execute(statement).await.map(drop)
    }

    async fn find_phone(&self, id: &str) -> Result<Option<PhoneRecord>> {
        self.find(query("SELECT * FROM phones WHERE id = ?").bind(id)).await?.as_ref().map(phone).transpose()
    }

    async fn take_pin_attempt(&self, id: &str) -> Result<Option<u32>> {
        let statement = query(
            "UPDATE phones SET pin_attempts_left = pin_attempts_left - 1 WHERE id = ? AND pin_attempts_left > 0
            RETURNING pin_attempts_left",
        )
        .bind(id);
        self.take(statement).await?.map(|row| row.count("pin_attempts_left")).transpose()
    }

    async fn reset_pin_attempts(&self, id: &str, attempts: u32) -> Result<()> {
        let statement = query("UPDATE phones SET pin_attempts_left = ? WHERE id = ?").bind(attempts).bind(id);
        self.execute(statement).await.map(drop)
    }

    async fn replace_key_share(&self, id: &str, old: &[u8], new: &[u8]) -> Result<bool> {
        let statement = query("UPDATE phones SET key_share = ? WHERE id = ? AND key_share = ? AND active")
            .bind(new)
            .bind(id)
            .bind(old);
        Ok(self.execute(statement).await? == 1)
    }

    async fn revoke_phone(&self, id: &str) -> Result<bool> {
        let statement = query("UPDATE phones SET active = 0, key_share = x'' WHERE id = ? AND active").bind(id);
        Ok(self.execute(statement).await? == 1)
    }

    async fn insert_enrolment(&self, record: &EnrolmentRecord) -> Result<()> {
        let statement = query("INSERT INTO enrolments (code_hash, user_id, certificates, expires) VALUES (?, ?, ?, ?)")
            .bind(&record.code_hash)
            .bind(&record.user_id)
            .bind(blobs(&record.certificates))
            .bind(time(record.expires));
        self.execute(statement).await.map(drop)
    }

    async fn take_enrolment(&self, code_hash: &str) -> Result<Option<EnrolmentRecord>> {
        let statement = query("DELETE FROM enrolments WHERE code_hash = ? RETURNING *").bind(code_hash);
        self.take(statement).await?.as_ref().map(enrolment).transpose()
    }
}

fn code(row: &SqliteRow) -> Result<CodeRecord> {
    Ok(CodeRecord {
        id: row.text("id")?,
        purpose: row.text("purpose")?,
        system_id: row.text("system_id")?,
        organization_code: row.maybe_text("organization_code")?,
        state: row.text("state")?,
        match_code: row.text("match_code")?,
        choices: row.texts("choices")?,
        poll_token_hash: row.maybe_text("poll_token_hash")?,
        client_info: row.maybe_text("client_info")?,
        payload: row.text("payload")?,
        device_id: row.maybe_text("device_id")?,
        user_id: row.maybe_text("user_id")?,
        result: row.maybe_text("result")?,
        created: row.time("created")?,
        expires: row.time("expires")?,
    })
}

fn phone(row: &SqliteRow) -> Result<PhoneRecord> {
    Ok(PhoneRecord {
        id: row.text("id")?,
        user_id: row.text("user_id")?,
        name: row.text("name")?,
        device_public_key: row.blob("device_public_key")?,
        certificates: row.blobs("certificates")?,
        key_profile: row.text("key_profile")?,
        key_share: row.blob("key_share")?,
        pin_salt: row.blob("pin_salt")?,
        pin_hash: row.blob("pin_hash")?,
        pin_attempts_left: row.count("pin_attempts_left")?,
        active: row.flag("active")?,
        created: row.time("created")?,
    })
}

fn enrolment(row: &SqliteRow) -> Result<EnrolmentRecord> {
    Ok(EnrolmentRecord {
        code_hash: row.text("code_hash")?,
        user_id: row.text("user_id")?,
        certificates: row.blobs("certificates")?,
        expires: row.time("expires")?,
    })
}
