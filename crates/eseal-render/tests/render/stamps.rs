//! Seals of every kind of picture, cut and whole.

use eseal_testkit::{Pki, SealSpec};
use image::ImageFormat::{Bmp, Gif, Jpeg, Png};

use crate::{
    golden::{check, encoded, filled},
    package::Package,
};

/// A seal with that picture, signed by a maker of the tests.
fn seal(picture: &[u8]) -> Vec<u8> {
    let pki = Pki::new();
    SealSpec { picture: picture.to_vec(), width_mm: 12, height_mm: 12, ..SealSpec::of(&pki.signer) }.made_by(&pki.maker)
}

/// A package whose signatures show seals: picture, and the attributes of each stamp.
fn sealed(package: Package, seals: &[(Vec<u8>, &[&str])]) -> Package {
    let mut list = String::new();
    let mut package = package.entry("<ofd:Signatures>Doc/Signs/Signatures.xml</ofd:Signatures>");
    for (number, (picture, stamps)) in seals.iter().enumerate() {
        list += &format!("<ofd:Signature ID=\"{number}\" Type=\"Seal\" BaseLoc=\"S{number}/Signature.xml\"/>");
        let stamps: String =
            stamps.iter().map(|stamp| format!("<ofd:StampAnnot ID=\"7\" PageRef=\"1\" {stamp}/>")).collect();
        let info = format!(
            "<ofd:SignedInfo><ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal>{stamps}</ofd:SignedInfo>"
        );
        package = package
            .xml(&format!("Doc/Signs/S{number}/Signature.xml"), "Signature", &info)
            .part(&format!("Doc/Signs/S{number}/Seal.esl"), seal(picture));
    }
    package.xml("Doc/Signs/Signatures.xml", "Signatures", &list)
}

/// A red ring with a transparent middle, and a blue bar that shows which side is up.
fn ring() -> image::DynamicImage {
    let side = 48;
    let pixel = |x: u32, y: u32| {
        let (dx, dy) = (f64::from(x) - 23.5, f64::from(y) - 23.5);
        let distance = dx.hypot(dy);
        match () {
            () if (18.0..23.5).contains(&distance) => image::Rgba([220, 0, 0, 255]),
            () if (10..14).contains(&y) && (14..34).contains(&x) => image::Rgba([0, 0, 220, 255]),
            () => image::Rgba([255, 255, 255, 0]),
        }
    };
    image::RgbaImage::from_fn(side, side, pixel).into()
}

const SVG: &[u8] =
    b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 40\"><circle cx=\"20\" cy=\"20\" r=\"18\" \
    fill=\"none\" stroke=\"#dc0000\" stroke-width=\"3\"/><path d=\"M10 12h20v4H10z\" fill=\"#0000dc\"/></svg>";

#[test]
fn seals_of_every_picture_are_whole_and_let_the_text_through() {
    let (clear, opaque) = (ring(), image::DynamicImage::from(ring().into_rgb8()));
    // A package as a picture: its first page fills the seal's box.
    let inner = Package::of(&format!(
        "{}{}",
        filled(0, 0, "<ofd:FillColor Value=\"220 0 0\"/>"),
        filled(40, 30, "<ofd:FillColor Value=\"0 0 220\"/>")
    ));
    let place = ["2 2", "16 2", "30 2", "44 2", "2 22", "16 22"].map(|corner| format!("Boundary=\"{corner} 12 12\""));
    let seals: Vec<(Vec<u8>, Vec<&str>)> = [
        encoded(Png, &clear),
        encoded(Jpeg, &opaque),
        encoded(Bmp, &opaque),
        encoded(Gif, &clear),
        SVG.to_vec(),
        inner.bytes(),
    ]
    .into_iter()
    .zip(&place)
    .map(|(picture, place)| (picture, vec![place.as_str()]))
    .collect();
    let seals: Vec<(Vec<u8>, &[&str])> = seals.iter().map(|(bytes, place)| (bytes.clone(), place.as_slice())).collect();
    let below = Package::of(&filled(0, 6, "<ofd:FillColor Value=\"200 220 255\"/>"));
    check("seals", &sealed(below, &seals), &[]);
}

#[test]
fn slices_of_a_seal_across_pages_and_stretched_seals_keep_their_places() {
    let picture = encoded(Png, &ring());
    let stamps = [
        // The right edge of the page has the left third.
        "Boundary=\"52 4 24 24\" Clip=\"0 0 8 24\"",
        // The left edge has the right third.
        "Boundary=\"-16 4 24 24\" Clip=\"16 0 8 24\"",
        "Boundary=\"20 4 20 10\"",
        "Boundary=\"20 20 12 12\" Clip=\"0 0 12 6\"",
    ];
    check("slices", &sealed(Package::of(""), &[(picture, &stamps)]), &[]);
}

#[test]
fn packages_inside_seals_inside_packages_end() {
    let mut picture = encoded(Png, &ring());
    for _ in 0..4 {
        picture = sealed(Package::of(""), &[(picture, &["Boundary=\"10 10 20 20\""])]).bytes();
    }
    let package = sealed(Package::of(""), &[(picture, &["Boundary=\"10 10 20 20\""])]);
    let told = crate::package::told(&package.render(48.0).unwrap());
    assert!(told.iter().any(|told| told.contains("a package in a package in a package")), "{told:?}");
}

#[test]
fn a_seal_whose_picture_is_missing_leaves_a_frame_and_a_warning() {
    let package = sealed(Package::of(""), &[(b"no picture".to_vec(), &["Boundary=\"10 10 20 20\""])]);
    let rendered = package.render(48.0).unwrap();
    assert_eq!(crate::package::told(&rendered), ["IMAGE_MISSING seal 0: not a known kind of picture"]);
    // An SVG that names a file is not drawn without it: it would look like another seal.
    let outside = String::from_utf8_lossy(SVG).replace("</svg>", "<image href=\"file:///etc/hostname\"/></svg>");
    let package = sealed(Package::of(""), &[(outside.into_bytes(), &["Boundary=\"10 10 20 20\""])]);
    let told = crate::package::told(&package.render(48.0).unwrap());
    assert_eq!(told, ["IMAGE_MISSING seal 0: the SVG has what seal pictures may not have: image"]);
    let red = rendered.picture.rgb.chunks(3).filter(|pixel| pixel[0] > pixel[1]).count();
    assert!(red > 50, "{red}");
}
