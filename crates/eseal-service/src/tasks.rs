//! Tasks (任务): work that outlasts a request, and a restart.
//!
//! A task is its record: kind, input, progress, result.  After a restart [`resume`] starts every unfinished one again from
//! its input; each kind of work is made so that what was done is found and not done twice.

use std::sync::Arc;

use eseal_api::{ErrorData, Function, Language, TaskInfo, TaskStarted, TaskState};
use eseal_store::TaskRecord;
use futures::Stream;
use serde::Serialize;
use serde_json::Value;

use crate::{
    App, Caller, Error, Result, basic, central,
    random::{is_id, new_id},
    seconds,
};

/// Writes down a new task and starts it.
///
/// `input` must hold no secrets: it is kept as it stands.
pub(crate) async fn start(
    app: &Arc<App>,
    caller: &Caller,
    function: Function,
    total: usize,
    input: &impl Serialize,
) -> Result<TaskStarted> {
    let now = app.clock.now();
    let record = TaskRecord {
        id: new_id()?,
        system_id: caller.system()?.system_id.clone(),
        kind: function.path().into(),
        state: TaskState::Queued.as_str().into(),
        done: 0,
        total: u32::try_from(total).unwrap_or(u32::MAX),
        input: serde_json::to_string(input).map_err(|error| Error::Internal(error.to_string()))?,
        result: None,
        created: now,
        expires: now + seconds(app.config.times.task),
    };
    app.store.insert_task(&record).await?;
    let task_id = record.id.clone();
    spawn(app.clone(), record);
    Ok(TaskStarted { task_id })
}

/// Starts all unfinished tasks again: call once when the server starts.
///
/// # Errors
/// The store's.
pub async fn resume(app: &Arc<App>) -> Result<usize> {
    let unfinished = app.store.unfinished_tasks().await?;
    let count = unfinished.len();
    for record in unfinished {
        tracing::info!(task.id = %record.id, "Resuming the task {}", record.id);
        spawn(app.clone(), record);
    }
    Ok(count)
}

fn spawn(app: Arc<App>, record: TaskRecord) {
    tokio::spawn(async move {
        let Ok(_permit) = app.task_slots.clone().acquire_owned().await else { return };
        let id = record.id.clone();
        if let Err(error) = run(&app, record).await {
            tracing::error!(task.id = %id, %error, "Could not write down the result of the task {id}");
        }
        app.hub.notify(&id);
    });
}

async fn run(app: &Arc<App>, record: TaskRecord) -> Result<()> {
    if !app.store.begin_task(&record.id).await? {
        return Ok(()); // cancelled while it waited
    }
    app.hub.notify(&record.id);
    let progress = Progress { app: app.clone(), id: record.id.clone() };
    let outcome = work(app, &record, &progress).await;
    let (state, result) = match outcome {
        Ok(result) => (TaskState::Done, result),
        Err(error) => (TaskState::Failed, failure(&error, &record.id)),
    };
    metrics::counter!("eseal_tasks_total", "kind" => record.kind.clone(), "state" => state.as_str()).increment(1);
    app.store.finish_task(&record.id, state.as_str(), &result.to_string()).await?;
    Ok(())
}

async fn work(app: &Arc<App>, record: &TaskRecord, progress: &Progress) -> Result<Value> {
    match Function::find(&record.kind) {
        Some(Function::SignFile) => central::run_task(app, record, progress).await,
        Some(Function::ConvertFile) => basic::run_task(app, record, progress).await,
        _ => Err(Error::Internal(format!("no work of kind {}", record.kind))),
    }
}

/// What a failed task answers as its result: the same as the call would have.
fn failure(error: &Error, id: &str) -> Value {
    if error.is_transient() {
        tracing::error!(task.id = %id, %error, "The task {id} failed");
    }
    let code = error.code();
    let data = ErrorData { hint: error.hint(Language::Chinese), field: error.field().map(str::to_owned) };
    serde_json::json!({ "code": code, "msg": code.message(Language::Chinese), "hint": data.hint, "field": data.field })
}

