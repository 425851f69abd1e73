use eseal_convert::{Options, SourceType, Target, convert};
use eseal_text::find_in_page;

use crate::tools::{TARGETS, converted, kinds, opened, output, written};

const NOTICE: &str = "关于电子印章的通知\r\n\r\n\t各有关单位：\n自 2026 年起使用。\n甲方（盖章）：\n<&\"> end";

#[test]
fn text_stays_text_in_a_pdf() {
    let converted = converted(NOTICE.as_bytes(), Target::Pdf);
    assert_eq!((converted.source_type, converted.page_count), (SourceType::Text, 1));
    assert_eq!(kinds(&converted), [""; 0]);
    let (_folder, path) = written("notice.pdf", &converted.bytes);
    output("qpdf", &["--check"], &path);
    if let Some(text) = output("pdftotext", &["-enc", "UTF-8"], &path).map(|_| path.with_extension("txt")) {
        let text = std::fs::read_to_string(text).unwrap();
        for line in NOTICE.lines().map(str::trim).filter(|line| !line.is_empty()) {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }
}

#[test]
fn keywords_are_found_where_the_line_stands() {
    let converted = converted(NOTICE.as_bytes(), Target::Ofd);
    let ofd = opened(&converted);
    let page = eseal_text::ofd::page_chars(&ofd, 1).unwrap();
    let found = find_in_page(1, &page.chars, "甲方（盖章）");
    assert_eq!(found.len(), 1);
    // The fifth line: the upper margin, four lines, and the space above the type; from below.
    let (line_mm, size_mm) = (10.5 * 1.5 * 25.4 / 72.0, 10.5 * 25.4 / 72.0);
    let baseline_mm = 297.0 - (25.4 + 4.0 * line_mm + (line_mm - size_mm) / 2.0 + 0.88 * size_mm);
    let bounds = found[0].bounds;
    assert!(
        (bounds.left - 31.8).abs() < 0.01 && (bounds.right - bounds.left - 6.0 * size_mm).abs() < 0.05,
        "{bounds:?}"
    );
    assert!(bounds.bottom < baseline_mm && baseline_mm < bounds.top, "{baseline_mm} is not in {bounds:?}");
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    let long: String = (0..200).map(|line| format!("第{line}行 abc 㐂\n")).collect();
    for target in TARGETS {
        assert_eq!(converted(long.as_bytes(), target), converted(long.as_bytes(), target));
    }
}

#[test]
fn characters_without_a_glyph_become_boxes_and_are_named() {
    for target in TARGETS {
        let converted = converted("名字：กขก".as_bytes(), target);
        assert_eq!(kinds(&converted), ["GLYPH_MISSING"]);
        assert!(converted.warnings[0].detail.ends_with("กข"), "{:?}", converted.warnings);
    }
}

#[test]
fn texts_of_windows_are_read() {
    let (bytes, _, _) = encoding_rs::GB18030.encode("印章使用管理办法");
    for target in TARGETS {
        assert_eq!(kinds(&converted(&bytes, target)), [""; 0]);
    }
}

#[test]
fn a_title_is_written_into_the_document() {
    let options = Options { title: Some("<通知>".into()), ..Options::default() };
    let converted = convert(&b"text".to_vec(), None, Target::Pdf, &options).unwrap();
    let (_folder, path) = written("titled.pdf", &converted.bytes);
    if let Some(information) = output("pdfinfo", &[], &path) {
        assert!(information.contains("<通知>"), "{information}");
    }
    let converted = convert(&b"text".to_vec(), None, Target::Ofd, &options).unwrap();
    let ofd = opened(&converted);
    assert!(ofd.package().text(ofd.entry()).unwrap().contains("&lt;通知&gt;"));
}
