use eseal_convert::{Options, SourceType, Target, convert};
use eseal_text::find_in_page;

use crate::tools::{TARGETS, attempt, converted, kinds, opened, output, shown, written};

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
    let long: String = (0..440)
        .map(|line| format!("第{line}行 abc 㐂：甲乙双方经友好协商，就电子印章应用服务达成如下条款，共同遵守。\n"))
        .collect();
    for (target, name) in TARGETS.into_iter().zip(["pages.pdf", "pages.ofd"]) {
        shown(name, &converted(long.as_bytes(), target).bytes);
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

#[test]
fn tables_as_text_have_columns_in_both_formats() {
    let table = "序号,单位,金额\r\n1,\"示例，一部\",12.50\r\n2,第二\"单\"位,3\r\n";
    let (windows, _, _) = encoding_rs::GB18030.encode(table);
    for bytes in [table.as_bytes(), &windows] {
        for target in TARGETS {
            let converted = attempt(bytes, Some("CSV"), target).unwrap();
            assert_eq!((converted.source_type, converted.page_count), (SourceType::Csv, 1));
            assert_eq!(kinds(&converted), [""; 0]);
            assert!(converted == attempt(bytes, Some("CSV"), target).unwrap(), "not the same twice");
        }
        shown("table.pdf", &attempt(bytes, Some("CSV"), Target::Pdf).unwrap().bytes);
        shown("table.ofd", &attempt(bytes, Some("CSV"), Target::Ofd).unwrap().bytes);
        let ofd = opened(&attempt(bytes, Some("CSV"), Target::Ofd).unwrap());
        let page = eseal_text::ofd::page_chars(&ofd, 1).unwrap();
        let left = |word: &str| find_in_page(1, &page.chars, word)[0].bounds.left;
        assert!((left("金额") - left("12.50")).abs() < 0.6, "{} {}", left("金额"), left("12.50"));
        assert!((left("单位") - left("示例，一部")).abs() < 0.6);
        assert_eq!(find_in_page(1, &page.chars, "第二\"单\"位").len(), 1);
    }
}

#[test]
fn hostile_tables_cost_no_more_than_texts() {
    let start = std::time::Instant::now();
    for table in
        ["\"".repeat(1 << 18), ",".repeat(1 << 18), ",\n".repeat(1 << 13), "a,".repeat(1 << 17), "\"a".to_owned()]
    {
        let outcome = attempt(table.as_bytes(), Some("CSV"), Target::Pdf);
        let fine = matches!(&outcome, Ok(_) | Err(eseal_convert::ConvertError::TooLarge { .. }));
        assert!(fine, "{:?}", outcome.map(drop));
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
