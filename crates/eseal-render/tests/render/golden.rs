//! Pictures that were looked at once and must stay as they are: `UPDATE_GOLDEN=1` writes them anew.

use std::{fs, io::Cursor, path::Path};

use crate::package::{Package, told};

/// Largest mean difference of a channel: other processors round otherwise.
const DIFFERENCE: f64 = 0.6;

pub(crate) fn check(name: &str, package: &Package, warnings: &[&str]) {
    let rendered = package.render(96.0).unwrap();
    assert_eq!(told(&rendered), warnings, "{name}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/render/golden/{name}.png"));
    if let Some(folder) = std::env::var_os("RENDER_LOOK") {
        fs::write(Path::new(&folder).join(format!("{name}.ofd")), package.bytes()).unwrap(); // for other programs
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, rendered.picture.to_png().unwrap()).unwrap();
        return;
    }
    let kept = image::load_from_memory(&fs::read(&path).unwrap()).unwrap().into_rgb8();
    assert_eq!(kept.dimensions(), (rendered.picture.width, rendered.picture.height), "{name}");
    let pairs = kept.as_raw().iter().zip(&rendered.picture.rgb);
    let sum: f64 = pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
    let mean = sum / kept.as_raw().len() as f64;
    assert!(mean < DIFFERENCE, "{name}: mean difference {mean}");
}

