//! The sixteen interfaces of chapter 6 and what belongs to them (接口表), in one table.

/// Whether doing it twice differs from doing it once (幂等方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Creates or changes something: a repeated request is answered with what the first one did.
    Creates,
    /// Only reads, or is made safe by its own state: a repeated request simply runs again.
    Reads,
}

macro_rules! functions {
    ($($variant:ident = $number:literal, $path:literal, $effect:ident, $zh:literal, $en:literal;)*) => {
        /// 接口: a function that calling systems may have the right to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Function {
            $(#[doc = concat!($number, " `", $path, "` ", $zh, ": ", $en, ".")] $variant,)*
        }

        impl Function {
            /// Every function in the order of chapter 6.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Number in the contract; empty for what only belongs to an interface.
            #[must_use]
            pub const fn number(self) -> &'static str {
                match self { $(Self::$variant => $number),* }
            }

            /// `category/function` as in the path after `/api/v1/`, and in a system's list of rights.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Self::$variant => $path),* }
            }

            /// Name in Chinese.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),* }
            }

            /// Name in English.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),* }
            }

            /// Whether doing it twice differs from doing it once.
            #[must_use]
            pub const fn effect(self) -> Effect {
                match self { $(Self::$variant => Effect::$effect),* }
            }
        }
    };
}

functions! {
    GetSealList = "1-1", "basic/getSealList", Reads, "获取可用印章列表", "list of usable seals";
    ConvertFile = "1-2", "basic/convertFile", Creates, "文件格式转换", "conversion of files";
    MakeSealImage = "", "basic/makeSealImage", Reads, "制作印章图片", "picture for a seal";
    GetLoginQrCode = "2-1", "login/getLoginQrCode", Creates, "获取登录二维码", "login code";
    GetLoginQrStatus = "2-2", "login/getLoginQrStatus", Reads, "查询登录二维码状态", "state of a login code";
    GetUsbKeyChallenge = "2-3", "login/getUsbKeyChallenge", Creates, "获取 USBKey 登录挑战", "challenge for login by USBKey";
    LoginByUsbKey = "2-4", "login/loginByUsbKey", Reads, "USBKey 登录", "login by USBKey";
    GenerateDigest = "3-1", "sign/generateDigest", Creates, "生成摘要", "digest to sign";
    SignDigestByMobile = "3-2", "sign/signDigestByMobile", Creates, "智能移动终端证书摘要签名", "signature by phone";
    GetSignTask = "", "sign/getSignTask", Reads, "查询签名任务", "state of a signature by phone";
    SignDigestByUsbKey = "3-3", "sign/signDigestByUsbKey", Creates, "USBKey证书摘要签名", "signature by USBKey";
    SignDigestByServer = "3-4", "sign/signDigestByServer", Creates, "服务器密码设备证书摘要签名", "signature by server device";
    ComposeSignature = "3-5", "sign/composeSignature", Reads, "签章合成", "composition of the sealed file";
    VerifyFile = "4-1", "verify/verifyFile", Reads, "已签文件验证", "verification of a sealed file";
    VerifySeal = "4-2", "verify/verifySeal", Reads, "印章验证", "verification of a seal";
    UploadFile = "5-1", "central/uploadFile", Creates, "上传文件", "upload for central signing";
    SignFile = "5-2", "central/signFile", Creates, "集中签章", "central signing";
    DownloadFile = "5-3", "central/downloadFile", Reads, "下载文件", "download of a sealed file";
}

impl Function {
    /// The function with that `category/function`.
    #[must_use]
    pub fn find(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|function| function.path() == path)
    }

    /// The function whose right allows this one: asking for a signing task belongs to starting it, pictures of seals to
    /// their list.
    #[must_use]
    pub const fn right(self) -> Self {
        match self {
            Self::GetSignTask => Self::SignDigestByMobile,
            Self::MakeSealImage => Self::GetSealList,
            other => other,
        }
    }
}
