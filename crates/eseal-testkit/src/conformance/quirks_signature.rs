//! Seal signatures and SignedData that deviate (签名数据的编码偏差), formats.md §12, one vector each.

use eseal_asn1::write;
use eseal_gm::sm3;
use eseal_ses::oid;

use super::{
    Case, Class, ConformanceWorld, Verdict,
    case::Words,
    ofd_make::{OfdMake, Put},
    pdf_make::{PdfMake, PutPdf},
    ses_make::{Form, listed, value_bytes},
};
use crate::{AttributesSpec, CmsSpec};

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [signatures(world), cms(world)].concat()
}

fn signatures(world: &ConformanceWorld) -> Vec<Case> {
    let v4 = || world.signature_of(4);
    let mut all = Vec::new();
    let mut add = |name: &str, make: super::ses_make::SignatureMake, deviations: &[&'static str], zh, en, clause| {
        let verdict = Verdict::good().deviates(deviations);
        all.extend(Case::both(Class::Good, name, &make, &verdict, Words(zh, en, clause)));
    };
    let opaque = || {
        let id = write::oid(&[0x2B, 6, 1, 5, 5, 7, 1, 4]);
        let value = write::octet_string(&value_bytes(&world.pki.other, b"opaque", Form::Der));
        write::sequence(&[&write::sequence(&[&id, &write::boolean(true), &value])])
    };
    add(
        "q01-signature-unused-bits",
        v4().with(|make| make.form = Form::Unused),
        &["BITSTRING_TRIMMED"],
        "签名值位串称有未用位",
        "bits of the value are said to be unused",
        "Q1",
    );
    add(
        "q01-signature-trimmed",
        v4().with(|make| make.form = Form::Trimmed),
        &["BITSTRING_TRIMMED"],
        "签名值末尾的零字节被截去",
        "a zero byte at the end of the value was cut off",
        "Q1",
    );
    add(
        "q02-signature-raw",
        v4().with(|make| make.form = Form::Raw),
        &["SIGNATURE_RAW"],
        "签名值为 r‖s",
        "the value is r‖s",
        "Q2",
    );
    add(
        "q02-signature-negative",
        v4().with(|make| make.form = Form::Negative),
        &["INTEGER_NEGATIVE"],
        "签名值的 INTEGER 缺少符号零字节",
        "INTEGERs that look negative",
        "real files: negative integers",
    );
    add(
        "q03-hash-octet-string",
        v4().with(|make| make.data_hash = |sm3| write::octet_string(&sm3)),
        &["TAG_VARIANT"],
        "原文摘要为 OCTET STRING",
        "dataHash is an OCTET STRING",
        "Q3",
    );
    add(
        "q03-time-utc",
        v4().with(|make| make.time = write::utc_time(world.now)),
        &["TAG_VARIANT"],
        "签章时间为 UTCTime",
        "timeInfo is a UTCTime",
        "Q3",
    );
    add(
        "q03-v1-time-asn1",
        world.signature_of(1).with(|make| make.time = write::utc_time(world.now)),
        &["TAG_VARIANT"],
        "V1 签章时间直接为 UTCTime",
        "timeInfo of 2014 is a UTCTime itself",
        "Q3",
    );
    add(
        "q04-ext-untagged",
        v4().with(|make| make.ext = opaque()),
        &["EXT_UNTAGGED"],
        "扩展项无标签",
        "extDatas without a tag",
        "Q4",
    );
    add(
        "q04-ext-implicit",
        v4().with(|make| make.ext = [vec![0xA0], opaque()[1..].to_vec()].concat()),
        &["EXT_UNTAGGED"],
        "扩展项为 IMPLICIT 标签",
        "extDatas with an IMPLICIT tag",
        "Q4",
    );
    add(
        "q04-ext-opaque",
        v4().with(|make| make.ext = write::context(0, &opaque())),
        &[],
        "扩展项内容不可解读",
        "an extension that cannot be understood",
        "Q4",
    );
    add(
        "q07-tbs-version-3",
        v4().with(|make| make.version = 3),
        &["VERSION_MISMATCH"],
        "TBS_Sign 版本号为 3",
        "TBS_Sign says version 3",
        "Q7",
    );
    add(
        "q24-v1-time-text",
        world.signature_of(1),
        &["TIME_FREE_TEXT"],
        "V1 签章时间为文本",
        "timeInfo of 2014 is text",
        "Q24",
    );
    add(
        "q24-v1-time-local",
        world.signature_of(1).with(|make| make.time = write::bit_string(b"2026-11-24 16:00:00")),
        &["TIME_FREE_TEXT"],
        "V1 签章时间为无时区文本",
        "timeInfo of 2014 is text without a zone",
        "Q24",
    );
    let without_zone = v4().with(|make| make.time = write::element(0x18, &[b"20261124160000"]));
    add(
        "q24-time-without-zone",
        without_zone,
        &["TIME_FREE_TEXT"],
        "签章时间没有时区",
        "timeInfo names no zone",
        "real files: times without zone",
    );
    let own = world.seal_with(4, |make| {
        make.made_by(&world.pki.signer);
    });
    add(
        "q21-maker-is-signer",
        world.signature_make(own),
        &[],
        "制章人与签章人为同一证书",
        "maker and signer are the same certificate",
        "Q21",
    );
    add(
        "q17-signature-algorithm",
        v4().with(|make| make.algorithm = write::oid(oid::SM2_SIGN)),
        &[],
        "签名算法为 301.1",
        "algorithm 301.1",
        "Q17",
    );
    add(
        "q17-signature-algorithm-typo",
        v4().with(|make| make.algorithm = write::oid(oid::SM3_WITH_SM2_TYPO)),
        &["ALGORITHM_OID"],
        "签名算法标识缺一段",
        "an algorithm with an arc missing",
        "formats §9",
    );
    // A digest that ends in zero, cut: another time of signing does not change it, so the document is searched for.
    let two =
        world.seal_with(4, |make| make.list = listed(&[&world.pki.other.certificate, &world.pki.signer.certificate]));
    add("q09-two-listed", world.signature_make(two), &[], "列表有两张证书", "two certificates in the list", "Q9");
    all.push(trimmed_hash(world));
    all
}

