//! The layer of text, SVG and thumbnails.

use eseal_render::{Document, FontLibrary, Limits, OfdPages, Options, page_text, thumbnail};

use crate::package::Package;

const OBJECT: &str = "<ofd:TextObject ID=\"5\" Boundary=\"2 2 56 8\" Font=\"3\" Size=\"5\">\
    <ofd:TextCode X=\"0\" Y=\"5\" DeltaX=\"5 5\">印章 A</ofd:TextCode></ofd:TextObject>";

fn package() -> Package {
    Package::of(OBJECT).resources("<ofd:Fonts><ofd:Font ID=\"3\" FontName=\"黑体\"/></ofd:Fonts>")
}

#[test]
fn characters_have_boxes_in_mm_from_the_lower_left() {
    let (ofd, fonts) = (package().open(), FontLibrary::shipped());
    let text = page_text(Document::Ofd(&ofd), 1, &Options::new(96.0, &fonts)).unwrap();
    let found: String = text.chars.iter().map(|found| found.text).collect();
    assert_eq!(found, "印章 A");
    let near = |a: f64, b: f64| (a - b).abs() < 0.05;
    for (index, left) in [(0, 2.0), (1, 7.0), (3, 17.0)] {
        let bounds = text.chars[index].bounds;
        assert!(
            near(bounds.left, left) && near(bounds.bottom, 40.0 - 7.7) && near(bounds.top, 40.0 - 2.7),
            "{bounds:?}"
        );
    }
    assert!(near(text.chars[0].bounds.right, 7.0) && !text.chars[0].hidden);
}

#[test]
fn svg_says_its_size_and_writes_each_glyph_once() {
    let (ofd, fonts) = (package().open(), FontLibrary::shipped());
    let svg = OfdPages::new(&ofd, &fonts, Limits::default()).unwrap().svg(1).unwrap().markup;
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60mm\" height=\"40mm\""), "{svg}");
    assert_eq!(svg.matches("<use ").count(), 3);
    roxmltree::Document::parse(&svg).unwrap();
}

#[test]
fn thumbnails_have_the_width_asked_for() {
    let (ofd, fonts) = (package().open(), FontLibrary::shipped());
    let png = thumbnail(Document::Ofd(&ofd), 1, 120, &fonts).unwrap();
    let picture = image::load_from_memory(&png).unwrap();
    assert_eq!((picture.width(), picture.height()), (120, 80));
}
