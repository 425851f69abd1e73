//! Broken machinery of signatures (OFD 签名文件的改坏): descriptions, values, seal files, lists, base signatures.

use super::{
    Case, Class, ConformanceWorld, Expected, Verdict,
    ofd_make::{LIST, OfdMake, Put, sealed_ofd},
    ses_make::SignatureMake,
    twins_ofd::{SIGNATURE, bad_references, case, changed_and_shown},
};
use crate::png;

const SEAL_FILE: &str = "formats §10.4 (2)";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [machinery(world), several(world)].concat()
}

/// Signature.xml, SignedValue.dat, Seal.esl, Signatures.xml.
fn machinery(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let sealed = |change: &dyn Fn(&mut OfdMake)| {
        let mut file = sealed_ofd(&make);
        change(&mut file);
        file
    };
    let with_file = |seal: Vec<u8>| {
        let mut file = OfdMake::new();
        file.seal(&Put { seal_file: Some(seal), ..Put::default() }, &make);
        file
    };
    let digest = || Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST"]);
    let format = || Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT"]);
    let other_seal = world.seal_with(4, |seal| seal.picture = png(10));
    let none = |name: &str, file: &OfdMake, sub, zh: &str, en: &str| {
        Case::new(Class::Twin, name, "ofd", file.zip(), Expected::NoSignature(sub)).says(zh, en, SIGNATURE)
    };
    const XML: &str = "Doc_0/Signs/Sign_0/Signature.xml";
    const VALUE: &str = "Doc_0/Signs/Sign_0/SignedValue.dat";
    let foreign = {
        let mut other = OfdMake::new();
        other.replace("Doc_0/Pages/Page_0/Content.xml", "壹佰", "玖佰");
        other.seal(&Put::default(), &make);
        other.part(VALUE).clone()
    };
    let mut seal_removed = with_file(make.seal.clone());
    seal_removed.remove("Doc_0/Signs/Sign_0/Seal.esl");
    vec![
        case(
            "ofd-stamp-moved",
            &sealed(&|file| file.replace(XML, "100 100 42 42", "10 10 42 42")),
            digest(),
            "印模位置被移动",
            "the mark was moved",
            "GB/T 38540-2020, 验证步骤 g",
        ),
        case(
            "ofd-stamp-page",
            &sealed(&|file| file.replace(XML, "PageRef=\"1\"", "PageRef=\"2\"")),
            digest(),
            "印模被移到另一页",
            "the mark was moved to another page",
            "GB/T 38540-2020, 验证步骤 g",
        ),
        case(
            "ofd-stamp-added",
            &sealed(&|file| {
                file.replace(
                    XML,
                    "</ofd:SignedInfo>",
                    r#"<ofd:StampAnnot ID="300" PageRef="2" Boundary="0 0 42 42"/></ofd:SignedInfo>"#,
                )
            }),
            digest(),
            "增加一处印模",
            "a mark was added",
            "GB/T 38540-2020, 验证步骤 g",
        ),
        case(
            "ofd-provider-changed",
            &sealed(&|file| file.replace(XML, "ProviderName=\"test\"", "ProviderName=\"best\"")),
            digest(),
            "Signature.xml 的提供者被改",
            "the provider was changed",
            "GB/T 38540-2020, 验证步骤 g",
        ),
        case(
            "ofd-reference-dropped",
            &sealed(&|file| {
                let text = String::from_utf8(file.part(XML).clone()).expect("text");
                let start = text.find(r#"<ofd:Reference FileRef="/Doc_0/Attachs/list.txt""#).expect("it is there");
                let end =
                    start + text[start..].find("</ofd:Reference>").expect("it is there") + "</ofd:Reference>".len();
                file.set(XML, format!("{}{}", &text[..start], &text[end..]));
            }),
            digest().and_open(&["OFD_COVERAGE"]),
            "一条引用被删去",
            "a reference was removed",
            "GB/T 38540-2020, 验证步骤 g",
        ),
        case(
            "ofd-value-of-other-file",
            &sealed(&|file| file.set(VALUE, foreign.clone())),
            digest(),
            "签名值取自另一文件",
            "the value was taken from another file",
            "GB/T 38540-2020, 验证步骤 g",
        ),
        case(
            "ofd-value-missing",
            &sealed(&|file| file.remove(VALUE)),
            format(),
            "SignedValue.dat 缺失",
            "SignedValue.dat is missing",
            SIGNATURE,
        ),
        case(
            "ofd-value-empty",
            &sealed(&|file| file.set(VALUE, Vec::new())),
            format(),
            "SignedValue.dat 为空",
            "SignedValue.dat is empty",
            SIGNATURE,
        ),
        case(
            "ofd-description-missing",
            &sealed(&|file| file.remove(XML)),
            format().and_open(&[]),
            "Signature.xml 缺失",
            "Signature.xml is missing",
            SIGNATURE,
        ),
        case(
            "ofd-description-broken",
            &sealed(&|file| file.part(XML).truncate(200)),
            format(),
            "Signature.xml 不是完整的 XML",
            "Signature.xml is no whole XML",
            SIGNATURE,
        ),
        case(
            "ofd-description-entity",
            &{
                let mut file = OfdMake::new();
                let head = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
                let edit = |xml: String| {
                    xml.replace(head, &format!(r#"{head}<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>"#))
                };
                file.seal(&Put { edit: &edit, ..Put::default() }, &make);
                file
            },
            format(),
            "Signature.xml 有外部实体",
            "Signature.xml has an external entity",
            SIGNATURE,
        ),
        case(
            "ofd-seal-file-other",
            &with_file(other_seal),
            Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["OFD_SEAL_FILE"]),
            "Seal.esl 是图像不同的另一枚印章",
            "Seal.esl is another seal with another picture",
            SEAL_FILE,
        ),
        case(
            "ofd-seal-file-removed",
            &seal_removed,
            Verdict::fails("SIGNED_DATA_NOT_FOUND", &["OFD_REFERENCES", "OFD_SEAL_FILE"]),
            "Seal.esl 被删除",
            "Seal.esl was removed",
            SEAL_FILE,
        ),
        none(
            "ofd-signature-removed",
            &sealed(&|file| {
                let text = String::from_utf8(file.part(LIST).clone()).expect("text");
                let (start, end) = (
                    text.find("<ofd:Signature ").expect("it is there"),
                    text.rfind("</ofd:Signatures>").expect("it is there"),
                );
                file.set(LIST, format!("{}{}", &text[..start], &text[end..]));
            }),
            "NO_SIGNATURE_FOUND",
            "签名从列表中删去",
            "the signature was taken out of the list",
        ),
        none(
            "ofd-list-broken",
            &sealed(&|file| file.part(LIST).truncate(120)),
            "FORMAT_FAILURE",
            "签名列表不是完整的 XML",
            "the list of signatures is no whole XML",
        ),
        none(
            "ofd-list-missing",
            &sealed(&|file| file.remove(LIST)),
            "FORMAT_FAILURE",
            "签名列表缺失",
            "the list of signatures is missing",
        ),
        case(
            "ofd-property-info",
            &{
                let mut file = OfdMake::new();
                let make = world
                    .signature_of(4)
                    .with(|make| make.property_info = Some("/Doc_0/Signs/Sign_9/Signature.xml".into()));
                file.seal(&Put::default(), &make);
                file.replace("Doc_0/Attachs/list.txt", "one", "two");
                file
            },
            changed_and_shown().deviates(&["PROPERTY_INFO"]),
            "propertyInfo 指向另一签名，且附件被改",
            "propertyInfo names another signature, and an attachment was changed",
            "formats §10.3",
        ),
    ]
}

fn several(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let file = |name: &str, package: &OfdMake, all: Vec<Verdict>, zh: &str, en: &str| {
        Case::new(Class::Twin, name, "ofd", package.zip(), Expected::Signatures(all)).says(zh, en, SIGNATURE)
    };
    let twice = |change: &dyn Fn(&SignatureMake) -> SignatureMake| {
        let mut package = sealed_ofd(&make);
        package.seal(&Put::default(), &change(&make));
        package
    };
    let mut locked = OfdMake::new();
    locked.seal(&Put { covers: &|_| true, ..Put::default() }, &make);
    locked.seal(&Put::default(), &make);
    let mut swapped = twice(&Clone::clone);
    let values = [0, 1].map(|number| format!("Doc_0/Signs/Sign_{number}/SignedValue.dat"));
    let (one, two) = (swapped.part(&values[0]).clone(), swapped.part(&values[1]).clone());
    swapped.set(&values[0], two);
    swapped.set(&values[1], one);
    let bad = twice(&|make| make.clone().with(|make| make.form = super::ses_make::Form::Flipped));
    let digest = || Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST"]);
    let base = |id: &str| {
        let mut package = sealed_ofd(&make);
        package.seal(&Put { attributes: &format!(r#" Relative="{id}""#), ..Put::default() }, &make);
        package
    };
    let mut broken_base = OfdMake::new();
    broken_base.seal(&Put::default(), &make.clone().with(|make| make.form = super::ses_make::Form::Flipped));
    broken_base.seal(&Put { attributes: r#" Relative="s001""#, ..Put::default() }, &make);
    vec![
        file(
            "ofd-sealed-after-lock",
            &locked,
            vec![bad_references(), Verdict::good()],
            "整体保护之后又签章",
            "sealed although the list was protected",
        ),
        file(
            "ofd-values-swapped",
            &swapped,
            vec![
                digest().deviates(&["PROPERTY_INFO"]),
                Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST", "OFD_REFERENCES"]).deviates(&["PROPERTY_INFO"]),
            ],
            "两个签名值互换",
            "two values were swapped",
        ),
        file(
            "ofd-second-bad",
            &bad,
            vec![Verdict::good(), Verdict::fails("SIG_CRYPTO_FAILURE", &["SIG_VALUE"])],
            "第二枚签名值不正确",
            "the second value does not fit",
        ),
        file(
            "ofd-base-missing",
            &base("s009"),
            vec![Verdict::good(), Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["OFD_BASE_SIGNATURE"])],
            "基签名不存在",
            "the base signature is missing",
        ),
        file(
            "ofd-base-itself",
            &base("s002"),
            vec![Verdict::good(), Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["OFD_BASE_SIGNATURE"])],
            "基签名是自身",
            "a signature that is its own base",
        ),
        file(
            "ofd-base-bad",
            &broken_base,
            vec![
                Verdict::fails("SIG_CRYPTO_FAILURE", &["SIG_VALUE"]),
                Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["OFD_BASE_SIGNATURE"]),
            ],
            "基签名无效",
            "the base signature is not valid",
        ),
        Case::new(
            Class::Good,
            "ofd-base-good",
            "ofd",
            base("s001").zip(),
            Expected::Signatures(vec![Verdict::good(), Verdict::good()]),
        )
        .says("有基签名（OFD 2.0）", "with a base signature (OFD 2.0)", SIGNATURE),
    ]
}
