//! Interface 2-3, 获取 USBKey 登录挑战.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Base64, Time, envelope::overall, field::request};

request! {
    /// Content of 2-3 `getUsbKeyChallenge`.
    struct GetUsbKeyChallenge {
        /// 页面来源, registered for the system.
        origin: String = "origin",
        /// 签名证书 of the key.
        sign_cert: Base64 = "signCert",
    }
}

/// Answer of 2-3.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetUsbKeyChallengeResult {
    /// 挑战标识.
    pub challenge_id: String,
    /// 随机数, 32 bytes.
    pub random: Base64,
    /// 过期时间.
    pub expire_time: Time,
    /// 待签名数据: the exact bytes, beginning with `ESEAL-LOGIN/1\n`.
    pub message: Base64,
    /// 票据: the platform's statement for the agent.
    pub ticket: String,
}

overall! { GetUsbKeyChallengeResult; }
