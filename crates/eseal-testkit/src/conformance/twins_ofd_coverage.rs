//! Packages that show what is not protected (OFD 保护范围的改坏): it was left out, or was added later.

use super::{
    Case, ConformanceWorld, Verdict,
    ofd_make::{LIST, OfdMake, Put},
    twins_ofd::case,
};

const COVERAGE: &str = "formats §10.4, 保护范围";

/// Signed without something that is shown, which was added or could be changed.
pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
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
