//! Systems, organisations, users, seals, grants (登记).

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{query, sqlite::SqliteRow};

use super::{
    SqliteStore,
    row::{Columns, blobs, texts, time},
};
use crate::{GrantRecord, OrganizationRecord, Registry, Result, SealRecord, SystemRecord, UserRecord};

#[async_trait]
impl Registry for SqliteStore {
    async fn put_system(&self, record: &SystemRecord) -> Result<()> {
        let statement = query(
            "INSERT INTO systems (id, name, active, hmac_keys, sm2_keys, functions, scenes, addresses, origins,
                digest_only, requests_per_minute)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, active = excluded.active,
                hmac_keys = excluded.hmac_keys, sm2_keys = excluded.sm2_keys, functions = excluded.functions,
                scenes = excluded.scenes, addresses = excluded.addresses, origins = excluded.origins,
                digest_only = excluded.digest_only, requests_per_minute = excluded.requests_per_minute",
        )
        .bind(&record.id)
        .bind(&record.name)
        .bind(record.active)
        .bind(blobs(&record.hmac_keys))
        .bind(blobs(&record.sm2_keys))
        .bind(texts(&record.functions))
        .bind(texts(&record.scenes))
        .bind(texts(&record.addresses))
        .bind(texts(&record.origins))
        .bind(record.digest_only)
        .bind(record.requests_per_minute);
        self.execute(statement).await.map(drop)
    }

    async fn find_system(&self, id: &str) -> Result<Option<SystemRecord>> {
        self.find(query("SELECT * FROM systems WHERE id = ?").bind(id)).await?.as_ref().map(system).transpose()
    }

    async fn put_organization(&self, record: &OrganizationRecord) -> Result<()> {
        let statement = query(
            "INSERT INTO organizations (code, name, is_government) VALUES (?, ?, ?)
            ON CONFLICT (code) DO UPDATE SET name = excluded.name, is_government = excluded.is_government",
        )
        .bind(&record.code)
        .bind(&record.name)
        .bind(record.is_government);
        self.execute(statement).await.map(drop)
    }

    async fn find_organization(&self, code: &str) -> Result<Option<OrganizationRecord>> {
        let found = self.find(query("SELECT * FROM organizations WHERE code = ?").bind(code)).await?;
        found.as_ref().map(organization).transpose()
    }

    async fn put_user(&self, record: &UserRecord) -> Result<()> {
        // A second user with the same identity document is refused by its index.
        let statement = query(
            "INSERT INTO users (id, name, id_type, id_no, organizations, active) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, id_type = excluded.id_type, id_no = excluded.id_no,
                organizations = excluded.organizations, active = excluded.active",
        )
        .bind(&record.id)
        .bind(&record.name)
        .bind(&record.id_type)
        .bind(&record.id_no)
        .bind(texts(&record.organizations))
        .bind(record.active);
        self.execute(statement).await.map(drop)
    }

    async fn find_user(&self, id: &str) -> Result<Option<UserRecord>> {
        self.find(query("SELECT * FROM users WHERE id = ?").bind(id)).await?.as_ref().map(user).transpose()
    }

    async fn find_user_by_document(&self, id_type: &str, id_no: &str) -> Result<Option<UserRecord>> {
        let statement = query("SELECT * FROM users WHERE id_type = ? AND id_no = ?").bind(id_type).bind(id_no);
        self.find(statement).await?.as_ref().map(user).transpose()
    }

    async fn bind_certificate(&self, sm3: &[u8; 32], user_id: &str) -> Result<()> {
        let statement = query(
            "INSERT INTO certificates (sm3, user_id) VALUES (?, ?)
            ON CONFLICT (sm3) DO UPDATE SET user_id = excluded.user_id",
        )
        .bind(&sm3[..])
        .bind(user_id);
        self.execute(statement).await.map(drop)
    }

    async fn find_user_by_certificate(&self, sm3: &[u8; 32]) -> Result<Option<UserRecord>> {
        let statement =
            query("SELECT u.* FROM certificates c JOIN users u ON u.id = c.user_id WHERE c.sm3 = ?").bind(&sm3[..]);
        self.find(statement).await?.as_ref().map(user).transpose()
    }

    async fn put_seal(&self, record: &SealRecord) -> Result<()> {
        let statement = query(
            "INSERT INTO seals (code, name, organization_code, seal_type, carrier, status, status_since, scenes, valid_start,
                valid_end, certificates, der)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (code) DO UPDATE SET name = excluded.name, organization_code = excluded.organization_code,
                seal_type = excluded.seal_type, carrier = excluded.carrier, status = excluded.status,
                status_since = excluded.status_since, scenes = excluded.scenes, valid_start = excluded.valid_start, valid_end = excluded.valid_end,
                certificates = excluded.certificates, der = excluded.der",
        )
        .bind(&record.code)
        .bind(&record.name)
        .bind(&record.organization_code)
        .bind(&record.seal_type)
        .bind(&record.carrier)
        .bind(&record.status)
        .bind(record.status_since.map(time))
        .bind(texts(&record.scenes))
        .bind(time(record.valid_start))
        .bind(time(record.valid_end))
        .bind(blobs(&record.certificates))
        .bind(&record.der);
        self.execute(statement).await.map(drop)
    }

    async fn set_seal_status(&self, code: &str, status: &str, at: Timestamp) -> Result<bool> {
        // A seal that was frozen and is revoked then was of no use since it was frozen.
        let statement = query(
            "UPDATE seals SET
                status_since = CASE WHEN status = 'FROZEN' AND ? = 'REVOKED' THEN COALESCE(status_since, ?) ELSE ? END,
                status = ?
            WHERE code = ? AND status <> ? AND status <> 'REVOKED'",
        )
        .bind(status)
        .bind(time(at))
        .bind(time(at))
        .bind(status)
        .bind(code)
        .bind(status);
        Ok(self.execute(statement).await? > 0)
    }

    async fn find_seal(&self, code: &str) -> Result<Option<SealRecord>> {
        self.find(query("SELECT * FROM seals WHERE code = ?").bind(code)).await?.as_ref().map(seal).transpose()
    }

    async fn list_seals(&self, organization_code: &str) -> Result<Vec<SealRecord>> {
        let statement =
            query("SELECT * FROM seals WHERE organization_code = ? ORDER BY seal_type, code").bind(organization_code);
        self.list(statement).await?.iter().map(seal).collect()
    }

    async fn seals_of_carrier(&self, carrier: &str, after: &str, limit: u32) -> Result<Vec<SealRecord>> {
        let statement =
            query("SELECT * FROM seals WHERE carrier = ? AND status = 'ACTIVE' AND code > ? ORDER BY code LIMIT ?")
                .bind(carrier)
                .bind(after)
                .bind(limit);
        self.list(statement).await?.iter().map(seal).collect()
    }

    async fn put_grant(&self, record: &GrantRecord) -> Result<()> {
        let statement = query(
            "INSERT INTO grants (id, code_hash, system_id, organization_code, seal_codes, scenes, central, valid_until,
                remaining, revoked)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET code_hash = excluded.code_hash, system_id = excluded.system_id,
                organization_code = excluded.organization_code, seal_codes = excluded.seal_codes,
                scenes = excluded.scenes, central = excluded.central, valid_until = excluded.valid_until,
                remaining = excluded.remaining, revoked = excluded.revoked",
        )
        .bind(&record.id)
        .bind(&record.code_hash)
        .bind(&record.system_id)
        .bind(&record.organization_code)
        .bind(record.seal_codes.as_deref().map(texts))
        .bind(texts(&record.scenes))
        .bind(record.central)
        .bind(record.valid_until.map(time))
        .bind(record.remaining)
        .bind(record.revoked);
        self.execute(statement).await.map(drop)
    }

    async fn find_grant(&self, system_id: &str, code_hash: &str) -> Result<Option<GrantRecord>> {
        let statement =
            query("SELECT * FROM grants WHERE code_hash = ? AND system_id = ?").bind(code_hash).bind(system_id);
        self.find(statement).await?.as_ref().map(grant).transpose()
    }

    async fn find_grant_by_id(&self, id: &str) -> Result<Option<GrantRecord>> {
        self.find(query("SELECT * FROM grants WHERE id = ?").bind(id)).await?.as_ref().map(grant).transpose()
    }

    async fn use_grant(&self, id: &str) -> Result<bool> {
        // Without a count there is nothing to write down.
        let uncounted = query("SELECT 1 FROM grants WHERE id = ? AND remaining IS NULL AND NOT revoked").bind(id);
        if self.find(uncounted).await?.is_some() {
            return Ok(true);
        }
        let counted =
            query("UPDATE grants SET remaining = remaining - 1 WHERE id = ? AND remaining > 0 AND NOT revoked");
        Ok(self.execute(counted.bind(id)).await? == 1)
    }

    async fn revoke_grant(&self, id: &str) -> Result<bool> {
        let statement = query("UPDATE grants SET revoked = 1 WHERE id = ? AND NOT revoked").bind(id);
        Ok(self.execute(statement).await? == 1)
    }
}

