//! Characters of PDF pages and keywords in them.

use std::{fs, path::PathBuf, sync::Arc};

use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_text::{
    BoxMm, KeywordMatch, TextError, find_in_page,
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
    file_with(page, &format!("/Font<</F1 {font}>>"), content, "", &[])
}

/// A one-page file with those resources and further entries of its catalog; `more` are objects 5, 6, …
fn file_with(page: &str, resources: &str, content: &str, catalog: &str, more: &[String]) -> Vec<u8> {
    let mut objects = vec![
        format!("<</Type/Catalog/Pages 2 0 R{catalog}>>"),
        "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595.28 841.89]>>".to_owned(),
        format!("<</Type/Page/Parent 2 0 R{page}/Resources<<{resources}>>/Contents 4 0 R>>"),
        stream("", content),
    ];
    objects.extend_from_slice(more);
    let (mut out, mut table) = ("%PDF-1.7\n".to_owned(), String::new());
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let (start, size) = (out.len(), objects.len() + 1);
    out.push_str(&format!(
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    ));
    out.into_bytes()
}

fn stream(entries: &str, content: &str) -> String {
    format!("<</Length {}{entries}>>\nstream\n{content}\nendstream", content.len())
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
    let page = document.page(1).unwrap();
    let mut text = whole;
    text.keep_on_page(page.width_mm(), page.height_mm());
    find_in_page(1, &text.chars, keyword)
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
    // By default the middle of a character's top edge, 0.88 type sizes over its baseline, stands at the point that is set
    // (`DW2`, ISO 32000-2, 9.7.4.3); poppler's own boxes leave that out.
    let em = 20.0 / POINT;
    let (x, y) = (100.0 / POINT, 500.0 / POINT);
    let expected = [x - em / 2.0, y - 0.88 * em - 2.0 * em - 0.14 * em, x + em / 2.0, y - 0.02 * em];
    let BoxMm { left, bottom, right, top } = found[0].bounds;
    for (ours, expected) in [left, bottom, right, top].iter().zip(expected) {
        assert!((ours - expected).abs() < 0.05, "{:?} {expected:?}", found[0].bounds);
    }
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
    // What it stands on decides, and what was drawn there last.
    for (before, color, hidden) in [
        ("0 0 .5 rg 90 490 200 40 re f", "1 g", false),
        ("0 0 .5 rg 90 490 200 40 re f 1 g 95 495 100 20 re f", "1 g", true),
        ("0 0 .5 rg 300 490 200 40 re f", "1 g", true),
        ("0 0 .5 rg 90 490 200 40 re f", "0 0 .5 rg", true),
        ("0 0 .5 rg 90 490 200 40 re S", "1 g", true),
        // The text stands beside the triangle, though in its box.
        ("0 g 90 490 m 400 490 l 400 800 l f", "1 g", true),
        ("0 g q 0 0 80 80 re W n 90 490 200 40 re f Q", "1 g", true),
    ] {
        let content = format!("{before} BT {color} /F1 10 Tf 100 500 Td (Mark) Tj ET");
        let found = matches(file("", HELVETICA, &content), "Mark");
        assert_eq!(found.iter().map(|found| found.hidden).collect::<Vec<_>>(), [hidden], "{content}");
    }
    let clear = file_with(
        "",
        &format!("/Font<</F1 {HELVETICA}>>/ExtGState<</G<</ca 0>>>>"),
        "/G gs BT /F1 10 Tf 100 500 Td (Mark) Tj ET",
        "",
        &[],
    );
    assert!(matches(clear, "Mark")[0].hidden, "transparent");
    let clipped = "0 0 50 50 re W n BT /F1 10 Tf 100 500 Td (Mark) Tj ET";
    assert!(matches(file("", HELVETICA, clipped), "Mark")[0].hidden);
}

