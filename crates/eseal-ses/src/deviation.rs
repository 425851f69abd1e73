//! Encodings that differ from the standards (编码偏差) and are tolerated.

macro_rules! deviations {
    ($($variant:ident = $name:literal, $doc:literal;)*) => {
        /// An encoding that differs from the standards and is met in real files (编码偏差).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Deviation { $(#[doc = $doc] $variant,)* }

        impl Deviation {
            /// Every deviation with its name and meaning, for the reference pages.
            pub const ALL: &'static [(Self, &'static str, &'static str)] = &[$((Self::$variant, $name, $doc),)*];

            /// Name in reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

deviations! {
    BitStringTrimmed = "BITSTRING_TRIMMED", "位串被截短: zero bytes at the end of a BIT STRING were cut off, or bits are said to be unused.";
    SignatureRaw = "SIGNATURE_RAW", "签名值未编码: r‖s or an SKF blob instead of DER SEQUENCE{r,s}.";
    IntegerNegative = "INTEGER_NEGATIVE", "整数缺符号字节: an INTEGER of a signature value lacks the zero byte that keeps it positive.";
    AlgorithmOid = "ALGORITHM_OID", "算法标识有误: an algorithm is named by an identifier that is misspelt.";
    TagVariant = "TAG_VARIANT", "类型不同: another ASN.1 type than the standard's, such as OCTET STRING for BIT STRING.";
    ExtUntagged = "EXT_UNTAGGED", "扩展项无标签: extDatas of TBS_Sign without their tag, or with an IMPLICIT one.";
    SealTbsOtherVersion = "SEAL_TBS_OTHER_VERSION", "按其他版本签名: the maker signed the bytes that another version's rule names.";
    VersionMismatch = "VERSION_MISMATCH", "版本不一致: shape, header.version and TBS_Sign.version disagree.";
    DataHashWithZ = "DATAHASH_WITH_Z", "原文摘要含 Z: dataHash was computed with Z before the document.";
    CertListForm = "CERTLIST_FORM", "证书列表形式: an element of certList is neither a certificate nor a digest as the standard has it.";
    TimeZoneDoubt = "TIME_ZONE_DOUBT", "时区存疑: times differ by the local offset from UTC.";
    StatedTime = "STATED_TIME", "所述时间不同: the time beside the signature is another than the signed one.";
    SignatureType = "SIGNATURE_TYPE", "签名类型不符: the list of signatures states another type than the value has.";
    TimeFreeText = "TIME_FREE_TEXT", "时间为文本: a time is text, or names no zone; +08:00 was taken.";
    CmsContentType = "CMS_CONTENT_TYPE", "内容类型不一致: the content types inside a SignedData disagree.";
    CmsDigestAsE = "CMS_DIGEST_AS_E", "摘要直接作为 e: an SM2 signature of a SignedData was made over the document's SM3 itself, without Z.";
    CmsDigestText = "CMS_DIGEST_TEXT", "摘要为文本: the content of a SignedData is the document's digest in Base64.";
    CmsUnread = "CMS_UNREAD", "SignedData 中有多余内容: something stands where nothing is expected and nothing rests on it: parameters of an algorithm that has none, or elements behind the last.";
    Sm2Id = "SM2_ID", "用户标识不同: another SM2 user ID than the default.";
}

/// What was found while reading, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found(Vec<Deviation>);

impl Found {
    pub(crate) fn note(&mut self, deviation: Deviation) {
        if !self.0.contains(&deviation) {
            self.0.push(deviation);
        }
    }

    pub(crate) fn note_if(&mut self, found: bool, deviation: Deviation) {
        if found {
            self.note(deviation);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Deviation> {
        self.0
    }
}
