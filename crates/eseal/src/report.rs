//! What verification found (验证报告): conclusion, then checks, then all facts.

use jiff::Timestamp;

use crate::{FileType, Placed};

/// A sentence in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// 结论: what may be said of a signature, a seal or a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// 有效: every required check passed.
    Valid,
    /// 无效: a check failed.
    Invalid,
    /// 无法确认: no check failed, but a required one could not be decided.
    Indeterminate,
}

impl Conclusion {
    /// Name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Invalid => "INVALID",
            Self::Indeterminate => "INDETERMINATE",
        }
    }
}

macro_rules! sub_indications {
    ($($variant:ident = $name:literal;)*) => {
        /// Sub-indication after ETSI EN 319 102-1 (子结论), with our `NO_SIGNATURE_FOUND` and `PARTIAL_COVERAGE`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "the names are ETSI's")]
        pub enum SubIndication { $($variant,)* }

        impl SubIndication {
            /// Every sub-indication, for the reference pages.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

sub_indications! {
    FormatFailure = "FORMAT_FAILURE";
    HashFailure = "HASH_FAILURE";
    SigCryptoFailure = "SIG_CRYPTO_FAILURE";
    SigConstraintsFailure = "SIG_CONSTRAINTS_FAILURE";
    ChainConstraintsFailure = "CHAIN_CONSTRAINTS_FAILURE";
    CertificateChainGeneralFailure = "CERTIFICATE_CHAIN_GENERAL_FAILURE";
    CryptoConstraintsFailure = "CRYPTO_CONSTRAINTS_FAILURE";
    NoCertificateChainFound = "NO_CERTIFICATE_CHAIN_FOUND";
    NoSigningCertificateFound = "NO_SIGNING_CERTIFICATE_FOUND";
    Revoked = "REVOKED";
    RevokedNoPoe = "REVOKED_NO_POE";
    RevokedCaNoPoe = "REVOKED_CA_NO_POE";
    Expired = "EXPIRED";
    NotYetValid = "NOT_YET_VALID";
    OutOfBoundsNoPoe = "OUT_OF_BOUNDS_NO_POE";
    NoPoe = "NO_POE";
    TimestampOrderFailure = "TIMESTAMP_ORDER_FAILURE";
    TryLater = "TRY_LATER";
    SignedDataNotFound = "SIGNED_DATA_NOT_FOUND";
    NoSignatureFound = "NO_SIGNATURE_FOUND";
    PartialCoverage = "PARTIAL_COVERAGE";
}

macro_rules! check_codes {
    ($($variant:ident = $name:literal, $doc:literal;)*) => {
        /// The stable names of all checks (检查项代码).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum CheckCode { $(#[doc = $doc] $variant,)* }

        impl CheckCode {
            /// Every code with its meaning, for the reference pages.
            pub const ALL: &'static [(Self, &'static str, &'static str)] = &[$((Self::$variant, $name, $doc),)*];

            /// Name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

check_codes! {
    SigFormat = "SIG_FORMAT", "签章数据格式: the seal signature can be read.";
    SealFormat = "SEAL_FORMAT", "印章数据格式: the seal can be read.";
    SigValue = "SIG_VALUE", "签名值: the signature value fits the signed bytes and the signer's certificate.";
    SignerInSealList = "SIGNER_IN_SEAL_LIST", "签章人证书在印章列表中: the signer's certificate is in the seal's list.";
    SealMakerSignature = "SEAL_MAKER_SIGNATURE", "制章人签名值: the maker's signature fits the seal.";
    SealCreateDate = "SEAL_CREATE_DATE", "制作日期: the seal's creation date makes sense.";
    SealMakerCertChain = "SEAL_MAKER_CERT_CHAIN", "制章人证书链: the maker's certificate leads to a trusted one.";
    SealMakerCertPeriod = "SEAL_MAKER_CERT_PERIOD", "制章人证书有效期: the maker's certificate was in its period.";
    SealMakerCertRevocation = "SEAL_MAKER_CERT_REVOCATION", "制章人证书吊销状态: the maker's certificate is not revoked.";
    SealMakerCertKeyUsage = "SEAL_MAKER_CERT_KEY_USAGE", "制章人证书密钥用途: the maker's certificate may sign.";
    SealValidity = "SEAL_VALIDITY", "印章有效期: the seal was in its validity.";
    SealStatus = "SEAL_STATUS", "印章状态: the region that issued the seal says that it was usable; only where a region must be asked.";
    SealTimestamp = "SEAL_TIMESTAMP", "印章时间戳: the time stamp of the seal is good.";
    SignerCertChain = "SIGNER_CERT_CHAIN", "签章人证书链: the signer's certificate leads to a trusted one.";
    SignerCertPeriod = "SIGNER_CERT_PERIOD", "签章人证书有效期: the signer's certificate was in its period.";
    SignerCertRevocation = "SIGNER_CERT_REVOCATION", "签章人证书吊销状态: the signer's certificate is not revoked.";
    SignerCertKeyUsage = "SIGNER_CERT_KEY_USAGE", "签章人证书密钥用途: the signer's certificate may sign.";
    SignTimeInCert = "SIGN_TIME_IN_CERT", "签章时间在证书有效期内: the signing time lies in the certificate's period.";
    SignTimeInSeal = "SIGN_TIME_IN_SEAL", "签章时间在印章有效期内: the signing time lies in the seal's validity.";
    SignTimeNotFuture = "SIGN_TIME_NOT_FUTURE", "签章时间不在将来: the signing time is not after the time of judging.";
    DocumentDigest = "DOCUMENT_DIGEST", "原文摘要: the document is the one that was signed.";
    SigTimestamp = "SIG_TIMESTAMP", "签章时间戳: the time stamp of the signature is good.";
    RegionAccepts = "REGION_ACCEPTS", "区域认可: structure, algorithm and signer are accepted by the region of the seal; only where a trust bundle says what it accepts.";
    OfdReferences = "OFD_REFERENCES", "OFD 引用摘要: every protected entry is unchanged.";
    OfdSealFile = "OFD_SEAL_FILE", "OFD 印章文件: Seal.esl is the seal inside the signature.";
    OfdCoverage = "OFD_COVERAGE", "OFD 保护范围: everything a reader shows is protected.";
    OfdBaseSignature = "OFD_BASE_SIGNATURE", "OFD 基签名: the signature that this one stands on is good.";
    PolicyAlgorithm = "POLICY_ALGORITHM", "策略·算法: the policy allows algorithms and lengths of keys.";
    PolicyRegion = "POLICY_REGION", "策略·区域: the policy allows the region.";
    PolicyDeviation = "POLICY_DEVIATION", "策略·偏差: the policy tolerates what deviates from the standards.";
    PdfByteRange = "PDF_BYTE_RANGE", "PDF ByteRange: the signed ranges are well-formed.";
    PdfContentsGap = "PDF_CONTENTS_GAP", "PDF Contents: the gap is exactly the signature value.";
    PdfRevision = "PDF_REVISION", "PDF 版本: the signed part is a complete revision, and the signature is not defined again.";
    PdfLaterChanges = "PDF_LATER_CHANGES", "PDF 签后改动: what was added later is allowed.";
    PdfCoverage = "PDF_COVERAGE", "PDF 保护范围: the whole file is protected by some signature.";
}

/// Answer of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed,
    /// It could not be decided.
    Unknown,
}

impl Outcome {
    /// Name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// One check and its answer (检查项).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which check.
    pub code: CheckCode,
    /// Its answer.
    pub outcome: Outcome,
    /// In words.
    pub reason: Text,
    /// Consequence for the conclusion, unless passed.
    pub sub_indication: Option<SubIndication>,
    /// What the answer rests on, such as a certificate's serial number or a digest.
    pub evidence: Option<String>,
}

/// Structure of a signature value, as the contract's `kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureKind {
    /// GB/T 38540—2020 seal signature (V4).
    Gbt38540,
    /// GM/T 0031—2014 seal signature (V1).
    Gmt0031V1,
    /// GM/T 0031—2025 seal signature (V5).
    Gmt0031V5,
    /// SignedData with SM2.
    CmsSm2,
    /// SignedData with another algorithm.
    Cms,
    /// Bare SM2 signature.
    Sm2Raw,
    /// None of these.
    Unknown,
}

impl SignatureKind {
    /// Name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gbt38540 => "GBT38540-2020",
            Self::Gmt0031V1 => "GMT0031-2014",
            Self::Gmt0031V5 => "GMT0031-2025",
            Self::CmsSm2 => "CMS-SM2",
            Self::Cms => "CMS",
            Self::Sm2Raw => "SM2-RAW",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// Whether `signTime` is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// Stated by the signer.
    Claimed,
    /// Proven by a time stamp.
    Timestamp,
}

/// Whose seal it is (互认状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Made in the own region.
    Issuer,
    /// Made in a region that is recognised.
    Partner,
    /// Not known.
    Unknown,
}

impl Recognised {
    /// Name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Partner => "partner",
            Self::Unknown => "unknown",
        }
    }
}

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// DER.
    pub der: Vec<u8>,
    /// Subject as one line.
    pub subject: String,
    /// Issuer as one line.
    pub issuer: String,
    /// Common name of the subject; empty if absent.
    pub common_name: String,
    /// Organisation of the subject; empty if absent.
    pub organization: String,
    /// Serial number, lower-case hex.
    pub serial: String,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// SM3 of the DER.
    pub sm3: [u8; 32],
}

