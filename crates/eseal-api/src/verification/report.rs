//! 验章报告: results for signatures and their checks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Base64, PlacementInfo, Time};

/// 检查项 and its outcome; the codes are stable and listed in the reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckInfo {
    /// 检查项代码.
    pub code: String,
    /// `passed`, `failed` or `unknown`.
    pub outcome: String,
    /// In words; from level `detailed` on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 子结论 that it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<String>,
    /// What it rests on; from level `detailed` on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// 单个签章的验证结果.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifyResult {
    /// 序号, from 0.
    pub index: u32,
    /// 结构: `GBT38540-2020`, `GMT0031-2014`, `GMT0031-2025`, `CMS-SM2`, `CMS`, `SM2-RAW` or `UNKNOWN`.
    pub kind: String,
    /// 结论.
    pub conclusion: String,
    /// 子结论, unless VALID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<String>,
    /// In one sentence.
    pub summary: String,
    /// 印章名称.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal_name: Option<String>,
    /// 印章编码.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal_code: Option<String>,
    /// 印模, at level `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal_picture: Option<Base64>,
    /// 签章人.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// 机构名称.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// 签章时间.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_time: Option<Time>,
    /// `claimed` or `timestamp`.
    pub time_source: String,
    /// 落点.
    pub placements: Vec<PlacementInfo>,
    /// True if nothing in the file is unprotected by this signature.
    pub covers_whole_file: bool,
    /// 签后改动.
    pub later_changes: Vec<LaterChange>,
    /// 区域 of the maker.
    pub region: String,
    /// `issuer`, `partner` or `unknown`.
    pub recognised: String,
    /// Non-standard encodings that were tolerated; from level `detailed` on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviations: Option<Vec<String>>,
    /// 检查项.
    pub checks: Vec<CheckInfo>,
    /// 签章人证书, at level `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateInfo>,
}

/// 签后改动, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LaterChange {
    /// In words.
    pub detail: String,
}

/// 证书信息.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateInfo {
    /// DER; not for the public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert: Option<Base64>,
    /// 主体.
    pub subject: String,
    /// 颁发者.
    pub issuer: String,
    /// 序列号, lower-case hex.
    pub serial_number: String,
    /// 有效期起.
    pub not_before: Time,
    /// 有效期止.
    pub not_after: Time,
    /// SM3 of the certificate, lower-case hex.
    pub sm3: String,
}

/// 保护范围 of all signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverageInfo {
    /// True if nothing that a reader shows is unprotected.
    pub complete: bool,
    /// Unprotected parts.
    pub uncovered: Vec<String>,
    /// In words.
    pub summary: String,
}
