//! Characters of OFD pages and keywords in them.

use std::{fs, path::PathBuf, sync::Arc};

use eseal_ofd::{Limits, Ofd};
use eseal_text::{BoxMm, KeywordMatch, PositionedChar, SearchOrder, find_in_page, ofd::page_chars, select};
use proptest::prelude::*;

/// A one-page package, stored, with that content.
fn page(content: &str) -> Ofd {
    page_with(content, "", "")
}

/// The same with annotations of the page and composites of its document.
fn page_with(content: &str, annotations: &str, composites: &str) -> Ofd {
    let parts = [
        ("OFD.xml", "<OFD><DocBody><DocRoot>D.xml</DocRoot></DocBody></OFD>".to_owned()),
        (
            "D.xml",
            "<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea><TemplatePage ID=\"9\" \
             BaseLoc=\"T.xml\"/><DocumentRes>R.xml</DocumentRes></CommonData><Pages><Page ID=\"1\" BaseLoc=\"P.xml\"/></Pages>\
             <Annotations>A.xml</Annotations></Document>"
                .to_owned(),
        ),
        ("R.xml", format!("<Res><CompositeGraphicUnits>{composites}</CompositeGraphicUnits></Res>")),
        ("A.xml", "<Annotations><Page PageID=\"1\"><FileLoc>B.xml</FileLoc></Page></Annotations>".to_owned()),
        ("B.xml", format!("<PageAnnot>{annotations}</PageAnnot>")),
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
    let mut text = page_chars(&page(content), 1).unwrap();
    text.keep_on_page(210.0, 297.0);
    find_in_page(1, &text.chars, keyword)
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
        ("Fill=\"false\"", "", true),
        ("Fill=\"false\" Stroke=\"true\"", "", false),
        ("", "<FillColor Value=\"255 255 255\"/>", true),
        ("", "<FillColor Value=\"255 0 0\"/>", false),
        // Layers of recognised text are fully transparent.
        ("Alpha=\"0\"", "", true),
        ("", "<FillColor Value=\"0 0 0\" Alpha=\"0\"/>", true),
    ] {
        let content = format!(
            "<TextObject Boundary=\"10 10 90 10\" Size=\"5\" {attributes}>{inner}<TextCode X=\"0\" Y=\"5\">印</TextCode></TextObject>"
        );
        assert_eq!(matches(&content, "印").iter().map(|found| found.hidden).collect::<Vec<_>>(), [hidden], "{content}");
    }
    let clipped = object("Boundary=\"10 10 20 10\" Size=\"5\"", "X=\"50\" Y=\"5\">印");
    assert!(matches(&clipped, "印")[0].hidden);
    for (flag, area, hidden) in [
        ("", "<Area><Path Boundary=\"0 0 9 9\"/></Area>", false),
        ("", "<Area><Path Boundary=\"20 0 9 9\"/></Area>", true),
        ("", "<Area><Path Boundary=\"20 0 9 9\"/></Area><Area><Path Boundary=\"0 0 9 9\"/></Area>", false),
        ("", "<Area CTM=\"1 0 0 1 -20 0\"><Path Boundary=\"20 0 9 9\"/></Area>", false),
        ("", "<Area><Path/></Area>", false),
        ("", "<Area><Path Boundary=\"8 8 1 1\"/></Area>", true),
        // Twice as large as the object is drawn, or in the measure of what is around it.
        ("TransFlag=\"true\"", "<Area><Path Boundary=\"6 0 9 9\"/></Area>", true),
        ("TransFlag=\"false\"", "<Area><Path Boundary=\"6 0 9 9\"/></Area>", false),
    ] {
        let content = format!(
            "<TextObject Boundary=\"10 10 90 30\" Size=\"5\" CTM=\"2 0 0 2 0 0\"><Clips {flag}><Clip>{area}</Clip></Clips>\
             <TextCode X=\"0\" Y=\"5\">印</TextCode></TextObject>"
        );
        assert_eq!(matches(&content, "印").iter().map(|found| found.hidden).collect::<Vec<_>>(), [hidden], "{content}");
    }
}

