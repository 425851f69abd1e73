//! Versions of a document: the one made current is shown.

use crate::{
    golden::{check, filled},
    package::{Package, told},
};

/// A package whose first page is blue, and a version of it whose page is green.
fn package(versions: &str) -> Package {
    let green = format!(
        "<ofd:Content><ofd:Layer ID=\"90\">{}</ofd:Layer></ofd:Content>",
        filled(30, 20, "<ofd:FillColor Value=\"0 160 0\"/>")
    );
    let document = "<ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 60 40</ofd:PhysicalBox>\
        </ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Page.xml\"/></ofd:Pages>";
    Package::of(&filled(2, 2, "<ofd:FillColor Value=\"0 0 220\"/>"))
        .entry(&format!("<ofd:Versions>{versions}</ofd:Versions>"))
        .xml("V/Version.xml", "DocVersion", "<ofd:FileList/><ofd:DocRoot>Two/Document.xml</ofd:DocRoot>")
        .xml("V/Two/Document.xml", "Document", document)
        .xml("V/Two/Page.xml", "Page", &green)
}

#[test]
fn the_version_that_is_made_current_is_shown() {
    let version = "<ofd:Version ID=\"v0\" Index=\"0\" BaseLoc=\"V/Gone.xml\"/>\
        <ofd:Version ID=\"v1\" Index=\"1\" Current=\"true\" BaseLoc=\"V/Version.xml\"/>";
    check("version", &package(version), &[]);
}

#[test]
fn without_a_current_version_the_document_itself_is_shown() {
    for versions in [
        "",
        "<ofd:Version ID=\"v1\" Index=\"1\" BaseLoc=\"V/Version.xml\"/>",
        "<ofd:Version ID=\"v1\" Index=\"1\" Current=\"false\" BaseLoc=\"V/Version.xml\"/>",
        "<ofd:Version ID=\"v1\" Index=\"1\" Current=\"true\" BaseLoc=\"V/Gone.xml\"/>",
        "<ofd:Version ID=\"v1\" Index=\"1\" Current=\"true\" BaseLoc=\"Doc/Page.xml\"/>",
        "<ofd:Version ID=\"v1\" Index=\"1\" Current=\"true\" BaseLoc=\"OFD.xml\"/>",
    ] {
        let rendered = package(versions).render(48.0).unwrap();
        assert_eq!(told(&rendered), [""; 0], "{versions}");
        let blue = rendered.picture.rgb.chunks(3).any(|pixel| pixel == [0, 0, 220]);
        assert!(blue, "{versions}");
    }
}
