//! Auxiliary to 3-2, 查询签名任务.

use std::sync::Arc;

use eseal_api::{GetSignTask, GetSignTaskResult, Purpose, SignAlgorithm, SignTaskStatus, SignValue, SignValueEntry};

use crate::{
    App, Caller, Result,
    mobile::{TaskResult, TaskValue, code},
};

/// Tells how far the phone is, after waiting for a change if that is asked for; the values once all are signed.
///
/// # Errors
/// [`crate::Error::TaskNotFound`] for a task of nobody or of another system.
pub async fn sign_task(app: &Arc<App>, caller: &Caller, request: GetSignTask) -> Result<GetSignTaskResult> {
    let (system_id, id) = (&caller.system()?.system_id, &request.sign_task_id);
    code::find_of(app, system_id, id, Purpose::Sign, "/signTaskId").await?;
    let code = code::wait_for_change(app, system_id, id, Purpose::Sign, request.wait_seconds).await?;
    let scan_status = code::state(&code, app.clock.now())?;
    let sign_task_status = SignTaskStatus::from(scan_status);
    let sign_value_list = match sign_task_status {
        SignTaskStatus::Signed => Some(values(caller, TaskResult::of(&code)?)),
        _ => None,
    };
    Ok(GetSignTaskResult { sign_task_status, scan_status, sign_value_list })
}

fn values(caller: &Caller, result: TaskResult) -> Vec<SignValueEntry> {
    let entry = |value: TaskValue| SignValueEntry {
        file_unique_id: Some(value.file_unique_id),
        value: Some(SignValue { sign_value: value.value, cert: value.certificate, algo: SignAlgorithm::Sm3WithSm2 }),
        status: eseal_api::EntryStatus::success(caller.language),
    };
    result.values.into_iter().map(entry).collect()
}
