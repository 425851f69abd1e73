//! Files and prepared documents (文件与待签摘要).

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::{SqliteConnection, query, sqlite::SqliteRow};

use super::{
    SqliteStore, log,
    row::{Columns, number, time},
};
use crate::{CompositionRecord, DigestRecord, Documents, FileRecord, Result, StoreError};

/// How long the composition of a digest alone can be fetched: as the contract promises of every result.
const RESULT: SignedDuration = SignedDuration::from_hours(24);

#[async_trait]
impl Documents for SqliteStore {
    async fn insert_file(&self, record: &FileRecord) -> Result<()> {
        self.execute(file_insert(record)).await.map(drop)
    }

    async fn find_file(&self, system_id: &str, id: &str) -> Result<Option<FileRecord>> {
        let statement = query("SELECT * FROM files WHERE id = ? AND system_id = ?").bind(id).bind(system_id);
        self.find(statement).await?.as_ref().map(file).transpose()
    }

    async fn extend_file(&self, id: &str, until: Timestamp) -> Result<()> {
        let statement =
            query("UPDATE files SET expires = ?1 WHERE id = ?2 AND expires < ?1").bind(time(until)).bind(id);
        self.execute(statement).await.map(drop)
    }

    async fn insert_digest(&self, record: &DigestRecord) -> Result<()> {
        let statement = query(
            "INSERT INTO digests (id, system_id, organization_code, seal_code, title, page_count, object, prepared, e,
                created, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&record.id)
        .bind(&record.system_id)
        .bind(&record.organization_code)
        .bind(&record.seal_code)
        .bind(&record.title)
        .bind(record.page_count)
        .bind(&record.object)
        .bind(&record.prepared)
        .bind(&record.e[..])
        .bind(time(record.created))
        .bind(time(record.expires));
        self.execute(statement).await.map(drop)
    }

    async fn find_digest(&self, system_id: &str, id: &str) -> Result<Option<DigestRecord>> {
        let statement = query(
            "SELECT d.*, l.leaf FROM digests d LEFT JOIN log_leaves l ON l.position = d.log_index
            WHERE d.id = ? AND d.system_id = ?",
        )
        .bind(id)
        .bind(system_id);
        self.find(statement).await?.as_ref().map(digest).transpose()
    }

    async fn commit_composition(
        &self,
        id: &str,
        composition: &CompositionRecord,
        file: Option<&FileRecord>,
    ) -> Result<Option<CompositionRecord>> {
        let (id, composition, file) = (id.to_owned(), composition.clone(), file.cloned());
        self.writer.run(move |connection| Box::pin(commit_composition(connection, id, composition, file))).await
    }
}

async fn commit_composition(
    connection: &mut SqliteConnection,
    id: String,
    mut composition: CompositionRecord,
    file: Option<FileRecord>,
) -> Result<Option<CompositionRecord>> {
    let open = query("SELECT 1 FROM digests WHERE id = ? AND composed IS NULL").bind(&id);
    if open.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(None);
    }
    composition.log_index = log::append(&mut *connection, &composition.leaf).await?;
    if let Some(file) = &file {
        file_insert(file).execute(&mut *connection).await?;
    }
    // The prepared document is remembered as long as the sealed file, so that the same call gets the same answer.
    let until = match &file {
        Some(file) => file.expires,
        None => {
            composition.time.checked_add(RESULT).map_err(|_| StoreError::Unreadable { what: "digests.composed" })?
        }
    };
    query(
        "UPDATE digests SET signature_value = ?, seal_signature = ?, file_id = ?, sm3 = ?, log_index = ?, composed = ?,
            expires = MAX(expires, ?)
        WHERE id = ?",
    )
    .bind(&composition.signature_value)
    .bind(&composition.seal_signature)
    .bind(&composition.file_id)
    .bind(&composition.sm3[..])
    .bind(number(composition.log_index))
    .bind(time(composition.time))
    .bind(time(until))
    .bind(&id)
    .execute(connection)
    .await?;
    Ok(Some(composition))
}

fn file_insert(record: &FileRecord) -> super::Sql {
    query(
        "INSERT INTO files (id, system_id, object, file_type, title, page_count, size, sm3, created, expires)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&record.id)
    .bind(&record.system_id)
    .bind(&record.object)
    .bind(&record.file_type)
    .bind(&record.title)
    .bind(record.page_count)
    .bind(number(record.size))
    .bind(&record.sm3[..])
    .bind(time(record.created))
    .bind(time(record.expires))
}

fn file(row: &SqliteRow) -> Result<FileRecord> {
    Ok(FileRecord {
        id: row.text("id")?,
        system_id: row.text("system_id")?,
        object: row.text("object")?,
        file_type: row.text("file_type")?,
        title: row.maybe_text("title")?,
        page_count: row.maybe_count("page_count")?,
        size: row.large("size")?,
        sm3: row.hash("sm3")?,
        created: row.time("created")?,
        expires: row.time("expires")?,
    })
}

fn digest(row: &SqliteRow) -> Result<DigestRecord> {
    Ok(DigestRecord {
        id: row.text("id")?,
        system_id: row.text("system_id")?,
        organization_code: row.text("organization_code")?,
        seal_code: row.text("seal_code")?,
        title: row.maybe_text("title")?,
        page_count: row.maybe_count("page_count")?,
        object: row.maybe_text("object")?,
        prepared: row.text("prepared")?,
        e: row.hash("e")?,
        created: row.time("created")?,
        expires: row.time("expires")?,
        composed: row.maybe_time("composed")?.map(|time| composition(row, time)).transpose()?,
    })
}

fn composition(row: &SqliteRow, time: Timestamp) -> Result<CompositionRecord> {
    Ok(CompositionRecord {
        signature_value: row.blob("signature_value")?,
        seal_signature: row.blob("seal_signature")?,
        file_id: row.maybe_text("file_id")?,
        sm3: row.hash("sm3")?,
        leaf: row.blob("leaf")?,
        log_index: row.large("log_index")?,
        time,
    })
}
