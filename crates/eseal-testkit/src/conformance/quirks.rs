//! Deviations that real files have and that are tolerated by name (编码偏差), formats.md §12, one vector each.

use eseal_asn1::write;
use eseal_gm::sm3;
use eseal_ses::oid;

use super::{
    Case, Class, ConformanceWorld, Verdict,
    case::Words,
    ofd_make::{LIST, OfdMake, Put, sealed_ofd},
    pdf_make::{PdfMake, PutPdf},
    ses_make::{Form, listed, value_bytes},
};
use crate::{AttributesSpec, CmsSpec, png};

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [seals(world), signatures(world), cms(world), packages(world)].concat()
}

fn seals(world: &ConformanceWorld) -> Vec<Case> {
    let case = |name: &str, bytes, deviations: &[&'static str], zh, en, clause| {
        Case::seal(Class::Good, name, bytes, Verdict::good().deviates(deviations), Words(zh, en, clause))
    };
    let v4 = |change: &dyn Fn(&mut super::ses_make::SealMake)| world.seal_with(4, |make| change(make));
    let extension = |critical: Vec<u8>| {
        let id = write::oid(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 6, 7, 2, 2, 1]);
        write::sequence(&[&write::sequence(&[&id, &critical, &write::octet_string(b"2.1")])])
    };
    vec![
        case(
            "q01-seal-unused-bits",
            v4(&|make| make.form = Form::Unused),
            &["BITSTRING_TRIMMED"],
            "位串称有未用位",
            "bits are said to be unused",
            "Q1",
        ),
        case(
            "q01-seal-trimmed",
            v4(&|make| make.form = Form::Trimmed),
            &["BITSTRING_TRIMMED"],
            "签名值末尾的零字节被截去",
            "a zero byte at the end was cut off",
            "Q1",
        ),
        case(
            "q02-seal-raw",
            v4(&|make| make.form = Form::Raw),
            &["SIGNATURE_RAW"],
            "制章人签名值为 r‖s",
            "the maker's value is r‖s",
            "Q2",
        ),
        case(
            "q02-seal-skf",
            v4(&|make| make.form = Form::Skf),
            &["SIGNATURE_RAW"],
            "制章人签名值为 SKF 结构",
            "the maker's value is an SKF blob",
            "Q2",
        ),
        case(
            "q02-seal-negative",
            v4(&|make| make.form = Form::Negative),
            &["INTEGER_NEGATIVE"],
            "INTEGER 缺少符号零字节",
            "INTEGERs that look negative",
            "issue: negative integers",
        ),
        case(
            "q03-seal-utc-time",
            v4(&|make| {
                make.dates = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2030-12-31T23:59:59Z"]
                    .map(|text| write::utc_time(crate::time(text)))
            }),
            &["TAG_VARIANT"],
            "V4 印章用两位年份的 UTCTime",
            "UTCTime with two-digit years in a V4 seal",
            "Q3",
        ),
        case(
            "q03-v1-seal-generalized-time",
            world.seal_with(1, |make| {
                make.version = 1;
                make.dates = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2030-12-31T23:59:59Z"]
                    .map(|text| write::generalized_time(crate::time(text)));
            }),
            &["TAG_VARIANT"],
            "V1 印章用 GeneralizedTime",
            "GeneralizedTime in a V1 seal",
            "Q3",
        ),
        case(
            "q03-seal-octet-value",
            v4(&|make| make.form = Form::Octet),
            &["TAG_VARIANT"],
            "签名值为 OCTET STRING",
            "the value is an OCTET STRING",
            "Q3",
        ),
        case(
            "q03-seal-name-ia5",
            v4(&|make| make.name = write::ia5("Test seal")),
            &["TAG_VARIANT"],
            "印章名称为 IA5String",
            "the name is an IA5String",
            "Q3",
        ),
        case(
            "q03-seal-inline-certificate",
            world.seal_with(4, |make| make.certificate = world.pki.maker.certificate.clone()),
            &["TAG_VARIANT"],
            "制章人证书未包在 OCTET STRING 中",
            "the maker's certificate is not wrapped",
            "Q3",
        ),
        case(
            "q03-seal-algorithm-identifier",
            v4(&|make| make.algorithm = write::sequence(&[&write::oid(oid::SM3_WITH_SM2)])),
            &["TAG_VARIANT"],
            "算法写成 AlgorithmIdentifier",
            "the algorithm is an AlgorithmIdentifier",
            "Q3",
        ),
        case(
            "q04-seal-ext-tagged",
            v4(&|make| make.ext = write::context(0, &extension(Vec::new()))),
            &["TAG_VARIANT"],
            "印章扩展项带标签",
            "extensions of a seal with a tag",
            "Q4",
        ),
        case(
            "q05-seal-explicit-false",
            v4(&|make| make.ext = extension(write::boolean(false))),
            &[],
            "critical 明写 FALSE",
            "critical FALSE is written out",
            "Q5",
        ),
        case(
            "q05-seal-omitted-false",
            v4(&|make| make.ext = extension(Vec::new())),
            &[],
            "critical 省略",
            "critical is left out",
            "Q5",
        ),
        case(
            "q06-v4-seal-by-v1-rule",
            v4(&|make| make.other_rule = true),
            &["SEAL_TBS_OTHER_VERSION"],
            "V4 印章按 V1 规则签名",
            "a V4 seal signed by the rule of V1",
            "Q6",
        ),
        case(
            "q06-v1-seal-by-v4-rule",
            world.seal_with(1, |make| {
                make.version = 1;
                make.other_rule = true;
            }),
            &["SEAL_TBS_OTHER_VERSION"],
            "V1 印章按 V4 规则签名",
            "a V1 seal signed by the rule of V4",
            "Q6",
        ),
        case(
            "q07-seal-version-2",
            v4(&|make| make.version = 2),
            &["VERSION_MISMATCH"],
            "V4 结构而版本号为 2",
            "shape of V4, version number 2",
            "Q7",
        ),
        case(
            "q07-v1-seal-version-4",
            world.seal_with(1, |make| make.version = 4),
            &["VERSION_MISMATCH"],
            "V1 结构而版本号为 4",
            "shape of V1, version number 4",
            "Q7",
        ),
        case(
            "q09-v1-seal-inline-list",
            world.seal_with(1, |make| {
                make.version = 1;
                make.list = vec![world.pki.signer.certificate.clone()];
            }),
            &["CERTLIST_FORM"],
            "列表元素为证书本身",
            "certificates stand in the list themselves",
            "Q9",
        ),
        case(
            "q10-picture-lower-case",
            v4(&|make| make.picture_type = "png"),
            &[],
            "图像类型为小写",
            "picture type in lower case",
            "Q10",
        ),
        case(
            "q10-picture-ofd",
            world.seal_with(4, |make| {
                make.picture_type = "ofd";
                make.picture = png(9);
            }),
            &[],
            "图像类型为 ofd",
            "picture type ofd",
            "Q10",
        ),
        case(
            "q17-seal-algorithm-301-1",
            v4(&|make| make.algorithm = write::oid(oid::SM2_SIGN)),
            &[],
            "算法为 301.1",
            "algorithm 301.1",
            "Q17",
        ),
        case(
            "q17-seal-algorithm-typo",
            v4(&|make| make.algorithm = write::oid(oid::SM3_WITH_SM2_TYPO)),
            &["ALGORITHM_OID"],
            "算法标识缺一段（1.2.156.10197.501）",
            "an algorithm with an arc missing",
            "formats §9",
        ),
        case(
            "q12-seal-starts-before-creation",
            v4(&|make| make.dates[1] = write::generalized_time(crate::time("2025-12-31T16:00:00Z"))),
            &[],
            "有效期起点为当地零点，早于制作时间",
            "validity begins at local midnight, before the creation date",
            "Q12",
        ),
    ]
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
        "issue: negative integers",
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
        "issue: times without zone",
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