/// How far a task is.
pub(crate) struct Progress {
    app: Arc<App>,
    id: String,
}

impl Progress {
    /// Writes down that `done` pieces are done; false if the task was cancelled and should stop.
    pub(crate) async fn report(&self, done: usize) -> Result<bool> {
        let running = self.app.store.report_task(&self.id, u32::try_from(done).unwrap_or(u32::MAX)).await?;
        self.app.hub.notify(&self.id);
        Ok(running)
    }
}

/// `GET /api/v1/tasks/{taskId}`.
///
/// # Errors
/// [`Error::TaskNotFound`].
pub async fn task(app: &Arc<App>, caller: &Caller, id: &str) -> Result<TaskInfo> {
    let record = find(app, caller, id).await?;
    let mut info = task_info(&record)?;
    if info.kind == Function::ConvertFile.path() && matches!(info.state, TaskState::Done | TaskState::Canceled) {
        // Files are kept by reference.
        let internal = |error: serde_json::Error| Error::Internal(error.to_string());
        if let Some(kept) = info.result.take() {
            let kept: basic::Conversion = serde_json::from_value(kept).map_err(internal)?;
            info.result = Some(serde_json::to_value(kept.answer(app, caller).await?).map_err(internal)?);
        }
    }
    Ok(info)
}

/// `DELETE /api/v1/tasks/{taskId}`: cancels it unless it is finished, and answers it as it is then.
///
/// # Errors
/// [`Error::TaskNotFound`].
pub async fn cancel(app: &Arc<App>, caller: &Caller, id: &str) -> Result<TaskInfo> {
    find(app, caller, id).await?;
    if app.store.cancel_task(id).await? {
        tracing::info!(task.id = %id, "Cancelled the task {id}");
        app.hub.notify(id);
    }
    task(app, caller, id).await
}

/// The task whenever it changed, until its final state: for `text/event-stream`.
pub fn watch(app: Arc<App>, caller: Caller, id: String) -> impl Stream<Item = Result<TaskInfo>> + Send + 'static {
    futures::stream::unfold((app, caller, id, None::<TaskInfo>), |(app, caller, id, last)| async move {
        if last.as_ref().is_some_and(|last| last.state.is_final()) {
            return None;
        }
        let found = changed(&app, &caller, &id, last.as_ref()).await;
        let seen = match &found {
            Ok(info) => Some(info.clone()),
            // The error ends the stream.
            Err(_) => last.map(|last| TaskInfo { state: TaskState::Failed, ..last }),
        };
        Some((found, (app, caller, id, seen)))
    })
}

/// Waits until the task differs from `last`.
async fn changed(app: &Arc<App>, caller: &Caller, id: &str, last: Option<&TaskInfo>) -> Result<TaskInfo> {
    let mut subscription = app.hub.subscribe(id);
    loop {
        let info = task(app, caller, id).await?;
        if last != Some(&info) {
            return Ok(info);
        }
        subscription.wait(crate::POLL).await;
    }
}

pub(crate) async fn find(app: &App, caller: &Caller, id: &str) -> Result<TaskRecord> {
    let system = caller.system()?;
    let found = if is_id(id) { app.store.find_task(&system.system_id, id).await? } else { None };
    found.ok_or(Error::TaskNotFound)
}

fn task_info(record: &TaskRecord) -> Result<TaskInfo> {
    let state = TaskState::find(&record.state).ok_or_else(|| Error::Internal("task without a known state".into()))?;
    let result = record.result.as_deref().map(serde_json::from_str).transpose();
    Ok(TaskInfo {
        task_id: record.id.clone(),
        kind: record.kind.clone(),
        state,
        done: record.done,
        total: record.total,
        progress: if state == TaskState::Done { 100.0 } else { percent(record.done, record.total) },
        result: result.map_err(|error| Error::Internal(error.to_string()))?,
    })
}

fn percent(done: u32, total: u32) -> f64 {
    (100.0 * f64::from(done.min(total)) / f64::from(total.max(1))).round()
}
