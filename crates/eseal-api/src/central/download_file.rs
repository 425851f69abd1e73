//! Interface 5-3, 下载文件.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{At, Field, FieldError, Fields, FileForm, FileOutput, Request, envelope::overall};

/// Content of 5-3 `downloadFile`: `fileId`, or the `taskId` of a task with one file.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownloadFile {
    /// 文件标识.
    pub file_id: Option<String>,
    /// 任务标识.
    pub task_id: Option<String>,
    /// 文件返回形式.
    #[serde(rename = "as")]
    pub form: Option<FileForm>,
}

impl Field for DownloadFile {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let fields = Fields::of(value, at)?;
        let found = Self {
            file_id: fields.take(&["fileId"])?,
            task_id: fields.take(&["taskId"])?,
            form: fields.take(&["as"])?,
        };
        if found.file_id.is_none() && found.task_id.is_none() {
            return Err(fields.missing("fileId"));
        }
        Ok(found)
    }
}

impl Request for DownloadFile {}

/// Answer of 5-3, unless the bytes themselves are asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DownloadFileResult {
    /// The file.
    pub file: FileOutput,
}

overall! { DownloadFileResult; }
