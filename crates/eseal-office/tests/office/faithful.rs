//! What comes out is a PDF with all the text, in fonts of the right style, the same each time.

use eseal_office::{Job, Kind, Office};

use crate::{convert, documents, is_installed, judged, kept, settings};

/// Name, document, kind, pages, words that must come out, parts of the names of its fonts.
type Case = (&'static str, Vec<u8>, Kind, usize, &'static [&'static str], &'static [&'static str]);

/// A document of each kind.
fn cases() -> Vec<Case> {
    vec![
        (
            "DOCX",
            documents::docx(),
            Kind::Docx,
            1,
            &[
                "关于开展电子印章应用试点的通知",
                "仿宋字体",
                "楷体标题",
                "电子印章制作",
                "3,400.50",
                "页眉：示例单位",
                "页脚：第一页",
            ],
            &["NotoSerifCJK", "NotoSansCJK", "LXGWWenKai", "LiberationSerif"],
        ),
        ("XLSX", documents::xlsx(), Kind::Xlsx, 2, &["单位01", "单位60", "1020.50", "已签章"], &["NotoSansCJK"]),
        ("PPTX", documents::pptx(), Kind::Pptx, 2, &["电子印章培训", "第二页：操作步骤"], &["NotoSansCJK"]),
        (
            "HTML",
            documents::html(),
            Kind::Html,
            1,
            &["网页标题", "网页正文，测试。", "乙方"],
            &["NotoSansCJK", "NotoSerifCJK"],
        ),
        ("RTF", documents::rtf(), Kind::Rtf, 1, &["富文本", "电子印章 RTF"], &["NotoSansCJK", "NotoSerifCJK"]),
        ("ODT", documents::odt(), Kind::Odt, 1, &["开放文档正文"], &["LXGWWenKai"]),
    ]
}

#[test]
fn text_stays_text_in_fonts_of_the_right_style() {
    if !is_installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, kind, pages, words, fonts) in cases() {
        let converted = convert(&bytes, name).unwrap_or_else(|error| panic!("{name}: {error}"));
        println!("{name}: {:?}", converted.warnings);
        assert_eq!((converted.kind, usize::try_from(converted.page_count).unwrap()), (kind, pages), "{name}");
        let path = kept(folder.path(), name, &converted.bytes);
        let path = path.to_str().unwrap();
        if let Some((is_good, said)) = judged("qpdf", &["--check", path]) {
            assert!(is_good, "{name}: {said}");
        }
        if let Some((_, text)) = judged("pdftotext", &["-layout", path, "-"]) {
            for word in words {
                assert!(text.contains(word), "{name}: {word} is not in\n{text}");
            }
        }
        if let Some((_, said)) = judged("pdffonts", &[path]) {
            println!("{said}");
            for font in fonts {
                assert!(said.contains(font), "{name}: {font} is not in\n{said}");
            }
            assert!(!said.contains("DejaVu"), "{name}\n{said}");
        }
    }
}

/// The formats of the nineties, which WPS, ET and DPS files are in too: made by LibreOffice itself.
#[test]
fn old_formats_are_read_by_any_of_their_names() {
    if !is_installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (bytes, from, to, stated, kind, word) in [
        (documents::docx(), "docx", "doc", "WPS", Kind::Doc, "电子印章制作"),
        (documents::xlsx(), "xlsx", "xls", "ET", Kind::Xls, "单位60"),
        (documents::pptx(), "pptx", "ppt", "DPS", Kind::Ppt, "第二页：操作步骤"),
    ] {
        let source = folder.path().join(format!("old.{from}"));
        std::fs::write(&source, bytes).unwrap();
        let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
        let out = folder.path().to_str().unwrap();
        let made = ["--headless", &profile, "--convert-to", to, "--outdir", out, source.to_str().unwrap()];
        if judged("soffice", &made).is_none() {
            return;
        }
        let Ok(old) = std::fs::read(folder.path().join(format!("old.{to}"))) else {
            println!("skipped: soffice makes no {to}");
            continue;
        };
        let converted = convert(&old, stated).unwrap_or_else(|error| panic!("{stated}: {error}"));
        assert_eq!(converted.kind, kind, "{stated}");
        let path = kept(folder.path(), stated, &converted.bytes);
        if let Some((_, text)) = judged("pdftotext", &["-layout", path.to_str().unwrap(), "-"]) {
            assert!(text.contains(word), "{stated}: {word} is not in\n{text}");
        }
    }
}

#[test]
fn two_workers_write_the_same_bytes() {
    if !is_installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (bytes, table) = (documents::docx(), documents::xlsx());
    let mut made = Vec::new();
    for _ in 0..2 {
        let office = Office::new(settings(folder.path()));
        for archival in [false, true] {
            for bytes in [&bytes, &table] {
                let job = Job { bytes, title: Some("通知"), archival, ..Job::default() };
                made.push(office.convert(&job, &|_| ()).unwrap().bytes);
            }
        }
        // A second later the time of day is another.
        std::thread::sleep(std::time::Duration::from_millis(1_100));
    }
    let (first, second) = made.split_at(4);
    for (index, (first, second)) in first.iter().zip(second).enumerate() {
        let [one, two] = [("first", first), ("second", second)]
            .map(|(name, pdf)| kept(folder.path(), &format!("{name}{index}"), pdf));
        assert!(first == second, "{} and {} differ", one.display(), two.display());
    }
    let names_itself = |pdf: &[u8]| String::from_utf8_lossy(pdf).contains("<pdfaid:part>2</pdfaid:part>");
    assert!(!names_itself(&first[0]) && names_itself(&first[2]), "PDF/A-2b on request only");
    let path = kept(folder.path(), "archival", &first[2]);
    if let Some((_, said)) = judged("pdfinfo", &[path.to_str().unwrap()]) {
        assert!(said.contains("通知") && !said.contains("CreationDate"), "{said}");
    }
}

#[test]
fn what_is_replaced_or_left_out_is_told() {
    if !is_installed() {
        return;
    }
    let bytes = documents::docx_with("", &[], &[("word/vbaProject.bin", b"no macros")]);
    let told: Vec<String> = convert(&bytes, "DOCX")
        .unwrap()
        .warnings
        .into_iter()
        .map(|warning| format!("{}: {}", warning.kind.as_str(), warning.detail))
        .collect();
    for expected in
        ["FONT_SUBSTITUTED: 仿宋_GB2312 → ", "FONT_SUBSTITUTED: 方正小标宋简体 → ", "FEATURE_DROPPED: macros"]
    {
        assert!(told.iter().any(|told| told.starts_with(expected)), "{expected}: {told:?}");
    }
    let told = convert(&documents::xlsx(), "XLSX").unwrap().warnings;
    assert!(told.iter().any(|warning| warning.detail.contains("hidden sheet 内部")), "{told:?}");
}
