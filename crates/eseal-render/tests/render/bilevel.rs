//! Pictures of two colors, as scanners and fax machines write them: JBIG2 and one-bit TIFF.

use crate::{
    golden::{check, encoded},
    package::Package,
};

/// Sixteen by eight pixels with a black bar from the fourth to the twelfth column, by ITU-T T.6.
fn bar() -> Vec<u8> {
    // The first line: horizontal mode, four white, eight black, then to the end as the line above (all white).
    // Each other line: as the one above, three times.
    let mut bits = "0011011000101".to_owned() + "1";
    bits += &"111".repeat(7);
    bits += "000000000001000000000001"; // end of the block
    while !bits.len().is_multiple_of(8) {
        bits.push('0');
    }
    bits.as_bytes().chunks(8).map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap()).collect()
}

/// The picture as fax and as JBIG2, as they are embedded in PDF.
pub(crate) fn parts() -> (Vec<u8>, Vec<u8>) {
    (bar(), jbig2(true))
}

/// A JBIG2 segment: number, kind, its page, data (ITU-T T.88, 7.2).
fn segment(number: u32, kind: u8, page: u8, data: &[u8]) -> Vec<u8> {
    let mut out = number.to_be_bytes().to_vec();
    out.extend([kind, 0, page]);
    out.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
    out.extend(data);
    out
}

fn jbig2(is_embedded: bool) -> Vec<u8> {
    let sides = [16_u32, 8].map(u32::to_be_bytes).concat();
    let page = [&sides[..], &[0; 8], &[0, 0, 0]].concat();
    let region = [&sides[..], &[0; 8], &[0], &[1], &bar()].concat();
    let mut out = if is_embedded { Vec::new() } else { b"\x97JB2\r\n\x1a\n\x01\x00\x00\x00\x01".to_vec() };
    out.extend(segment(0, 48, 1, &page));
    out.extend(segment(1, 38, 1, &region));
    if !is_embedded {
        out.extend(segment(2, 49, 1, &[]));
        out.extend(segment(3, 51, 0, &[]));
    }
    out
}

/// One-bit TIFF: raw, or compressed as Group 4 fax.
fn tiff(compression: u32, data: &[u8]) -> Vec<u8> {
    let entries: [(u16, u32); 9] = [
        (256, 16),          // width
        (257, 8),           // height
        (258, 1),           // bits
        (259, compression), // compression
        (262, 0),           // white is 0
        (273, 8),           // where the data is
        (277, 1),           // samples
        (278, 8),           // rows of the strip
        (279, u32::try_from(data.len()).unwrap()),
    ];
    let mut out = b"II*\0".to_vec();
    let directory = 8 + data.len().next_multiple_of(2);
    out.extend(u32::try_from(directory).unwrap().to_le_bytes());
    out.extend(data);
    out.resize(directory, 0);
    out.extend(9_u16.to_le_bytes());
    for (tag, value) in entries {
        out.extend(tag.to_le_bytes());
        out.extend(4_u16.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    out.extend(0_u32.to_le_bytes());
    out
}

#[test]
fn scans_of_two_colors_are_drawn() {
    let raw = [0x0F_u8, 0xF0].repeat(8);
    let files = [("10", jbig2(false)), ("11", jbig2(true)), ("12", tiff(1, &raw)), ("13", tiff(4, &bar()))];
    let red = image::DynamicImage::from(image::RgbImage::from_pixel(16, 8, image::Rgb([220, 0, 0])));
    let mut list =
        "<ofd:MultiMedia ID=\"20\" Type=\"Image\"><ofd:MediaFile>20.png</ofd:MediaFile></ofd:MultiMedia>".to_owned();
    let mut objects = String::new();
    let mut all = Package::default().part("Doc/20.png", encoded(image::ImageFormat::Png, &red));
    for (place, (id, bytes)) in files.into_iter().enumerate() {
        list += &format!(
            "<ofd:MultiMedia ID=\"{id}\" Type=\"Image\"><ofd:MediaFile>{id}.dat</ofd:MediaFile></ofd:MultiMedia>"
        );
        objects += &format!(
            "<ofd:ImageObject ID=\"3{id}\" ResourceID=\"{id}\" Boundary=\"{} 2 12 8\" CTM=\"12 0 0 8 0 0\"/>",
            2 + place * 14
        );
        // The same as mask of a red picture: where the mask is white, it shows.
        objects += &format!(
            "<ofd:ImageObject ID=\"4{id}\" ResourceID=\"20\" ImageMask=\"{id}\" Boundary=\"{} 16 12 8\" CTM=\"12 0 0 8 0 0\"/>",
            2 + place * 14
        );
        all = all.part(&format!("Doc/{id}.dat"), bytes);
    }
    let parts = all.parts;
    let mut package = Package::of(&objects).resources(&format!("<ofd:MultiMedias>{list}</ofd:MultiMedias>"));
    package.parts = parts;
    check("bilevel", &package, &[]);
}
