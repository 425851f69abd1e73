//! Every template as it was looked at; `UPDATE_GOLDEN=1` writes the pictures anew.

use std::{env, fs, path::PathBuf};

use eseal_picture::{Centre, SealDesign, SealPicture, Template, Templates, Warning, decode_picture, draw_with};

/// Another processor may round the last digit of a micrometre differently.
const TOLERANCE_MM: f64 = 0.002;
/// The same of the edge of a stroke.
const TOLERANCE_LEVELS: u8 = 4;

/// Words that suit the kind of seal.
fn design(template: &Template) -> SealDesign {
    let (name, lines): (&str, &[&str]) = match (&*template.seal_type, &template.grid) {
        (_, Some(_)) => (if template.width_mm == template.height_mm { "王小明" } else { "李四" }, &[]),
        ("03", _) => ("深圳市示例科技有限公司", &["91440300MA5EXAMPL0", "发票专用章", "（1）"]),
        _ if template.id.starts_with("gov") => ("示例市人民政府", &[]),
        _ if template.id == "org-42" => ("示例市政务服务数据管理局", &[]),
        _ if template.id == "co-38" => ("深圳市示例科技有限公司人力资源部", &[]),
        _ if template.id == "union-42" => ("深圳市示例科技有限公司工会委员会", &[]),
        _ if template.id == "party-42" => ("中国共产党示例委员会", &[]),
        _ => ("深圳市示例科技有限公司", &[]),
    };
    SealDesign {
        template: template.id.clone(),
        name: name.into(),
        lines: lines.iter().map(|line| (*line).into()).collect(),
        code: template.code.is_some().then(|| "4403010000001".into()),
        dpi: Some(150),
        ..SealDesign::default()
    }
}

#[test]
fn every_template_looks_as_it_was_looked_at() {
    let update = env::var_os("UPDATE_GOLDEN").is_some();
    for template in Templates::shipped().iter() {
        let picture = draw_with(template, &design(template)).unwrap();
        let file = |kind: &str| {
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/picture/golden/{}.{kind}", template.id))
        };
        if update {
            fs::write(file("svg"), &picture.svg).unwrap();
            fs::write(file("png"), &picture.png).unwrap();
        }
        let svg = fs::read_to_string(file("svg")).expect("UPDATE_GOLDEN=1 writes it");
        let png = fs::read(file("png")).expect("UPDATE_GOLDEN=1 writes it");
        check(template, &picture, &svg, &png);
    }
}

fn check(template: &Template, picture: &SealPicture, svg: &str, png: &[u8]) {
    let is_emblem = matches!(template.centre, Centre::Emblem | Centre::HammerSickle);
    let warnings: &[Warning] = if is_emblem { &[Warning::EmblemMissing] } else { &[] };
    assert_eq!(picture.warnings, warnings, "{}", template.id);
    let (words, numbers) = parted(&picture.svg);
    let (golden_words, golden_numbers) = parted(svg);
    assert_eq!((words, numbers.len()), (golden_words, golden_numbers.len()), "{}: other steps", template.id);
    let far = numbers.iter().zip(&golden_numbers).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(far < TOLERANCE_MM, "{}: an outline moved by {far} mm", template.id);
    let (drawn, golden) = (decode_picture("png", &picture.png).unwrap(), decode_picture("png", png).unwrap());
    assert_eq!((drawn.width, drawn.height), (golden.width, golden.height), "{}", template.id);
    let levels = drawn.rgba.iter().zip(&golden.rgba).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(levels <= TOLERANCE_LEVELS, "{}: a pixel differs by {levels}", template.id);
}

/// An SVG without its numbers, and the numbers.
fn parted(svg: &str) -> (String, Vec<f64>) {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    let words = svg.split(is_number).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("#");
    let numbers = svg.split(|c| !is_number(c)).filter_map(|number| number.parse().ok()).collect();
    (words, numbers)
}