#[test]
fn what_text_stands_on_decides_whether_it_is_seen() {
    let band = |attributes: &str, color: &str, data: &str| {
        format!(
            "<PathObject {attributes}><FillColor Value=\"{color}\"/><AbbreviatedData>{data}</AbbreviatedData></PathObject>"
        )
    };
    let whole = "M 0 0 L 90 0 L 90 20 L 0 20 C";
    let filled = "Boundary=\"5 5 90 20\" Fill=\"true\"";
    let dark = band(filled, "0 0 120", whole);
    for (before, color, hidden) in [
        (dark.clone(), "255 255 255", false),
        (dark.clone(), "0 0 120", true),
        (dark.clone() + &band(filled, "255 255 255", whole), "255 255 255", true),
        (dark + "<ImageObject Boundary=\"5 5 90 20\" ResourceID=\"9\"/>", "255 255 255", true),
        // Only lines, too transparent, elsewhere, and elsewhere in a boundary as large as the page.
        (band("Boundary=\"5 5 90 20\" Fill=\"false\"", "0 0 120", whole), "255 255 255", true),
        (band("Boundary=\"5 5 90 20\" Fill=\"true\" Alpha=\"40\"", "0 0 120", whole), "255 255 255", true),
        (band("Boundary=\"5 60 90 20\" Fill=\"true\"", "0 0 120", whole), "255 255 255", true),
        (
            band("Boundary=\"0 0 210 297\" Fill=\"true\"", "0 0 120", "M 50 50 L 90 50 L 90 90 A 9 9 0 0 1 50 90 C"),
            "255 255 255",
            true,
        ),
        (
            band("Boundary=\"0 0 210 297\" Fill=\"true\"", "0 0 120", "M 5 5 L 95 5 A 5 5 0 0 1 95 25 L 5 25 C"),
            "255 255 255",
            false,
        ),
    ] {
        let content = format!(
            "{before}<TextObject Boundary=\"10 10 30 10\" Size=\"5\"><FillColor Value=\"{color}\"/><TextCode X=\"0\" Y=\"5\">印</TextCode></TextObject>"
        );
        assert_eq!(matches(&content, "印").iter().map(|found| found.hidden).collect::<Vec<_>>(), [hidden], "{content}");
    }
}

#[test]
fn what_is_not_drawn_is_not_found() {
    for (attributes, inner) in [
        ("Boundary=\"10 10 90 10\" Visible=\"false\"", ""),
        ("Boundary=\"-50 10 40 10\"", ""),
        ("Boundary=\"10 400 40 10\"", ""),
    ] {
        let content =
            format!("<TextObject Size=\"5\" {attributes}>{inner}<TextCode X=\"0\" Y=\"5\">印</TextCode></TextObject>");
        assert!(matches(&content, "印").is_empty(), "{content}");
    }
    let cell = "<PathObject Boundary=\"0 0 9 9\"><FillColor><Pattern><CellContent><TextObject Boundary=\"1 1 9 9\" \
                Size=\"5\"><TextCode X=\"0\" Y=\"5\">印</TextCode></TextObject></CellContent></Pattern></FillColor></PathObject>";
    assert!(matches(cell, "印").is_empty());
}

