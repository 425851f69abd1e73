//! Packages that show something else by a name, a list or an order (OFD 的命名与列表攻击).

use super::{
    Case, Class, ConformanceWorld, Expected, Verdict,
    ofd_make::{LIST, OfdMake, Put, sealed_ofd},
    twins_ofd::{SIGNATURE, case, not_there},
};

const COVERAGE: &str = "formats §10.4, 保护范围";
const NAMES: &str = "formats §10.7";
const PAGE: &str = "Doc_0/Pages/Page_0/Content.xml";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [lists(world), names(world), later(world)].concat()
}

fn open() -> Verdict {
    Verdict::open("PARTIAL_COVERAGE", &["OFD_COVERAGE"])
}

/// A signature is taken out of the list.
fn lists(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let twice = |drop: &str| {
        let mut file = sealed_ofd(&make);
        file.seal(&Put::default(), &make);
        let element = format!(
            r#"<ofd:Signature ID="s00{drop}" Type="Seal" BaseLoc="/Doc_0/Signs/Sign_{}/Signature.xml"/>"#,
            if drop == "1" { 0 } else { 1 }
        );
        file.replace(LIST, &element, "");
        file
    };
    vec![
        case(
            "ofd-list-drops-first",
            &twice("1"),
            open(),
            "第一枚签名从列表中删去，第二枚签名保护着它",
            "the first signature is taken out of the list, though the second one protects it",
            SIGNATURE,
        ),
        // Whoever came last protects nobody's list: nothing can tell but what is left behind, which is named.
        Case::new(
            Class::Good,
            "ofd-list-drops-last",
            "ofd",
            twice("2").zip(),
            Expected::Signatures(vec![Verdict::good()]),
        )
        .says(
            "最后一枚签名从列表中删去：其余签名不受影响，留下的文件列为未受保护",
            "the last signature is taken out of the list: the other one stands, and what is left behind is named",
            SIGNATURE,
        ),
    ]
}

