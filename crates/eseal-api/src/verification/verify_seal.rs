//! Interface 4-2, 印章验证.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{At, Base64, CheckInfo, Field, FieldError, Fields, Request, SealInfo, SealStatus, envelope::overall};

/// Content of 4-2 `verifySeal`: `sealData`, `sealCode` or both.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifySeal {
    /// Fields that most requests carry.
    #[serde(flatten)]
    pub common: crate::Common,
    /// 电子印章数据 (SESeal, DER).
    pub seal_data: Option<Base64>,
    /// 印章编码.
    pub seal_code: Option<String>,
}

impl Field for VerifySeal {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let fields = Fields::of(value, at)?;
        let found = Self {
            common: fields.flattened()?,
            seal_data: fields.take(&["sealData"])?,
            seal_code: fields.take(&["sealCode"])?,
        };
        if found.seal_data.is_none() && found.seal_code.is_none() {
            return Err(fields.missing("sealData"));
        }
        Ok(found)
    }
}

impl Request for VerifySeal {}

/// Answer of 4-2.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifySealResult {
    /// 结论: `VALID`, `INVALID` or `INDETERMINATE`.
    pub conclusion: String,
    /// 子结论, unless VALID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<String>,
    /// In one sentence.
    pub summary: String,
    /// 印章信息; left out where only the status may be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<SealInfo>,
    /// 检查项.
    pub checks: Vec<CheckInfo>,
    /// 状态 at the issuing system, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<SealStatus>,
    /// 区域 of the maker.
    pub region: String,
}

overall! { VerifySealResult; }