/// What a seal says of itself, whatever its version (印章信息).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealView {
    /// Whole SESeal, DER.
    pub der: Vec<u8>,
    /// `esID`, 印章编码.
    pub code: String,
    /// 印章名称.
    pub name: String,
    /// `type` of the property, as stated.
    pub kind: i64,
    /// `Vid`, vendor.
    pub vendor: String,
    /// Version number in the header.
    pub version: i64,
    /// 制作日期.
    pub created: Option<Timestamp>,
    /// First moment of validity.
    pub valid_start: Option<Timestamp>,
    /// Last moment of validity.
    pub valid_end: Option<Timestamp>,
    /// Picture type, such as `png`.
    pub picture_type: String,
    /// Picture bytes.
    pub picture: Vec<u8>,
    /// Width, mm.
    pub width_mm: i64,
    /// Height, mm.
    pub height_mm: i64,
    /// Maker's certificate.
    pub maker: Option<CertificateFacts>,
    /// DER certificates that may use the seal, or none if the list holds digests.
    pub certificates: Vec<Vec<u8>>,
}

/// Result for one signature (验签结果).
#[derive(Clone, Debug, PartialEq)]
pub struct SignatureReport {
    /// Position in the file, from 0.
    pub index: usize,
    /// Structure.
    pub kind: SignatureKind,
    /// Conclusion.
    pub conclusion: Conclusion,
    /// Why not VALID.
    pub sub_indication: Option<SubIndication>,
    /// In one sentence.
    pub summary: Text,
    /// The seal, if there is a readable one.
    pub seal: Option<SealView>,
    /// The signer's certificate, if there is a readable one.
    pub signer: Option<CertificateFacts>,
    /// When it was signed.
    pub sign_time: Option<Timestamp>,
    /// Whether that is proven.
    pub time_source: TimeSource,
    /// Where its marks stand.
    pub placements: Vec<Placed>,
    /// True if everything reachable in the file is protected by this signature.
    pub covers_whole_file: bool,
    /// What came after it, in words.
    pub later_changes: Vec<Text>,
    /// Region of the maker; empty if unknown.
    pub region: String,
    /// Whether the maker is recognised.
    pub recognised: Recognised,
    /// Names of tolerated non-standard encodings.
    pub deviations: Vec<String>,
    /// All checks, in the standard's order.
    pub checks: Vec<Check>,
}

