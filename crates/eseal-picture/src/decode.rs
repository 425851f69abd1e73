//! 印章图像: the picture inside a seal, as pixels or as paths.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits};

use crate::vector::{self, VectorPicture};

/// The longest side of a seal picture: 5 times our own 992 pixels, more than any scanner makes of a seal.
const LONGEST_SIDE: u32 = 5_000;
/// Memory that decoding may take: 5000 × 5000 × 4 bytes, and as much for the decoder.
const MEMORY_BYTES: u64 = 200 << 20;
/// The picture as it stands in the seal: vendors take up to 5 MB.
const LARGEST_FILE: usize = 20 << 20;

/// A decoded picture.
#[derive(Clone, Debug)]
pub struct Pixels {
    /// Pixels a line.
    pub width: u32,
    /// Lines.
    pub height: u32,
    /// Red, green, blue and alpha of each pixel, not premultiplied, from the upper left.
    pub rgba: Vec<u8>,
    /// Whether any pixel lets the page through.
    pub is_transparent: bool,
}

/// A picture as it was made (印章图像).
#[derive(Clone, Debug)]
pub enum ReadPicture {
    /// 矢量: paths of plain colors.
    Vector(VectorPicture),
    /// 像素, also of an SVG with more than paths of plain colors.
    Pixels(Pixels),
}

/// Why a picture has no pixels.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Neither SVG nor PNG, JPEG, BMP or GIF: OFD pictures are drawn elsewhere.
    #[error("picture type {0:?} is not a picture format")]
    Type(String),
    /// Larger than a seal picture may be.
    #[error("the picture is too large")]
    TooLarge,
    /// The bytes are not what they claim.
    #[error("damaged picture: {0}")]
    Damaged(String),
    /// The SVG has something that would be left out or costs too much: text (glyphs are no part of a picture), embedded
    /// images, masks, filters, references outside.
    #[error("the SVG has what seal pictures may not have: {0}")]
    NotDrawn(String),
}

/// The picture of a seal as it was made.  The bytes decide what it is, as in [`decode_picture`].
///
/// # Errors
/// As [`decode_picture`].
pub fn read_picture(declared: &str, bytes: &[u8]) -> Result<ReadPicture, DecodeError> {
    match is_svg(declared, bytes) {
        true => vector::read(bytes),
        false => decode_picture(declared, bytes).map(ReadPicture::Pixels),
    }
}

/// Markup at the beginning, or no known beginning and the name.
fn is_svg(declared: &str, bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let is_markup = text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    let declared = declared.trim().trim_start_matches('.');
    is_markup || (declared.eq_ignore_ascii_case("svg") && image::guess_format(bytes).is_err())
}

/// Decodes the picture of a seal; SVG is drawn at 600 dpi.  The bytes decide what it is; `declared` (`png`, `jpg`, …) is asked only where they say nothing.
///
/// # Errors
/// Unknown types, damaged pictures, pictures beyond 5000 pixels a side, SVG with more than can be drawn.
pub fn decode_picture(declared: &str, bytes: &[u8]) -> Result<Pixels, DecodeError> {
    if bytes.len() > LARGEST_FILE {
        return Err(DecodeError::TooLarge);
    }
    if is_svg(declared, bytes) {
        return vector::pixels(bytes);
    }
    let format = image::guess_format(bytes)
        .ok()
        .or_else(|| ImageFormat::from_extension(declared.trim().trim_start_matches('.')))
        .filter(|format| matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Bmp | ImageFormat::Gif))
        .ok_or_else(|| DecodeError::Type(declared.chars().take(20).collect()))?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY_BYTES);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| match error {
        image::ImageError::Limits(_) => DecodeError::TooLarge,
        other => DecodeError::Damaged(other.to_string()),
    })?;
    Ok(pixels(picture))
}

fn pixels(picture: DynamicImage) -> Pixels {
    let has_alpha = picture.color().has_alpha();
    let rgba = picture.into_rgba8();
    let (width, height) = rgba.dimensions();
    let rgba = rgba.into_raw();
    let is_transparent = has_alpha && rgba.chunks_exact(4).any(|pixel| pixel.last() != Some(&0xff));
    Pixels { width, height, rgba, is_transparent }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let picture = image::RgbImage::from_fn(3, 2, |x, _| image::Rgb([if x == 0 { 255 } else { 0 }, 0, 0]));
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn the_four_formats_are_read_whatever_they_are_declared_to_be() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Bmp, ImageFormat::Gif] {
            let pixels = decode_picture("png", &encoded(format)).unwrap();
            assert_eq!((pixels.width, pixels.height, pixels.is_transparent), (3, 2, false), "{format:?}");
            assert!(pixels.rgba[0] > 100 && pixels.rgba[3] == 255, "{format:?}");
        }
    }

    #[test]
    fn truncated_pictures_and_foreign_types_are_refused() {
        let whole = encoded(ImageFormat::Png);
        for length in 0..whole.len() - 12 {
            assert!(decode_picture("png", &whole[..length]).is_err(), "{length} bytes");
        }
        assert!(matches!(decode_picture("ofd", b"PK\x03\x04"), Err(DecodeError::Type(_))));
        assert!(matches!(decode_picture("svg", b"<svg/>"), Err(DecodeError::Damaged(_))));
    }

    #[test]
    fn a_picture_bomb_is_refused_before_it_is_unpacked() {
        let mut bomb = encoded(ImageFormat::Bmp);
        bomb[18..22].copy_from_slice(&100_000_u32.to_le_bytes());
        bomb[22..26].copy_from_slice(&100_000_u32.to_le_bytes());
        assert!(decode_picture("bmp", &bomb).is_err());
    }
}
