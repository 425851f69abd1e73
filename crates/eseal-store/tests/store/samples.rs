//! A database of its own for each test, and records that say nothing in particular.

use std::ops::Deref;

use eseal_store::{CompositionRecord, DigestRecord, FileRecord, SqliteStore};
use jiff::Timestamp;
use tempfile::TempDir;

/// A store in a folder that goes with it.
pub(crate) struct Fresh {
    store: SqliteStore,
    pub(crate) folder: TempDir,
}

impl Fresh {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: SqliteStore::open(&folder.path().join("eseal.db")).await.unwrap(), folder }
    }

    /// The same database as another process sees it.
    pub(crate) async fn reopened(&self) -> SqliteStore {
        SqliteStore::open(&self.folder.path().join("eseal.db")).await.unwrap()
    }
}

impl Deref for Fresh {
    type Target = SqliteStore;

    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

/// A moment, in seconds from an arbitrary one.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(crate) fn file(id: &str, system_id: &str, object: &str, expires: Timestamp) -> FileRecord {
    FileRecord {
        id: id.into(),
        system_id: system_id.into(),
        object: object.into(),
        file_type: "PDF".into(),
        title: Some("合同".into()),
        page_count: Some(3),
        size: 5_000_000_000,
        sm3: [7; 32],
        created: at(0),
        expires,
    }
}

pub(crate) fn digest(id: &str, system_id: &str, object: Option<&str>, expires: Timestamp) -> DigestRecord {
    DigestRecord {
        id: id.into(),
        system_id: system_id.into(),
        organization_code: "914403001922038216".into(),
        seal_code: "4403010000001".into(),
        title: None,
        page_count: None,
        object: object.map(str::to_owned),
        prepared: r#"{"version":1}"#.into(),
        e: [9; 32],
        created: at(0),
        expires,
        composed: None,
    }
}

pub(crate) fn composition(mark: u8, file_id: Option<&str>) -> CompositionRecord {
    CompositionRecord {
        signature_value: vec![0x30, mark],
        seal_signature: vec![0x30, 1, mark],
        file_id: file_id.map(str::to_owned),
        sm3: [mark; 32],
        leaf: vec![1, 1, mark],
        log_index: 0,
        time: at(10),
    }
}
