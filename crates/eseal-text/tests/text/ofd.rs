//! Characters of OFD pages and keywords in them.

use std::{fs, path::PathBuf, sync::Arc};

use eseal_ofd::{Limits, Ofd};
use eseal_text::{BoxMm, KeywordMatch, PositionedChar, SearchOrder, find_in_page, ofd::page_chars, select};
use proptest::prelude::*;

/// A one-page package, stored, with that content.
fn page(content: &str) -> Ofd {
    let parts = [
        ("OFD.xml", "<OFD><DocBody><DocRoot>D.xml</DocRoot></DocBody></OFD>".to_owned()),
        (
            "D.xml",
            "<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea><TemplatePage ID=\"9\" \
             BaseLoc=\"T.xml\"/></CommonData><Pages><Page ID=\"1\" BaseLoc=\"P.xml\"/></Pages></Document>"
                .to_owned(),
        ),
        ("P.xml", format!("<Page><Template TemplateID=\"9\"/><Content><Layer>{content}</Layer></Content></Page>")),
        (
            "T.xml",
            "<Page><Content><Layer><TextObject Boundary=\"10 280 50 6\" Size=\"4\"><TextCode X=\"0\" Y=\"5\">页脚</TextCode>\
             </TextObject></Layer></Content></Page>"
                .to_owned(),
        ),
    ];
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in &parts {
        let offset = out.len() as u32;
        let mut crc = flate2::Crc::new();
        crc.update(text.as_bytes());
        let sizes = [crc.sum(), text.len() as u32, text.len() as u32].map(u32::to_le_bytes).concat();
        let fields =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0], &sizes[..], &(name.len() as u16).to_le_bytes(), &[0, 0]].concat();
        out.extend([b"PK\x03\x04", &fields[..], name.as_bytes(), text.as_bytes()].concat());
        directory.extend([b"PK\x01\x02\x14\0", &fields[..], &[0; 10], &offset.to_le_bytes(), name.as_bytes()].concat());
    }
    let (count, size, start) = (parts.len() as u16, directory.len() as u32, out.len() as u32);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0, 0]);
    Ofd::open(Arc::new(out), &Limits::default()).unwrap()
}

fn object(attributes: &str, code: &str) -> String {
    format!("<TextObject {attributes}><TextCode {code}</TextCode></TextObject>")
}

fn matches(content: &str, keyword: &str) -> Vec<KeywordMatch> {
    find_in_page(1, &page_chars(&page(content), 1).unwrap().chars, keyword)
}

fn rounded(found: BoxMm) -> [i64; 4] {
    [found.left, found.bottom, found.right, found.top].map(|edge| (edge * 10.0).round() as i64)
}

#[test]
fn characters_stand_where_the_page_shows_them() {
    // The keyword of the acceptance kit: box 40 91 30 6 on A4, baseline 5 mm below its top.
    let text = object("Boundary=\"40 91 30 6\" Size=\"5.6\"", "X=\"0\" Y=\"5\" DeltaX=\"5.6 5.6\">盖章处");
    let found = matches(&text, "盖章处");
    assert_eq!(found.len(), 1);
    assert_eq!(rounded(found[0].bounds), [400, 2002, 568, 2058]);
    assert_eq!(rounded(found[0].last), [512, 2002, 568, 2058]);
    assert!(!found[0].hidden);
}

#[test]
fn offsets_are_read_in_every_form() {
    for (code, expected) in [
        ("X=\"0\" Y=\"5\" DeltaX=\"4 4 4\">甲乙丙丁", [0.0, 4.0, 8.0, 12.0]),
        ("X=\"0\" Y=\"5\" DeltaX=\"g 3 4\">甲乙丙丁", [0.0, 4.0, 8.0, 12.0]),
        ("X=\"0\" Y=\"5\" DeltaX=\"g 2 4 9\">甲乙丙丁", [0.0, 4.0, 8.0, 17.0]),
        ("X=\"0\" Y=\"5\" DeltaX=\"4\">甲乙丙丁", [0.0, 4.0, 8.0, 12.0]),
        ("X=\"0\" Y=\"5\">甲乙丙丁", [0.0, 5.0, 10.0, 15.0]),
        ("X=\"0\" Y=\"5\">甲a乙b", [0.0, 5.0, 7.5, 12.5]),
        ("X=\"0\" Y=\"5\" DeltaX=\"g 99999999999 4\">甲乙丙丁", [0.0, 4.0, 8.0, 12.0]),
        ("X=\"0\" Y=\"5\" DeltaX=\"\">甲乙丙丁", [0.0, 5.0, 10.0, 15.0]),
    ] {
        let text = page_chars(&page(&object("Boundary=\"10 10 90 10\" Size=\"5\"", code)), 1).unwrap();
        let lefts: Vec<f64> = text.chars.iter().skip(2).map(|found| found.origin.0 - 10.0).collect();
        assert_eq!(lefts, expected, "{code}");
    }
}

