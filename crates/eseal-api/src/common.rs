//! What many requests and answers carry (公共参数): common fields, files, seals, users, receipts.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    At, Base64, Carrier, CreditCode, Field, FieldError, Fields, FileForm, IdType, Scene, SealStatus, SealType, Secret,
    Time, field::request,
};

request! {
    /// 公共参数: who asks, for whom, by what right, for what purpose.
    struct Common {
        /// 应用系统标识; equals the authenticated system.
        system_id: Option<String> = "systemID",
        /// 统一社会信用代码 of the holder.
        organization_code: Option<CreditCode> = "organizationCode",
        /// 授权码: the holder's grant to this system.
        grant_code: Option<Secret> = "grantCode",
        /// 应用场景.
        scene: Option<Scene> = "scene",
        /// 访问令牌 of a logged-in user; stands in for the grant.
        access_token: Option<Secret> = "accessToken",
        /// 证件类型 of a natural person.
        id_type: Option<IdType> = "idType",
        /// 证件号码 of a natural person.
        id_no: Option<Secret> = "idNo",
    }
}

/// 文件: its content, or the identifier of one that was uploaded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileInput {
    /// Where the bytes are.
    #[serde(flatten)]
    pub source: FileSource,
    /// 文件类型 as the caller states it.
    #[serde(rename = "fileType")]
    pub file_type: Option<String>,
    /// 标题.
    pub title: Option<String>,
    /// 文件描述.
    #[serde(rename = "fileDesc")]
    pub description: Option<String>,
}

/// Where the bytes of a file are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub enum FileSource {
    /// In the request; `fileStr` is accepted too.
    #[serde(rename = "fileB64")]
    Inline(Base64),
    /// Uploaded before.
    #[serde(rename = "fileId")]
    Stored(String),
}

impl Field for FileInput {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let fields = Fields::of(value, at)?;
        let source = match fields.take::<Option<String>>(&["fileId"])? {
            Some(id) => FileSource::Stored(id),
            None => FileSource::Inline(fields.take(&["fileB64", "fileStr"])?),
        };
        Ok(Self {
            source,
            file_type: fields.take(&["fileType"])?,
            title: fields.take(&["title"])?,
            description: fields.take(&["fileDesc"])?,
        })
    }
}

/// A file in an answer: content or identifier, as the request asked.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileOutput {
    /// 文件内容.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_b64: Option<Base64>,
    /// 文件标识.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// 文件类型.
    pub file_type: String,
    /// 标题.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// 页数.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_count: Option<u32>,
    /// SM3 of the file, lower-case hex.
    pub sm3: String,
}

/// 已存文件: answer of uploads.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoredFile {
    /// 文件标识.
    pub file_id: String,
    /// 文件类型.
    pub file_type: String,
    /// 页数, of PDF and OFD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_count: Option<u32>,
    /// 字节数.
    pub size: u64,
    /// SM3, lower-case hex.
    pub sm3: String,
}

/// 任务标识: the work goes on, ask `GET /api/v1/tasks/{taskId}`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskStarted {
    /// 任务标识.
    pub task_id: String,
}

/// 印章信息, appendix C.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SealInfo {
    /// 印章编码.
    pub seal_code: String,
    /// 印章名称.
    pub seal_name: String,
    /// 印章类型, if it is one of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal_type: Option<SealType>,
    /// 统一社会信用代码 of the holder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_code: Option<String>,
    /// 机构名称.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_name: Option<String>,
    /// 印模.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal_img: Option<Base64>,
    /// 图像类型.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_type: Option<String>,
    /// 宽, mm.
    pub width: f64,
    /// 高, mm.
    pub height: f64,
    /// 签章人证书, the first of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert: Option<Base64>,
    /// 签章人证书列表.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert_list: Option<Vec<Base64>>,
    /// 有效期起.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_start: Option<Time>,
    /// 有效期止.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_end: Option<Time>,
    /// 密钥载体; not known for seals of other makers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<Carrier>,
    /// 状态; not known for seals of other makers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<SealStatus>,
    /// 签名算法.
    pub sign_alg: String,
    /// 制章人.
    pub maker: String,
    /// 区域.
    pub region: String,
    /// 电子印章数据 (SESeal, DER).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal_data: Option<Base64>,
}

/// 签章落点: the visible part of a mark, mm from the lower left of the displayed page.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlacementInfo {
    /// 页码, from 1.
    pub page: u32,
    /// 左.
    pub left: f64,
    /// 下.
    pub bottom: f64,
    /// 右.
    pub right: f64,
    /// 上.
    pub top: f64,
}

/// 用户信息.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserInfo {
    /// 姓名.
    pub name: String,
    /// 证件类型.
    pub id_type: IdType,
    /// 证件号码, masked.
    pub id_no: String,
    /// 所属机构.
    pub organizations: Vec<UserOrganization>,
}

/// An organization that a user acts for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserOrganization {
    /// 统一社会信用代码.
    pub organization_code: String,
    /// 机构名称.
    pub organization_name: String,
}

/// 用章回执: the entry of the seal-use log (RFC 9162 tree with SM3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// 日志序号, from 0.
    pub log_index: u64,
    /// 日志大小 of the proof.
    pub tree_size: u64,
    /// Canonical bytes of the leaf.
    pub leaf: Base64,
    /// SM3(00 ‖ leaf).
    pub leaf_hash: Base64,
    /// Hashes from the leaf up.
    pub inclusion_proof: Vec<Base64>,
    /// `origin\ntreeSize\nbase64(root)\n`.
    pub checkpoint: String,
    /// SM2 signature of the log's key over the checkpoint, DER.
    pub checkpoint_signature: Base64,
    /// SM3 of the sealed file, lower-case hex.
    pub sm3: String,
    /// 用章时间.
    pub time: Time,
}

/// How files of an answer are wanted; content unless asked otherwise.
#[must_use]
pub fn wants_file_id(form: Option<FileForm>) -> bool {
    form == Some(FileForm::FileId)
}
