//! Appendix B: the codes of all answers (返回码), in one table.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::{PartialSchema, ToSchema, openapi};

use crate::Language;

macro_rules! error_codes {
    ($($variant:ident = $number:literal, $zh:literal, $en:literal, $hint_zh:literal, $hint_en:literal;)*) => {
        /// 返回码: the code of an answer or of one entry of a list, appendix B.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(#[doc = concat!(stringify!($number), " ", $zh, ": ", $en, ".")] $variant,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The number on the wire.
            #[must_use]
            pub const fn number(self) -> u32 {
                match self { $(Self::$variant => $number),* }
            }

            /// What `msg` says.
            #[must_use]
            pub const fn message(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, Language::Chinese) => $zh, (Self::$variant, Language::English) => $en,)*
                }
            }

            /// What the caller can do about it; empty for success.
            #[must_use]
            pub const fn hint(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, Language::Chinese) => $hint_zh, (Self::$variant, Language::English) => $hint_en,)*
                }
            }
        }
    };
}

error_codes! {
    Success = 200, "成功", "Success", "", "";
    PartialSuccess = 20700, "部分成功", "Partial success",
        "请逐条查看列表中各条目的 code。", "Look at the code of each entry of the list.";
    BadEnvelope = 40000, "请求不是合法的 JSON 信封", "The request is not a valid JSON envelope",
        "请求体应为 UTF-8 编码的 {\"reqId\":…,\"content\":{…}}。", "The body must be {\"reqId\":…,\"content\":{…}} in UTF-8.";
    MissingParameter = 40001, "缺少参数", "A parameter is missing",
        "请补充 field 所指的参数。", "Add the parameter that field names.";
    BadParameter = 40002, "参数格式错误", "A parameter is malformed",
        "请更正 field 所指的参数。", "Correct the parameter that field names.";
    UnsupportedAlgorithm = 40003, "算法不支持", "The algorithm is not supported",
        "请求签名算法为 HMAC-SM3 或 SM2，印章签名算法为 SM3withSM2。", "Sign requests with HMAC-SM3 or SM2, and seals with SM3withSM2.";
    UnknownSystem = 40101, "应用系统未登记", "The application system is not registered",
        "请核对 X-Eseal-System-Id，或向平台申请登记。", "Check X-Eseal-System-Id, or have the system registered.";
    BadRequestSignature = 40102, "请求签名错误", "The request signature is wrong",
        "请核对密钥、待签名文本各行及请求体摘要。", "Check the key, the lines of the signed text and the digest of the body.";
    TimestampOutOfWindow = 40103, "时间戳超出窗口", "The timestamp is outside the window",
        "请校准时钟，X-Eseal-Timestamp 与服务器时间相差不得超过 300 秒。", "Set the clock: X-Eseal-Timestamp may differ from the server's time by 300 s.";
    Replay = 40104, "请求重放", "The request was sent before",
        "每次请求请使用新的 X-Eseal-Nonce。", "Use a new X-Eseal-Nonce for every request.";
    BadToken = 40105, "令牌无效或过期", "The token is invalid or has expired",
        "请重新登录以获取令牌。", "Log in again to get a token.";
    FunctionNotAllowed = 40301, "无权调用该接口", "This function is not allowed to the caller",
        "请向平台申请该接口的权限。", "Ask the platform for the right to call this function.";
    NotGranted = 40302, "未获授权", "Not authorized by the holder",
        "请核对授权码与持有人，或请持有人授权。", "Check the grant and its holder, or ask the holder for a grant.";
    GrantExpired = 40303, "授权已过期", "The grant has expired",
        "请持有人重新授权。", "Ask the holder for a new grant.";
    SceneNotAllowed = 40304, "场景不允许", "The scene is not allowed",
        "请使用已授权的应用场景。", "Use a scene that is granted.";
    GovernmentSealOnly = 40305, "仅限政务电子印章", "For government seals only",
        "集中签章只适用于政务电子印章，请改用通用签章。", "Central signing is for government seals: use general signing.";
    AddressNotAllowed = 40306, "来源地址不允许", "The address is not allowed",
        "请从已登记的地址调用。", "Call from a registered address.";
    UnknownFunction = 40400, "接口不存在", "No such function",
        "请核对请求方法与路径，接口列表见 /docs。", "Check method and path; the functions are listed at /docs.";
    OrganizationNotFound = 40401, "机构不存在", "No such organization",
        "请核对统一社会信用代码。", "Check the unified social credit code.";
    SealNotFound = 40402, "印章不存在", "No such seal",
        "请核对印章编码，并确认该印章已授权本系统使用。", "Check the seal code, and that the seal is granted to this system.";
    FileNotFound = 40403, "文件不存在", "No such file",
        "请核对文件标识；文件可能已过保存期。", "Check the identifier; the file may be past its retention.";
    TaskNotFound = 40404, "任务不存在", "No such task",
        "请核对任务标识；任务可能已过保存期。", "Check the identifier; the task may be past its retention.";
    NotSignedYet = 40901, "尚未签名", "Not signed yet",
        "请等待签名完成后再合成。", "Wait until it is signed, then compose.";
    AlreadyComposed = 40902, "已合成", "Already composed",
        "每个摘要只能合成一次，请使用首次合成的结果。", "A digest composes once: use the first result.";
    RequestIdReused = 40903, "请求编号重复而内容不同", "The reqId was used with other content",
        "新的请求请使用新的 reqId。", "Use a new reqId for a new request.";
    RequestInProgress = 40904, "相同请求正在处理", "The same request is in progress",
        "请稍后以相同 reqId 重试。", "Try again later with the same reqId.";
    SealNotCollected = 40910, "印章未领取", "The seal is not collected",
        "请持有人先领取印章。", "Ask the holder to collect the seal.";
    SealFrozen = 40911, "印章已冻结", "The seal is frozen",
        "请持有人解冻印章。", "Ask the holder to unfreeze the seal.";
    SealRevoked = 40912, "印章已注销", "The seal is revoked",
        "请使用其他印章。", "Use another seal.";
    SealOutsideValidity = 40913, "印章不在有效期", "The seal is outside its validity",
        "请持有人换领印章。", "Ask the holder to renew the seal.";
    WrongCarrier = 40914, "密钥载体不符", "The seal's key is kept elsewhere",
        "请按印章的密钥载体选择签名接口。", "Choose the signing function by the carrier of the seal.";
    Expired = 41001, "已过期", "Expired",
        "请重新生成摘要、任务、二维码或挑战。", "Make a new digest, task, code or challenge.";
    TooLarge = 41301, "文件过大", "The file is too large",
        "大文件请用 POST /api/v1/files 上传后以 fileId 引用。", "Upload large files with POST /api/v1/files and refer to them by fileId.";
    ListTooLong = 41302, "列表过长", "The list is too long",
        "请分批调用。", "Call several times with shorter lists.";
    UnsupportedFileType = 41501, "文件类型不支持", "The file type is not supported",
        "签章与验章支持 PDF 和 OFD。", "PDF and OFD can be sealed and verified.";
    DamagedFile = 42201, "文件损坏", "The file is damaged",
        "请检查文件能否正常打开后重新提交。", "Check that the file opens, and send it again.";
    EncryptedFile = 42202, "文件已加密", "The file is encrypted",
        "请去除文件密码后重新提交。", "Remove the password, and send the file again.";
    OffPage = 42203, "位置超出页面", "The position is off the page",
        "请核对页码与坐标；单位为毫米，原点在页面左下角。", "Check page and coordinates: millimetres from the lower left corner.";
    KeywordNotFound = 42204, "未找到关键字", "The keyword was not found",
        "请核对关键字与页码；扫描件没有可检索的文字。", "Check keyword and page; scans have no text to search.";
    Locked = 42205, "文件已锁定，不可再签章", "The file is locked against further seals",
        "请使用锁定前的文件。", "Use the file as it was before it was locked.";
    BadSignatureValue = 42206, "签名值错误", "The signature value is wrong",
        "请确认签名的是 fileHash，且所用证书与摘要中的 cert 一致。", "Sign fileHash itself, with the key of the certificate that came with it.";
    CertificateNotListed = 42207, "证书不在印章证书列表", "The certificate is not in the seal's list",
        "请使用印章证书列表中的证书。", "Use a certificate of the seal's list.";
    CertificateOutsideValidity = 42208, "证书不在有效期", "The certificate is outside its validity",
        "请更新证书。", "Renew the certificate.";
    CertificateRevoked = 42209, "证书已吊销", "The certificate is revoked",
        "请使用未吊销的证书；吊销状态无法查询时亦返回此码。", "Use a certificate that is not revoked; an unknown status counts as revoked.";
    CertificateNotTrusted = 42210, "证书链不可信", "The certificate is not trusted",
        "请使用受信任机构签发的证书。", "Use a certificate of a trusted authority.";
    ChallengeMismatch = 42211, "挑战不符", "The challenge does not fit",
        "请重新获取挑战，并对 message 原文签名。", "Get a new challenge, and sign the exact bytes of message.";
    UnsupportedConversion = 42212, "不支持的转换", "The conversion is not supported",
        "请核对源文件类型与目标类型。", "Check source and target type.";
    SignedFileNotConvertible = 42213, "已签章文件不可转换", "A sealed file is not converted",
        "转换会使签章失效；确需转换请设置 options.allowSigned=true。", "Conversion loses the seals; set options.allowSigned=true if that is wanted.";
    RefusedBySigner = 42214, "签名者拒绝", "Refused by the signer",
        "签名者已在手机上拒绝，请与其确认后重新发起。", "The signer refused on the phone: ask, then start again.";
    TooManyRequests = 42901, "请求过于频繁", "Too many requests",
        "请按 Retry-After 所示秒数等待后重试。", "Wait as many seconds as Retry-After says.";
    Internal = 50000, "内部错误", "Internal error",
        "请稍后重试；如仍失败，请将 reqId 告知平台。", "Try again later; if it fails again, tell the platform the reqId.";
    DeviceUnavailable = 50301, "密码设备不可用", "The cryptographic device is not available",
        "请稍后重试。", "Try again later.";
    ConverterUnavailable = 50302, "转换服务不可用", "The conversion service is not available",
        "请稍后重试。", "Try again later.";
    StorageUnavailable = 50303, "存储不可用", "The storage is not available",
        "请稍后重试。", "Try again later.";
}

