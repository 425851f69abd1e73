//! Seal pictures made fit to be shown (印模重绘): decoded within limits and drawn anew as PNG, so that nothing of a
//! stranger's bytes but pixels reaches the reader's program.

use std::io::Cursor;

use image::{ImageFormat, RgbaImage, imageops::FilterType};

use super::limits::SEAL_SIDE;

/// The picture as a small PNG; none if it has no pixels.
pub(crate) fn redrawn(declared: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let pixels = eseal_picture::decode_picture(declared, bytes).ok()?;
    let picture = RgbaImage::from_raw(pixels.width, pixels.height, pixels.rgba)?;
    let longest = pixels.width.max(pixels.height);
    let small = if longest > SEAL_SIDE {
        let side = |length: u32| length.saturating_mul(SEAL_SIDE).checked_div(longest).unwrap_or(1).max(1);
        image::imageops::resize(&picture, side(pixels.width), side(pixels.height), FilterType::Triangle)
    } else {
        picture
    };
    let mut png = Cursor::new(Vec::new());
    small.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}