#[test]
fn text_of_composites_stands_where_they_are_shown() {
    let mark = object("Boundary=\"2 1 20 8\" Size=\"4\"", "X=\"0\" Y=\"5\" DeltaX=\"4\">盖章");
    let composites = format!(
        "<CompositeGraphicUnit ID=\"7\" Width=\"30\" Height=\"10\"><Content>{mark}</Content></CompositeGraphicUnit>\
         <CompositeGraphicUnit ID=\"8\"><Content><CompositeObject ResourceID=\"7\" Boundary=\"10 0 30 10\"/></Content></CompositeGraphicUnit>\
         <CompositeGraphicUnit ID=\"9\"><Content><CompositeObject ResourceID=\"9\" Boundary=\"0 0 9 9\"/></Content></CompositeGraphicUnit>"
    );
    for (content, expected, hidden) in [
        ("<CompositeObject ResourceID=\"7\" Boundary=\"50 100 30 10\"/>", vec![[520, 1904, 600, 1944]], false),
        ("<CompositeObject ResourceID=\"8\" Boundary=\"50 100 60 10\"/>", vec![[620, 1904, 700, 1944]], false),
        (
            "<CompositeObject ResourceID=\"7\" Boundary=\"50 100 60 20\" CTM=\"2 0 0 2 0 0\"/>",
            vec![[540, 1839, 700, 1919]],
            false,
        ),
        ("<CompositeObject ResourceID=\"7\" Boundary=\"50 100 1 10\"/>", vec![[520, 1904, 600, 1944]], true),
        ("<CompositeObject ResourceID=\"7\" Boundary=\"50 100 30 10\" Visible=\"false\"/>", vec![], false),
        ("<CompositeObject ResourceID=\"9\" Boundary=\"50 100 30 10\"/>", vec![], false),
        ("<CompositeObject ResourceID=\"404\" Boundary=\"50 100 30 10\"/>", vec![], false),
    ] {
        let text = page_chars(&page_with(content, "", &composites), 1).unwrap();
        let found = find_in_page(1, &text.chars, "盖章");
        assert_eq!(found.iter().map(|found| rounded(found.bounds)).collect::<Vec<_>>(), expected, "{content}");
        assert!(found.iter().all(|found| found.hidden == hidden), "{content}");
    }
}

#[test]
fn text_of_annotations_is_found_where_it_is_shown() {
    let text = object("Boundary=\"1 2 20 8\" Size=\"4\"", "X=\"0\" Y=\"5\" DeltaX=\"4\">盖章");
    for (attributes, count) in [("", 1), ("Visible=\"true\"", 1), ("Visible=\"false\"", 0)] {
        let annotation = format!(
            "<Annot ID=\"5\" Type=\"Stamp\" {attributes}><Appearance Boundary=\"100 200 30 12\">{text}</Appearance></Annot>"
        );
        let text = page_chars(&page_with("", &annotation, ""), 1).unwrap();
        let found = find_in_page(1, &text.chars, "盖章");
        assert_eq!(found.len(), count, "{attributes}");
        assert!(found.iter().all(|found| rounded(found.bounds) == [1010, 894, 1090, 934]), "{found:?}");
    }
}