#[test]
fn text_of_drawn_fonts_is_found_where_it_stands() {
    // Type 3: glyphs are content streams, in a space of the font's own.
    let map = "/CIDInit/ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange<00><FF>endcodespacerange \
               2 beginbfchar<61><76D6><62><7AE0>endbfchar endcmap end end";
    for (scale, side) in [("0.001", 1000), ("0.01", 100)] {
        let font = format!(
            "/Font<</F1<</Type/Font/Subtype/Type3/FontBBox[0 0 {side} {side}]/FontMatrix[{scale} 0 0 {scale} 0 0]\
             /CharProcs<</a 5 0 R/b 5 0 R>>/Encoding<</Type/Encoding/Differences[97/a/b]>>/FirstChar 97/LastChar 98\
             /Widths[{side} {side}]/ToUnicode 6 0 R>>>>"
        );
        let glyph = stream("", &format!("{side} 0 0 0 {side} {side} d1 0 0 {side} {side} re f"));
        let content = "BT /F1 10 Tf 100 500 Td (ab) Tj ET BT 3 Tr 100 400 Td (ab) Tj ET BT 0 Tr 100 300 Td (ba) Tj ET";
        let found = matches(file_with("", &font, content, "", &[glyph, stream("", map)]), "盖章");
        assert_eq!(found.len(), 2, "{scale}: {found:?}");
        let (seen, place) = (&found[0], found[0].bounds);
        let points = [place.left, place.bottom, place.right, place.top].map(|mm| mm * 72.0 / 25.4);
        let near = points.iter().zip([100.0, 498.6, 120.0, 508.6]).all(|(a, b): (&f64, f64)| (a - b).abs() < 0.5);
        assert!(near && !seen.hidden, "{scale}: {points:?}");
        assert!(found[1].hidden, "invisible mode: drawn fonts know it too");
    }
}

#[test]
fn what_is_not_drawn_is_not_found() {
    let outside = "BT /F1 10 Tf 100 5000 Td (Mark) Tj ET";
    assert!(matches(file("", HELVETICA, outside), "Mark").is_empty());
    let font = format!("/Font<</F1 {HELVETICA}>>");
    let mark = "BT /F1 10 Tf 100 500 Td (Mark) Tj ET";
    for (resources, content, catalog, count) in [
        ("/ExtGState<</G<</ca .5>>>>", format!("/G gs {mark}"), "", 1),
        (
            "/Properties<</L 5 0 R>>",
            format!("/OC /L BDC {mark} EMC"),
            "/OCProperties<</OCGs[5 0 R]/D<</OFF[5 0 R]>>>>",
            0,
        ),
        (
            "/Properties<</L 5 0 R>>",
            format!("/OC /L BDC {mark} EMC"),
            "/OCProperties<</OCGs[5 0 R]/D<</ON[5 0 R]>>>>",
            1,
        ),
    ] {
        let layer = "<</Type/OCG/Name(L)>>".to_owned();
        let bytes = file_with("", &[&font, resources].concat(), &content, catalog, &[layer]);
        // Whether a layer is on stands in the catalog, which a page that was taken out is without.
        let found = find_in_page(1, &PdfText::new(&open(bytes)).page_chars(1).unwrap().chars, "Mark");
        assert_eq!(found.len(), count, "{resources} {catalog}");
    }
}

#[test]
fn text_of_forms_is_found_where_they_are_drawn() {
    let form = |matrix: &str, content: &str, resources: &str| {
        let entries = format!("/Type/XObject/Subtype/Form/BBox[0 0 200 100]{matrix}/Resources<<{resources}>>");
        stream(&entries, content)
    };
    let font = format!("/Font<</F1 {HELVETICA}>>");
    let text = "BT /F1 10 Tf 10 20 Td (Mark) Tj ET";
    let inner = form("/Matrix[2 0 0 2 0 0]", text, &font);
    let outer = form("", "q 1 0 0 1 5 5 cm /Y Do Q", "/XObject<</Y 5 0 R>>");
    let content = "q 1 0 0 1 100 200 cm /X Do Q q 1 0 0 1 300 400 cm /Y Do Q";
    let bytes = file_with("", "/XObject<</X 6 0 R/Y 5 0 R>>", content, "", &[inner, outer]);
    let found = matches(bytes, "Mark");
    // Higher up comes first: 320 440 on the page, then 100 + 5 + 2·10 and 200 + 5 + 2·20.
    let origins: Vec<[i64; 2]> = found
        .iter()
        .map(|found| [found.bounds.left, found.bounds.bottom + 0.14 * 20.0 / POINT])
        .map(|place| place.map(|edge| (edge * POINT).round() as i64))
        .collect();
    assert_eq!(origins, [[320, 440], [125, 245]]);
}

