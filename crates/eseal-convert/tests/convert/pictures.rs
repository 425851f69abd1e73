use std::io::Cursor;

use eseal_convert::Target;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::tools::{TARGETS, attempt, converted, kinds, opened, output, written};

/// Red above, blue below.
fn picture(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |_, y| if y * 2 < height { Rgb([200, 0, 0]) } else { Rgb([0, 0, 200]) }).into()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A bitmap that says 254 dots an inch.
fn bitmap(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(&picture(width, height), ImageFormat::Bmp);
    bytes[38..46].copy_from_slice(&[10_000_u32.to_le_bytes(), 10_000_u32.to_le_bytes()].concat());
    bytes
}

/// TIFF of several gray pages, each of one shade, 10 dots a centimetre.
fn tiff(shades: &[u8], width: u8, height: u8) -> Vec<u8> {
    let mut bytes = b"II*\0".to_vec();
    bytes.extend(8_u32.to_le_bytes());
    for (index, shade) in shades.iter().enumerate() {
        let at = u32::try_from(bytes.len()).unwrap();
        let ratio_at = at + 2 + 11 * 12 + 4;
        let data_at = ratio_at + 8;
        let size = u32::from(width) * u32::from(height);
        let entries: [(u16, u16, u32); 11] = [
            (256, 4, width.into()),
            (257, 4, height.into()),
            (258, 3, 8),
            (259, 3, 1),
            (262, 3, 1),
            (273, 4, data_at),
            (278, 4, height.into()),
            (279, 4, size),
            (282, 5, ratio_at),
            (283, 5, ratio_at),
            (296, 3, 3),
        ];
        bytes.extend(11_u16.to_le_bytes());
        for (tag, kind, value) in entries {
            bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
            bytes.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
        }
        let next = if index + 1 == shades.len() { 0 } else { data_at + size };
        bytes.extend(next.to_le_bytes());
        bytes.extend([10_u32.to_le_bytes(), 1_u32.to_le_bytes()].concat());
        bytes.extend(vec![*shade; usize::try_from(size).unwrap()]);
    }
    bytes
}

#[test]
fn every_kind_of_picture_becomes_a_page() {
    let cases = [
        ("PNG", encoded(&picture(60, 40), ImageFormat::Png)),
        ("JPEG", encoded(&picture(60, 40), ImageFormat::Jpeg)),
        ("BMP", bitmap(60, 40)),
        ("TIFF", encoded(&picture(60, 40), ImageFormat::Tiff)),
        ("PNG with transparency", encoded(&picture(60, 40).into_rgba8().into(), ImageFormat::Png)),
        ("PNG of sixteen bits", encoded(&picture(60, 40).into_rgb16().into(), ImageFormat::Png)),
        ("gray JPEG", encoded(&picture(60, 40).into_luma8().into(), ImageFormat::Jpeg)),
    ];
    for (name, bytes) in cases {
        for target in TARGETS {
            let first = converted(&bytes, target);
            assert_eq!(first.page_count, 1, "{name}");
            assert_eq!(first, converted(&bytes, target), "{name} twice");
            match target {
                Target::Ofd => {
                    let size = opened(&first).page_size(1).unwrap();
                    assert_eq!((size.width, size.height), (297.0, 210.0), "{name}");
                }
                Target::Pdf => {
                    let (_folder, path) = written("picture.pdf", &first.bytes);
                    output("qpdf", &["--check"], &path);
                }
            }
        }
    }
}

