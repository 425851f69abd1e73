//! Seals with pictures of every type (印模类型) on both carriers.

use eseal::{Conclusion, PrepareError};

use crate::world::{World, at, documents, packed};

const SVG: &[u8] = br##"<svg xmlns="http://www.w3.org/2000/svg" width="42mm" height="42mm" viewBox="0 0 42 42"><circle cx="21" cy="21" r="20" fill="none" stroke="#e60012" stroke-width="1.2"/><path d="M10 10h20v20z" fill="#e60012" fill-opacity="0.5"/></svg>"##;

fn with_picture(kind: &str, picture: &[u8]) -> World {
    let mut world = World::new();
    world.seal = world.pki.seal_with(|spec| {
        spec.picture_type = kind.into();
        spec.picture = picture.to_vec();
    });
    world
}

/// One page of OFD, 42 mm wide, with these objects.
fn ofd(objects: &str, more: &[(String, Vec<u8>)]) -> Vec<u8> {
    let namespace = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;
    let part = |name: &str, text: String| (name.to_owned(), text.into_bytes());
    let mut parts = vec![
        part(
            "OFD.xml",
            format!(
                r#"<ofd:OFD {namespace} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#
            ),
        ),
        part(
            "Doc_0/Document.xml",
            format!(
                r#"<ofd:Document {namespace}><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 42 42</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>"#
            ),
        ),
        part(
            "Doc_0/Pages/Page_0/Content.xml",
            format!(
                r#"<ofd:Page {namespace}><ofd:Content><ofd:Layer ID="2">{objects}</ofd:Layer></ofd:Content></ofd:Page>"#
            ),
        ),
        part(
            "Doc_0/DocumentRes.xml",
            format!(
                r#"<ofd:Res {namespace} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="5" Type="Image" Format="PNG"><ofd:MediaFile>seal.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"#
            ),
        ),
    ];
    parts.extend(more.iter().cloned());
    packed(&parts)
}

fn path(attributes: &str, inside: &str) -> String {
    format!(
        r#"<ofd:PathObject ID="3" Boundary="1 1 40 40" {attributes}>{inside}<ofd:AbbreviatedData>S 2 2 L 30 2 Q 38 2 38 9 B 38 20 30 38 20 38 A 30 30 0 0 1 2 20 C</ofd:AbbreviatedData></ofd:PathObject>"#
    )
}

/// The picture of the seals that tests use.
fn png_of_testkit() -> Vec<u8> {
    let mut picture = Vec::new();
    let _ = World::new().pki.seal_with(|spec| picture.clone_from(&spec.picture));
    picture
}

/// Image XObjects, wherever they are.
fn images_in(pdf: &[u8]) -> usize {
    pdf.windows(15).filter(|window| window == b"/Subtype /Image").count()
}

