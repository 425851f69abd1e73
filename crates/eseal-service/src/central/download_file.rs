//! Interface 5-3, 下载文件.

use std::sync::Arc;

use eseal_api::{DownloadFile, DownloadFileResult, SignedFiles, TaskState};

use crate::{
    App, Caller, Error, Result,
    files::{self, Download},
    tasks,
};

/// The file as JSON.
///
/// # Errors
/// [`Error::FileNotFound`], [`Error::TaskNotFound`], [`Error::NotSignedYet`] for a task that is not done.
pub async fn download_file(app: &Arc<App>, caller: &Caller, request: DownloadFile) -> Result<DownloadFileResult> {
    let (id, pointer) = file_id(app, caller, &request).await?;
    let record = files::find(app, &caller.system()?.system_id, &id, pointer).await?;
    Ok(DownloadFileResult { file: files::output(app, &record, request.form).await? })
}

/// The bytes themselves, for `Accept: application/octet-stream`.
///
/// # Errors
/// As [`download_file`].
pub async fn download_bytes(app: &Arc<App>, caller: &Caller, request: DownloadFile) -> Result<Download> {
    let (id, _) = file_id(app, caller, &request).await?;
    files::download(app, caller, &id).await
}

/// `fileId`, or the signed file of a task with one file.
async fn file_id(app: &Arc<App>, caller: &Caller, request: &DownloadFile) -> Result<(String, &'static str)> {
    if let Some(id) = &request.file_id {
        return Ok((id.clone(), "/fileId"));
    }
    let id = request.task_id.as_deref().ok_or_else(|| Error::missing("/fileId"))?;
    let task = tasks::task(app, caller, id).await.map_err(|error| error.at("/taskId"))?;
    if !task.state.is_final() {
        return Err(Error::NotSignedYet);
    }
    let done =
        task.result.filter(|_| task.state == TaskState::Done).and_then(|result| serde_json::from_value(result).ok());
    let files: SignedFiles = done.ok_or_else(|| Error::FileNotFound.at("/taskId"))?;
    match <[_; 1]>::try_from(files.file_list) {
        Ok([only]) => only
            .signed
            .map(|signed| (signed.signed_file_id, "/taskId"))
            .ok_or_else(|| Error::FileNotFound.at("/taskId")),
        Err(_) => Err(Error::bad("/taskId", "not a task of one file: name the file by fileId")),
    }
}
