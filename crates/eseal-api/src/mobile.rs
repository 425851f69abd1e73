//! 手机协议 `/api/v1/mobile/…`: between the platform and the holder's phone.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    At, Base64, Digest, Field, FieldError, Fields, Purpose, Request, ScanStatus, SealInfo, Secret, Time, UserInfo,
    envelope::overall, field::request,
};

/// 登记手机, in two steps, so that neither side can choose its share of the key by the other's.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Enrol {
    /// First: the one-time code of the holder's account, and the phone's commitment.
    Start(StartEnrol),
    /// Then: the phone's public share.
    Finish(FinishEnrol),
}

impl Field for Enrol {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        match Fields::of(value, at)?.find("enrolId") {
            Some(_) => FinishEnrol::parse(value, at).map(Self::Finish),
            None => StartEnrol::parse(value, at).map(Self::Start),
        }
    }
}

impl Request for Enrol {}

request! {
    /// 登记第一步; it is not an enrolled phone's request yet, and proves itself with `deviceProof`.
    struct StartEnrol {
        /// 一次性登记码.
        code: Secret = "code",
        /// 设备公钥, 04 ‖ x ‖ y: signs the phone's requests from now on.
        device_public_key: Base64 = "devicePublicKey",
        /// 设备名称.
        device_name: Option<String> = "deviceName",
        /// SM2 signature of the device key over `ESEAL-ENROL/1\n` ‖ SM3(code) ‖ devicePublicKey ‖ keyCommitment, DER.
        device_proof: Base64 = "deviceProof",
        /// 承诺: SM3 over the phone's public share, or over the public key that the phone holds alone.
        key_commitment: Base64 = "keyCommitment",
        /// 密钥方式: `shared` between phone and server unless said; `held` by the phone alone, where the platform allows it.
        key_profile: Option<String> = "keyProfile",
        /// PIN of the signing key, checked by the server only.
        pin: Secret = "pin",
    }
}

request! {
    /// 登记第二步.
    struct FinishEnrol {
        /// 登记标识 of the first step.
        enrol_id: Secret = "enrolId",
        /// 手机端公开分量: P1 = \[d1⁻¹\]G as 04 ‖ x ‖ y, and the proof that the phone knows d1⁻¹; of a key that the phone
        /// holds alone: 04 ‖ x ‖ y, and its signature over `ESEAL-HELD/1\n` ‖ enrolId ‖ devicePublicKey ‖ 04 ‖ x ‖ y, DER.
        key_share: Base64 = "keyShare",
    }
}

/// Answer of `enrol`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum EnrolResult {
    /// Of the second step.
    Enrolled(Enrolled),
    /// Of the first step.
    Started(EnrolStarted),
}

/// Answer of the first step.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnrolStarted {
    /// 登记标识.
    pub enrol_id: Secret,
    /// 服务端公开分量: P2 = \[d2⁻¹\]G as 04 ‖ x ‖ y, and the proof that the server knows d2⁻¹.
    pub key_share: Base64,
}

/// Answer of the second step.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Enrolled {
    /// 设备标识, for `X-Eseal-Device-Id`.
    pub device_id: String,
    /// Public key of both shares, 04 ‖ x ‖ y.
    pub public_key: Base64,
    /// 签章人证书 over that key.
    pub cert: Base64,
    /// 持有人.
    pub user: UserInfo,
}

request! {
    /// 扫码.
    struct Scan {
        /// 二维码内容.
        qr_code: String = "qrCode",
    }
}

/// Answer of `scan`: the summary, signed by the platform.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanResult {
    /// The summary that `summary` holds, for display.
    #[serde(flatten)]
    pub shown: ScanSummary,
    /// `ESEAL-SUMMARY/1\n` and the canonical JSON of the summary: the signed bytes.
    pub summary: Base64,
    /// SM2 signature of the platform's summary key over `summary`, DER.
    pub summary_signature: Base64,
}

/// 扫码摘要: what the phone shows before anything is confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanSummary {
    /// 二维码标识.
    pub qr_id: String,
    /// 用途.
    pub purpose: Purpose,
    /// 应用系统名称.
    pub system: String,
    /// 应用系统标识.
    #[serde(rename = "systemID")]
    pub system_id: String,
    /// 客户端信息.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_info: Option<String>,
    /// 文件, of signing codes.
    pub documents: Vec<ScanDocument>,
    /// 印章, of signing codes.
    pub seals: Vec<ScanSeal>,
    /// 匹配码选项, one of which the calling page shows.
    pub match_code_choices: Vec<String>,
    /// 过期时间.
    pub expire_time: Time,
}