#[test]
fn maps_and_directions_turn_the_text() {
    for (attributes, code, direction, size) in [
        ("CTM=\"2 0 0 2 0 0\"", "DeltaX=\"5\">甲乙", 0.0, 10.0),
        ("CTM=\"0 1 -1 0 40 0\"", "DeltaX=\"5\">甲乙", -90.0, 5.0),
        ("", "DeltaY=\"5\">甲乙", -90.0, 5.0),
        ("ReadDirection=\"90\"", ">甲乙", -90.0, 5.0),
    ] {
        let content =
            object(&format!("Boundary=\"20 20 90 90\" Size=\"5\" {attributes}"), &format!("X=\"5\" Y=\"5\" {code}"));
        let text = page_chars(&page(&content), 1).unwrap();
        let found = text.chars.iter().find(|found| found.text == '甲').unwrap();
        assert!((found.direction - direction).abs() < 1e-6, "{attributes}: {}", found.direction);
        assert!((found.size_mm - size).abs() < 1e-6, "{attributes}: {}", found.size_mm);
        assert_eq!(matches(&content, "甲乙").len(), 1, "{attributes}");
    }
}

#[test]
fn templates_and_page_blocks_are_searched() {
    let block =
        format!("<PageBlock>{}</PageBlock>", object("Boundary=\"10 10 90 10\" Size=\"5\"", "X=\"0\" Y=\"5\">签字"));
    assert_eq!(matches(&block, "签字").len(), 1);
    assert_eq!(matches(&block, "页脚").len(), 1);
}

#[test]
fn hidden_text_is_found_and_named_so() {
    for (attributes, inner, hidden) in [
        ("", "", false),
        ("Visible=\"false\"", "", true),
        ("Alpha=\"0\"", "", true),
        ("Fill=\"false\"", "", true),
        ("Fill=\"false\" Stroke=\"true\"", "", false),
        ("", "<FillColor Value=\"255 255 255\"/>", true),
        ("", "<FillColor Value=\"255 0 0\"/>", false),
        ("", "<FillColor Value=\"0 0 0\" Alpha=\"0\"/>", true),
    ] {
        let content = format!(
            "<TextObject Boundary=\"10 10 90 10\" Size=\"5\" {attributes}>{inner}<TextCode X=\"0\" Y=\"5\">印</TextCode></TextObject>"
        );
        assert_eq!(matches(&content, "印").iter().map(|found| found.hidden).collect::<Vec<_>>(), [hidden], "{content}");
    }
    let clipped = object("Boundary=\"10 10 20 10\" Size=\"5\"", "X=\"50\" Y=\"5\">印");
    assert!(matches(&clipped, "印")[0].hidden);
}

#[test]
fn width_blanks_and_compatibility_forms_do_not_matter() {
    for (text, keyword, count) in [
        ("甲方（盖章）：", "甲方(盖章):", 1),
        ("甲 方　（ 盖 章 ）", "甲方（盖章）", 1),
        ("ＡＢＣ", "ABC", 1),
        ("ABC", "Ａ Ｂ\u{200b}Ｃ", 1),
        ("㈱印", "(株)印", 1),
        ("⼀号", "一号", 1),
        ("abc", "ABC", 0),
        ("印印印", "印印", 1),
        ("印印印印", "印印", 2),
        ("印", "", 0),
        ("印", " \u{3000}", 0),
    ] {
        let content = object("Boundary=\"10 10 150 10\" Size=\"5\"", &format!("X=\"0\" Y=\"5\">{text}"));
        assert_eq!(matches(&content, keyword).len(), count, "{keyword} in {text}");
    }
}

