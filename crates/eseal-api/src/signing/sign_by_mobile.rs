//! Interface 3-2, 智能移动终端证书摘要签名.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Base64, DataType, Digest, Entries, SignAlgorithm, Time, envelope::overall, field::request};

request! {
    /// Content of 3-2 `signDigestByMobile`.
    struct SignDigestByMobile, common, list seal_data_list "sealDataList" {
        /// 签名算法.
        algo: Option<SignAlgorithm> = "algo",
        /// 数据类型.
        data_type: Option<DataType> = "dataType",
        /// 任务截止时间.
        expiry_date: Option<Time> = "expiryDate",
        /// 待签摘要列表.
        #[schema(value_type = Vec<DigestRef>)]
        seal_data_list: Entries<DigestRef> = "sealDataList",
    }
}

request! {
    /// 待签摘要: a digest made by 3-1.
    struct DigestRef {
        /// 文件唯一标识.
        file_unique_id: String = "fileUniqueId",
        /// `fileHash` of 3-1, to prove that the same thing is meant.
        data: Digest = "data",
    }
}

/// Answer of 3-2.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignDigestByMobileResult {
    /// 签名任务标识.
    pub sign_task_id: String,
    /// 二维码内容: the text to draw.
    pub qr_code: String,
    /// 二维码图片, PNG.
    pub qr_image: Base64,
    /// 匹配码: two digits for the calling page to show.
    pub match_code: String,
    /// 过期时间.
    pub expire_time: Time,
}

overall! { SignDigestByMobileResult; }
