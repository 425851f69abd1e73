//! What anyone may ask (公开服务): platform keys and the seal-use log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Base64, KeyPurpose, Time, envelope::overall, field::request};

/// Answer of `GET /api/v1/public/keys`, 平台公钥.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublicKeys {
    /// One key a purpose, and older ones that are still met.
    pub keys: Vec<PublicKeyInfo>,
}

/// 平台公钥.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyInfo {
    /// 用途.
    pub purpose: KeyPurpose,
    /// 密钥标识: SM3 of the point, lower-case hex.
    pub key_id: String,
    /// 算法: `SM2`.
    pub algorithm: String,
    /// 公钥 as hex, 04 ‖ x ‖ y.
    pub public_key: String,
}

/// Answer of `GET /api/v1/public/log/checkpoint`, 日志检查点.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogCheckpoint {
    /// 日志大小.
    pub tree_size: u64,
    /// 根杂凑.
    pub root_hash: Base64,
    /// `origin\ntreeSize\nbase64(root)\n`.
    pub checkpoint: String,
    /// SM2 signature of the log's key, DER.
    pub checkpoint_signature: Base64,
    /// When it was signed.
    pub time: Time,
}

/// Answer of `GET /api/v1/public/log/consistency?first&second`, 一致性证明.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogConsistency {
    /// Smaller size.
    pub first: u64,
    /// Larger size.
    pub second: u64,
    /// Hashes of the proof.
    pub proof: Vec<Base64>,
}

/// Answer of `GET /api/v1/public/log/inclusion?index&size`, 存在性证明.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogInclusion {
    /// 日志序号.
    pub index: u64,
    /// 日志大小.
    pub size: u64,
    /// SM3(00 ‖ leaf).
    pub leaf_hash: Base64,
    /// Hashes of the proof.
    pub proof: Vec<Base64>,
}

request! {
    /// Question of `sealStatus`, 印章状态询问.
    struct AskSealStatus {
        /// 印章编码.
        seal_code: String = "sealCode",
        /// SM3 of the seal that is asked about, lower-case hex.
        seal_sm3: Option<String> = "sealSm3",
        /// 16 random bytes, lower-case hex; the answer repeats them.
        nonce: String = "nonce",
    }
}

/// Answer of `GET /api/v1/public/sealStatus?sealCode&sealSm3&nonce`, 印章状态应答.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SealStatusAnswer {
    /// 区域 that speaks.
    pub region: String,
    /// 印章编码.
    pub seal_code: String,
    /// 状态, or `UNKNOWN` if the region has no such seal.
    pub status: String,
    /// Until when the answer may be relied on.
    pub next_update: Time,
    /// What is signed: `ESEAL-STATUS/1` and eight further lines, which say all this.
    pub statement: String,
    /// SM2 signature of the statement by the platform's key for this purpose, DER.
    pub signature: Base64,
    /// 密钥标识: SM3 of the point, lower-case hex.
    pub key_id: String,
}

overall! { SealStatusAnswer; PublicKeys; LogCheckpoint; LogConsistency; LogInclusion; }