#[test]
fn matches_go_over_runs_and_line_ends_within_a_block() {
    let at = |x: f64, y: f64, text: &str| {
        object(&format!("Boundary=\"{x} {y} 90 8\" Size=\"5\""), &format!("X=\"0\" Y=\"5\">{text}"))
    };
    let runs = [at(10.0, 10.0, "法定代"), at(25.0, 10.0, "表人")].concat();
    assert_eq!(matches(&runs, "法定代表人").len(), 1);
    let lines = [at(60.0, 10.0, "请法定代"), at(10.0, 18.0, "表人签字")].concat();
    let found = matches(&lines, "法定代表人");
    assert_eq!(found.len(), 1);
    assert_eq!(rounded(found[0].longest), [650, 2813, 800, 2863], "three characters stand on the first line");
    assert_eq!(rounded(found[0].last_line), [100, 2733, 200, 2783]);
    let apart = [at(10.0, 10.0, "法定代"), at(10.0, 200.0, "表人")].concat();
    assert!(matches(&apart, "法定代表人").is_empty());
    // Drawn in any order, read by place.
    let shuffled = [at(20.0, 10.0, "人"), at(10.0, 10.0, "代"), at(15.0, 10.0, "表")].concat();
    assert_eq!(matches(&shuffled, "代表人").len(), 1);
    // Drawn twice to look bold.
    let bold = [at(10.0, 10.0, "盖章"), at(10.1, 10.0, "盖章")].concat();
    assert_eq!(matches(&bold, "盖章").len(), 1);
}

#[test]
fn order_and_number_select_among_the_matches() {
    let at = |x: f64, y: f64| object(&format!("Boundary=\"{x} {y} 20 8\" Size=\"5\""), "X=\"0\" Y=\"5\">印");
    let content = [at(100.0, 50.0), at(10.0, 90.0), at(10.0, 50.3)].concat();
    let found = matches(&content, "印");
    let places = |found: &[KeywordMatch]| -> Vec<(usize, i64)> {
        found.iter().map(|found| (found.page, found.bounds.left.round() as i64)).collect()
    };
    assert_eq!(places(&found), [(1, 10), (1, 100), (1, 10)]);
    let second: Vec<_> = found.iter().map(|found| KeywordMatch { page: 2, ..found.clone() }).collect();
    let all = [found, second].concat();
    assert_eq!(places(&select(all.clone(), SearchOrder::Forward, 2)), [(1, 100)]);
    assert_eq!(places(&select(all.clone(), SearchOrder::Forward, 5)), [(2, 100)]);
    assert_eq!(places(&select(all.clone(), SearchOrder::Backward, 2)), [(2, 100)]);
    assert_eq!(select(all.clone(), SearchOrder::Backward, 0).len(), 6);
    assert!(select(all, SearchOrder::Forward, 7).is_empty());
}

#[test]
fn public_samples_give_their_text() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/ofd-plain");
    let Ok(files) = fs::read_dir(folder) else {
        println!("skipped: ../shared is absent");
        return;
    };
    for file in files.map(|file| file.unwrap().path()) {
        let ofd = Ofd::open(Arc::new(fs::read(&file).unwrap()), &Limits::default()).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for number in 1..=ofd.pages().len() {
            page_chars(&ofd, number).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let first = page_chars(&ofd, 1).unwrap();
        if let Some((_, keyword, count)) = [
            ("ofdrw__multiKeywordInTextCode.ofd", "打发", 7),
            ("ofdrw__helloworld.ofd", "你好呀，OFD Reader&Writer！", 1),
            ("ofdrw__fptpl.ofd", "2020年08月05日", 1),
        ]
        .iter()
        .find(|(wanted, ..)| *wanted == name)
        {
            assert_eq!(find_in_page(1, &first.chars, keyword).len(), *count, "{keyword} in {name}");
        }
    }
}

proptest! {
    #[test]
    fn any_characters_anywhere_never_panic(
        chars in proptest::collection::vec((any::<char>(), any::<f64>(), any::<f64>(), any::<f64>(), any::<f64>()), 0..60),
        keyword in ".{0,5}",
    ) {
        let chars: Vec<PositionedChar> = chars
            .into_iter()
            .map(|(text, x, y, size_mm, direction)| PositionedChar {
                text,
                bounds: BoxMm { left: x, bottom: y, right: x, top: y },
                origin: (x, y),
                advance_mm: 1.0,
                size_mm,
                direction,
                hidden: false,
                run: 0,
            })
            .collect();
        let _ = find_in_page(1, &chars, &keyword);
        for found in &chars {
            let _ = find_in_page(1, &chars, &found.text.to_string());
        }
    }
}
