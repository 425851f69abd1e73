//! Characters of PDF pages and keywords in them.

use std::{fs, path::PathBuf, sync::Arc};

use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_text::{
    BoxMm, KeywordMatch, find_in_page,
    pdf::{PdfText, page_chars},
};
use proptest::prelude::*;

/// Points of a millimetre.
const POINT: f64 = 72.0 / 25.4;

const HELVETICA: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";

/// A Chinese font that is not embedded, with a predefined character map.
fn song(map: &str) -> String {
    format!(
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/{map}/DescendantFonts[<</Type/Font/Subtype\
         /CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>\
         /FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0\
         /Ascent 880/Descent -120/CapHeight 880/StemV 80>>>>]>>"
    )
}

/// A one-page file with that font and content.
fn file(page: &str, font: &str, content: &str) -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595.28 841.89]>>".to_owned(),
        format!("<</Type/Page/Parent 2 0 R{page}/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>"),
        font.to_owned(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
    ];
    let (mut out, mut table) = ("%PDF-1.7\n".to_owned(), String::new());
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let start = out.len();
    out.push_str(&format!(
        "xref\n0 6\n0000000000 65535 f \n{table}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    ));
    out.into_bytes()
}

fn open(bytes: Vec<u8>) -> PdfDocument {
    PdfDocument::open(Arc::new(bytes), &PdfLimits::default()).unwrap()
}

/// Matches on the only page: the same whether the file is read whole or the page is taken out of it.
fn matches(bytes: Vec<u8>, keyword: &str) -> Vec<KeywordMatch> {
    let document = open(bytes);
    let whole = PdfText::new(&document).page_chars(1).unwrap();
    let extracted = page_chars(&document, 1).unwrap();
    assert_eq!(whole, extracted);
    find_in_page(1, &whole.chars, keyword)
}

fn rounded(found: BoxMm) -> [i64; 4] {
    [found.left, found.bottom, found.right, found.top].map(|edge| edge.round() as i64)
}

#[test]
fn the_keyword_of_the_acceptance_kit_stands_where_it_says() {
    let content = format!("BT /F1 16 Tf {:.2} {:.2} Td (SealHere) Tj ET", 40.0 * POINT, 200.0 * POINT);
    let found = matches(file("", HELVETICA, &content), "SealHere");
    assert_eq!(found.len(), 1);
    assert_eq!(rounded(found[0].bounds), [40, 199, 64, 205]);
    assert!(!found[0].hidden);
}

#[test]
fn chinese_text_of_fonts_that_are_not_embedded_is_found() {
    for (map, code) in
        [("UniGB-UCS2-H", "76D67AE05904"), ("UniGB-UTF16-H", "76D67AE05904"), ("GBK-EUC-H", "B8C7D5C2B4A6")]
    {
        let content = format!("BT /F1 20 Tf 100 500 Td <{code}> Tj ET");
        let found = matches(file("", &song(map), &content), "盖章处");
        assert_eq!(found.len(), 1, "{map}");
        assert_eq!(rounded(found[0].bounds), [35, 175, 56, 182], "{map}");
    }
}

#[test]
fn vertical_text_runs_downwards() {
    let found = matches(file("", &song("UniGB-UCS2-V"), "BT /F1 20 Tf 100 500 Td <76D67AE05904> Tj ET"), "盖章处");
    assert_eq!(found.len(), 1);
    let [left, bottom, right, top] = rounded(found[0].bounds);
    assert!(right - left <= 8 && top - bottom >= 20 && top <= 178, "{:?}", found[0].bounds);
}

#[test]
fn text_is_placed_on_the_page_as_it_is_displayed() {
    let content = "BT /F1 10 Tf 100 500 Td (Mark) Tj ET";
    for (page, expected) in [
        ("", [35, 176]),
        ("/CropBox[50 100 500 800]", [18, 141]),
        // Turned clockwise, the left edge of the page is on top.
        ("/Rotate 90", [176, 175]),
        ("/Rotate 180", [175, 121]),
        ("/Rotate 270", [121, 35]),
        ("/UserUnit 2", [71, 352]),
        ("/Rotate 90/CropBox[50 100 500 800]", [141, 141]),
    ] {
        let found = matches(file(page, HELVETICA, content), "Mark");
        assert_eq!(found.len(), 1, "{page}");
        let place = found[0].bounds;
        let near = |a: f64, b: i64| (a - b as f64).abs() < 10.0;
        assert!(near(place.left, expected[0]) && near(place.bottom, expected[1]), "{page}: {place:?}");
        assert!(!found[0].hidden, "{page}");
    }
}

#[test]
fn hidden_text_is_found_and_named_so() {
    for (before, hidden) in
        [("", false), ("3 Tr", true), ("1 g", true), ("1 0 0 rg", false), ("7 Tr", true), ("2 Tr", false)]
    {
        let content = format!("BT {before} /F1 10 Tf 100 500 Td (Mark) Tj ET");
        let found = matches(file("", HELVETICA, &content), "Mark");
        assert_eq!(found.iter().map(|found| found.hidden).collect::<Vec<_>>(), [hidden], "{before}");
    }
    let clipped = "0 0 50 50 re W n BT /F1 10 Tf 100 500 Td (Mark) Tj ET";
    assert!(matches(file("", HELVETICA, clipped), "Mark")[0].hidden);
    let outside = "BT /F1 10 Tf 100 5000 Td (Mark) Tj ET";
    assert!(matches(file("", HELVETICA, outside), "Mark")[0].hidden);
}

#[test]
fn pieces_and_kerning_do_not_break_a_keyword() {
    let content = "BT /F1 10 Tf 100 500 Td [(Se) -20 (al) 30 (H)] TJ (ere) Tj ET";
    assert_eq!(matches(file("", HELVETICA, content), "Seal Here").len(), 1);
    assert!(matches(file("", HELVETICA, content), "SealHera").is_empty());
}

#[test]
fn a_page_that_draws_without_end_is_given_up() {
    // Ten forms, each showing the next ten times: ten thousand million operations.
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 600 800]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R>>".to_owned(),
        "<</Length 5>>\nstream\n/X Do\nendstream".to_owned(),
    ];
    for level in 0..10 {
        let content = "/X Do ".repeat(10);
        objects.push(format!(
            "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {} 0 R>>>>/Length {}>>\nstream\n{content}\nendstream",
            level + 6,
            content.len()
        ));
    }
    let mut out = "%PDF-1.7\n".to_owned();
    for (index, object) in objects.iter().enumerate() {
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    out.push_str("trailer\n<</Root 1 0 R>>\n");
    let document = open(out.into_bytes());
    // Either the interpreter's own nesting limit or ours ends it; it ends.
    let _ = page_chars(&document, 1);
}

#[test]
fn public_samples_give_their_text() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/pdf-plain");
    let Ok(files) = fs::read_dir(folder) else {
        println!("skipped: ../shared is absent");
        return;
    };
    let (mut pages, mut chars, mut failed) = (0, 0, Vec::new());
    for file in files.map(|file| file.unwrap().path()) {
        let bytes = fs::read(&file).unwrap();
        let Ok(document) = PdfDocument::open(Arc::new(bytes), &PdfLimits::default()) else { continue };
        let text = PdfText::new(&document);
        for number in 1..=document.page_count().min(2) {
            pages += 1;
            match text.page_chars(number) {
                Ok(found) => chars += found.chars.len(),
                Err(error) => failed.push(format!("{}: {error}", file.display())),
            }
        }
    }
    println!("{pages} pages, {chars} characters; failed: {failed:?}");
    assert!(failed.len() * 20 <= pages, "{failed:?}");
}

proptest! {
    #[test]
    fn any_content_is_harmless(content in "[ -~\n]{0,300}") {
        let document = open(file("", HELVETICA, &content));
        let _ = page_chars(&document, 1);
    }
}
