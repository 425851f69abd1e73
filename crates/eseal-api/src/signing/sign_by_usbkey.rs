//! Interface 3-3, USBKey证书摘要签名.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{DigestRef, Entries, SignAlgorithm, Time, envelope::overall, field::request};

request! {
    /// Content of 3-3 `signDigestByUsbKey`.
    struct SignDigestByUsbKey, common, list seal_data_list "sealDataList" {
        /// 签名算法.
        algo: Option<SignAlgorithm> = "algo",
        /// 待签摘要列表.
        #[schema(value_type = Vec<DigestRef>)]
        seal_data_list: Entries<DigestRef> = "sealDataList",
        /// 页面来源; the system's only one if left out.
        origin: Option<String> = "origin",
    }
}

/// Answer of 3-3.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignDigestByUsbKeyResult {
    /// 票据: what the local agent may sign, signed by the platform.
    pub ticket: String,
    /// 过期时间.
    pub expire_time: Time,
}

overall! { SignDigestByUsbKeyResult; }