#[test]
fn a_layer_of_recognised_text_gives_way_to_what_is_seen() {
    let at = |x: f64, more: &str, text: &str| {
        object(&format!("Boundary=\"{x} 10 90 8\" Size=\"5\" {more}"), &format!("X=\"0\" Y=\"5\" DeltaX=\"5\">{text}"))
    };
    let hidden = "Fill=\"false\"";
    for (name, content, expected) in [
        ("layer above", [at(10.0, "", "盖章处"), at(10.3, hidden, "盖章处")].concat(), vec![false]),
        ("layer below", [at(10.3, hidden, "盖章处"), at(10.0, "", "盖章处")].concat(), vec![false]),
        (
            "other text in between",
            [at(10.0, "", "盖"), at(12.5, hidden, "无"), at(15.0, "", "章处")].concat(),
            vec![false],
        ),
        ("only the layer", at(10.0, hidden, "盖章处"), vec![true]),
        ("partly seen", [at(10.0, "", "盖章"), at(20.0, hidden, "处")].concat(), vec![true]),
        (
            "drawn twice character by character",
            "盖盖章章处处"
                .chars()
                .enumerate()
                .map(|(index, c)| {
                    at(10.0 + 5.0 * f64::from(index as u32 / 2) + 0.1 * f64::from(index as u32 % 2), "", &c.to_string())
                })
                .collect(),
            vec![false],
        ),
    ] {
        let found = matches(&content, "盖章处");
        assert_eq!(found.iter().map(|found| found.hidden).collect::<Vec<_>>(), expected, "{name}");
    }
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
        ("⻓期", "长期", 1),
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

/// Where line `line` and place `place` of a text of 5 mm type is, and which way it goes.
#[derive(Clone, Copy, Debug)]
struct Setting {
    ctm: &'static str,
    quarter: u32,
}

const SETTINGS: [Setting; 4] = [
    Setting { ctm: "1 0 0 1 0 0", quarter: 0 },
    Setting { ctm: "0 1 -1 0 0 0", quarter: 1 },
    Setting { ctm: "-1 0 0 -1 0 0", quarter: 2 },
    Setting { ctm: "0 -1 1 0 0 0", quarter: 3 },
];

/// From the text's own space, whose origin is (100, 140) of the page, to the page's upper left.
fn turned(setting: Setting, (x, y): (f64, f64)) -> (f64, f64) {
    let (x, y) = match setting.quarter {
        0 => (x, y),
        1 => (-y, x),
        2 => (-x, -y),
        _ => (y, -x),
    };
    (100.0 + x, 140.0 + y)
}

proptest! {
    /// Whatever runs, lines and blanks a text is cut into, drawn in whatever order: found once, in the same box.
    #[test]
    fn a_keyword_is_found_in_the_same_box_however_it_is_cut(
        length in 2_usize..8,
        first in 0_usize..6,
        cuts in proptest::collection::vec(any::<bool>(), 16),
        blanks in proptest::collection::vec(0_usize..4, 16),
        shuffle in any::<u64>(),
        turn in 0_usize..4,
    ) {
        const PER_LINE: usize = 8;
        let keyword: Vec<char> = "法定代表人签章".chars().take(length).collect();
        let text: Vec<char> = "甲乙丙丁戊己".chars().take(first).chain(keyword.iter().copied()).collect();
        let setting = SETTINGS[turn];
        let mut runs: Vec<String> = Vec::new();
        let (mut start, mut corners) = (0, Vec::new());
        for index in 0..text.len() {
            let (x, y) = ((index % PER_LINE) as f64 * 5.0, (index / PER_LINE) as f64 * 8.0);
            if index >= first {
                corners.extend([(x, y - 4.3), (x + 5.0, y + 0.7)].map(|corner| turned(setting, corner)));
            }
            let is_last = index + 1 == text.len();
            if is_last || cuts[index] || (index + 1) % PER_LINE == 0 {
                let (x, y) = ((start % PER_LINE) as f64 * 5.0, (start / PER_LINE) as f64 * 8.0);
                let blank = ["", " ", "\u{3000}", "\u{200b}"][blanks[index]];
                let run: String = text[start..=index].iter().collect();
                runs.push(object(
                    &format!("Boundary=\"100 140 90 90\" Size=\"5\" CTM=\"{}\"", setting.ctm),
                    &format!("X=\"{x}\" Y=\"{y}\" DeltaX=\"5\">{run}{blank}"),
                ));
                start = index + 1;
            }
        }
        let mut seed = shuffle;
        for index in (1..runs.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            runs.swap(index, (seed >> 33) as usize % (index + 1));
        }
        let asked: String = keyword.iter().flat_map(|c| [*c, ' ']).collect();
        let found = matches(&runs.concat(), &asked);
        prop_assert_eq!(found.len(), 1, "{}", runs.concat());
        let edge = |pick: fn(f64, f64) -> f64, of: fn(&(f64, f64)) -> f64| corners.iter().map(of).reduce(pick).unwrap();
        let expected = BoxMm {
            left: edge(f64::min, |corner| corner.0),
            bottom: 297.0 - edge(f64::max, |corner| corner.1),
            right: edge(f64::max, |corner| corner.0),
            top: 297.0 - edge(f64::min, |corner| corner.1),
        };
        prop_assert_eq!(rounded(found[0].bounds), rounded(expected));
    }

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
