//! Auxiliary to 3-2, 查询签名任务.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ScanStatus, SignTaskStatus, SignValueEntry, envelope::overall, field::request};

request! {
    /// Content of `getSignTask`.
    struct GetSignTask, common {
        /// 签名任务标识.
        sign_task_id: String = "signTaskId",
        /// 等待秒数: answers earlier if the state changes; at most 25 are waited.
        wait_seconds: Option<u32> = "waitSeconds",
    }
}

/// Answer of `getSignTask`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetSignTaskResult {
    /// 签名任务状态.
    pub sign_task_status: SignTaskStatus,
    /// 扫码状态.
    pub scan_status: ScanStatus,
    /// 签名值列表, once signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_value_list: Option<Vec<SignValueEntry>>,
}

overall! { GetSignTaskResult; }
