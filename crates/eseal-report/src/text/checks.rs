//! What each check asks, by which clause, and what to do if it did not pass (检查项说明): one row a check.

use eseal::CheckCode;
use eseal_api::Language;

use super::Both;

/// What is told of a check (检查项说明).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckWords {
    /// 依据: the clause that asks for it.
    pub clause: Both,
    /// 未通过时: what it means and what to do, if it did not pass.
    pub unless_passed: Both,
}

/// What is told of a check; none for a check that this version has no words for.
#[must_use]
pub fn check_words(code: CheckCode) -> Option<CheckWords> {
    WORDS.iter().find(|(name, _)| *name == code.as_str()).map(|(_, words)| *words)
}

const fn row(
    name: &'static str,
    clause: (&'static str, &'static str),
    unless_passed: (&'static str, &'static str),
) -> (&'static str, CheckWords) {
    let words =
        CheckWords { clause: Both::of(clause.0, clause.1), unless_passed: Both::of(unless_passed.0, unless_passed.1) };
    (name, words)
}

/// Rows: code, clause, what to do unless passed.
const WORDS: &[(&str, CheckWords)] = &[
    row(
        "SIG_FORMAT",
        ("GB/T 38540—2020 验章步骤 a；GB/T 35275", "GB/T 38540-2020, verification step a; GB/T 35275"),
        ("签名数据读不出来：请重新获取原始文件。", "The signature data cannot be read: get the original file again."),
    ),
    row(
        "SEAL_FORMAT",
        ("GB/T 38540—2020 验章步骤 a，印章数据格式", "GB/T 38540-2020, verification step a, format of seals"),
        (
            "签章里的印章读不出来：请用合格的签章软件重新签章。",
            "The seal inside the signature cannot be read: have it signed again with proper software.",
        ),
    ),
    row(
        "SIG_VALUE",
        ("GB/T 38540—2020 验章步骤 b", "GB/T 38540-2020, verification step b"),
        (
            "签名值与签章人证书不符：按伪造或改动对待。",
            "The value does not fit the signer's certificate: treat it as forged or changed.",
        ),
    ),
    row(
        "SIGNER_IN_SEAL_LIST",
        ("GB/T 38540—2020 验章步骤 c", "GB/T 38540-2020, verification step c"),
        (
            "签章人没有被授权使用该印章；若刚更换证书，须重新制章后再签。",
            "The signer is not entitled to the seal; after a change of certificate the seal must be made anew.",
        ),
    ),
    row(
        "SEAL_MAKER_SIGNATURE",
        ("GB/T 38540—2020 验章步骤 d，印章验证步骤 2", "GB/T 38540-2020, step d, seal verification step 2"),
        (
            "印章不是该制章单位所制，或被改动过：按伪造对待。",
            "The seal was not made by that maker or was changed: treat it as forged.",
        ),
    ),
    row(
        "SEAL_CREATE_DATE",
        ("GM/T 0031—2025 印章验证步骤 3", "GM/T 0031-2025, seal verification step 3"),
        ("印章的制作日期不合理：请向制章单位核实。", "The creation date makes no sense: ask the maker of the seal."),
    ),
    row(
        "SEAL_MAKER_CERT_CHAIN",
        ("GB/T 38540—2020 印章验证步骤 4", "GB/T 38540-2020, seal verification step 4"),
        (
            "不知道制章单位是否可信：核实后把它的根证书加入信任列表。",
            "Whether the maker is trusted is not known: check, then add its root to the trust list.",
        ),
    ),
    row(
        "SEAL_MAKER_CERT_PERIOD",
        ("GB/T 38540—2020 印章验证步骤 4", "GB/T 38540-2020, seal verification step 4"),
        (
            "制章人证书不在有效期内：请换发印章，或提供当时有效的时间证明。",
            "The maker's certificate is out of its period: have the seal renewed, or supply proof of time.",
        ),
    ),
    row(
        "SEAL_MAKER_CERT_REVOCATION",
        ("GB/T 38540—2020 印章验证步骤 4", "GB/T 38540-2020, seal verification step 4"),
        (
            "制章人证书已吊销，或状态未知：补上吊销列表再验证。",
            "The maker's certificate is revoked, or its state is unknown: supply the revocation list.",
        ),
    ),
    row(
        "SEAL_MAKER_CERT_KEY_USAGE",
        ("GB/T 38540—2020 印章验证步骤 4", "GB/T 38540-2020, seal verification step 4"),
        ("制章人证书不允许用于签名：请换发印章。", "The maker's certificate may not sign: have the seal made anew."),
    ),
    row(
        "SEAL_VALIDITY",
        ("GB/T 38540—2020 印章验证步骤 5", "GB/T 38540-2020, seal verification step 5"),
        (
            "印章不在有效期内：请换发印章后重新签章，或提供时间证明。",
            "The seal is out of its validity: have it renewed and sign again, or supply proof of time.",
        ),
    ),
    row(
        "SEAL_TIMESTAMP",
        ("GM/T 0031—2025 印章验证步骤 6；GB/T 20520", "GM/T 0031-2025, seal verification step 6; GB/T 20520"),
        (
            "印章的时间戳不可用：不能证明制章时间。",
            "The seal's time stamp is not good: when it was made is not proven.",
        ),
    ),
    row(
        "SIGNER_CERT_CHAIN",
        ("GB/T 38540—2020 验章步骤 e", "GB/T 38540-2020, verification step e"),
        (
            "不知道签章人证书的颁发机构是否可信：核实后把它的根证书加入信任列表。",
            "Whether the issuer of the signer's certificate is trusted is not known: check, then add its root to the trust list.",
        ),
    ),
    row(
        "SIGNER_CERT_PERIOD",
        ("GB/T 38540—2020 验章步骤 e、f", "GB/T 38540-2020, verification steps e and f"),
        (
            "签章人证书不在有效期内：请换证后重新签章，或提供时间证明。",
            "The signer's certificate is out of its period: renew it and sign again, or supply proof of time.",
        ),
    ),
    row(
        "SIGNER_CERT_REVOCATION",
        ("GB/T 38540—2020 验章步骤 e、f；RFC 5280、RFC 6960", "GB/T 38540-2020, steps e and f; RFC 5280, RFC 6960"),
        (
            "签章人证书已吊销，或状态未知：补上吊销列表或时间证明再验证。",
            "The signer's certificate is revoked, or its state is unknown: supply the revocation list or proof of time.",
        ),
    ),
    row(
        "SIGNER_CERT_KEY_USAGE",
        ("GB/T 38540—2020 验章步骤 e", "GB/T 38540-2020, verification step e"),
        (
            "签章人证书不允许用于签名：请用签名证书重新签章。",
            "The signer's certificate may not sign: sign again with one that may.",
        ),
    ),
    row(
        "SIGN_TIME_IN_CERT",
        ("GB/T 38540—2020 验章步骤 f", "GB/T 38540-2020, verification step f"),
        (
            "签章时间不在证书有效期内：请用有效证书重新签章。",
            "The signing time lies outside the certificate's period: sign again with a valid certificate.",
        ),
    ),
    row(
        "SIGN_TIME_IN_SEAL",
        ("GB/T 38540—2020 验章步骤 f", "GB/T 38540-2020, verification step f"),
        (
            "签章时间不在印章有效期内：请用有效印章重新签章。",
            "The signing time lies outside the seal's validity: sign again with a valid seal.",
        ),
    ),
    row(
        "SIGN_TIME_NOT_FUTURE",
        ("GB/T 38540—2020 验章步骤 f（推定）", "GB/T 38540-2020, verification step f (inferred)"),
        (
            "签章时间晚于验证时间：签章方的时钟有误，或时间是假的。",
            "The signing time is after the time of verification: a wrong clock, or a false time.",
        ),
    ),
    row(
        "DOCUMENT_DIGEST",
        ("GB/T 38540—2020 验章步骤 g", "GB/T 38540-2020, verification step g"),
        (
            "内容在签章后被改动：索取未改动的原始文件。",
            "The content was changed after signing: ask for the unchanged original.",
        ),
    ),
    row(
        "SIG_TIMESTAMP",
        (
            "GB/T 38540—2020 验章步骤 h；GB/T 20520、RFC 3161",
            "GB/T 38540-2020, verification step h; GB/T 20520, RFC 3161",
        ),
        ("时间戳不可用：签章时间只是声称的。", "The time stamp is not good: the signing time is only claimed."),
    ),
    row(
        "OFD_REFERENCES",
        ("GB/T 33190—2016 第 18 章", "GB/T 33190-2016, chapter 18"),
        (
            "受保护的文件被改动或缺失：索取原始文件。",
            "A protected part was changed or is missing: ask for the original.",
        ),
    ),
    row(
        "OFD_SEAL_FILE",
        ("GB/T 33190—2016 第 18 章", "GB/T 33190-2016, chapter 18"),
        (
            "包内的印章文件与签章中的印章不同：可能被替换。",
            "The seal file in the package is not the seal in the signature: it may have been swapped.",
        ),
    ),
    row(
        "OFD_COVERAGE",
        ("GB/T 33190—2016 第 18 章；保护范围为推定", "GB/T 33190-2016, chapter 18; what must be covered is inferred"),
        (
            "有会显示的内容不受保护：只相信列为受保护的部分。",
            "Something that is shown is unprotected: rely on the protected parts only.",
        ),
    ),
    row(
        "PDF_BYTE_RANGE",
        ("ISO 32000-1 12.8.1", "ISO 32000-1, 12.8.1"),
        ("签名范围不合格式：按伪造对待。", "The signed range is not well-formed: treat it as a forgery."),
    ),
    row(
        "PDF_CONTENTS_GAP",
        ("ISO 32000-1 12.8.1", "ISO 32000-1, 12.8.1"),
        (
            "签名范围之外还有别的内容：按伪造对待。",
            "More than the signature value lies outside the signed range: treat it as a forgery.",
        ),
    ),
    row(
        "PDF_REVISION",
        ("ISO 32000-1 7.5.6、12.8.1", "ISO 32000-1, 7.5.6 and 12.8.1"),
        (
            "签名不覆盖完整的文件版本：按改动对待。",
            "The signature covers no complete revision: treat the file as changed.",
        ),
    ),
    row(
        "PDF_LATER_CHANGES",
        (
            "ISO 32000-1 12.8.2.2；允许的改动为推定的白名单",
            "ISO 32000-1, 12.8.2.2; what is allowed is an inferred list",
        ),
        (
            "签章之后有不允许的改动：对照下面的清单，或索取原始文件。",
            "What was added after signing is not allowed: compare the list below, or ask for the original.",
        ),
    ),
    row(
        "PDF_COVERAGE",
        ("ISO 32000-1 12.8.1", "ISO 32000-1, 12.8.1"),
        (
            "文件有一部分不受任何签名保护：只相信受保护的版本。",
            "A part of the file is protected by no signature: rely on the protected revision only.",
        ),
    ),
    row(
        "SEAL_STATUS",
        (
            "DB4403/T 383.4—2023；发章区域的印章状态服务",
            "DB4403/T 383.4-2023; the seal-status service of the issuing region",
        ),
        (
            "印章已冻结、注销，或发章区域没有答复：向发章单位核实，联网后重试。",
            "The seal is frozen or revoked, or its region did not answer: ask the issuer, try again with a network.",
        ),
    ),
    row(
        "REGION_ACCEPTS",
        ("信任列表中该区域的规则", "the region's rules in the trust list"),
        (
            "该区域不接受这种结构或算法：请按该区域的要求重新签章。",
            "The region does not accept this structure or algorithm: have it signed as the region asks.",
        ),
    ),
    row(
        "OFD_BASE_SIGNATURE",
        ("GB/T 33190—2016 第 18 章（推定）", "GB/T 33190-2016, chapter 18 (inferred)"),
        (
            "本签章所依据的先前签章有问题：先处理先前的签章。",
            "The earlier signature that this one stands on is not good: settle that one first.",
        ),
    ),
    row(
        "POLICY_ALGORITHM",
        ("验证策略", "the policy of verification"),
        (
            "策略不接受所用的算法或密钥长度：用策略允许的算法重新签章。",
            "The policy does not allow the algorithm or the length of the key: sign again with one that it allows.",
        ),
    ),
    row(
        "POLICY_REGION",
        ("验证策略", "the policy of verification"),
        (
            "策略不接受该区域的印章：核实后改用相应的策略。",
            "The policy does not accept seals of the region: check, then use a policy that does.",
        ),
    ),
    row(
        "POLICY_DEVIATION",
        ("验证策略", "the policy of verification"),
        (
            "签章数据与标准的写法不同，而策略不容忍：请用合格的软件重新签章。",
            "The data differs from the standards in a way that the policy does not tolerate: sign again with proper software.",
        ),
    ),
    row(
        "POLICY_TIME_STAMP",
        ("验证策略", "the policy of verification"),
        (
            "策略要求时间戳，而签章没有：请加盖时间戳后重新签章。",
            "The policy asks for a time stamp and there is none: have it signed again with one.",
        ),
    ),
];

