//! Broken packages (OFD 的改坏): references, what is shown and not protected, seal files, lists of signatures.

use eseal_gm::{Hash, sm3};

use super::{
    Case, Class, ConformanceWorld, Expected, Verdict,
    ofd_make::{LIST, OfdMake, Put, check_value, sealed_ofd},
    ses_make::SignatureMake,
};
use crate::png;

const REFERENCES: &str = "formats §10.4 (1)";
const COVERAGE: &str = "formats §10.4, 保护范围";
const SEAL_FILE: &str = "formats §10.4 (2)";
const SIGNATURE: &str = "GB/T 33190-2016 §18";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [changed(world), references(world), uncovered(world), machinery(world), several(world)].concat()
}

fn case(name: &str, package: &OfdMake, verdict: Verdict, zh: &str, en: &str, clause: &'static str) -> Case {
    Case::one(Class::Twin, name, "ofd", package.zip(), verdict).says(zh, en, clause)
}

fn bad_references() -> Verdict {
    Verdict::fails("HASH_FAILURE", &["OFD_REFERENCES"])
}

/// A covered part that fails is no longer covered: what a reader shows of it is unprotected too.
fn changed_and_shown() -> Verdict {
    bad_references().and_open(&["OFD_COVERAGE"])
}

fn changed(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let list: [(&str, &dyn Fn(&mut OfdMake), Verdict, &str, &str); 13] = [
        (
            "page",
            &|file| file.replace("Doc_0/Pages/Page_0/Content.xml", "壹佰", "玖佰"),
            changed_and_shown(),
            "页面文字被改",
            "the text of a page was changed",
        ),
        (
            "page-space",
            &|file| file.part("Doc_0/Pages/Page_1/Content.xml").push(b' '),
            changed_and_shown(),
            "页面末尾添加空格",
            "a space was added to a page",
        ),
        (
            "document",
            &|file| file.replace("Doc_0/Document.xml", "0 0 210 297", "0 0 297 210"),
            changed_and_shown(),
            "页面尺寸被改",
            "the size of the pages was changed",
        ),
        (
            "page-order",
            &|file| file.replace("Doc_0/Document.xml", r#"<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>"#, ""),
            changed_and_shown(),
            "页面被从文档中删去",
            "a page was taken out of the document",
        ),
        (
            "entry",
            &|file| file.replace("OFD.xml", "0123456789abcdef0123456789abcdef", "1123456789abcdef0123456789abcdef"),
            bad_references(),
            "受保护的 OFD.xml 被改",
            "a protected OFD.xml was changed",
        ),
        (
            "template",
            &|file| file.replace("Doc_0/Tpls/Tpl_0/Content.xml", "示范", "样板"),
            changed_and_shown(),
            "模板页被改",
            "a template was changed",
        ),
        (
            "annotation",
            &|file| file.replace("Doc_0/Annots/Page_0/Annotation.xml", "0 0 10 10", "0 0 90 90"),
            changed_and_shown(),
            "注释被改",
            "an annotation was changed",
        ),
        (
            "resource",
            &|file| file.replace("Doc_0/PublicRes.xml", "SimSun", "SimHei"),
            changed_and_shown(),
            "公共资源被改",
            "a resource was changed",
        ),
        (
            "attachment",
            &|file| file.set("Doc_0/Attachs/list.txt", "nine hundred"),
            changed_and_shown(),
            "附件被改",
            "an attachment was changed",
        ),
        (
            "picture",
            &|file| file.set("Doc_0/Res/Image_0.png", png(7)),
            changed_and_shown(),
            "图片被换",
            "a picture was replaced",
        ),
        (
            "pictures-swapped",
            &|file| {
                let (one, two) =
                    (file.part("Doc_0/Res/Image_0.png").clone(), file.part("Doc_0/Res/Image_1.png").clone());
                file.set("Doc_0/Res/Image_0.png", two);
                file.set("Doc_0/Res/Image_1.png", one);
            },
            changed_and_shown(),
            "两张图片互换",
            "two pictures were swapped",
        ),
        (
            "pages-swapped",
            &|file| {
                let (one, two) = (
                    file.part("Doc_0/Pages/Page_0/Content.xml").clone(),
                    file.part("Doc_0/Pages/Page_1/Content.xml").clone(),
                );
                file.set("Doc_0/Pages/Page_0/Content.xml", two);
                file.set("Doc_0/Pages/Page_1/Content.xml", one);
            },
            changed_and_shown(),
            "两页内容互换",
            "two pages were swapped",
        ),
        (
            "part-removed",
            &|file| file.remove("Doc_0/Attachs/list.txt"),
            bad_references(),
            "受保护的文件被删除",
            "a protected part was removed",
        ),
    ];
    list.into_iter()
        .map(|(name, change, verdict, zh, en)| {
            let mut file = sealed_ofd(&make);
            change(&mut file);
            case(&format!("ofd-changed-{name}"), &file, verdict, zh, en, REFERENCES)
        })
        .collect()
}

/// Signed by the signer as they are: the fault is the writer's.
fn references(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let with = |put: Put<'_>| {
        let mut file = OfdMake::new();
        file.seal(&put, &make);
        file
    };
    let edited = |edit: &dyn Fn(String) -> String| with(Put { edit, ..Put::default() });
    let text = OfdMake::new().part("Doc_0/Attachs/list.txt").clone();
    let value = check_value(&text);
    let value_is = |other: String| {
        let value = value.clone();
        edited(&move |xml| {
            assert!(xml.contains(&value));
            xml.replace(&value, &other)
        })
    };
    let hex: String = sm3(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    let weak = || Verdict::open("CRYPTO_CONSTRAINTS_FAILURE", &["OFD_REFERENCES"]);
    let missing = r#"<ofd:Reference FileRef="/Doc_0/Missing.xml"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference></ofd:References>"#;
    let outside = r#"<ofd:Reference FileRef="/../../etc/passwd"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference></ofd:References>"#;
    let no_references = edited(&|xml| {
        let (start, end) =
            (xml.find("<ofd:References").expect("it is there"), xml.find("</ofd:References>").expect("it is there"));
        format!("{}{}", &xml[..start], &xml[end + "</ofd:References>".len()..])
    });
    vec![
        case(
            "ofd-method-md5",
            &with(Put { check_method: "MD5", hash: Hash::Md5, ..Put::default() }),
            weak(),
            "CheckMethod 为 MD5",
            "CheckMethod MD5",
            SIGNATURE,
        ),
        case(
            "ofd-method-sha1",
            &with(Put { check_method: "SHA1", hash: Hash::Sha1, ..Put::default() }),
            weak(),
            "CheckMethod 为 SHA1",
            "CheckMethod SHA1",
            SIGNATURE,
        ),
        case(
            "ofd-method-default",
            &{
                let edit = |xml: String| xml.replace(r#" CheckMethod="MD5""#, "");
                with(Put { check_method: "MD5", hash: Hash::Md5, edit: &edit, ..Put::default() })
            },
            weak(),
            "没有 CheckMethod（默认 MD5）",
            "no CheckMethod: MD5 by default",
            SIGNATURE,
        ),
        case(
            "ofd-method-unknown",
            &with(Put { check_method: "CRC32", ..Put::default() }),
            weak().and_open(&["OFD_REFERENCES", "OFD_COVERAGE"]),
            "不认识的 CheckMethod",
            "an unknown CheckMethod",
            SIGNATURE,
        ),
        case(
            "ofd-method-other",
            &with(Put { check_method: "SHA256", ..Put::default() }),
            changed_and_shown(),
            "CheckMethod 与摘要算法不一致",
            "the digests are of another method",
            SIGNATURE,
        ),
        case(
            "ofd-reference-missing",
            &edited(&|xml| xml.replace("</ofd:References>", missing)),
            bad_references(),
            "引用不存在的文件",
            "a reference to a missing file",
            REFERENCES,
        ),
        case(
            "ofd-reference-outside",
            &edited(&|xml| xml.replace("</ofd:References>", outside)),
            bad_references(),
            "引用指向包外",
            "a reference that leads out of the package",
            REFERENCES,
        ),
        case(
            "ofd-reference-of-nothing",
            &value_is(check_value(b"")),
            changed_and_shown(),
            "引用摘要为空串的摘要",
            "the digest of the empty string",
            REFERENCES,
        ),
        case(
            "ofd-reference-empty",
            &value_is(String::new()),
            changed_and_shown(),
            "引用摘要为空",
            "an empty digest",
            REFERENCES,
        ),
        case(
            "ofd-reference-hex",
            &value_is(hex),
            changed_and_shown(),
            "引用摘要写成十六进制",
            "a digest in hexadecimal",
            REFERENCES,
        ),
        case(
            "ofd-reference-short",
            &value_is(value[..20].to_owned()),
            changed_and_shown(),
            "引用摘要被截短",
            "a digest cut off",
            REFERENCES,
        ),
        case(
            "ofd-references-none",
            &no_references,
            Verdict::fails("SIGNED_DATA_NOT_FOUND", &["OFD_REFERENCES"]).and_open(&["OFD_COVERAGE"]),
            "没有任何引用",
            "no reference at all",
            REFERENCES,
        ),
    ]
}

/// Signed without something that is shown, which was added or could be changed.
fn uncovered(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let open = || Verdict::open("PARTIAL_COVERAGE", &["OFD_COVERAGE"]);
    let without = |names: &[&str]| {
        let mut file = OfdMake::new();
        file.seal(&Put { covers: &|name| name != LIST && !names.contains(&name), ..Put::default() }, &make);
        file
    };
    let mut all = Vec::new();
    for (name, part, zh, en) in [
        ("page", "Doc_0/Pages/Page_1/Content.xml", "一页未受保护", "a page is not protected"),
        ("document", "Doc_0/Document.xml", "Document.xml 未受保护", "Document.xml is not protected"),
        ("template", "Doc_0/Tpls/Tpl_0/Content.xml", "模板未受保护", "a template is not protected"),
        ("resource", "Doc_0/PublicRes.xml", "公共资源未受保护", "a resource is not protected"),
        (
            "document-resource",
            "Doc_0/DocumentRes.xml",
            "文档资源未受保护",
            "the document's resources are not protected",
        ),
        ("picture", "Doc_0/Res/Image_0.png", "图片未受保护", "a picture is not protected"),
        ("annotations", "Doc_0/Annots/Annotations.xml", "注释列表未受保护", "the list of annotations is not protected"),
        ("annotation", "Doc_0/Annots/Page_0/Annotation.xml", "注释未受保护", "an annotation is not protected"),
        (
            "attachments",
            "Doc_0/Attachs/Attachments.xml",
            "附件列表未受保护",
            "the list of attachments is not protected",
        ),
        ("attachment", "Doc_0/Attachs/list.txt", "附件未受保护", "an attachment is not protected"),
    ] {
        all.push(case(&format!("ofd-uncovered-{name}"), &without(&[part]), open(), zh, en, COVERAGE));
    }
    let page = OfdMake::new().part("Doc_0/Pages/Page_0/Content.xml").clone();
    let mut added = without(&["Doc_0/Document.xml"]);
    added.set("Doc_0/Pages/Page_2/Content.xml", page);
    added.replace(
        "Doc_0/Document.xml",
        "</ofd:Pages>",
        r#"<ofd:Page ID="3" BaseLoc="Pages/Page_2/Content.xml"/></ofd:Pages>"#,
    );
    all.push(case("ofd-added-page", &added, open(), "签后增加一页", "a page was added later", COVERAGE));
    let mut note = without(&["Doc_0/Annots/Annotations.xml"]);
    let annotation = note.part("Doc_0/Annots/Page_0/Annotation.xml").clone();
    note.set("Doc_0/Annots/Page_1/Annotation.xml", annotation);
    note.replace(
        "Doc_0/Annots/Annotations.xml",
        "</ofd:Annotations>",
        r#"<ofd:Page PageID="2"><ofd:FileLoc>Page_1/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"#,
    );
    all.push(case("ofd-added-annotation", &note, open(), "签后增加注释", "an annotation was added later", COVERAGE));
    // OFD.xml is not protected, as in many genuine files: another document is made the current one.
    let mut other = without(&["OFD.xml"]);
    for name in ["Document.xml", "PublicRes.xml", "Pages/Page_0/Content.xml"] {
        let bytes = other.part(&format!("Doc_0/{name}")).clone();
        other.set(&format!("Doc_1/{name}"), bytes);
    }
    other.replace("Doc_1/Pages/Page_0/Content.xml", "壹佰", "玖佰");
    let mut exchanged = other.clone();
    exchanged.replace("OFD.xml", "<ofd:DocRoot>Doc_0/", "<ofd:DocRoot>Doc_1/");
    all.push(case(
        "ofd-root-exchanged",
        &exchanged,
        open(),
        "DocRoot 被改指另一文档",
        "DocRoot leads to another document",
        COVERAGE,
    ));
    let mut second = other.clone();
    second.replace(
        "OFD.xml",
        "</ofd:DocBody>",
        "</ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody>",
    );
    all.push(case("ofd-second-body", &second, open(), "增加第二个 DocBody", "a second DocBody was added", COVERAGE));
    let mut version = other;
    version.set(
        "Doc_0/Version_1.xml",
        r#"<?xml version="1.0" encoding="UTF-8"?><ofd:DocVersion xmlns:ofd="http://www.ofdspec.org/2016" ID="2" Version="2" Name="v2"><ofd:FileList><ofd:File ID="1">/Doc_1/Pages/Page_0/Content.xml</ofd:File></ofd:FileList><ofd:DocRoot>/Doc_1/Document.xml</ofd:DocRoot></ofd:DocVersion>"#,
    );
    version.replace("OFD.xml", "</ofd:DocBody>", r#"<ofd:Versions><ofd:Version ID="2" Index="1" Current="true" BaseLoc="Doc_0/Version_1.xml"/></ofd:Versions></ofd:DocBody>"#);
    all.push(case(
        "ofd-version-current",
        &version,
        open(),
        "第二个文档版本被设为当前版本",
        "a second document version was made current",
        COVERAGE,
    ));
    let mut tags = without(&["Doc_0/Document.xml"]);
    tags.set(
        "Doc_0/Tags/CustomTags.xml",
        r#"<?xml version="1.0" encoding="UTF-8"?><ofd:CustomTags xmlns:ofd="http://www.ofdspec.org/2016"/>"#,
    );
    tags.replace(
        "Doc_0/Document.xml",
        "<ofd:Annotations>",
        "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags><ofd:Annotations>",
    );
    all.push(case("ofd-added-tags", &tags, open(), "签后增加自定义标引", "custom tags were added later", COVERAGE));
    all
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
            Verdict::fails("HASH_FAILURE", &["OFD_REFERENCES", "OFD_SEAL_FILE"]),
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
