//! Broken packages (OFD 的改坏): parts that were changed, references that do not fit.

use eseal_gm::{Hash, sm3};

use super::{
    Case, Class, ConformanceWorld, Verdict,
    ofd_make::{OfdMake, Put, check_value, sealed_ofd},
};
use crate::png;

const REFERENCES: &str = "formats §10.4 (1)";
pub(super) const SIGNATURE: &str = "GB/T 33190-2016 §18";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [changed(world), references(world)].concat()
}

pub(super) fn case(name: &str, package: &OfdMake, verdict: Verdict, zh: &str, en: &str, clause: &'static str) -> Case {
    Case::one(Class::Twin, name, "ofd", package.zip(), verdict).says(zh, en, clause)
}

pub(super) fn bad_references() -> Verdict {
    Verdict::fails("HASH_FAILURE", &["OFD_REFERENCES"])
}

/// What is protected is not there.
pub(super) fn not_there() -> Verdict {
    Verdict::fails("SIGNED_DATA_NOT_FOUND", &["OFD_REFERENCES"])
}

/// A covered part that fails is no longer covered: what a reader shows of it is unprotected too.
pub(super) fn changed_and_shown() -> Verdict {
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
            not_there(),
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
            not_there(),
            "引用不存在的文件",
            "a reference to a missing file",
            REFERENCES,
        ),
        case(
            "ofd-reference-outside",
            &edited(&|xml| xml.replace("</ofd:References>", outside)),
            not_there(),
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