/// A font with two-byte codes that mean nothing by themselves.
fn identity(collection: &str, to_unicode: &str) -> String {
    let (registry, ordering) = collection.split_once('-').unwrap();
    format!(
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/Identity-H{to_unicode}/DescendantFonts[<</Type/Font/Subtype\
         /CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry({registry})/Ordering({ordering})/Supplement 2>>\
         /FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0\
         /Ascent 880/Descent -120/CapHeight 880/StemV 80>>>>]>>"
    )
}

/// What codes 1, 2 and 3 mean: 盖章处.
const TABLE: &str = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def 1 begincodespacerange \
                     <0000> <FFFF> endcodespacerange 3 beginbfchar <0001> <76D6> <0002> <7AE0> <0003> <5904> endbfchar \
                     endcmap end end";

#[test]
fn what_codes_mean_is_told_by_table_or_collection() {
    for (name, font, codes, unmapped) in [
        ("a table", identity("Adobe-Identity", "/ToUnicode 5 0 R"), "000100020003", 0),
        // Adobe-GB1 counts the characters of GB 2312 row by row from 啊 = 940: 盖 is 24-39, 章 53-34, 处 20-06.
        ("the collection", identity("Adobe-GB1", ""), "06C211630529", 0),
        ("neither", identity("Adobe-Identity", ""), "000100020003", 3),
    ] {
        let content = format!("BT /F1 20 Tf 100 500 Td <{codes}> Tj ET");
        let bytes = file_with("", &format!("/Font<</F1 {font}>>"), &content, "", &[stream("", TABLE)]);
        let document = open(bytes);
        let text = page_chars(&document, 1).unwrap();
        assert_eq!(text.unmapped, unmapped, "{name}");
        let found = find_in_page(1, &text.chars, "盖章处");
        assert_eq!(found.len(), usize::from(unmapped == 0), "{name}: {:?}", text.chars);
        assert!(found.iter().all(|found| rounded(found.bounds) == [35, 175, 56, 182]), "{name}");
    }
}

#[test]
fn replacement_text_stands_for_its_glyphs() {
    let unknown = identity("Adobe-Identity", "");
    let text = |before: &str, codes: &str, font: &str| {
        let content = format!("BT /F1 20 Tf 100 500 Td {before} {codes} Tj EMC ET");
        file_with(
            "",
            &format!("/Font<</F1 {font}>>/Properties<</P 5 0 R>>"),
            &content,
            "",
            &["<</ActualText<FEFF76D67AE05904>>>".to_owned()],
        )
    };
    let named = "/Span /P BDC";
    let inline = "/Span<</ActualText<FEFF76D67AE05904>>>BDC";
    let letters = "/Span<</ActualText(Mark)>>BDC";
    for (name, bytes, keyword, expected) in [
        ("named", text(named, "<000100020003>", &unknown), "盖章处", Some(([35, 175, 56, 182], false))),
        ("inline", text(inline, "<000100020003>", &unknown), "盖章处", Some(([35, 175, 56, 182], false))),
        ("part of it", text(inline, "<000100020003>", &unknown), "章处", Some(([42, 175, 56, 182], false))),
        (
            "more glyphs than characters",
            text(inline, "<000100020003000400050006>", &unknown),
            "盖",
            Some(([35, 175, 49, 182], false)),
        ),
        ("the same as the glyphs say", text(letters, "(Mark)", HELVETICA), "Mark", Some(([35, 175, 51, 182], false))),
        (
            "something else than the glyphs say",
            text(letters, "(Fake)", HELVETICA),
            "Mark",
            Some(([35, 175, 51, 182], true)),
        ),
        ("what the glyphs said", text(letters, "(Fake)", HELVETICA), "Fake", None),
        ("nothing", text("/Span<</ActualText()>>BDC", "(Fake)", HELVETICA), "Fake", None),
    ] {
        let found = matches(bytes, keyword);
        assert_eq!(found.first().map(|found| (rounded(found.bounds), found.hidden)), expected, "{name}");
        assert!(found.len() < 2, "{name}");
    }
}

