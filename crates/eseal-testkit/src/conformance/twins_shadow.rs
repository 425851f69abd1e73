//! Shadow attacks (影子攻击: hidden, replaced, overlaid content) and what certifications forbid.

use super::{
    Case, Class, ConformanceWorld, Expected, Verdict,
    good::{LOOK, certifying, filled_field},
    pdf_make::{PdfMake, PutPdf, object, sealed_pdf, stream},
    twins_later::{LATER, changed, one},
};

const MDP: &str = "ISO 32000-2, 12.8.2.2";
const SHADOW: &str = "shadow attacks";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [shadows(world), certified(world)].concat()
}

/// Prepared before signing, sprung afterwards.
fn shadows(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    // Hide: a picture lies over the text when it is signed, and is taken away.
    let overlay = |resource: &str| {
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>/XObject<</Im1 10 0 R/Im2 {resource}>>>>/Contents[5 0 R 13 0 R]/Annots[8 0 R]>>"
        )
    };
    let hidden = || {
        let mut file = PdfMake::new();
        file.update(&[
            (object::PAGE_1, overlay("12 0 R")),
            (12, stream("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/ASCIIHexDecode", "FF>")),
            (13, stream("", "q 595 0 0 842 0 0 cm /Im2 Do Q")),
        ]);
        file.seal(&PutPdf { is_hidden: true, ..PutPdf::default() }, &make);
        file
    };
    let mut freed = hidden();
    let previous = freed.start();
    freed.finish("xref\n12 1\n0000000000 00001 f \n", previous, "");
    let mut emptied = hidden();
    emptied.update(&[(13, stream("", " "))]);
    // Hide and replace: another page lies ready in what is signed, and the table is made to lead to it.
    let mut ready = PdfMake::new();
    let decoy = ready.bytes.len();
    ready
        .bytes
        .extend(format!("5 0 obj\n{}\nendobj\n", stream("", "BT /F1 16 Tf 72 700 Td (Amount 900) Tj ET")).into_bytes());
    ready.update(&[(object::INFO, "<</Producer(test)>>".into())]);
    ready.seal(&PutPdf::default(), &make);
    let previous = ready.start();
    ready.finish(&format!("xref\n5 1\n{decoy:010} 00000 n \n"), previous, "");
    // Another root lies ready.
    let mut root = PdfMake::new();
    root.update(&[
        (12, "<</Type/Catalog/Pages 13 0 R>>".into()),
        (13, "<</Type/Pages/Count 1/Kids[14 0 R]>>".into()),
        (
            14,
            "<</Type/Page/Parent 13 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents 15 0 R>>".into(),
        ),
        (15, stream("", "BT /F1 16 Tf 72 700 Td (Amount 900) Tj ET")),
    ]);
    root.seal(&PutPdf::default(), &make);
    let previous = root.start();
    root.finish("xref\n0 0\n", previous, "/Root 12 0 R");
    // A reference that leads nowhere when it is signed is filled later.
    let mut dangling = PdfMake::new();
    dangling.update(&[(object::PAGE_1, overlay("40 0 R").replace("13 0 R", "41 0 R"))]);
    dangling.seal(&PutPdf { is_hidden: true, ..PutPdf::default() }, &make);
    dangling.update(&[(41, stream("", "BT /F1 16 Tf 72 700 Td (Amount 900) Tj ET"))]);
    // A second seal covers the forbidden change: it is good, the first is not.
    let mut covered = sealed_pdf(&make);
    covered.update(&[(object::CONTENT_1, stream("", "BT /F1 16 Tf 72 700 Td (Amount 900) Tj ET"))]);
    covered.seal(&PutPdf::default(), &make);
    let first = Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["PDF_LATER_CHANGES"]);
    vec![
        one(
            "pdf-shadow-hide-freed",
            freed,
            changed(),
            "遮挡的图片在签后被释放",
            "the picture over the text is freed later",
            SHADOW,
        ),
        one(
            "pdf-shadow-hide-emptied",
            emptied,
            changed(),
            "遮挡的绘制在签后被清空",
            "what draws over the text is emptied later",
            SHADOW,
        ),
        one(
            "pdf-shadow-replace-table",
            ready,
            changed(),
            "签后的交叉引用改指预先藏好的页面内容",
            "a later table leads to content that lay ready",
            SHADOW,
        ),
        one(
            "pdf-shadow-root",
            root,
            changed(),
            "签后改用预先藏好的另一文档目录",
            "a later trailer leads to a catalog that lay ready",
            SHADOW,
        ),
        one(
            "pdf-shadow-dangling",
            dangling,
            changed(),
            "签后填补悬空引用",
            "a reference that led nowhere is filled later",
            SHADOW,
        ),
        Case::new(
            Class::Twin,
            "pdf-change-covered-by-second",
            "pdf",
            covered.bytes,
            Expected::Signatures(vec![first, Verdict::good()]),
        )
        .says("两枚印章之间页面被改", "a page was changed between two seals", LATER),
    ]
}