#[test]
fn a_picture_that_tells_its_size_has_it_on_paper() {
    // 600 × 400 dots at 254 dots an inch: 60 × 40 mm in the middle of A4, lying.
    let bytes = bitmap(600, 400);
    let ofd = converted(&bytes, Target::Ofd);
    assert_eq!(kinds(&ofd), [""; 0]);
    let ofd = opened(&ofd);
    let content = ofd.package().text(ofd.pages()[0].part.unwrap()).unwrap();
    assert!(content.contains(r#"Boundary="118.5 85 60 40" CTM="60 0 0 40 0 0""#), "{content}");

    let pdf = converted(&bytes, Target::Pdf);
    let (folder, path) = written("sized.pdf", &pdf.bytes);
    let shot = folder.path().join("page");
    let arguments = ["-r", "25.4", "-png", "-singlefile"];
    let drawn = std::process::Command::new("pdftoppm").args(arguments).arg(&path).arg(&shot).status();
    if !drawn.is_ok_and(|status| status.success()) {
        println!("skipped: pdftoppm is not installed");
        return;
    }
    let page = image::open(shot.with_extension("png")).unwrap().into_rgb8(); // a dot a millimetre
    assert!(page.width().abs_diff(297) <= 1 && page.height().abs_diff(210) <= 1, "{:?}", page.dimensions());
    for (x, y, expected) in [
        (115, 105, [255; 3]),
        (121, 88, [200, 0, 0]),
        (176, 122, [0, 0, 200]),
        (181, 105, [255; 3]),
        (148, 82, [255; 3]),
    ] {
        let found = page.get_pixel(x, y).0;
        assert!(
            found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) < 4),
            "{found:?} at {x}, {y}"
        );
    }
}

#[test]
fn a_picture_that_does_not_tell_its_size_is_fitted_and_said_so() {
    for target in TARGETS {
        let converted = converted(&encoded(&picture(300, 500), ImageFormat::Png), target);
        assert_eq!(kinds(&converted), ["PAGE_BOX_GUESSED"]);
    }
}

#[test]
fn each_picture_of_a_tiff_has_its_page() {
    let bytes = tiff(&[0, 128, 255], 100, 50);
    for target in TARGETS {
        let converted = converted(&bytes, target);
        assert_eq!((converted.page_count, kinds(&converted)), (3, vec![]));
        if target == Target::Ofd {
            let ofd = opened(&converted);
            let content = ofd.package().text(ofd.pages()[2].part.unwrap()).unwrap();
            assert!(content.contains(r#"Boundary="98.5 80 100 50""#), "{content}");
            let image = ofd.package().find("", "Doc_0/Res/image_1.png").unwrap();
            let image = image::load_from_memory(&ofd.package().read(image).unwrap()).unwrap().into_luma8();
            assert_eq!(image.get_pixel(3, 3).0, [128]);
        }
    }
}

#[test]
fn a_photograph_taken_sideways_stands_upright() {
    let mut bytes = encoded(&picture(60, 40), ImageFormat::Jpeg);
    // EXIF with orientation 6: turn it clockwise, so that red is at the right.
    let exif = [
        &[0xFF, 0xE1, 0, 34][..],
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01",
        &[1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0],
    ]
    .concat();
    bytes.splice(2..2, exif);
    let ofd = opened(&converted(&bytes, Target::Ofd));
    let size = ofd.page_size(1).unwrap();
    assert_eq!((size.width, size.height), (210.0, 297.0));

    let (folder, path) = written("turned.pdf", &converted(&bytes, Target::Pdf).bytes);
    let shot = folder.path().join("page");
    let arguments = ["-r", "25.4", "-png", "-singlefile"];
    let drawn = std::process::Command::new("pdftoppm").args(arguments).arg(&path).arg(&shot).status();
    if !drawn.is_ok_and(|status| status.success()) {
        println!("skipped: pdftoppm is not installed");
        return;
    }
    let page = image::open(shot.with_extension("png")).unwrap().into_rgb8();
    assert!(page.width() < page.height(), "{:?}", page.dimensions());
    let (left, right) = (page.get_pixel(50, 148).0, page.get_pixel(160, 148).0);
    assert!(left[2] > 150 && left[0] < 60 && right[0] > 150 && right[2] < 60, "left {left:?}, right {right:?}");
}

#[test]
fn damaged_pictures_are_refused_wherever_they_break() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Bmp, ImageFormat::Tiff] {
        let bytes = encoded(&picture(64, 64), format);
        for cut in [30, 60, bytes.len() / 2] {
            assert!(attempt(&bytes[..cut], None, Target::Pdf).is_err(), "{format:?} cut at {cut}");
        }
    }
}