/// A document of a signing code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanDocument {
    /// 文件唯一标识.
    pub file_unique_id: String,
    /// 标题; 内容未知 for digests without a document.
    pub title: String,
    /// 页数.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_count: Option<u32>,
    /// 原文摘要.
    pub data_hash: Base64,
    /// TBS_Sign, DER: the phone computes e from it.
    pub tbs: Base64,
    /// 印章编码.
    pub seal_code: String,
    /// 预览, a picture of the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Base64>,
}

/// A seal of a signing code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanSeal {
    /// 印章编码.
    pub seal_code: String,
    /// 印章名称.
    pub seal_name: String,
}

request! {
    /// 确认: repeats what is confirmed; for signing codes one round after another.
    struct Confirm {
        /// 二维码标识.
        qr_id: String = "qrId",
        /// 用途.
        purpose: Purpose = "purpose",
        /// 应用系统标识, as the summary named it.
        confirmed_system_id: String = "systemID",
        /// 匹配码 that the user picked.
        match_code: String = "matchCode",
        /// PIN of the signing key, for signing codes.
        pin: Option<Secret> = "pin",
        /// The round, for signing codes.
        round: Option<SigningRound> = "round",
    }
}

request! {
    /// 签名轮次: first Q1 = \[w1\]G, then the finished value; neither gives the round up, once w1 is destroyed.
    struct SigningRound {
        /// 文件唯一标识.
        file_unique_id: String = "fileUniqueId",
        /// Q1 as 04 ‖ x ‖ y: asks for the server's part.
        q1: Option<Base64> = "q1",
        /// e as the phone computed it; with `q1`.
        e: Option<Digest> = "e",
        /// 签名值: the finished signature, verified by the phone.
        sign_value: Option<Base64> = "signValue",
    }
}

/// Answer of `confirm`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmResult {
    /// 扫码状态 now.
    pub scan_status: ScanStatus,
    /// The server's part of the round that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<ServerPart>,
    /// Signatures still to come.
    pub remaining: u32,
}

/// 服务端分量 of one signature.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerPart {
    /// 文件唯一标识.
    pub file_unique_id: String,
    /// r, 32 bytes.
    pub r: Base64,
    /// s1, 32 bytes.
    pub s1: Base64,
}

request! {
    /// 拒绝.
    struct Refuse {
        /// 二维码标识.
        qr_id: String = "qrId",
        /// 拒绝原因.
        reason: Option<String> = "reason",
    }
}

/// Answer of `refuse`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefuseResult {
    /// 扫码状态 now.
    pub scan_status: ScanStatus,
}

request! {
    /// 分量刷新: d1′ = d1·ρ on the phone, d2′ = d2·ρ⁻¹ on the server; the key stays as it is.  May be sent again.
    struct RefreshShare {
        /// ρ, 32 bytes, base64: moves the server's share, and is worth nothing afterwards.
        factor: Secret = "factor",
        /// The phone's new public share with its proof: `04 ‖ x ‖ y ‖ challenge ‖ answer`.
        key_share: Base64 = "keyShare",
    }
}

/// Answer of `refreshShare`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefreshShareResult {
    /// The server's new public share with its proof.
    pub key_share: Base64,
}

request! {
    /// 我的印章.
    struct MySeals {}
}

/// Answer of `mySeals`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MySealsResult {
    /// 印章 whose key is on this phone.
    pub seal_list: Vec<SealInfo>,
}

request! {
    /// 用章记录.
    struct History {
        /// 页号, from 1.
        page: Option<u32> = "page",
        /// 每页条数.
        page_size: Option<u32> = "pageSize",
    }
}

/// Answer of `history`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HistoryResult {
    /// 总数, on all pages.
    pub total: u32,
    /// 记录, the latest first.
    pub records: Vec<HistoryRecord>,
}

/// 用章记录 of this phone.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryRecord {
    /// 二维码标识.
    pub qr_id: String,
    /// 用途.
    pub purpose: Purpose,
    /// 应用系统名称.
    pub system: String,
    /// 文件标题.
    pub titles: Vec<String>,
    /// 扫码状态.
    pub scan_status: ScanStatus,
    /// 时间.
    pub time: Time,
}

overall! { EnrolResult; ScanResult; ConfirmResult; RefuseResult; RefreshShareResult; MySealsResult; HistoryResult; }
