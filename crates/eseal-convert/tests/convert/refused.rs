use std::io::Cursor;

use eseal_convert::{ConvertError, Limits, Options, SourceType, Target, convert};

use crate::tools::{TARGETS, attempt};

#[test]
fn what_has_no_way_is_said_to_have_none() {
    for (bytes, stated, expected) in [
        (&b"%PDF-1.7\n"[..], None, SourceType::Pdf),
        (b"PK\x03\x04\x14\0OFD.xml", None, SourceType::Ofd),
        (b"PK\x03\x04\x14\0word/document.xml", None, SourceType::Office),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", None, SourceType::Office),
        (b"<html></html>", None, SourceType::Html),
        (b"{\\rtf1}", None, SourceType::Rtf),
        (b"GIF89a", None, SourceType::OtherPicture),
    ] {
        for target in TARGETS {
            let error = attempt(bytes, stated, target).unwrap_err();
            assert!(
                matches!(error, ConvertError::UnsupportedPair { source_type, .. } if source_type == expected),
                "{error}"
            );
        }
    }
}

#[test]
fn empty_and_unknown_files_are_told_apart() {
    assert!(matches!(attempt(b"", None, Target::Pdf), Err(ConvertError::Damaged { .. })));
    assert!(matches!(attempt(b"\x7FELF\x02\x01\x01\0\0\0", None, Target::Pdf), Err(ConvertError::UnknownType)));
}

#[test]
fn large_files_are_refused_by_name() {
    let mut png = Cursor::new(Vec::new());
    image::GrayImage::new(200, 200).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let png = png.into_inner();
    let mut limits = Limits::default();
    limits.pixels = 39_999;
    limits.text_bytes = 10;
    let options = Options { limits, ..Options::default() };
    for (bytes, expected) in [(png, "pixels of a picture"), (vec![b'a'; 11], "bytes of the file")] {
        let error = convert(&bytes, None, Target::Ofd, &options).unwrap_err();
        assert!(matches!(error, ConvertError::TooLarge { what, .. } if what == expected), "{error}");
    }
}

#[test]
fn a_header_that_promises_a_huge_picture_takes_no_memory() {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
    bytes.extend([0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 16, 6, 0, 0, 0]);
    bytes.extend([0xE3, 0xE4, 0xC9, 0x6A]);
    assert!(attempt(&bytes, None, Target::Pdf).is_err());
}
