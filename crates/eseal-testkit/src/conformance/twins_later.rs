//! Changes after signing that are not allowed (签后改动).

use super::{
    Case, Class, ConformanceWorld, Verdict,
    good::{LOOK, filled_field},
    pdf_make::{PdfMake, PutPdf, object, sealed_pdf, stream},
};

pub(super) const LATER: &str = "formats §11.3 (5)";

pub(super) fn one(name: &str, file: PdfMake, verdict: Verdict, zh: &str, en: &str, clause: &'static str) -> Case {
    Case::one(Class::Twin, name, "pdf", file.bytes, verdict).says(zh, en, clause)
}

/// What came later is forbidden, and nothing protects it.
pub(super) fn changed() -> Verdict {
    Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["PDF_LATER_CHANGES"]).and_open(&["PDF_COVERAGE"])
}

/// What came later is neither allowed nor forbidden.
fn open() -> Verdict {
    Verdict::open("PARTIAL_COVERAGE", &["PDF_LATER_CHANGES", "PDF_COVERAGE"])
}

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [updates(world), tails(world)].concat()
}

/// One update that changes something.
fn updates(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let page = |more: &str| {
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>/XObject<</Im1 10 0 R>>>>/Contents 5 0 R/Annots[8 0 R 13 0 R]{more}>>"
        )
    };
    let text = || stream("", "BT /F1 16 Tf 72 700 Td (Amount 900) Tj ET");
    let new_page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents 7 0 R>>";
    let note = "<</Type/Annot/Subtype/FreeText/F 4/Rect[72 690 300 720]/DA(/F1 16 Tf)/Contents(Amount 900)/P 4 0 R>>";
    let field =
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal2)/F 132/Rect[300 400 419 519]/P 4 0 R/V 12 0 R/AP<</N 14 0 R>>";
    let script = "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>";
    let list: Vec<(&str, Vec<(u32, String)>, Verdict, &str, &str)> = vec![
        (
            "content",
            vec![(object::CONTENT_1, text())],
            changed(),
            "页面内容被重写",
            "the content of a page was drawn anew",
        ),
        (
            "content-array",
            vec![(object::PAGE_1, page("").replace("/Contents 5 0 R", "/Contents[5 0 R 15 0 R]")), (15, text())],
            changed(),
            "页面内容后追加一段",
            "content was appended to a page",
        ),
        (
            "font",
            vec![(object::FONT, "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>".into())],
            changed(),
            "字体被换",
            "a font was exchanged",
        ),
        (
            "picture",
            vec![(
                object::IMAGE,
                stream(
                    "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/ASCIIHexDecode",
                    "00>",
                ),
            )],
            changed(),
            "图片被换",
            "a picture was exchanged",
        ),
        ("page-rotated", vec![(object::PAGE_1, page("/Rotate 180"))], changed(), "页面被旋转", "a page was turned"),
        (
            "page-cropped",
            vec![(object::PAGE_1, page("/CropBox[0 0 100 100]"))],
            changed(),
            "页面被裁切",
            "a page was cropped",
        ),
        (
            "page-resized",
            vec![(object::PAGE_1, page("").replace("595 842", "842 595"))],
            changed(),
            "页面尺寸被改",
            "the size of a page was changed",
        ),
        (
            "page-resources",
            vec![
                (object::PAGE_1, page("").replace("/F1 3 0 R", "/F1 15 0 R")),
                (15, "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>".into()),
            ],
            changed(),
            "页面资源被改",
            "the resources of a page were changed",
        ),
        (
            "page-added",
            vec![(object::PAGES, "<</Type/Pages/Count 3/Kids[4 0 R 6 0 R 15 0 R]>>".into()), (15, new_page.into())],
            changed(),
            "增加一页",
            "a page was added",
        ),
        (
            "page-removed",
            vec![(object::PAGES, "<</Type/Pages/Count 1/Kids[4 0 R]>>".into())],
            changed(),
            "删去一页",
            "a page was removed",
        ),
        (
            "pages-swapped",
            vec![(object::PAGES, "<</Type/Pages/Count 2/Kids[6 0 R 4 0 R]>>".into())],
            changed(),
            "两页互换",
            "two pages were swapped",
        ),
        (
            "annotation-added",
            vec![(object::PAGE_1, page("").replace("13 0 R]", "13 0 R 15 0 R]")), (15, note.into())],
            changed(),
            "增加覆盖文字的注释",
            "an annotation was laid over the text",
        ),
        (
            "annotation-removed",
            vec![(object::PAGE_1, page("").replace("8 0 R 13 0 R", "8 0 R"))],
            changed(),
            "印模从页面上删去",
            "the mark was taken off the page",
        ),
        (
            "mark-look",
            vec![(14, stream("/Type/XObject/Subtype/Form/BBox[0 0 119 119]", "0 0 1 RG 5 5 109 109 re S"))],
            changed(),
            "印模外观被换",
            "the look of the mark was exchanged",
        ),
        (
            "mark-moved",
            vec![(13, format!("{field}>>").replace("300 400 419 519", "100 100 219 219"))],
            changed(),
            "印模被移动",
            "the mark was moved",
        ),
        (
            "mark-hidden",
            vec![(13, format!("{field}>>").replace("/F 132", "/F 134"))],
            changed(),
            "印模被隐藏",
            "the mark was hidden",
        ),
        (
            "script",
            vec![(object::CATALOG, catalog(&make, script))],
            changed(),
            "增加打开时运行的脚本",
            "a script that runs on opening was added",
        ),
        (
            "layers",
            vec![(object::CATALOG, catalog(&make, "/OCProperties<</OCGs[]/D<<>>>>"))],
            changed(),
            "增加图层设置",
            "settings of layers were added",
        ),
        (
            "outline",
            vec![(object::CATALOG, catalog(&make, "/Outlines<</Type/Outlines/Count 0>>"))],
            changed(),
            "增加书签",
            "an outline was added",
        ),
        (
            "names",
            vec![(object::CATALOG, catalog(&make, "/Names<</EmbeddedFiles<</Names[]>>>>"))],
            changed(),
            "增加嵌入文件",
            "embedded files were added",
        ),
        (
            "form-font",
            vec![(object::CATALOG, catalog(&make, "").replace("/DA(/F1 11 Tf)", "/DA(/F1 99 Tf)"))],
            changed(),
            "表单默认外观被改",
            "the default look of the form was changed",
        ),
        (
            "field-added",
            vec![
                (object::CATALOG, catalog(&make, "").replace("13 0 R]", "13 0 R 15 0 R]")),
                (15, "<</Type/Annot/Subtype/Widget/FT/Tx/T(New)/F 4/Rect[0 0 10 10]/V(x)>>".into()),
            ],
            changed(),
            "增加文本域",
            "a text field was added",
        ),
        (
            "field-removed",
            vec![(object::CATALOG, catalog(&make, "").replace("8 0 R 13 0 R", "13 0 R"))],
            changed(),
            "文本域从表单删去",
            "a text field was taken out of the form",
        ),
        (
            "field-filled",
            vec![(object::FIELD, filled_field()), (object::FIELD_LOOK, stream(LOOK, "BT /F1 11 Tf 2 5 Td (Li) Tj ET"))],
            changed(),
            "其后填写表单并改写外观",
            "a form field was filled in, its look rewritten in place",
        ),
        (
            "field-value",
            vec![
                (object::FIELD, filled_field().replace("/N 9 0 R", "/N 15 0 R")),
                (15, stream(LOOK, "BT /F1 11 Tf 2 5 Td (Li) Tj ET")),
            ],
            open(),
            "未认证的文件其后填写表单",
            "a form field was filled in a document that is not certified",
        ),
        (
            "orphan",
            vec![(15, "(an object that nothing uses)".into())],
            changed(),
            "增加无处使用的对象",
            "an object that nothing uses was added",
        ),
    ];
    list.into_iter()
        .map(|(name, objects, verdict, zh, en)| {
            let mut file = sealed_pdf(&make);
            file.update(&objects);
            one(&format!("pdf-later-{name}"), file, verdict, zh, en, LATER)
        })
        .collect()
}