#[test]
fn vector_pictures_are_sealed_as_vectors_and_pixels_as_pixels() {
    let red = r#"<ofd:FillColor Value="230 0 18"/>"#;
    let png = || ("Doc_0/Res/seal.png".to_owned(), png_of_testkit());
    let image = r#"<ofd:ImageObject ID="4" Boundary="0 0 42 42" CTM="42 0 0 42 0 0" ResourceID="5"/>"#;
    let gradient = br##"<svg xmlns="http://www.w3.org/2000/svg" width="42mm" height="42mm"><linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient><path d="M10 10h90v90z" fill="url(#g)"/></svg>"##;
    for (name, kind, picture, has_image) in [
        ("svg", "svg", SVG.to_vec(), false),
        ("SVG with a point", ".SVG", SVG.to_vec(), false),
        ("svg that says png", "png", SVG.to_vec(), false),
        ("svg with a gradient", "svg", gradient.to_vec(), true),
        ("ofd with a filled path", "ofd", ofd(&path(r#"Fill="true" Stroke="false""#, red), &[]), false),
        (
            "ofd with a line",
            "OFD",
            ofd(
                &path(r#"LineWidth="1" CTM="0.5 0 0 0.5 1 1""#, r#"<ofd:StrokeColor Value="230 0 18" Alpha="128"/>"#),
                &[],
            ),
            false,
        ),
        (
            "ofd in a block",
            "ofd",
            ofd(&format!("<ofd:PageBlock ID=\"8\">{}</ofd:PageBlock>", path("", "")), &[]),
            false,
        ),
        ("ofd whose path leaves its boundary", "ofd", ofd(&path(r#"CTM="2 0 0 2 0 0""#, ""), &[]), true),
        ("ofd with an image", "ofd", ofd(image, &[png()]), true),
        ("png", "png", png_of_testkit(), true),
    ] {
        let world = with_picture(kind, &picture);
        for (carrier, bytes) in documents(1) {
            let sealed = world.seal(&bytes, &[at(1, 50.0, 50.0)]);
            assert_eq!(world.report(&sealed).conclusion, Conclusion::Valid, "{name} {carrier}");
            if carrier == "pdf" {
                assert_eq!(images_in(&sealed) - images_in(&bytes) > 0, has_image, "{name}");
            }
        }
    }
}

#[test]
fn pictures_that_cannot_be_drawn_whole_are_refused_with_the_reason() {
    let text = r#"<ofd:TextObject ID="4" Boundary="0 0 42 42" Font="7" Size="5"><ofd:TextCode X="0" Y="9">章</ofd:TextCode></ofd:TextObject>"#;
    let image = r#"<ofd:ImageObject ID="4" Boundary="0 0 42 42" CTM="42 0 0 42 0 0" ResourceID="5"/>"#;
    let small = r#"<ofd:ImageObject ID="4" Boundary="0 0 42 42" CTM="20 0 0 20 0 0" ResourceID="5"/>"#;
    let png = || ("Doc_0/Res/seal.png".to_owned(), png_of_testkit());
    let whole = ofd(&path("", ""), &[]);
    let shading = r#"<ofd:FillColor><ofd:AxialShd StartPoint="0 0" EndPoint="1 1"/></ofd:FillColor>"#;
    let bad_data = path("", "").replace("S 2 2", "S 2 x");
    for (kind, picture, reason) in [
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'><text y='9'>x</text></svg>".to_vec(), "text"),
        ("svg", SVG[..200].to_vec(), "damaged"),
        ("webp", b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), "webp"),
        ("ofd", ofd(&(path("", "") + text), &[]), "OFD: TextObject"),
        ("ofd", ofd(&(path("", "") + image), &[png()]), "OFD: ImageObject among"),
        ("ofd", ofd(image, &[]), "OFD: ImageObject whose image is missing"),
        ("ofd", ofd(small, &[png()]), "OFD: ImageObject that does not fill"),
        ("png", png_of_testkit()[..60].to_vec(), "damaged"),
        ("ofd", ofd("", &[]), "OFD: nothing on the page"),
        ("ofd", ofd(&path(r#"DrawParam="9""#, ""), &[]), "OFD: DrawParam"),
        ("ofd", ofd(&path("", "<ofd:Clips/>"), &[]), "OFD: Clips"),
        ("ofd", ofd(&path(r#"Fill="true""#, shading), &[]), "OFD: FillColor"),
        ("ofd", ofd(&bad_data, &[]), "OFD: AbbreviatedData"),
        (
            "ofd",
            ofd(&("<ofd:PageBlock ID='9'>".repeat(20) + &path("", "") + &"</ofd:PageBlock>".repeat(20)), &[]),
            "OFD: PageBlock",
        ),
        ("ofd", whole[..whole.len() / 2].to_vec(), "OFD: "),
        ("ofd", SVG.to_vec(), "OFD: "),
    ] {
        let world = with_picture(kind, &picture);
        for (carrier, document) in documents(1) {
            match world.prepare(&document, &[at(1, 50.0, 50.0)]) {
                Err(PrepareError::SealNotGood { checks }) => {
                    let said = &checks[0].reason;
                    assert!(said.en.contains(reason) && said.zh.contains(reason), "{carrier}, {reason}: {said:?}");
                }
                // A reader of OFD draws these itself; in a PDF there is nothing that could.
                Ok(_) if carrier == "ofd" && ONLY_OFD.contains(&reason) => {}
                other => panic!("{carrier}, {reason}: {:?}", other.map(|_| ())),
            }
        }
    }
}

/// What a picture that is an OFD may have in an OFD, and not in a PDF.
const ONLY_OFD: [&str; 7] = [
    "OFD: TextObject",
    "OFD: ImageObject that does not fill",
    "OFD: DrawParam",
    "OFD: Clips",
    "OFD: FillColor",
    "OFD: PageBlock",
    "OFD: ImageObject among",
];
