//! Seal pictures (印模): SVG as seals carry it, read by the one bounded reader, as paths and as pixels.

use eseal_picture::{ReadPicture, VectorPicture, decode_picture, read_picture};

/// Any bytes: a picture or an error, in bounded time and memory.
pub(crate) fn check(data: &[u8]) {
    let vector = VectorPicture::from_svg(data);
    let read = read_picture("svg", data);
    match (&vector, &read) {
        // What is paths for one is paths for the other.
        (Ok(one), Ok(ReadPicture::Vector(other))) => assert_eq!(one, other),
        (Ok(_), _) => panic!("paths alone, but no picture"),
        (Err(_), Ok(ReadPicture::Vector(_))) => panic!("a picture of paths without paths"),
        (Err(_), Ok(ReadPicture::Pixels(_)) | Err(_)) => {}
    }
    if let Ok(picture) = &vector {
        let sides = [picture.width_mm, picture.height_mm];
        assert!(sides.iter().all(|side| side.is_finite() && *side > 0.0), "a picture without size");
        assert!(!picture.paths.is_empty(), "a picture that shows nothing");
    }
    if let Ok(pixels) = decode_picture("svg", data) {
        let count = u64::from(pixels.width) * u64::from(pixels.height) * 4;
        assert_eq!(u64::try_from(pixels.rgba.len()), Ok(count));
    }
}