fn packages(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let case = |name: &str, bytes: Vec<u8>, deviations: &[&'static str], zh, en, clause| {
        Case::one(Class::Good, name, "ofd", bytes, Verdict::good().deviates(deviations)).says(zh, en, clause)
    };
    let signed = |put: &Put<'_>| {
        let mut package = OfdMake::new();
        package.seal(put, &make);
        package
    };
    let method = |method: &str| signed(&Put { check_method: method, ..Put::default() }).zip();
    let edited = |from: &str, to: &str| {
        signed(&Put {
            edit: &|xml| {
                assert!(xml.contains(from), "{from}");
                xml.replace(from, to)
            },
            ..Put::default()
        })
        .zip()
    };
    let listed = |from: &str, to: &str| {
        let mut package = sealed_ofd(&make);
        package.replace(LIST, from, to);
        package.zip()
    };
    let good = sealed_ofd(&make).zip();
    let dated = |text: &str| signed(&Put { date_time: text, ..Put::default() }).zip();
    let mut backslash = sealed_ofd(&make);
    for (name, _) in &mut backslash.parts {
        *name = name.replace('/', "\\");
    }
    let mut namespace = OfdMake::new();
    namespace.replace("OFD.xml", "http://www.ofdspec.org/2016", "http://www.ofdspec.org/2014");
    namespace.seal(&Put::default(), &make);
    let mut bare = OfdMake::new();
    bare.sign(&Put { kind: "Sign", ..Put::default() }, |xml, _| value_bytes(&world.pki.signer, xml, Form::Der));
    let mut pdf = PdfMake::new();
    pdf.seal(&PutPdf { at: "D:20261124080000+08'00'", ..PutPdf::default() }, &make);
    let mut other_name = PdfMake::new();
    other_name.seal(&PutPdf { filter: "Adobe.PPKLite", sub_filter: "adbe.pkcs7.detached", ..PutPdf::default() }, &make);
    let pdf_case = |name: &str, bytes, deviations: &[&'static str], zh, en, clause| {
        Case::one(Class::Good, name, "pdf", bytes, Verdict::good().deviates(deviations)).says(zh, en, clause)
    };
    let no_type = {
        let mut package = OfdMake::new();
        package.seal(&Put { kind: "", ..Put::default() }, &make);
        package.zip()
    };
    let wrong_type = {
        let mut package = OfdMake::new();
        package.seal(&Put { kind: "Sign", ..Put::default() }, &make);
        package.zip()
    };
    let sha256 = signed(&Put { check_method: "SHA256", hash: eseal_gm::Hash::Sha256, ..Put::default() }).zip();
    vec![
        case("q13-method-sm3", method("SM3"), &[], "CheckMethod 为 SM3", "CheckMethod SM3", "Q13"),
        case(
            "q13-method-401-2",
            method("1.2.156.10197.1.401.2"),
            &["CHECKMETHOD_VARIANT"],
            "CheckMethod 为 401.2",
            "CheckMethod 401.2",
            "Q13",
        ),
        case(
            "q13-method-401-1",
            method("1.2.156.10197.1.401.1"),
            &["CHECKMETHOD_VARIANT"],
            "CheckMethod 为 401.1",
            "CheckMethod 401.1",
            "Q13",
        ),
        case("q13-method-sha256", sha256, &[], "CheckMethod 为 SHA256", "CheckMethod SHA256", "GB/T 33190-2016 §18"),
        case(
            "q14-zip-prefix",
            [b"KG\0\0".as_slice(), &good].concat(),
            &["ZIP_GARBAGE"],
            "ZIP 前有多余字节",
            "bytes before the package",
            "Q14",
        ),
        case(
            "q14-zip-suffix",
            [good.as_slice(), b"\0\0KG"].concat(),
            &["ZIP_GARBAGE"],
            "ZIP 后有多余字节",
            "bytes behind the package",
            "Q14",
        ),
        case("q14-backslashes", backslash.zip(), &["PACKAGE_PATH"], "包内路径用反斜线", "backslashes in names", "Q14"),
        case(
            "q14-relative-reference",
            edited("FileRef=\"/Doc_0/Document.xml\"", "FileRef=\"Doc_0/Document.xml\""),
            &["PACKAGE_PATH"],
            "引用为相对路径",
            "a relative reference",
            "Q14",
        ),
        case(
            "q14-letter-case",
            edited("FileRef=\"/OFD.xml\"", "FileRef=\"/ofd.xml\""),
            &["PACKAGE_PATH"],
            "引用的大小写不同",
            "a reference in another letter case",
            "Q14",
        ),
        case(
            "q14-list-relative",
            listed("BaseLoc=\"/Doc_0/Signs/Sign_0/Signature.xml\"", "BaseLoc=\"Sign_0/Signature.xml\""),
            &[],
            "BaseLoc 为相对路径",
            "a relative BaseLoc",
            "formats §10.7",
        ),
        case(
            "q14-value-relative",
            edited("<ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat", "<ofd:SignedValue>SignedValue.dat"),
            &[],
            "SignedValue 为相对路径",
            "a relative SignedValue",
            "formats §10.7",
        ),
        case(
            "q14-namespace",
            namespace.zip(),
            &["XML_NAMESPACE"],
            "命名空间不同",
            "another namespace",
            "formats §10.3",
        ),
        case(
            "q11-date-local-as-utc",
            dated("20261124160000Z"),
            &["TIME_ZONE_DOUBT"],
            "SignatureDateTime 为当地时间而标注 Z",
            "SignatureDateTime is local time labelled Z",
            "Q11",
        ),
        case(
            "q11-date-free-form",
            dated("2026-11-24 16:00:00"),
            &[],
            "SignatureDateTime 无时区",
            "SignatureDateTime without a zone",
            "Q11",
        ),
        case(
            "q11-date-differs",
            dated("20261123080000Z"),
            &["STATED_TIME"],
            "SignatureDateTime 与签章时间相差一天",
            "SignatureDateTime is a day away from timeInfo",
            "formats §11.2",
        ),
        case("q15-type-missing", no_type, &[], "签名列表没有 Type", "no Type in the list", "GB/T 33190-2016 §18"),
        case(
            "q15-type-other",
            wrong_type,
            &["SIGNATURE_TYPE"],
            "Type 为 Sign 而值为电子签章",
            "Type says Sign, the value is a seal signature",
            "Q15",
        ),
        pdf_case(
            "q11-pdf-m-zone",
            pdf.bytes,
            &["TIME_ZONE_DOUBT"],
            "/M 与签章时间相差八小时",
            "/M is eight hours away from timeInfo",
            "formats §11.2",
        ),
        pdf_case(
            "q15-pdf-sub-filter",
            other_name.bytes,
            &[],
            "SubFilter 为 adbe.pkcs7.detached 而值为电子签章",
            "SubFilter names CMS, the value is a seal signature",
            "formats §11.1",
        ),
        Case::one(
            Class::Good,
            "q15-raw-value",
            "ofd",
            bare.zip(),
            Verdict::open("NO_SIGNING_CERTIFICATE_FOUND", &["SIG_VALUE"]),
        )
        .says("裸 SM2 签名，没有证书", "a bare SM2 signature has no certificate", "Q15"),
    ]
}
