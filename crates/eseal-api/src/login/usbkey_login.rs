//! Interface 2-4, USBKey 登录.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Base64, SignAlgorithm, UserInfo, envelope::overall, field::request};

request! {
    /// Content of 2-4 `loginByUsbKey`.
    struct LoginByUsbKey {
        /// 挑战标识.
        challenge_id: String = "challengeId",
        /// 签名证书 of the key.
        sign_cert: Base64 = "signCert",
        /// 签名值: DER, raw r‖s or SKF blob.
        sign_value: Base64 = "signValue",
        /// 签名算法.
        algo: Option<SignAlgorithm> = "algo",
    }
}

/// Answer of 2-4.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginByUsbKeyResult {
    /// 用户.
    pub user: UserInfo,
    /// 访问令牌.
    pub access_token: String,
    /// 有效秒数 of the token.
    pub expires_in: u32,
}

overall! { LoginByUsbKeyResult; }
