//! Interface 3-5, 签章合成.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    At, Base64, Entries, EntryStatus, Field, FieldError, Fields, FileForm, Receipt, Request, envelope::overall,
};

/// Content of 3-5 `composeSignature`: `signTaskId` or `sealDataList`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComposeSignature {
    /// Fields that most requests carry.
    #[serde(flatten)]
    pub common: crate::Common,
    /// 签名任务标识 of 3-2.
    pub sign_task_id: Option<String>,
    /// 签名值列表.
    #[schema(value_type = Option<Vec<SignedDigest>>)]
    pub seal_data_list: Option<Entries<SignedDigest>>,
    /// 文件返回形式.
    #[serde(rename = "as")]
    pub form: Option<FileForm>,
}

impl Field for ComposeSignature {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let fields = Fields::of(value, at)?;
        let found = Self {
            common: fields.flattened()?,
            sign_task_id: fields.take(&["signTaskId"])?,
            seal_data_list: fields.take(&["sealDataList"])?,
            form: fields.take(&["as"])?,
        };
        if found.sign_task_id.is_none() && found.seal_data_list.is_none() {
            return Err(fields.missing("sealDataList"));
        }
        Ok(found)
    }
}

impl Request for ComposeSignature {
    fn longest_list(&self) -> Option<(&'static str, usize)> {
        Some(("sealDataList", self.seal_data_list.as_ref().map_or(0, |list| list.0.len())))
    }
}

/// 签名值条目 of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedDigest {
    /// 文件唯一标识.
    pub file_unique_id: String,
    /// The value.
    #[serde(flatten)]
    pub value: SignedValue,
    /// 签章人证书.
    pub cert: Option<Base64>,
}

/// A signature value as callers send it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum SignedValue {
    /// DER, raw r‖s of 64 bytes or SKF blob of 128 bytes.
    #[serde(rename = "signValue")]
    Value(Base64),
    /// GB/T 35275 SignedData.
    #[serde(rename = "p7SignResult")]
    SignedData(Base64),
}

impl Field for SignedDigest {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let fields = Fields::of(value, at)?;
        let file_unique_id = fields.take(&["fileUniqueId"])?;
        let value = match fields.find("signValue").or_else(|| fields.find("p7SignResult").is_none().then_some(value)) {
            Some(_) => SignedValue::Value(fields.take(&["signValue"])?),
            None => SignedValue::SignedData(fields.take(&["p7SignResult"])?),
        };
        Ok(Self { file_unique_id, value, cert: fields.take(&["cert"])? })
    }
}

/// Answer of 3-5.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComposeSignatureResult {
    /// 已签章文件列表, in the order of the request.
    pub file_list: Vec<ComposedEntry>,
}

/// 已签章文件条目.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComposedEntry {
    /// 文件唯一标识, if the entry could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_unique_id: Option<String>,
    /// The file, if the entry succeeded.
    #[serde(flatten)]
    pub composed: Option<Composed>,
    /// How the entry fared.
    #[serde(flatten)]
    pub status: EntryStatus,
}

/// 已签章文件.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Composed {
    /// 文件内容.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_b64: Option<Base64>,
    /// 文件标识.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// 电子签章数据 (DER), of digest-only entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_value: Option<Base64>,
    /// 文件类型.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_type: Option<String>,
    /// SM3 of the file, lower-case hex.
    pub sm3: String,
    /// 用章回执.
    pub receipt: Receipt,
}

overall! { ComposeSignatureResult: file_list; }
