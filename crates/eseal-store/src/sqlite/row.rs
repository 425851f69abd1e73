//! Columns to values and back (列与值).

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};

use crate::{Result, StoreError};

/// A moment as it is kept.
pub(super) fn time(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}

/// A number as it is kept; larger ones than SQLite knows do not occur.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A list of text as it is kept.
pub(super) fn texts(list: &[String]) -> String {
    serde_json::Value::from(list.to_vec()).to_string()
}

/// A list of bytes as it is kept: each with its length in four bytes before it.
pub(super) fn blobs(list: &[Vec<u8>]) -> Vec<u8> {
    let mut packed = Vec::new();
    for bytes in list {
        packed.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        packed.extend_from_slice(bytes);
    }
    packed
}

fn unpack(mut packed: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = Vec::new();
    while !packed.is_empty() {
        let (len, rest) = packed.split_first_chunk::<4>()?;
        let (bytes, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
        list.push(bytes.to_vec());
        packed = rest;
    }
    Some(list)
}

/// Reads columns by name.
pub(super) trait Columns {
    /// Any plain value.
    fn value<'r, T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>>(
        &'r self,
        column: &'static str,
    ) -> Result<T>;

    /// Text.
    fn text(&self, column: &'static str) -> Result<String> {
        self.value(column)
    }

    /// Text or none.
    fn maybe_text(&self, column: &'static str) -> Result<Option<String>> {
        self.value(column)
    }

    /// Bytes.
    fn blob(&self, column: &'static str) -> Result<Vec<u8>> {
        self.value(column)
    }

    /// A truth value.
    fn flag(&self, column: &'static str) -> Result<bool> {
        self.value(column)
    }

    /// A count.
    fn count(&self, column: &'static str) -> Result<u32> {
        self.value(column)
    }

    /// A count or none.
    fn maybe_count(&self, column: &'static str) -> Result<Option<u32>> {
        self.value(column)
    }

    /// A large count.
    fn large(&self, column: &'static str) -> Result<u64> {
        u64::try_from(self.value::<i64>(column)?).map_err(|_| StoreError::Unreadable { what: column })
    }

    /// A moment.
    fn time(&self, column: &'static str) -> Result<Timestamp> {
        Timestamp::from_microsecond(self.value(column)?).map_err(|_| StoreError::Unreadable { what: column })
    }

    /// A moment or none.
    fn maybe_time(&self, column: &'static str) -> Result<Option<Timestamp>> {
        let kept: Option<i64> = self.value(column)?;
        kept.map(Timestamp::from_microsecond).transpose().map_err(|_| StoreError::Unreadable { what: column })
    }

    /// A hash.
    fn hash(&self, column: &'static str) -> Result<[u8; 32]> {
        <[u8; 32]>::try_from(self.blob(column)?).map_err(|_| StoreError::Unreadable { what: column })
    }

    /// A list of text.
    fn texts(&self, column: &'static str) -> Result<Vec<String>> {
        serde_json::from_str(&self.text(column)?).map_err(|_| StoreError::Unreadable { what: column })
    }

    /// A list of text or none.
    fn maybe_texts(&self, column: &'static str) -> Result<Option<Vec<String>>> {
        let kept = self.maybe_text(column)?;
        kept.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| StoreError::Unreadable { what: column })
    }

    /// A list of bytes.
    fn blobs(&self, column: &'static str) -> Result<Vec<Vec<u8>>> {
        unpack(&self.blob(column)?).ok_or(StoreError::Unreadable { what: column })
    }
}

impl Columns for SqliteRow {
    fn value<'r, T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>>(
        &'r self,
        column: &'static str,
    ) -> Result<T> {
        Ok(self.try_get(column)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_lists_come_back_and_broken_ones_are_refused() {
        let list = vec![vec![], vec![1, 2, 3], vec![0; 300]];
        let packed = blobs(&list);
        assert_eq!(unpack(&packed), Some(list));
        assert_eq!(unpack(&packed[..packed.len() - 1]), None);
        assert_eq!(unpack(&[]), Some(vec![]));
    }
}
