//! The single writer (单写者): changes that arrive together share one durable commit.
//!
//! Each change runs in a savepoint of its own, so that one that fails takes nothing with it; nobody hears of success
//! before the commit is on the disk.

use futures::future::BoxFuture;
use sqlx::{Sqlite, SqliteConnection, SqlitePool, pool::PoolConnection};
use tokio::sync::{mpsc, oneshot};

use crate::{Result, StoreError};

/// Most changes in one commit: enough to make syncing cheap, few enough that nobody waits long.
const BATCH: usize = 128;
/// Changes waiting: beyond this, callers wait before they queue.
const QUEUE: usize = 1024;

/// Tells the caller how its change ended, once that is known.
type Tell = Box<dyn FnOnce(Result<()>) + Send>;
/// A change; gives whether it is to be kept.
type Job = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, (bool, Tell)> + Send>;

/// Sends changes to the task that writes.
#[derive(Clone, Debug)]
pub(super) struct Writer(mpsc::Sender<Job>);

impl Writer {
    pub(super) fn start(pool: SqlitePool) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write_all(pool, receiver));
        Self(sender)
    }

    /// Runs `work` in a transaction and waits for the commit.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            Box::pin(async move {
                let result = work(connection).await;
                let keep = result.is_ok();
                let tell: Tell = Box::new(move |committed| {
                    let _ = answer.send(result.and_then(|value| committed.map(|()| value)));
                });
                (keep, tell)
            })
        });
        let gone = |_| StoreError::Database("the writer has stopped".into());
        self.0.send(job).await.map_err(|_| gone(()))?;
        answered.await.map_err(|_| gone(()))?
    }
}

async fn write_all(pool: SqlitePool, mut receiver: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        let mut told = Vec::with_capacity(batch.len());
        let committed = match pool.acquire().await {
            Ok(connection) => write_batch(connection, batch.drain(..), &mut told).await,
            Err(error) => Err(error),
        };
        batch.clear(); // what was not begun: its callers hear that nobody answers
        let committed = committed.map_err(StoreError::from);
        if let Err(error) = &committed {
            tracing::error!(%error, "Could not commit {} changes", told.len());
        }
        for tell in told {
            tell(committed.clone());
        }
    }
}

async fn write_batch(
    mut connection: PoolConnection<Sqlite>,
    batch: impl Iterator<Item = Job>,
    told: &mut Vec<Tell>,
) -> Result<(), sqlx::Error> {
    let connection = &mut *connection;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let result = write_jobs(connection, batch, told).await;
    if result.is_err() {
        let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
    }
    result
}

async fn write_jobs(
    connection: &mut SqliteConnection,
    batch: impl Iterator<Item = Job>,
    told: &mut Vec<Tell>,
) -> Result<(), sqlx::Error> {
    for job in batch {
        sqlx::query("SAVEPOINT change").execute(&mut *connection).await?;
        let (keep, tell) = job(&mut *connection).await;
        told.push(tell);
        if !keep {
            sqlx::query("ROLLBACK TO change").execute(&mut *connection).await?;
        }
        sqlx::query("RELEASE change").execute(&mut *connection).await?;
    }
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    Ok(())
}
