//! Interface 5-2, 集中签章.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Entries, EntryStatus, IdType, Overall, Receipt, Rule, SealType, Secret, TaskStarted, field::request};

request! {
    /// Content of 5-2 `signFile`; `grantCode` and `scene` are required here, and `sealCode` or `sealType`.
    struct SignFile, common, require "grantCode" "scene" {
        /// 文件列表: no cap but the quota.
        #[schema(value_type = Vec<SignFileEntry>)]
        file_list: Entries<SignFileEntry> = "fileList",
        /// 印章编码.
        seal_code: Option<String> = "sealCode",
        /// 印章类型, instead of the code if the body has one such seal.
        seal_type: Option<SealType> = "sealType",
        /// 经办人.
        operator: Operator = "operator",
        /// 异步: answer a task at once.
        run_async: bool = "async",
    }
}

request! {
    /// 待签文件.
    struct SignFileEntry {
        /// 文件标识 of 5-1.
        file_id: String = "fileId",
        /// 签章规则; all of them make one seal signature.
        rules: Vec<Rule> = "rules",
        /// 业务编号.
        business_number: Option<String> = "bizNo",
    }
}

request! {
    /// 经办人.
    struct Operator {
        /// 姓名.
        name: Secret = "name",
        /// 证件类型.
        id_type: IdType = "idType",
        /// 证件号码.
        id_no: Secret = "idNo",
    }
}

/// Answer of 5-2.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum SignFileResult {
    /// Done.
    Signed(SignedFiles),
    /// Goes on as a task.
    Started(TaskStarted),
}

/// 已签章文件列表, in the order of the request.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedFiles {
    /// One result a file.
    pub file_list: Vec<SignedFileEntry>,
}

/// 已签章文件条目.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedFileEntry {
    /// 文件标识 of 5-1, if the entry could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// 业务编号 of the request.
    #[serde(rename = "bizNo", skip_serializing_if = "Option::is_none")]
    pub business_number: Option<String>,
    /// The sealed file, if the entry succeeded.
    #[serde(flatten)]
    pub signed: Option<SignedFile>,
    /// How the entry fared.
    #[serde(flatten)]
    pub status: EntryStatus,
}

/// 已签章文件.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedFile {
    /// 已签章文件标识.
    pub signed_file_id: String,
    /// SM3 of the sealed file, lower-case hex.
    pub sm3: String,
    /// 用章回执.
    pub receipt: Receipt,
}

impl Overall for SignedFiles {
    fn statuses(&self) -> Vec<&EntryStatus> {
        self.file_list.iter().map(|entry| &entry.status).collect()
    }
}

impl Overall for SignFileResult {
    fn statuses(&self) -> Vec<&EntryStatus> {
        match self {
            Self::Signed(files) => files.statuses(),
            Self::Started(_) => Vec::new(),
        }
    }
}
