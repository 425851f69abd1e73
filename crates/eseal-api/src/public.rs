//! What anyone may ask (公开服务): platform keys and the seal-use log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Base64, KeyPurpose, Time, envelope::overall};

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

overall! { PublicKeys; LogCheckpoint; LogConsistency; LogInclusion; }