pub(crate) fn path(attributes: &str, inside: &str, data: &str) -> String {
    format!(
        "<ofd:PathObject ID=\"5\" {attributes}>{inside}<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )
}

/// A filled box of 20 by 10 at a place.
pub(crate) fn filled(x: u32, y: u32, color: &str) -> String {
    let attributes = format!("Boundary=\"{x} {y} 20 10\" Stroke=\"false\" Fill=\"true\"");
    path(&attributes, color, "M 0 0 L 20 0 L 20 10 L 0 10 C")
}

const FONT: &str = "<ofd:Fonts><ofd:Font ID=\"3\" FontName=\"黑体\"/></ofd:Fonts>";
const SUBSTITUTED: &str = "FONT_SUBSTITUTED 黑体 → Noto Sans CJK SC";

#[test]
fn text_stands_where_its_offsets_put_it() {
    let objects = "<ofd:TextObject ID=\"5\" Boundary=\"2 2 56 8\" Font=\"3\" Size=\"5\">\
        <ofd:TextCode X=\"0\" Y=\"5\" DeltaX=\"g 3 6 3 3\">电子印章AB</ofd:TextCode></ofd:TextObject>\
        <ofd:TextObject ID=\"6\" Boundary=\"2 10 56 8\" Font=\"3\" Size=\"5\" HScale=\"0.5\" Weight=\"800\">\
        <ofd:FillColor Value=\"200 0 0\"/><ofd:TextCode X=\"0\" Y=\"5\" DeltaX=\"4 4 4\">狭而粗体</ofd:TextCode></ofd:TextObject>\
        <ofd:TextObject ID=\"7\" Boundary=\"2 18 20 8\" Font=\"3\" Size=\"5\" Italic=\"true\" Stroke=\"true\" Fill=\"false\" \
        LineWidth=\"0.1\"><ofd:StrokeColor Value=\"0 0 200\"/><ofd:TextCode X=\"0\" Y=\"5\" DeltaX=\"6 6\">空心斜</ofd:TextCode>\
        </ofd:TextObject>\
        <ofd:TextObject ID=\"8\" Boundary=\"40 4 10 34\" Font=\"3\" Size=\"5\" ReadDirection=\"90\" CharDirection=\"0\">\
        <ofd:TextCode X=\"0\" Y=\"5\" DeltaY=\"6 6 6\">竖排文字</ofd:TextCode></ofd:TextObject>\
        <ofd:TextObject ID=\"9\" Boundary=\"50 4 10 34\" Font=\"3\" Size=\"5\" ReadDirection=\"90\" CharDirection=\"90\">\
        <ofd:TextCode X=\"0\" Y=\"0\" DeltaY=\"5 5 5\">转向文字</ofd:TextCode></ofd:TextObject>\
        <ofd:TextObject ID=\"10\" Boundary=\"2 28 34 10\" Font=\"3\" Size=\"5\" CTM=\"0.966 -0.259 0.259 0.966 0 4\">\
        <ofd:TextCode X=\"0\" Y=\"5\" DeltaX=\"5 5 5\">斜着的𪚥</ofd:TextCode></ofd:TextObject>";
    check("text", &Package::of(objects).resources(FONT), &[SUBSTITUTED, "GLYPH_MISSING 𪚥 (U+2A6A5)"]);
}

#[test]
fn lines_have_dashes_caps_joins_and_arcs() {
    let objects = [
        path(
            "Boundary=\"2 2 56 4\" LineWidth=\"1\" DashPattern=\"4 2 1 2\" Cap=\"Butt\"",
            "<ofd:StrokeColor Value=\"0 0 160\"/>",
            "M 0 1 L 56 1",
        ),
        path("Boundary=\"2 6 20 12\" LineWidth=\"2\" Join=\"Round\" Cap=\"Round\"", "", "M 2 10 L 8 2 L 14 10"),
        path("Boundary=\"22 6 20 12\" LineWidth=\"2\" Join=\"Bevel\" Cap=\"Square\"", "", "M 2 10 L 8 2 L 14 10"),
        path("Boundary=\"42 6 16 12\" LineWidth=\"2\" MiterLimit=\"10\"", "", "M 2 10 L 8 2 L 14 10"),
        path(
            "Boundary=\"2 20 18 18\" Fill=\"true\" Rule=\"Even-Odd\" LineWidth=\"0\"",
            "<ofd:FillColor Value=\"220 60 60\"/>",
            "M 0 9 A 9 9 0 1 1 18 9 A 9 9 0 1 1 0 9 C M 5 9 A 4 4 0 1 0 13 9 A 4 4 0 1 0 5 9 C",
        ),
        path(
            "Boundary=\"22 20 18 18\" Fill=\"true\" Stroke=\"false\"",
            "<ofd:FillColor Value=\"#00 #A0 #00\"/>",
            "M 0 18 Q 9 -18 18 18 C",
        ),
        path(
            "Boundary=\"42 20 16 18\"",
            "<ofd:StrokeColor Value=\"0 0 0\"/>",
            "M 0 9 B 0 -4 16 22 16 9 A 8 4 30 0 1 0 9",
        ),
    ];
    check("lines", &Package::of(&objects.concat()), &[]);
}

#[test]
fn clips_cut_everything() {
    let circle = "<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path Boundary=\"0 0 20 10\" Fill=\"true\" Stroke=\"false\">\
        <ofd:AbbreviatedData>M 5 5 A 5 5 0 1 1 15 5 A 5 5 0 1 1 5 5 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>";
    let red = "<ofd:FillColor Value=\"220 0 0\"/>";
    let letters = "<ofd:Clips><ofd:Clip><ofd:Area><ofd:Text Boundary=\"0 0 20 10\" Font=\"3\" Size=\"10\">\
        <ofd:TextCode X=\"0\" Y=\"9\" DeltaX=\"10\">印章</ofd:TextCode></ofd:Text></ofd:Area></ofd:Clip></ofd:Clips>";
    let objects = [
        filled(2, 2, &format!("{red}{circle}")),
        filled(30, 2, &format!("{red}{letters}")),
        // Two clips cut what they have in common.
        filled(2, 15, &format!("{red}{}", circle.replace("</ofd:Clips>", "<ofd:Clip><ofd:Area CTM=\"1 0 0 1 5 0\"><ofd:Path \
            Boundary=\"0 0 20 10\" Fill=\"true\"><ofd:AbbreviatedData>M 5 0 L 10 0 L 10 10 L 5 10 C</ofd:AbbreviatedData>\
            </ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>"))),
        // The boundary cuts too.
        path("Boundary=\"30 15 10 10\" Fill=\"true\" Stroke=\"false\"", red, "M -5 -5 L 30 -5 L 30 30 L -5 30 C"),
    ];
    check("clips", &Package::of(&objects.concat()).resources(FONT), &[SUBSTITUTED]);
}

#[test]
fn shadings_run_as_they_are_told() {
    let segments = "<ofd:Segment Position=\"0\"><ofd:Color Value=\"255 0 0\"/></ofd:Segment>\
        <ofd:Segment Position=\"0.5\"><ofd:Color Value=\"255 255 0\"/></ofd:Segment>\
        <ofd:Segment Position=\"1\"><ofd:Color Value=\"0 0 255\"/></ofd:Segment>";
    let axial = |attributes: &str| {
        format!("<ofd:FillColor><ofd:AxialShd {attributes}>{segments}</ofd:AxialShd></ofd:FillColor>")
    };
    let radial = |attributes: &str| {
        format!("<ofd:FillColor><ofd:RadialShd {attributes}>{segments}</ofd:RadialShd></ofd:FillColor>")
    };
    let corner = |x: i32, y: i32, color: &str| {
        format!("<ofd:Point X=\"{x}\" Y=\"{y}\"><ofd:Color Value=\"{color}\"/></ofd:Point>")
    };
    let free = format!(
        "<ofd:FillColor><ofd:GouraudShd>{}{}{}</ofd:GouraudShd></ofd:FillColor>",
        corner(0, 0, "255 0 0"),
        corner(20, 0, "0 255 0"),
        corner(10, 10, "0 0 255")
    );
    let lattice = format!(
        "<ofd:FillColor><ofd:LaGouraudShd VerticesPerRow=\"3\">{}</ofd:LaGouraudShd></ofd:FillColor>",
        [
            (0, 0, "255 0 0"),
            (10, 0, "255 255 0"),
            (20, 0, "0 255 0"),
            (0, 10, "0 0 255"),
            (10, 10, "255 255 255"),
            (20, 10, "0 0 0")
        ]
        .map(|(x, y, color)| corner(x, y, color))
        .concat()
    );
    let objects = [
        filled(0, 0, &axial("StartPoint=\"4 0\" EndPoint=\"16 0\"")),
        filled(20, 0, &axial("StartPoint=\"4 0\" EndPoint=\"16 0\" Extend=\"3\"")),
        filled(40, 0, &axial("StartPoint=\"0 0\" EndPoint=\"20 10\" MapType=\"Reflect\" MapUnit=\"5\" Extend=\"3\"")),
        filled(0, 13, &radial("StartPoint=\"10 5\" EndPoint=\"10 5\" EndRadius=\"5\"")),
        filled(
            20,
            13,
            &radial(
                "StartPoint=\"10 5\" StartRadius=\"1\" EndPoint=\"10 5\" EndRadius=\"8\" Eccentricity=\"0.8\" Angle=\"20\" Extend=\"1\"",
            ),
        ),
        filled(
            40,
            13,
            &radial(
                "StartPoint=\"10 5\" EndPoint=\"10 5\" EndRadius=\"8\" MapType=\"Repeat\" MapUnit=\"2\" Extend=\"3\"",
            ),
        ),
        filled(0, 26, &free),
        filled(20, 26, &lattice),
        filled(40, 26, &lattice.replace("<ofd:FillColor>", "<ofd:FillColor Alpha=\"80\">")),
    ];
    check("shadings", &Package::of(&objects.concat()), &[]);
}

#[test]
fn patterns_repeat_and_reflect() {
    let pattern = |attributes: &str| {
        format!(
            "<ofd:FillColor><ofd:Pattern Width=\"4\" Height=\"4\" {attributes}><ofd:CellContent>{}\
        </ofd:CellContent></ofd:Pattern></ofd:FillColor>",
            path(
                "Boundary=\"0 0 4 4\" Fill=\"true\" Stroke=\"false\"",
                "<ofd:FillColor Value=\"0 120 200\"/>",
                "M 0 0 L 3 0 L 0 3 C"
            )
        )
    };
    let objects = [
        filled(2, 2, &pattern("")),
        filled(32, 2, &pattern("XStep=\"6\" YStep=\"5\"")),
        filled(2, 15, &pattern("ReflectMethod=\"Column\"")),
        filled(32, 15, &pattern("ReflectMethod=\"RowAndColumn\"")),
        filled(2, 28, &pattern("CTM=\"0.5 0.5 -0.5 0.5 0 0\"")),
        filled(32, 28, &pattern("RelativeTo=\"Page\"").replace("<ofd:FillColor>", "<ofd:FillColor Alpha=\"100\">")),
    ];
    check("patterns", &Package::of(&objects.concat()), &[]);
}

pub(crate) fn encoded(format: image::ImageFormat, picture: &image::DynamicImage) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

#[test]
fn pictures_of_all_kinds_with_masks_and_alpha() {
    let colors = image::RgbImage::from_fn(16, 8, |x, y| image::Rgb([(x * 16) as u8, (y * 32) as u8, 128]));
    let clear = image::RgbaImage::from_fn(16, 8, |x, _| image::Rgba([200, 0, 0, (x * 17) as u8]));
    let mask = image::GrayImage::from_fn(16, 8, |x, y| image::Luma([if (x + y) % 4 < 2 { 255 } else { 0 }]));
    let (colors, clear, mask): (image::DynamicImage, image::DynamicImage, image::DynamicImage) =
        (colors.into(), clear.into(), mask.into());
    use image::ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff};
    let media = [("10", Png), ("11", Jpeg), ("12", Bmp), ("13", Tiff), ("14", Gif)];
    let mut package = Package::default()
        .part("Doc/R/15.png", encoded(Png, &clear))
        .part("Doc/R/16.tif", encoded(Tiff, &mask))
        .part("Doc/R/18.png", b"no picture");
    let mut list = String::new();
    for (id, format) in media {
        // The names do not tell what they are.
        package = package.part(&format!("Doc/R/{id}.dat"), encoded(format, &colors));
        list += &format!(
            "<ofd:MultiMedia ID=\"{id}\" Type=\"Image\"><ofd:MediaFile>{id}.dat</ofd:MediaFile></ofd:MultiMedia>"
        );
    }
    for (id, file) in [("15", "15.png"), ("16", "16.tif"), ("17", "gone.png"), ("18", "18.png")] {
        list += &format!(
            "<ofd:MultiMedia ID=\"{id}\" Type=\"Image\"><ofd:MediaFile>R/{file}</ofd:MediaFile></ofd:MultiMedia>"
        );
    }
    let list = format!("<ofd:MultiMedias>{}</ofd:MultiMedias>", list.replace("<ofd:MediaFile>1", "<ofd:MediaFile>R/1"));
    let object = |id: u32, place: &str, rest: &str| {
        format!("<ofd:ImageObject ID=\"{}\" ResourceID=\"{id}\" Boundary=\"{place}\" {rest}/>", id + 30)
    };
    let objects = [
        object(10, "1 1 11 8", "CTM=\"11 0 0 8 0 0\""),
        object(11, "13 1 11 8", "CTM=\"11 0 0 8 0 0\""),
        object(12, "25 1 11 8", "CTM=\"11 0 0 8 0 0\""),
        object(13, "37 1 11 8", "CTM=\"11 0 0 8 0 0\""),
        object(14, "49 1 10 8", "CTM=\"10 0 0 8 0 0\""),
        object(15, "1 12 16 8", ""),
        object(10, "20 12 16 8", "CTM=\"16 0 0 8 0 0\" ImageMask=\"16\""),
        object(10, "40 12 16 8", "CTM=\"16 0 0 8 0 0\" Alpha=\"80\""),
        object(10, "5 22 20 16", "CTM=\"12 6 -6 12 6 0\""),
        object(17, "30 24 10 10", "CTM=\"10 0 0 10 0 0\""),
        object(18, "45 24 10 10", "CTM=\"10 0 0 10 0 0\""),
    ];
    let mut all = Package::of(&objects.concat()).resources(&list);
    all.parts = package.parts;
    check(
        "pictures",
        &all,
        &[
            "IMAGE_MISSING ImageObject 47: R/gone.png is missing",
            "IMAGE_MISSING ImageObject 48: not a known kind of picture",
        ],
    );
}

