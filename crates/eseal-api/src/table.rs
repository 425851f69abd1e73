//! Appendix A: the values that fields may take (代码表), each table in one place.

/// One row of a table, for the reference pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// On the wire.
    pub value: &'static str,
    /// Meaning in Chinese.
    pub zh: &'static str,
    /// Meaning in English.
    pub en: &'static str,
}

macro_rules! table {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $value:literal, $zh:literal, $en:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $value, "` ", $zh, ": ", $en, ".")] $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// Every value on the wire.
            pub const VALUES: &'static [&'static str] = &[$($value),*];
            /// The table, for the reference pages.
            pub const TABLE: &'static [crate::Row] = &[$(crate::Row { value: $value, zh: $zh, en: $en }),*];

            /// On the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $value),* }
            }

            /// Meaning in Chinese.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),* }
            }

            /// Meaning in English.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),* }
            }

            /// The value written so; case does not matter, and a one-digit code may lack its zero.
            #[must_use]
            pub fn find(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| crate::table::same(known.as_str(), text))
            }
        }

        impl crate::Field for $name {
            fn parse(value: &serde_json::Value, at: &crate::At<'_>) -> Result<Self, crate::FieldError> {
                let found = match value {
                    serde_json::Value::String(text) => Self::find(text),
                    serde_json::Value::Number(number) => Self::find(&number.to_string()),
                    _ => None,
                };
                found.ok_or_else(|| at.malformed(crate::Expected::OneOf(Self::VALUES)))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::find(&text).ok_or_else(|| serde::de::Error::custom(format_args!("no {}: {text}", stringify!($name))))
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let rows: Vec<String> = Self::TABLE.iter().map(|row| format!("{} {} {}", row.value, row.zh, row.en)).collect();
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(rows.join("; ")))
                    .enum_values(Some(Self::VALUES.iter().copied()))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

pub(crate) use table;

pub(crate) fn same(known: &str, text: &str) -> bool {
    let text = text.trim();
    known.eq_ignore_ascii_case(text) || (text.len() == 1 && known.strip_prefix('0') == Some(text))
}

table! {
    /// 印章类型.
    SealType {
        LegalName = "01", "法定名称章", "legal name seal";
        Finance = "02", "财务专用章", "finance seal";
        Invoice = "03", "发票专用章", "invoice seal";
        Contract = "04", "合同专用章", "contract seal";
        Principal = "05", "负责人章(法定代表人名章)", "name seal of the legal representative";
        Department = "06", "部门/业务专用章", "seal of a department or business line";
        Other = "99", "其他", "other";
    }
}

table! {
    /// 证件类型, in the manner of GA/T 2000.156.
    IdType {
        ResidentId = "111", "居民身份证", "resident identity card";
        Officer = "114", "军官证", "officer's certificate";
        Police = "123", "警官证", "police officer's certificate";
        Passport = "414", "普通护照", "ordinary passport";
        TaiwanPermit = "511", "台湾居民来往大陆通行证", "mainland travel permit for Taiwan residents";
        HongKongMacaoPermit = "516", "港澳居民来往内地通行证", "mainland travel permit for Hong Kong and Macao residents";
        PermanentResident = "553", "外国人永久居留身份证", "foreign permanent resident identity card";
        Other = "990", "其他", "other";
    }
}

table! {
    /// 应用场景.
    Scene {
        Administration = "S01", "政务申办", "administrative application";
        Contract = "S02", "合同签订", "signing of contracts";
        Issuance = "S03", "文件签发", "issuance of documents";
        Central = "S04", "集中签章", "centralized signing";
        Other = "S99", "其他", "other";
    }
}

table! {
    /// 扫码状态 of a login or signing code.
    ScanStatus {
        NotScanned = "0", "未扫码", "not scanned";
        Scanned = "1", "已扫码待确认", "scanned, to be confirmed";
        Confirmed = "2", "已确认", "confirmed";
        Canceled = "3", "已取消", "refused on the phone";
        Expired = "4", "已过期", "expired";
        Used = "5", "已使用", "used";
        Failed = "6", "失败", "failed";
    }
}

table! {
    /// 签名任务状态 of `getSignTask`.
    SignTaskStatus {
        NotYet = "0", "未签名", "not signed yet";
        Signed = "1", "已签名", "signed";
        Refused = "2", "已拒绝", "refused";
        Expired = "3", "已过期", "expired";
        Failed = "4", "失败", "failed";
    }
}

impl From<ScanStatus> for SignTaskStatus {
    fn from(status: ScanStatus) -> Self {
        match status {
            ScanStatus::NotScanned | ScanStatus::Scanned => Self::NotYet,
            ScanStatus::Confirmed | ScanStatus::Used => Self::Signed,
            ScanStatus::Canceled => Self::Refused,
            ScanStatus::Expired => Self::Expired,
            ScanStatus::Failed => Self::Failed,
        }
    }
}

table! {
    /// 密钥载体: where a seal's key is kept.
    Carrier {
        Mobile = "mobile", "智能移动终端", "phone";
        UsbKey = "usbkey", "USBKey", "USBKey";
        Server = "server", "服务器密码设备", "server device";
    }
}

table! {
    /// 印章状态.
    SealStatus {
        Active = "ACTIVE", "正常", "usable";
        Frozen = "FROZEN", "已冻结", "frozen";
        Revoked = "REVOKED", "已注销", "revoked";
        Expired = "EXPIRED", "已过期", "expired";
        Uncollected = "UNCOLLECTED", "未领取", "not collected";
    }
}

table! {
    /// 目标文件类型 of a conversion.
    TargetType {
        Pdf = "PDF", "PDF", "PDF";
        Ofd = "OFD", "OFD", "OFD";
        Png = "PNG", "PNG 图片", "PNG pictures";
        Svg = "SVG", "SVG 图片", "SVG pictures";
    }
}

table! {
    /// 签名算法 of seals and logins.
    SignAlgorithm {
        Sm3WithSm2 = "SM3withSM2", "SM3 杂凑的 SM2 签名", "SM2 signature with SM3";
    }
}

table! {
    /// 待签数据类型 of 3-2.
    DataType {
        Hash = "HASH", "摘要", "digest";
    }
}

table! {
    /// 文件返回形式: how an answer carries files.
    FileForm {
        FileB64 = "fileB64", "base64 内容", "content as base64";
        FileId = "fileId", "文件标识", "identifier";
    }
}

table! {
    /// 验章报告详细程度.
    ReportLevel {
        Simple = "simple", "结论与要点", "conclusions and key facts";
        Detailed = "detailed", "含理由与证据", "with reasons and evidence";
        Full = "full", "含证书与印模", "with certificates and pictures";
    }
}

table! {
    /// 任务状态.
    TaskState {
        Queued = "queued", "排队中", "queued";
        Running = "running", "执行中", "running";
        Done = "done", "已完成", "done";
        Failed = "failed", "失败", "failed";
        Canceled = "cancelled", "已取消", "canceled";
    }
}

impl TaskState {
    /// True if it will not change any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Canceled)
    }
}

table! {
    /// 签章规则类型.
    RuleType {
        Rectangle = "RECTANGLE", "坐标", "rectangle";
        Keyword = "KEYWORD", "关键字", "keyword";
        Across = "ACROSS", "骑缝", "across pages";
    }
}

table! {
    /// 骑缝边: edge of the pages that carries the slices.
    EdgeSide {
        Right = "right", "右", "right";
        Left = "left", "左", "left";
        Top = "top", "上", "top";
        Bottom = "bottom", "下", "bottom";
    }
}

table! {
    /// 二维码用途.
    Purpose {
        Login = "login", "登录", "login";
        Sign = "sign", "签章", "signing";
    }
}

table! {
    /// 平台密钥用途: what a platform key signs.
    KeyPurpose {
        Ticket = "ticket", "签名票据", "tickets for the USBKey agent";
        Login = "login", "登录票据", "login messages";
        Summary = "summary", "扫码摘要", "summaries shown by the phone";
        Log = "log", "用章日志检查点、存档报告", "checkpoints of the seal-use log, archive reports";
        Status = "status", "印章状态应答", "answers on the status of seals";
    }
}