/// Names that some readers take for others.
fn names(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let file = sealed_ofd(&make);
    let other = {
        let mut other = file.clone();
        other.replace(PAGE, "壹佰", "玖佰");
        other.part(PAGE).clone()
    };
    let refused = |name: &str, part: &str, bytes: &[u8], zh: &str, en: &str| {
        let mut more = file.clone();
        more.parts.push((part.to_owned(), bytes.to_vec()));
        Case::new(Class::Twin, name, "ofd", more.zip(), Expected::Refused).says(zh, en, NAMES)
    };
    let composed = {
        let mut more = OfdMake::new();
        more.set("Doc_0/Attachs/caf\u{e9}.txt", "one");
        more.seal(&Put::default(), &make);
        more.parts.push(("Doc_0/Attachs/cafe\u{301}.txt".into(), b"two".to_vec()));
        Case::new(Class::Twin, "zip-duplicate-composed", "ofd", more.zip(), Expected::Refused).says(
            "仅 Unicode 组合方式不同的同名文件",
            "a name twice, composed and decomposed",
            NAMES,
        )
    };
    let referring = |from: &str, to: &str| {
        let mut file = OfdMake::new();
        let edit = |xml: String| {
            assert!(xml.contains(from), "{from}");
            xml.replace(from, to)
        };
        file.seal(&Put { edit: &edit, ..Put::default() }, &make);
        file
    };
    let good = |name: &str, file: &OfdMake, zh: &str, en: &str| {
        let verdict = Verdict::good().deviates(&["PACKAGE_PATH"]);
        Case::one(Class::Good, name, "ofd", file.zip(), verdict).says(zh, en, "Q14")
    };
    let reference = r#"FileRef="/Doc_0/Document.xml""#;
    let lost = || not_there().and_open(&["OFD_COVERAGE"]);
    vec![
        refused(
            "zip-duplicate-percent",
            "Doc_0/Pages/Page%5F0/Content.xml",
            &other,
            "百分号编码后相同的同名文件",
            "a name twice, once in percent encoding",
        ),
        refused(
            "zip-duplicate-double-slash",
            "Doc_0//Pages/Page_0/Content.xml",
            &other,
            "仅多一条斜线的同名文件",
            "a name twice, once with a slash more",
        ),
        composed,
        good(
            "q14-double-slash",
            &referring(reference, r#"FileRef="/Doc_0//Document.xml""#),
            "引用中多一条斜线",
            "a slash more in a reference",
        ),
        good(
            "q14-dot",
            &referring(reference, r#"FileRef="/Doc_0/./Document.xml""#),
            "引用中有 ./",
            "a dot in a reference",
        ),
        good(
            "q14-backslash-reference",
            &referring(reference, r#"FileRef="\Doc_0\Document.xml""#),
            "引用中用反斜线",
            "backslashes in a reference",
        ),
        case(
            "ofd-reference-percent",
            &referring(reference, r#"FileRef="/Doc%5F0/Document.xml""#),
            lost(),
            "引用为百分号编码，包内没有该文件",
            "a reference in percent encoding, which names nothing",
            NAMES,
        ),
        case(
            "ofd-reference-dots",
            &referring(reference, r#"FileRef="/Doc_0/../../Doc_0/Document.xml""#),
            lost(),
            "引用指向包外",
            "a reference that leads out of the package",
            NAMES,
        ),
    ]
}

/// What was not there, or not first, when it was sealed.
fn later(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let mut first = OfdMake::new();
    first.seal(&Put { covers: &|name| name != LIST && name != "OFD.xml", ..Put::default() }, &make);
    for name in ["Document.xml", "PublicRes.xml", "Pages/Page_0/Content.xml"] {
        let bytes = first.part(&format!("Doc_0/{name}")).clone();
        first.set(&format!("Doc_1/{name}"), bytes);
    }
    first.replace("Doc_1/Pages/Page_0/Content.xml", "壹佰", "玖佰");
    first.replace(
        "OFD.xml",
        "<ofd:DocBody><ofd:DocInfo>",
        "<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody><ofd:DocBody><ofd:DocInfo>",
    );
    let dangling = |part: &str, from: &str, to: &str, later: &str, bytes: &str| {
        let mut file = OfdMake::new();
        file.replace(part, from, to);
        file.seal(&Put::default(), &make);
        file.set(later, bytes);
        file
    };
    let resource = dangling(
        "Doc_0/Document.xml",
        "<ofd:PublicRes>",
        "<ofd:PublicRes>Later.xml</ofd:PublicRes><ofd:PublicRes>",
        "Doc_0/Later.xml",
        r#"<?xml version="1.0" encoding="UTF-8"?><ofd:Res xmlns:ofd="http://www.ofdspec.org/2016" BaseLoc="Res"><ofd:Fonts><ofd:Font ID="900" FontName="Symbol"/></ofd:Fonts></ofd:Res>"#,
    );
    let annotation = dangling(
        "Doc_0/Annots/Annotations.xml",
        "</ofd:Annotations>",
        r#"<ofd:Page PageID="2"><ofd:FileLoc>Page_1/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"#,
        "Doc_0/Annots/Page_1/Annotation.xml",
        r#"<?xml version="1.0" encoding="UTF-8"?><ofd:PageAnnot xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Annot ID="60" Type="Stamp" Creator="test"><ofd:Appearance Boundary="40 90 60 6"/></ofd:Annot></ofd:PageAnnot>"#,
    );
    let picture = dangling(
        "Doc_0/DocumentRes.xml",
        "</ofd:MultiMedias>",
        r#"<ofd:MultiMedia ID="903" Type="Image"><ofd:MediaFile>Image_9.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>"#,
        "Doc_0/Res/Image_9.png",
        "a picture",
    );
    let extensions = {
        let mut file = OfdMake::new();
        file.seal(&Put { covers: &|name| name != LIST && name != "Doc_0/Document.xml", ..Put::default() }, &make);
        file.replace(
            "Doc_0/Document.xml",
            "<ofd:Annotations>",
            "<ofd:Extensions>Extensions.xml</ofd:Extensions><ofd:Annotations>",
        );
        file.set(
            "Doc_0/Extensions.xml",
            r#"<?xml version="1.0" encoding="UTF-8"?><ofd:Extensions xmlns:ofd="http://www.ofdspec.org/2016"/>"#,
        );
        file
    };
    let list = [
        ("ofd-second-body-first", first, "在前面增加另一个 DocBody", "another DocBody was put in front"),
        ("ofd-dangling-resource", resource, "签时缺失的资源其后补上", "a resource that was missing is put in later"),
        (
            "ofd-dangling-annotation",
            annotation,
            "签时缺失的注释其后补上",
            "an annotation that was missing is put in later",
        ),
        ("ofd-dangling-picture", picture, "签时缺失的图片其后补上", "a picture that was missing is put in later"),
        ("ofd-added-extensions", extensions, "签后增加扩展信息", "extensions were added later"),
    ];
    list.iter().map(|(name, file, zh, en)| case(name, file, open(), zh, en, COVERAGE)).collect()
}
