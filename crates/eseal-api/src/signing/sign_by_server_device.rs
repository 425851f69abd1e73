//! Interface 3-4, 服务器密码设备证书摘要签名.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Base64, DigestRef, Entries, EntryStatus, SignAlgorithm, envelope::overall, field::request};

request! {
    /// Content of 3-4 `signDigestByServer`.
    struct SignDigestByServer, common, list seal_data_list "sealDataList" {
        /// 签名算法.
        algo: Option<SignAlgorithm> = "algo",
        /// 待签摘要列表.
        #[schema(value_type = Vec<DigestRef>)]
        seal_data_list: Entries<DigestRef> = "sealDataList",
    }
}

/// Answer of 3-4.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignDigestByServerResult {
    /// 签名值列表, in the order of the request.
    pub sign_value_list: Vec<SignValueEntry>,
}

/// 签名值条目.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignValueEntry {
    /// 文件唯一标识, if the entry could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_unique_id: Option<String>,
    /// The value, if the entry succeeded.
    #[serde(flatten)]
    pub value: Option<SignValue>,
    /// How the entry fared.
    #[serde(flatten)]
    pub status: EntryStatus,
}

/// 签名值.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignValue {
    /// 签名值, DER.
    pub sign_value: Base64,
    /// 签章人证书.
    pub cert: Base64,
    /// 签名算法.
    pub algo: SignAlgorithm,
}

overall! { SignDigestByServerResult: sign_value_list; }