#[test]
fn templates_layers_parameters_composites_and_groups_come_in_order() {
    let plain = |value: &str| format!("<ofd:FillColor Value=\"{value}\"/>");
    let resources = "<ofd:DrawParams><ofd:DrawParam ID=\"20\" LineWidth=\"2\"><ofd:StrokeColor Value=\"0 0 200\"/></ofd:DrawParam>\
        <ofd:DrawParam ID=\"21\" Relative=\"20\" DashPattern=\"3 2\"/></ofd:DrawParams>\
        <ofd:ColorSpaces><ofd:ColorSpace ID=\"22\" Type=\"CMYK\"/><ofd:ColorSpace ID=\"23\" Type=\"RGB\"><ofd:Palette><ofd:CV>1 2 3</ofd:CV>\
        <ofd:CV>0 160 80</ofd:CV></ofd:Palette></ofd:ColorSpace></ofd:ColorSpaces>\
        <ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"24\" Width=\"20\" Height=\"10\"><ofd:Content>UNIT</ofd:Content>\
        </ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>";
    let unit = filled(0, 0, &plain("200 0 0")) + &filled(5, 3, &plain("0 200 0"));
    let layer = |kind: &str, objects: &str| format!("<ofd:Layer ID=\"91\" Type=\"{kind}\">{objects}</ofd:Layer>");
    let page = format!(
        "<ofd:Template TemplateID=\"70\" ZOrder=\"Background\"/><ofd:Template TemplateID=\"71\" ZOrder=\"Foreground\"/><ofd:Content>{}{}{}</ofd:Content>",
        layer("Foreground", &filled(8, 4, &plain("255 160 0"))),
        layer(
            "Body",
            &format!(
                "{}{}{}{}{}",
                filled(4, 2, &plain("120 120 255")),
                path("Boundary=\"2 20 56 4\" DrawParam=\"21\"", "", "M 0 2 L 56 2"),
                filled(2, 26, "<ofd:FillColor ColorSpace=\"22\" Value=\"255 0 0 0\"/>"),
                filled(24, 26, "<ofd:FillColor ColorSpace=\"23\" Index=\"1\"/>"),
                "<ofd:CompositeObject ID=\"60\" ResourceID=\"24\" Boundary=\"38 2 20 10\" CTM=\"0.8 0 0 0.8 0 0\" Alpha=\"128\"/>\
             <ofd:PageBlock ID=\"61\"><ofd:PageBlock ID=\"62\"><ofd:PathObject ID=\"63\" Boundary=\"46 26 10 10\"><ofd:AbbreviatedData>M 0 0 L 10 10\
             </ofd:AbbreviatedData></ofd:PathObject></ofd:PageBlock></ofd:PageBlock>"
            )
        ),
        layer("Background", &filled(2, 1, &plain("255 220 220"))),
    );
    let template = |content: &str| format!("<ofd:Content><ofd:Layer ID=\"92\">{content}</ofd:Layer></ofd:Content>");
    let package = Package::default()
        .page(&page)
        .resources(&resources.replace("UNIT", &unit))
        .document("<ofd:TemplatePage ID=\"70\" BaseLoc=\"T0.xml\"/><ofd:TemplatePage ID=\"71\" BaseLoc=\"T1.xml\"/>")
        .xml("Doc/T0.xml", "Page", &template(&filled(0, 0, &plain("200 255 200"))))
        .xml("Doc/T1.xml", "Page", &template(&filled(14, 8, &plain("160 160 160"))));
    check("order", &package, &[]);
}

#[test]
fn annotations_are_drawn_from_their_corner() {
    let mark = filled(0, 0, "<ofd:FillColor Value=\"255 0 0\" Alpha=\"120\"/>");
    let annotation = format!(
        "<ofd:Annot ID=\"80\" Type=\"Watermark\"><ofd:Appearance Boundary=\"10 10 15 8\">{mark}</ofd:Appearance></ofd:Annot>\
        <ofd:Annot ID=\"81\" Type=\"Stamp\" Visible=\"false\"><ofd:Appearance Boundary=\"30 10 15 8\">{mark}</ofd:Appearance></ofd:Annot>\
        <ofd:Annot ID=\"82\" Type=\"Link\"/>"
    );
    let package = Package::of(&filled(5, 5, "<ofd:FillColor Value=\"0 0 0\"/>"))
        .document("<ofd:Annotations>Annots/All.xml</ofd:Annotations>")
        .xml("Doc/Annots/All.xml", "Annotations", "<ofd:Page PageID=\"1\"><ofd:FileLoc>P1.xml</ofd:FileLoc></ofd:Page>")
        .xml("Doc/Annots/P1.xml", "PageAnnot", &annotation);
    check("annotations", &package, &[]);
}
