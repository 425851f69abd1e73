//! Interface 3-1, 生成摘要.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    At, Base64, Digest, Entries, EntryStatus, Field, FieldError, Fields, FileInput, PlacementInfo, Rule, SealType,
    SignAlgorithm, Time, envelope::overall, field::request,
};

request! {
    /// Content of 3-1 `generateDigest`.
    struct GenerateDigest, common, list seal_data_list "sealDataList" {
        /// 待签列表.
        #[schema(value_type = Vec<SealData>)]
        seal_data_list: Entries<SealData> = "sealDataList",
    }
}

/// 待签条目: a seal and what it goes on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SealData {
    /// 印章编码.
    pub seal_code: Option<String>,
    /// 印章类型, instead of the code if the holder has one such seal.
    pub seal_type: Option<SealType>,
    /// What is sealed.
    #[serde(flatten)]
    pub subject: Subject,
    /// 签章规则; all of them make one seal signature.
    pub rules: Vec<Rule>,
    /// 签章人证书, if the seal lists several.
    pub cert: Option<Base64>,
    /// 锁定: no further seals.
    pub lock: bool,
    /// 签章原因.
    pub reason: Option<String>,
    /// 加盖时间戳.
    pub timestamp: bool,
}

/// What is sealed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Subject {
    /// A file.
    File {
        /// 文件.
        file: FileInput,
    },
    /// 仅摘要: a digest whose document never comes here.
    #[serde(rename_all = "camelCase")]
    Digest {
        /// 原文摘要, SM3.
        data_hash: Digest,
        /// 原文属性.
        property_info: String,
    },
}

impl Field for SealData {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let fields = Fields::of(value, at)?;
        let subject = Subject::of(&fields)?;
        Ok(Self {
            seal_code: fields.take(&["sealCode"])?,
            seal_type: fields.take(&["sealType"])?,
            rules: rules_of(&fields, &subject)?,
            subject,
            cert: fields.take(&["cert"])?,
            lock: fields.take(&["lock"])?,
            reason: fields.take(&["reason"])?,
            timestamp: fields.take(&["timestamp"])?,
        })
    }
}

impl Subject {
    /// `file`; or `fileStr`, `fileB64` or `fileId` in the entry itself (V1, V2); or `dataHash` and `propertyInfo`.
    fn of(fields: &Fields<'_>) -> Result<Self, FieldError> {
        let inline = ["fileB64", "fileStr", "fileId"].iter().any(|name| fields.find(name).is_some());
        if fields.find("file").is_none() && inline {
            return Ok(Self::File { file: fields.flattened()? });
        }
        if fields.find("file").is_none() && fields.find("dataHash").is_some() {
            return Ok(Self::Digest {
                data_hash: fields.take(&["dataHash"])?,
                property_info: fields.take(&["propertyInfo"])?,
            });
        }
        Ok(Self::File { file: fields.take(&["file"])? })
    }
}

/// `rules`, or one rule in the entry itself (V1); a digest needs none.
fn rules_of(fields: &Fields<'_>, subject: &Subject) -> Result<Vec<Rule>, FieldError> {
    if fields.find("rules").is_some() {
        return fields.take(&["rules"]);
    }
    if fields.find("ruleType").is_some() {
        return fields.flattened().map(|rule| vec![rule]);
    }
    match subject {
        Subject::File { .. } => Err(fields.missing("rules")),
        Subject::Digest { .. } => Ok(Vec::new()),
    }
}

/// Answer of 3-1.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenerateDigestResult {
    /// 摘要列表, in the order of the request.
    pub file_hash_list: Vec<FileHashEntry>,
}

/// 摘要条目.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FileHashEntry {
    /// The digest, if the entry succeeded.
    #[serde(flatten)]
    pub hash: Option<FileHash>,
    /// How the entry fared.
    #[serde(flatten)]
    pub status: EntryStatus,
}

/// 待签摘要.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileHash {
    /// 文件唯一标识, under which the prepared document is kept.
    pub file_unique_id: String,
    /// 待签摘要 e = SM3(Z ‖ TBS_Sign).
    pub file_hash: Base64,
    /// 原文摘要.
    pub data_hash: Base64,
    /// TBS_Sign, DER.
    pub tbs: Base64,
    /// 签名算法.
    pub algo: SignAlgorithm,
    /// 签章人证书.
    pub cert: Base64,
    /// 落点.
    pub placements: Vec<PlacementInfo>,
    /// 过期时间.
    pub expire_time: Time,
}

overall! { GenerateDigestResult: file_hash_list; }
