use eseal_convert::{Target, seal_picture};
use eseal_ofd::xml;
use eseal_picture::VectorPicture;

use crate::tools::{output, written};

const SVG: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="42mm" height="30mm" viewBox="0 0 42 30"><path d="M1 1H41V29H1zM5 5H37V25H5z" fill="#e60012" fill-rule="evenodd"/><circle cx="21" cy="15" r="5" fill="#0000ff" fill-opacity="0.5"/></svg>"##;

fn picture() -> VectorPicture {
    VectorPicture::from_svg(SVG.as_bytes()).unwrap()
}

#[test]
fn a_seal_picture_becomes_a_page_of_paths_in_millimetres() {
    let bytes = seal_picture(picture(), Target::Ofd).unwrap();
    assert_eq!(bytes, seal_picture(picture(), Target::Ofd).unwrap(), "the same twice");
    let ofd = eseal_ofd::Ofd::open(std::sync::Arc::new(bytes), &eseal_ofd::Limits::default()).unwrap();
    assert!(ofd.deviations().is_empty(), "{:?}", ofd.deviations());
    let size = ofd.page_size(1).unwrap();
    assert_eq!((size.width, size.height), (42.0, 30.0));
    let content = ofd.package().text(ofd.pages()[0].part.unwrap()).unwrap();
    let tree = xml::parse(&content).unwrap();
    let paths: Vec<_> = xml::descendants(tree.root_element())
        .filter(|node| node.has_tag_name(("http://www.ofdspec.org/2016", "PathObject")))
        .collect();
    assert_eq!(paths.len(), 2);
    assert_eq!(xml::attribute(paths[0], "Rule"), Some("Even-Odd"));
    assert_eq!(
        xml::child_text(paths[0], "AbbreviatedData"),
        "M 1 1 L 41 1 L 41 29 L 1 29 C M 5 5 L 37 5 L 37 25 L 5 25 C"
    );
    let color = xml::child(paths[1], "FillColor").unwrap();
    assert_eq!((xml::attribute(color, "Value"), xml::attribute(color, "Alpha")), (Some("0 0 255"), Some("128")));
    assert!(xml::child_text(paths[1], "AbbreviatedData").starts_with("M 26 15 B "));
}

#[test]
fn a_seal_picture_becomes_a_pdf_of_its_size_without_pixels() {
    let bytes = seal_picture(picture(), Target::Pdf).unwrap();
    assert_eq!(bytes, seal_picture(picture(), Target::Pdf).unwrap(), "the same twice");
    assert!(!bytes.windows(14).any(|window| window == b"/Subtype/Image" || window == b"/Subtype /Imag"));
    let (_folder, path) = written("seal.pdf", &bytes);
    if let Some(text) = output("qpdf", &["--check"], &path) {
        assert!(text.contains("No syntax or stream encoding errors"), "{text}");
    }
    if let Some(text) = output("pdfinfo", &[], &path) {
        assert!(text.contains("119.055 x 85.0394 pts"), "{text}");
    }
}
