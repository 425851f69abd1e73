//! Tasks and who ordered them (任务).

use async_trait::async_trait;
use sqlx::{query, sqlite::SqliteRow};

use super::{
    SqliteStore,
    row::{Columns, time},
};
use crate::{OperationRecord, Result, TaskRecord, Tasks};

#[async_trait]
impl Tasks for SqliteStore {
    async fn insert_task(&self, record: &TaskRecord) -> Result<()> {
        let statement = query(
            "INSERT INTO tasks (id, system_id, kind, state, done, total, input, result, created, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&record.id)
        .bind(&record.system_id)
        .bind(&record.kind)
        .bind(&record.state)
        .bind(record.done)
        .bind(record.total)
        .bind(&record.input)
        .bind(&record.result)
        .bind(time(record.created))
        .bind(time(record.expires));
        self.execute(statement).await.map(drop)
    }

    async fn find_task(&self, system_id: &str, id: &str) -> Result<Option<TaskRecord>> {
        let statement = query("SELECT * FROM tasks WHERE id = ? AND system_id = ?").bind(id).bind(system_id);
        self.find(statement).await?.as_ref().map(task).transpose()
    }

    async fn unfinished_tasks(&self) -> Result<Vec<TaskRecord>> {
        let statement = query("SELECT * FROM tasks WHERE state IN ('queued', 'running') ORDER BY created, id");
        self.list(statement).await?.iter().map(task).collect()
    }

    async fn begin_task(&self, id: &str) -> Result<bool> {
        let statement = query("UPDATE tasks SET state = 'running' WHERE id = ? AND state IN ('queued', 'running')");
        Ok(self.execute(statement.bind(id)).await? == 1)
    }

    async fn report_task(&self, id: &str, done: u32) -> Result<bool> {
        let statement = query("UPDATE tasks SET done = ? WHERE id = ? AND state = 'running'").bind(done).bind(id);
        Ok(self.execute(statement).await? == 1)
    }

    async fn finish_task(&self, id: &str, state: &str, result: &str) -> Result<()> {
        let statement = query(
            "UPDATE tasks SET state = CASE state WHEN 'cancelled' THEN state ELSE ? END, result = ?
            WHERE id = ? AND state IN ('running', 'cancelled')",
        )
        .bind(state)
        .bind(result)
        .bind(id);
        self.execute(statement).await.map(drop)
    }

    async fn cancel_task(&self, id: &str) -> Result<bool> {
        let statement = query("UPDATE tasks SET state = 'cancelled' WHERE id = ? AND state IN ('queued', 'running')");
        Ok(self.execute(statement.bind(id)).await? == 1)
    }

    async fn insert_operation(&self, record: &OperationRecord) -> Result<()> {
        let statement = query(
            "INSERT INTO operations (job_id, operator_name, operator_id_type, operator_id, time) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING",
        )
        .bind(&record.job_id)
        .bind(&record.operator_name)
        .bind(&record.operator_id_type)
        .bind(&record.operator_id)
        .bind(time(record.time));
        self.execute(statement).await.map(drop)
    }
}

fn task(row: &SqliteRow) -> Result<TaskRecord> {
    Ok(TaskRecord {
        id: row.text("id")?,
        system_id: row.text("system_id")?,
        kind: row.text("kind")?,
        state: row.text("state")?,
        done: row.count("done")?,
        total: row.count("total")?,
        input: row.text("input")?,
        result: row.maybe_text("result")?,
        created: row.time("created")?,
        expires: row.time("expires")?,
    })
}
