//! Interface 4-1, 已签文件验证.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CoverageInfo, FileInput, ReportLevel, Time, VerifyResult, envelope::overall, field::request};

request! {
    /// Content of 4-1 `verifyFile`.
    struct VerifyFile {
        /// 文件.
        file: FileInput = "file",
        /// 详细程度; `detailed` if left out.
        level: Option<ReportLevel> = "level",
        /// 判断时点; now if left out.
        at: Option<Time> = "at",
        /// 验证策略, by name.
        policy: Option<String> = "policy",
    }
}

/// Answer of 4-1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifyFileResult {
    /// 结论: `VALID`, `INVALID` or `INDETERMINATE`.
    pub conclusion: String,
    /// 子结论, unless VALID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<String>,
    /// In one sentence.
    pub summary: String,
    /// 文件类型.
    pub file_type: String,
    /// SM3 of the file, lower-case hex.
    pub sm3: String,
    /// Policy that was applied.
    pub policy: String,
    /// 各签章的结果, in the order of the file.
    pub signatures: Vec<VerifyResult>,
    /// 保护范围.
    pub coverage: CoverageInfo,
}

overall! { VerifyFileResult; }
