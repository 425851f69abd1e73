//! 任务: work that outlasts a request.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{TaskState, envelope::overall};

/// 任务 as `GET /api/v1/tasks/{taskId}` shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskInfo {
    /// 任务标识.
    pub task_id: String,
    /// 任务类型: the function that started it, such as `central/signFile`.
    pub kind: String,
    /// 状态.
    pub state: TaskState,
    /// 已完成条数.
    pub done: u32,
    /// 总条数.
    pub total: u32,
    /// 进度, 0–100.
    pub progress: f64,
    /// What the synchronous call would have put in `data`, once done; of a failed task its error.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
}

overall! { TaskInfo; }