/// What the check asks, in a few words: the reference's own.
pub(crate) fn title_of(code: CheckCode, language: Language) -> &'static str {
    let row = CheckCode::ALL.iter().find(|(found, _, _)| *found == code);
    row.map_or(code.as_str(), |(_, _, meaning)| half(meaning, language))
}

/// What a deviation is in plain words; none if its name is not in the tables.
pub(crate) fn deviation_words(name: &str, language: Language) -> Option<&'static str> {
    let seal = eseal_ses::Deviation::ALL.iter().find(|(_, found, _)| *found == name);
    let carrier = || CARRIER_DEVIATIONS.iter().find(|(found, _)| *found == name);
    seal.map(|(_, _, meaning)| half(meaning, language)).or_else(|| Some(half(carrier()?.1, language)))
}

/// The Chinese or English half of `中文: English.`
fn half(meaning: &'static str, language: Language) -> &'static str {
    let (zh, en) = meaning.split_once(": ").unwrap_or((meaning, meaning));
    language.choose(zh.trim(), en.trim_end_matches('.'))
}

/// Deviations of the carriers, which their readers name.
const CARRIER_DEVIATIONS: &[(&str, &str)] = &[
    ("CHECKMETHOD_VARIANT", "CheckMethod 写法不同: the digest algorithm is named in another way than the standard's."),
    ("PACKAGE_PATH", "包内路径写法不规范: paths in the package are written in an odd way."),
    ("XML_ENCODING", "XML 编码不规范: an XML file is not in the encoding that it states."),
    ("XML_NAMESPACE", "XML 命名空间不规范: an XML file is in another namespace than the standard's."),
    ("ZIP_GARBAGE", "ZIP 包内有多余字节: bytes in the ZIP package belong to no entry."),
    ("ZIP_HEADER_MISMATCH", "ZIP 两处目录不一致: the two headers of a ZIP entry disagree."),
    ("ZIP_NAME_ENCODING", "ZIP 文件名编码不规范: a name in the ZIP package is in another encoding."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_its_title_clause_and_advice_in_both_languages() {
        for (code, name, _) in CheckCode::ALL {
            let words = check_words(*code).unwrap_or_else(|| panic!("no words for {name}"));
            assert!(words.unless_passed.zh.ends_with('。') && words.unless_passed.en.ends_with('.'), "{name}");
            assert!(words.clause.en.is_ascii() && words.unless_passed.en.is_ascii(), "{name}");
            assert_ne!(title_of(*code, Language::Chinese), title_of(*code, Language::English), "{name}");
        }
    }

    #[test]
    fn every_deviation_has_its_words() {
        for (_, name, _) in eseal_ses::Deviation::ALL {
            let words = |language| deviation_words(name, language);
            assert_ne!(words(Language::Chinese), words(Language::English), "{name}");
        }
        assert_eq!(deviation_words("PACKAGE_PATH", Language::Chinese), Some("包内路径写法不规范"));
        assert_eq!(deviation_words("NEW", Language::Chinese), None);
    }
}