fn catalog(make: &super::ses_make::SignatureMake, more: &str) -> String {
    sealed_pdf(make).catalog_object(more)
}

/// Bytes behind the signed revision.
fn tails(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let with = |tail: &str| {
        let mut file = sealed_pdf(&make);
        file.bytes.extend(tail.as_bytes());
        file
    };
    let object = format!("5 0 obj\n{}\nendobj\n", stream("", "BT /F1 16 Tf 72 700 Td (Amount 900) Tj ET"));
    let partly = {
        let mut file = PdfMake::new();
        let put = PutPdf {
            range: &|from, to, len| format!("[0 {from} {to} {}]", len - to - 30),
            signed: &|file, from, to| [&file[..from], &file[to..file.len() - 30]].concat(),
            ..PutPdf::default()
        };
        file.seal(&put, &make);
        file
    };
    vec![
        one(
            "pdf-tail-text",
            with("some more text\n"),
            open(),
            "文件末尾有多余文字",
            "text behind the last revision",
            "formats §11.3 (5)",
        ),
        one(
            "pdf-tail-object",
            with(&object),
            open(),
            "文件末尾有不在交叉引用中的对象",
            "an object behind the last revision that no table names",
            "formats §11.3 (5)",
        ),
        one(
            "pdf-end-uncovered",
            partly,
            Verdict::open("PARTIAL_COVERAGE", &["PDF_REVISION", "PDF_LATER_CHANGES", "PDF_COVERAGE"]),
            "签名未覆盖文件末尾（并行签章的写法）",
            "the end of the file is not signed (as parallel signing does)",
            "formats §11.2",
        ),
    ]
}