/// Permissions of certification signatures and locked fields.
fn certified(world: &ConformanceWorld) -> Vec<Case> {
    let make = world.signature_of(4);
    let with = |permission| {
        let mut file = PdfMake::new();
        file.seal(&certifying(permission).borrowed(), &make);
        file
    };
    let fill = |file: &mut PdfMake| {
        let look = file.next;
        file.update(&[
            (object::FIELD, filled_field().replace("/N 9 0 R", &format!("/N {look} 0 R"))),
            (look, stream(LOOK, "BT /F1 11 Tf 2 5 Td (Li) Tj ET")),
        ]);
    };
    let note = |file: &mut PdfMake| {
        let number = file.next;
        let page = file.page_object(&format!("{number} 0 R"));
        file.update(&[
            (object::PAGE_1, page),
            (number, "<</Type/Annot/Subtype/Text/F 4/Rect[72 690 92 720]/Contents(note)/P 4 0 R>>".into()),
        ]);
    };
    let mut signed = with(1);
    signed.seal(&PutPdf::default(), &make);
    let mut filled = with(1);
    fill(&mut filled);
    let mut noted = with(2);
    note(&mut noted);
    let lock = |action: &str| {
        format!(
            "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/TransformParams<</Type/TransformParams/V/1.2/Action/{action}>>>>]"
        )
    };
    let mut locked = PdfMake::new();
    locked.seal(&PutPdf { entries: &lock("All"), ..PutPdf::default() }, &make);
    let mut locked_filled = locked.clone();
    fill(&mut locked_filled);
    locked.seal(&PutPdf::default(), &make);
    let first = || Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["PDF_LATER_CHANGES"]);
    let two = |name: &str, file: PdfMake, zh: &str, en: &str| {
        Case::new(Class::Twin, name, "pdf", file.bytes, Expected::Signatures(vec![first(), Verdict::good()]))
            .says(zh, en, MDP)
    };
    vec![
        two("pdf-mdp-1-signed", signed, "不许改动的认证签名之后又签章", "sealed although no changes are permitted"),
        one(
            "pdf-mdp-1-filled",
            filled,
            changed(),
            "不许改动的认证签名之后填表",
            "filled in although no changes are permitted",
            MDP,
        ),
        one(
            "pdf-mdp-2-annotated",
            noted,
            changed(),
            "只许填表的认证签名之后加注释",
            "annotated although only filling in is permitted",
            MDP,
        ),
        two("pdf-field-lock-signed", locked, "锁定全部域之后又签章", "sealed although all fields are locked"),
        one(
            "pdf-field-lock-filled",
            locked_filled,
            changed(),
            "锁定全部域之后填表",
            "filled in although all fields are locked",
            MDP,
        ),
    ]
}