fn system(row: &SqliteRow) -> Result<SystemRecord> {
    Ok(SystemRecord {
        id: row.text("id")?,
        name: row.text("name")?,
        active: row.flag("active")?,
        hmac_keys: row.blobs("hmac_keys")?,
        sm2_keys: row.blobs("sm2_keys")?,
        functions: row.texts("functions")?,
        scenes: row.texts("scenes")?,
        addresses: row.texts("addresses")?,
        origins: row.texts("origins")?,
        digest_only: row.flag("digest_only")?,
        requests_per_minute: row.maybe_count("requests_per_minute")?,
    })
}

fn organization(row: &SqliteRow) -> Result<OrganizationRecord> {
    Ok(OrganizationRecord {
        code: row.text("code")?,
        name: row.text("name")?,
        is_government: row.flag("is_government")?,
    })
}

pub(super) fn user(row: &SqliteRow) -> Result<UserRecord> {
    Ok(UserRecord {
        id: row.text("id")?,
        name: row.text("name")?,
        id_type: row.text("id_type")?,
        id_no: row.text("id_no")?,
        organizations: row.texts("organizations")?,
        active: row.flag("active")?,
    })
}

fn seal(row: &SqliteRow) -> Result<SealRecord> {
    Ok(SealRecord {
        code: row.text("code")?,
        name: row.text("name")?,
        organization_code: row.text("organization_code")?,
        seal_type: row.text("seal_type")?,
        carrier: row.text("carrier")?,
        status: row.text("status")?,
        status_since: row.maybe_time("status_since")?,
        scenes: row.texts("scenes")?,
        valid_start: row.time("valid_start")?,
        valid_end: row.time("valid_end")?,
        certificates: row.blobs("certificates")?,
        der: row.blob("der")?,
    })
}

fn grant(row: &SqliteRow) -> Result<GrantRecord> {
    Ok(GrantRecord {
        id: row.text("id")?,
        code_hash: row.text("code_hash")?,
        system_id: row.text("system_id")?,
        organization_code: row.text("organization_code")?,
        seal_codes: row.maybe_texts("seal_codes")?,
        scenes: row.texts("scenes")?,
        central: row.flag("central")?,
        valid_until: row.maybe_time("valid_until")?,
        remaining: row.maybe_count("remaining")?,
        revoked: row.flag("revoked")?,
    })
}
