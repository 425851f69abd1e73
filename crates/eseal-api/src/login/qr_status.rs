//! Interface 2-2, 查询登录二维码状态.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ScanStatus, Secret, UserInfo, envelope::overall, field::request};

request! {
    /// Content of 2-2 `getLoginQrStatus`.
    struct GetLoginQrStatus {
        /// 二维码标识.
        qr_id: String = "qrId",
        /// 轮询令牌.
        poll_token: Secret = "pollToken",
        /// 等待秒数: answers earlier if the state changes; at most 25 are waited.
        wait_seconds: Option<u32> = "waitSeconds",
    }
}

/// Answer of 2-2.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetLoginQrStatusResult {
    /// 扫码状态.
    pub scan_status: ScanStatus,
    /// 用户, once confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserInfo>,
    /// 访问令牌, handed out once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// 有效秒数 of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
}

overall! { GetLoginQrStatusResult; }
