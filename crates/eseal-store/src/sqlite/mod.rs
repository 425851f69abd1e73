//! The embedded database (嵌入式数据库): SQLite with a write-ahead log, one writer, several readers.

mod documents;
mod log;
mod phones;
mod registry;
mod row;
mod sessions;
mod sweep;
mod tasks;
mod writer;

use std::{path::Path, time::Duration};

use sqlx::{
    Sqlite, SqlitePool,
    query::Query,
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};

use crate::{Result, StoreError};

/// How long a statement waits for another process, such as a backup, that holds the database.
const BUSY: Duration = Duration::from_secs(10);
/// Readers at once: reads take microseconds, more connections only hold memory.
const READERS: u32 = 8;

/// A statement with its values bound; it owns them, so that it can travel to the writer.
type Sql = Query<'static, Sqlite, SqliteArguments>;

/// The embedded database.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    readers: SqlitePool,
    writer: writer::Writer,
}

impl SqliteStore {
    /// Opens the database file, or makes it, and brings its tables up to date.  Needs a tokio runtime.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn open(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full) // a commit survives loss of power
            .busy_timeout(BUSY);
        let writing = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        sqlx::migrate!().run(&writing).await.map_err(|error| StoreError::Database(error.to_string()))?;
        let readers =
            SqlitePoolOptions::new().max_connections(READERS).connect_with(options.pragma("query_only", "ON")).await?;
        Ok(Self { readers, writer: writer::Writer::start(writing) })
    }

    /// The first row that a query gives.
    async fn find(&self, query: Sql) -> Result<Option<SqliteRow>> {
        Ok(query.fetch_optional(&self.readers).await?)
    }

    /// All rows that a query gives.
    async fn list(&self, query: Sql) -> Result<Vec<SqliteRow>> {
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// Runs one change and gives the number of rows that it touched.
    async fn execute(&self, query: Sql) -> Result<u64> {
        self.writer
            .run(move |connection| Box::pin(async move { Ok(query.execute(connection).await?.rows_affected()) }))
            .await
    }

    /// Runs one change with a `RETURNING` clause and gives the row.
    async fn take(&self, query: Sql) -> Result<Option<SqliteRow>> {
        // To the end: a statement that is left half way through need not have changed anything.
        self.writer.run(move |connection| Box::pin(async move { Ok(query.fetch_all(connection).await?.pop()) })).await
    }
}
