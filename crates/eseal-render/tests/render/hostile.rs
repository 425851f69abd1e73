//! Pages made to cost: they end with an error or a warning, soon.

use std::time::{Duration, Instant};

use eseal_render::{Limits, RenderError};

use crate::package::{Package, render, told};

/// More than any of these may take, in debug mode on a busy machine.
const SOON: Duration = Duration::from_secs(20);

fn path(inside: &str) -> String {
    format!(
        "<ofd:PathObject ID=\"5\" Boundary=\"0 0 60 40\" Fill=\"true\" LineWidth=\"0.1\">{inside}\
         <ofd:AbbreviatedData>M 0 0 L 60 0 L 60 40 C</ofd:AbbreviatedData></ofd:PathObject>"
    )
}

fn too_large(package: &Package) {
    let start = Instant::now();
    let outcome = package.render(30.0);
    assert!(matches!(outcome, Err(RenderError::TooLarge { .. })), "{outcome:?}");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[test]
fn units_that_contain_themselves_end() {
    let unit = |id: u32, other: u32, times: usize| {
        let object =
            format!("<ofd:CompositeObject ID=\"7\" ResourceID=\"{other}\" Boundary=\"0 0 60 40\"/>").repeat(times);
        format!(
            "<ofd:CompositeGraphicUnit ID=\"{id}\" Width=\"60\" Height=\"40\"><ofd:Content>{object}</ofd:Content></ofd:CompositeGraphicUnit>"
        )
    };
    let object = "<ofd:CompositeObject ID=\"6\" ResourceID=\"20\" Boundary=\"0 0 60 40\"/>";
    let all = |times| {
        format!("<ofd:CompositeGraphicUnits>{}{}</ofd:CompositeGraphicUnits>", unit(20, 21, times), unit(21, 20, times))
    };
    let once = Package::of(object).resources(&all(1)).render(30.0).unwrap();
    assert_eq!(told(&once), ["FEATURE_DROPPED CompositeObject 7: nested in more than 32 levels"]);
    too_large(&Package::of(object).resources(&all(10)));
}

#[test]
fn parameters_that_follow_each_other_in_a_circle_end() {
    let parameters = "<ofd:DrawParams><ofd:DrawParam ID=\"20\" Relative=\"21\"/><ofd:DrawParam ID=\"21\" Relative=\"20\"/></ofd:DrawParams>";
    let object = path("").replace("Fill=", "DrawParam=\"20\" Fill=");
    let rendered = Package::of(&object).resources(parameters).render(30.0).unwrap();
    assert_eq!(told(&rendered), ["NONSTANDARD_INPUT DrawParam: Relative leads in a circle"]);
}

#[test]
fn a_template_that_names_itself_is_drawn_once() {
    let page = "<ofd:Template TemplateID=\"70\"/><ofd:Content><ofd:Layer ID=\"2\"/></ofd:Content>";
    let package = Package::default().page(page).document("<ofd:TemplatePage ID=\"70\" BaseLoc=\"T.xml\"/>").xml(
        "Doc/T.xml",
        "Page",
        page,
    );
    assert_eq!(told(&package.render(30.0).unwrap()), [""; 0]);
}

/// Objects and characters, one more than allowed.
fn too_many(most: usize) {
    let limits = Limits { objects: u64::try_from(most).unwrap(), ..Limits::default() };
    let text = "<ofd:TextObject Size=\"3\" Boundary=\"0 0 60 40\"><ofd:TextCode DeltaX=\"g 999999999 1\">TEXT</ofd:TextCode></ofd:TextObject>";
    let text = text.replace("TEXT", &"字".repeat(most.min(100_000)));
    for objects in ["<ofd:PathObject/>".repeat(most + 1), text.repeat(most / most.min(100_000) + 1)] {
        let start = Instant::now();
        let outcome = render(Package::of(&objects).bytes(), 30.0, limits);
        assert!(matches!(outcome, Err(RenderError::TooLarge { .. })), "{outcome:?}");
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    }
}

#[test]
fn too_many_objects_are_refused() {
    too_many(20_000);
}

#[test]
#[ignore = "takes a while in debug mode"]
fn a_million_objects_are_too_many() {
    too_many(1_000_000);
}

#[test]
fn cells_in_cells_in_cells_are_too_many() {
    let mut color = "<ofd:FillColor Value=\"255 0 0\"/>".to_owned();
    for _ in 0..6 {
        color = format!(
            "<ofd:FillColor><ofd:Pattern Width=\"1\" Height=\"1\"><ofd:CellContent>{}</ofd:CellContent></ofd:Pattern></ofd:FillColor>",
            path(&color)
        );
    }
    too_large(&Package::of(&path(&color)));
    let fine =
        "<ofd:FillColor><ofd:Pattern Width=\"0.001\" Height=\"0.001\"><ofd:CellContent/></ofd:Pattern></ofd:FillColor>";
    let rendered = Package::of(&path(fine)).render(30.0).unwrap();
    assert_eq!(told(&rendered), ["FEATURE_DROPPED PathObject 5: a pattern of more than 20000 cells"]);
}

#[test]
fn more_paint_than_pixels_is_too_much() {
    let limits = Limits { painted_pixels: 1_000_000, ..Limits::default() };
    let many = Package::of(&path("<ofd:FillColor Value=\"1 2 3\"/>").repeat(2_000));
    assert!(matches!(render(many.bytes(), 96.0, limits), Err(RenderError::TooLarge { .. })));
}

#[test]
fn a_huge_page_is_drawn_coarsely() {
    for area in ["0 0 900000 900000", "0 0 900000 0.001", "0 0 1e300 5", "0 0 -5 5", "a b c d"] {
        let page = format!(
            "<ofd:Area><ofd:PhysicalBox>{area}</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID=\"2\">{}</ofd:Layer></ofd:Content>",
            path("")
        );
        let start = Instant::now();
        let rendered = Package::default().page(&page).render(96.0).unwrap();
        assert!(
            u64::from(rendered.picture.width) * u64::from(rendered.picture.height) <= Limits::default().pixels,
            "{area}"
        );
        assert!(start.elapsed() < SOON, "{area}");
    }
}

#[test]
fn extreme_numbers_do_no_harm() {
    let big = "999999";
    for attributes in [
        format!("LineWidth=\"{big}\" DashPattern=\"0.00001 0.00001\""),
        format!("CTM=\"{big} {big} {big} {big} {big} {big}\""),
        "CTM=\"0 0 0 0 0 0\"".to_owned(),
        "CTM=\"1e-9 0 0 1e-9 0 0\" MiterLimit=\"1000000\"".to_owned(),
        "LineWidth=\"NaN\" DashPattern=\"0 0\"".to_owned(),
        "DashPattern=\"-1 -2 inf\" DashOffset=\"-1000000\"".to_owned(),
    ] {
        let object = format!(
            "<ofd:PathObject ID=\"5\" Boundary=\"0 0 60 40\" Fill=\"true\" {attributes}>\
             <ofd:FillColor><ofd:RadialShd StartPoint=\"{big} 0\" EndPoint=\"0 -{big}\" EndRadius=\"{big}\" Eccentricity=\"1\" MapType=\"Repeat\" \
             MapUnit=\"0.00001\"><ofd:Segment><ofd:Color Value=\"1 2 3\"/></ofd:Segment></ofd:RadialShd></ofd:FillColor>\
             <ofd:AbbreviatedData>M -{big} -{big} L {big} {big} A {big} 0.0001 77 1 1 0 0 B 0 0 {big} 0 1 1 C</ofd:AbbreviatedData></ofd:PathObject>"
        );
        let start = Instant::now();
        Package::of(&object).render(96.0).unwrap();
        assert!(start.elapsed() < SOON, "{attributes}: {:?}", start.elapsed());
    }
}

/// Random edits, always the same ones; `RENDER_EDITS` sets how many.
#[test]
fn edited_packages_never_panic() {
    let count: u32 = std::env::var("RENDER_EDITS").ok().and_then(|count| count.parse().ok()).unwrap_or(150);
    let color = "<ofd:FillColor><ofd:AxialShd StartPoint=\"0 0\" EndPoint=\"9 9\" Extend=\"1\"><ofd:Segment><ofd:Color Value=\"1 2 3\"/></ofd:Segment></ofd:AxialShd></ofd:FillColor>";
    let text = "<ofd:TextObject ID=\"6\" Boundary=\"2 2 50 9\" Font=\"3\" Size=\"5\"><ofd:CGTransform CodePosition=\"1\" CodeCount=\"2\" GlyphCount=\"2\">\
        <ofd:Glyphs>7 8</ofd:Glyphs></ofd:CGTransform><ofd:TextCode X=\"0\" Y=\"5\" DeltaX=\"g 3 6 3\">电子印章A</ofd:TextCode></ofd:TextObject>";
    let font = eseal_fonts::SANS_REGULAR;
    let base = Package::of(&format!("{}{text}", path(color)))
        .resources(
            "<ofd:Fonts><ofd:Font ID=\"3\" FontName=\"黑体\"><ofd:FontFile>f.otf</ofd:FontFile></ofd:Font></ofd:Fonts>",
        )
        .part("Doc/f.otf", font);
    let whole = base.bytes();
    let font_at = whole.windows(8).position(|window| window == &font[..8]).unwrap();
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..count {
        let mut bytes = whole.clone();
        for _ in 0..=random(6) {
            // Half of the edits where fonts keep their tables, half in what stands behind the font: the XML.
            let at = if random(2) == 0 {
                font_at + random(4_000)
            } else {
                font_at + font.len() + random(whole.len() - font_at - font.len())
            };
            let digits = b"0123456789 .-<>\"/ABCLMQS\0\xff";
            bytes[at] = digits[random(digits.len())];
        }
        let start = Instant::now();
        let _ = render(bytes, 30.0, Limits::default());
        assert!(start.elapsed() < SOON, "round {round}");
    }
}