impl ErrorCode {
    /// HTTP status: the first three digits.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        let number = self.number();
        let status = if number < 1000 { number } else { number / 100 };
        #[expect(clippy::as_conversions, reason = "three digits; there is no const conversion")]
        {
            status as u16
        }
    }

    /// The code with that number.
    #[must_use]
    pub fn find_number(number: u32) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }

    /// True for `成功`.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Success)
    }

    /// True if a repeated request must run again instead of answering from memory (429xx, 5xxxx, and 40904 itself).
    #[must_use]
    pub const fn is_temporary(self) -> bool {
        matches!(self.http_status(), 429 | 500..) || matches!(self, Self::RequestInProgress)
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.number())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        Self::find_number(number).ok_or_else(|| D::Error::custom(format_args!("unknown code {number}")))
    }
}

impl PartialSchema for ErrorCode {
    fn schema() -> openapi::RefOr<openapi::schema::Schema> {
        openapi::ObjectBuilder::new()
            .schema_type(openapi::schema::Type::Integer)
            .description(Some("返回码 (appendix B)"))
            .enum_values(Some(Self::ALL.iter().map(|code| code.number())))
            .into()
    }
}

impl ToSchema for ErrorCode {
    fn name() -> std::borrow::Cow<'static, str> {
        "ErrorCode".into()
    }
}