/// Boxes of words as poppler sees them, mm from the lower left; none if poppler is absent.
fn poppler(bytes: &[u8], height: f64) -> Option<Vec<(String, BoxMm)>> {
    let folder = std::env::temp_dir().join(format!("eseal-text-{}-{:x}", std::process::id(), bytes.len()));
    fs::create_dir_all(&folder).unwrap();
    let input = folder.join("in.pdf");
    fs::write(&input, bytes).unwrap();
    let mut command = std::process::Command::new("pdftotext");
    command.args(["-bbox", "-q", "-cropbox"]).arg(&input).arg("-");
    let output = command.output();
    let _ = fs::remove_dir_all(&folder);
    let output = String::from_utf8_lossy(&output.ok()?.stdout).into_owned();
    let value = |line: &str, name: &str| -> f64 {
        let rest = line.split_once(&format!("{name}=\"")).unwrap().1;
        rest.split('"').next().unwrap().parse::<f64>().unwrap() / POINT
    };
    let words = output.lines().filter(|line| line.contains("<word ")).map(|line| {
        let text = line.split_once("\">").unwrap().1.replace("</word>", "");
        let (upper, lower) = (value(line, "yMin"), value(line, "yMax"));
        let bounds = BoxMm {
            left: value(line, "xMin"),
            bottom: height - lower,
            right: value(line, "xMax"),
            top: height - upper,
        };
        (text, bounds)
    });
    Some(words.collect())
}