/// Which parts of the file the signatures protect (保护范围).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// True if nothing that a reader shows is unprotected.
    pub complete: bool,
    /// Names of unprotected parts (OFD entries, PDF revisions).
    pub uncovered: Vec<String>,
    /// In words.
    pub summary: Text,
}

/// Result for a file (文件验证结果).
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What the file is.
    pub file_type: FileType,
    /// SM3 of the whole file.
    pub sm3: [u8; 32],
    /// Conclusion.
    pub conclusion: Conclusion,
    /// Why not VALID.
    pub sub_indication: Option<SubIndication>,
    /// In one sentence.
    pub summary: Text,
    /// One result a signature, in the order of the file.
    pub signatures: Vec<SignatureReport>,
    /// What is protected.
    pub coverage: Coverage,
    /// Name of the policy that was applied.
    pub policy: String,
}

/// Result for a seal (印章验证结果).
#[derive(Clone, Debug, PartialEq)]
pub struct SealReport {
    /// Conclusion.
    pub conclusion: Conclusion,
    /// Why not VALID.
    pub sub_indication: Option<SubIndication>,
    /// In one sentence.
    pub summary: Text,
    /// What the seal says of itself, if it can be read.
    pub seal: Option<SealView>,
    /// Names of tolerated non-standard encodings.
    pub deviations: Vec<String>,
    /// All checks, in the standard's order.
    pub checks: Vec<Check>,
    /// Region of the maker; empty if unknown.
    pub region: String,
    /// Whether the maker is recognised.
    pub recognised: Recognised,
}
