//! Interface 2-1, 获取登录二维码.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Base64, Time, envelope::overall, field::request};

request! {
    /// Content of 2-1 `getLoginQrCode`.
    struct GetLoginQrCode {
        /// 客户端信息, shown on the phone.
        client_info: Option<String> = "clientInfo",
    }
}

/// Answer of 2-1.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetLoginQrCodeResult {
    /// 二维码标识.
    pub qr_id: String,
    /// 二维码内容: the text to draw.
    pub qr_code: String,
    /// 二维码图片, PNG.
    pub qr_image: Base64,
    /// 轮询令牌: only for the calling system, never in a URL.
    pub poll_token: String,
    /// 匹配码: two digits for the calling page to show.
    pub match_code: String,
    /// 过期时间.
    pub expire_time: Time,
}

overall! { GetLoginQrCodeResult; }