#[test]
fn boxes_are_where_poppler_sees_them() {
    let plain = "BT /F1 20 Tf 100 500 Td (Mark) Tj ET";
    let chinese = "BT /F1 20 Tf 100 500 Td <000100020003> Tj ET";
    let ucs = identity("Adobe-Identity", "/ToUnicode 5 0 R");
    for (name, page, font, content, word) in [
        ("upright", "", HELVETICA, plain, "Mark"),
        ("page turned 90", "/Rotate 90", HELVETICA, plain, "Mark"),
        ("page turned 180", "/Rotate 180", HELVETICA, plain, "Mark"),
        ("page turned 270", "/Rotate 270", HELVETICA, plain, "Mark"),
        ("cut page", "/CropBox[50 100 500 800]", HELVETICA, plain, "Mark"),
        ("cut and turned page", "/CropBox[50 100 500 800]/Rotate 90", HELVETICA, plain, "Mark"),
        ("text turned left", "", HELVETICA, "BT /F1 20 Tf 0 1 -1 0 100 500 Tm (Mark) Tj ET", "Mark"),
        ("text turned right", "", HELVETICA, "BT /F1 20 Tf 0 -1 1 0 100 500 Tm (Mark) Tj ET", "Mark"),
        ("text upside down", "", HELVETICA, "BT /F1 20 Tf -1 0 0 -1 300 500 Tm (Mark) Tj ET", "Mark"),
        ("text and page turned", "/Rotate 90", HELVETICA, "BT /F1 20 Tf 0 1 -1 0 100 500 Tm (Mark) Tj ET", "Mark"),
        ("stretched", "", HELVETICA, "BT /F1 20 Tf 150 Tz 100 500 Td (Mark) Tj ET", "Mark"),
        ("spaced", "", HELVETICA, "BT /F1 20 Tf 1 Tc 5 Ts 100 500 Td (Mark) Tj ET", "Mark"),
        ("pieces", "", HELVETICA, "BT /F1 20 Tf 100 500 Td [(M) 20 (a) -30 (rk)] TJ ET", "Mark"),
        ("Chinese", "", &ucs, chinese, "盖章处"),
        ("Chinese on a turned page", "/Rotate 270", &ucs, chinese, "盖章处"),
    ] {
        let bytes = file_with(page, &format!("/Font<</F1 {font}>>"), content, "", &[stream("", TABLE)]);
        let height = open(bytes.clone()).page(1).unwrap().height_mm();
        let Some(words) = poppler(&bytes, height) else {
            println!("skipped: pdftotext is absent");
            return;
        };
        let found = matches(bytes, word);
        assert_eq!(found.len(), 1, "{name}");
        // Poppler may take vertical text apart; without its tables it does not know Chinese at all.
        let joined: String = words.iter().map(|(text, _)| text.as_str()).collect();
        if joined != word {
            println!("{name}: poppler reads {joined:?}, not compared");
            continue;
        }
        let theirs = words.iter().map(|(_, bounds)| *bounds).reduce(|a, b| BoxMm {
            left: a.left.min(b.left),
            bottom: a.bottom.min(b.bottom),
            right: a.right.max(b.right),
            top: a.top.max(b.top),
        });
        let (ours, theirs) = (found[0].bounds, theirs.unwrap());
        // Along the baseline both know the widths; across it each has its own idea of ascent and descent.
        let size = 20.0 / POINT;
        let near = |a: f64, b: f64| (a - b).abs() < 0.35 * size;
        let all = near(ours.left, theirs.left)
            && near(ours.right, theirs.right)
            && near(ours.bottom, theirs.bottom)
            && near(ours.top, theirs.top);
        let middle = |a: BoxMm| (f64::midpoint(a.left, a.right), f64::midpoint(a.bottom, a.top));
        let (our, their) = (middle(ours), middle(theirs));
        assert!(all && (our.0 - their.0).hypot(our.1 - their.1) < 0.15 * size, "{name}: {ours:?} {theirs:?}");
    }
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
    let given_up = page_chars(&document, 1);
    assert!(
        matches!(given_up, Err(TextError::TooLarge { what: "drawing operations of one page", .. })),
        "{given_up:?}"
    );
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
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever runs and lines a text is cut into, drawn in whatever order: found once, in the same box.
    #[test]
    fn a_keyword_is_found_in_the_same_box_however_it_is_cut(
        cuts in proptest::collection::vec((any::<bool>(), 0_usize..3), 7),
        wrap in 1_usize..7,
        reversed in any::<bool>(),
        turn in prop::sample::select(vec![("", 0_u32), ("/Rotate 90", 1), ("/Rotate 180", 2), ("/Rotate 270", 3)]),
    ) {
        const TEXT: [&str; 7] = ["6CD5", "5B9A", "4EE3", "8868", "4EBA", "7B7E", "7AE0"];
        let place = |index: usize| if index < wrap { (200 + 20 * index, 500) } else { (200 + 20 * (index - wrap), 470) };
        let (mut runs, mut run) = (Vec::new(), String::new());
        let mut start = 0;
        for (index, (cut, blank)) in cuts.iter().enumerate() {
            run.push_str(TEXT[index]);
            if *cut || index + 1 == TEXT.len() || index + 1 == wrap {
                let (x, y) = place(start);
                let blank = ["", "0020", "3000"][*blank];
                runs.push(format!("BT /F1 20 Tf {x} {y} Td <{run}{blank}> Tj ET "));
                (start, run) = (index + 1, String::new());
            }
        }
        if reversed {
            runs.reverse();
        }
        let found = matches(file(turn.0, &song("UniGB-UCS2-H"), &runs.concat()), "法定 代表人\u{3000}签章");
        prop_assert_eq!(found.len(), 1, "{}", runs.concat());
        let right = 200 + 20 * wrap.max(TEXT.len() - wrap);
        let [left, bottom, right, top] = [200.0, 470.0 - 2.8, right as f64, 500.0 + 17.2];
        let (width, height) = (595.28, 841.89);
        let expected = match turn.1 {
            0 => [left, bottom, right, top],
            1 => [bottom, width - right, top, width - left],
            2 => [width - right, height - top, width - left, height - bottom],
            _ => [height - top, left, height - bottom, right],
        };
        let bounds = found[0].bounds;
        for (ours, expected) in [bounds.left, bounds.bottom, bounds.right, bounds.top].iter().zip(expected) {
            prop_assert!((ours * POINT - expected).abs() < 0.5, "{:?} {:?}", bounds, expected);
        }
    }

    #[test]
    fn any_content_is_harmless(content in "[ -~\n]{0,300}") {
        let document = open(file("", HELVETICA, &content));
        let _ = page_chars(&document, 1);
    }
}