/// dataHash whose last byte is zero and was cut off.
fn trimmed_hash(world: &ConformanceWorld) -> Case {
    let make = world
        .signature_of(4)
        .with(|make| make.data_hash = |sm3| write::bit_string(sm3.strip_suffix(&[0]).unwrap_or(&sm3)));
    let ends_in_zero = |package: &OfdMake| {
        let (_, xml) = package.parts.iter().find(|(name, _)| name.ends_with("Signature.xml")).expect("it is there");
        sm3(xml)[31] == 0
    };
    let package = (0..).map(|number: u32| {
        let mut package = OfdMake::new();
        let edit = |xml: String| xml.replace(r#"Company="test""#, &format!(r#"Company="test {number}""#));
        package.sign(&Put { edit: &edit, ..Put::default() }, |xml, path| {
            if sm3(xml)[31] == 0 { make.der(xml, path) } else { Vec::new() }
        });
        package
    });
    let package = package.into_iter().find(ends_in_zero).expect("one of 256");
    Case::one(Class::Good, "q01-hash-trimmed", "ofd", package.zip(), Verdict::good().deviates(&["BITSTRING_TRIMMED"]))
        .says("原文摘要末尾的零字节被截去", "the zero byte at the end of dataHash was cut off", "Q1")
}

fn cms(world: &ConformanceWorld) -> Vec<Case> {
    let signer = &world.pki.signer;
    let gomain = |document: &[u8]| {
        let spec = CmsSpec::new(document);
        CmsSpec { content_type: oid::PKCS7_DATA, ..spec }
    };
    let plain = |document: &[u8]| CmsSpec {
        outer_type: oid::PKCS7_SIGNED_DATA,
        content_type: oid::PKCS7_DATA,
        attributes: Some(AttributesSpec {
            content_type: Some(oid::PKCS7_DATA),
            message_digests: vec![sm3(document).to_vec()],
            time: Some(world.now),
            others: Vec::new(),
        }),
        ..CmsSpec::new(document)
    };
    let as_e = |document: &[u8]| CmsSpec {
        message: sm3(document).to_vec(),
        as_e: true,
        attributes: None,
        ..CmsSpec::new(document)
    };
    let text = |document: &[u8]| {
        let words = super::ofd_make::check_value(document).into_bytes();
        CmsSpec { content: Some(words.clone()), message: words, ..CmsSpec::of_digest(document) }
    };
    let list: [(&str, &dyn Fn(&[u8]) -> CmsSpec, &[&'static str], &str, &str, &'static str); 6] = [
        (
            "q02-cms-raw",
            &|document| CmsSpec { raw: true, ..CmsSpec::of_digest(document) },
            &["SIGNATURE_RAW"],
            "CMS 签名值为 r‖s",
            "the value is r‖s",
            "Q2",
        ),
        (
            "q15-cms-detached",
            &|document| CmsSpec { attributes: None, ..CmsSpec::new(document) },
            &[],
            "CMS 直接对原文签名",
            "the value is over the document itself",
            "Q15",
        ),
        (
            "q16-cms-content-types",
            &gomain,
            &["CMS_CONTENT_TYPE"],
            "内容类型为 PKCS#7，属性为国密",
            "content type of PKCS#7, attribute of GM",
            "Q16",
        ),
        ("q16-cms-pkcs7", &plain, &[], "PKCS#7 标识的 SM2 签名", "SM2 under the identifiers of PKCS#7", "RFC 5652"),
        (
            "q15-cms-digest-as-e",
            &as_e,
            &["CMS_DIGEST_AS_E"],
            "原文摘要直接作为 e",
            "the digest taken as e",
            "formats §5",
        ),
        (
            "q15-cms-digest-text",
            &text,
            &["CMS_DIGEST_TEXT"],
            "内容为摘要的 Base64",
            "the content is the digest in Base64",
            "formats §5",
        ),
    ];
    let mut all = Vec::new();
    for (name, spec, deviations, zh, en, clause) in list {
        let value = |document: &[u8], _: &str| spec(document).signed_by(&[signer]);
        let (mut pdf, mut ofd) = (PdfMake::new(), OfdMake::new());
        pdf.sign(&PutPdf { sub_filter: "GM.sm2cms.detached", ..PutPdf::default() }, value);
        ofd.sign(&Put { kind: "Sign", ..Put::default() }, value);
        for (kind, bytes) in [("pdf", pdf.bytes), ("ofd", ofd.zip())] {
            let verdict = Verdict::good().deviates(deviations);
            all.push(Case::one(Class::Good, &format!("{name}-{kind}"), kind, bytes, verdict).says(zh, en, clause));
        }
    }
    all
}
