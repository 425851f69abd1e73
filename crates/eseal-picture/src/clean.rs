//! 印模清理: a scanned or photographed seal becomes a picture with transparency.
//!
//! ```text
//! pixels → paper (uneven light is levelled) → ink or not → specks out → cropped → size on paper → PNG
//! ```
//!
//! The ink gets one colour and a soft edge; where the seal is red, black writing under it is left out.

use image::{GrayImage, RgbaImage, imageops};

use crate::{
    decode::{DecodeError, Pixels, decode_picture},
    design::Warning,
    ink::{Ink, Paper},
    output::{self, with_resolution},
    specks,
};

/// The largest upload: what vendors' own services take.
pub const LARGEST_SCAN_BYTES: usize = 5 << 20;
/// Seals are between a small name seal and the largest of a government, with room on both sides.
const SIDES_MM: std::ops::RangeInclusive<f64> = 8.0..=80.0;
/// Below this a printed seal looks coarse: documents.md §1.6.
const COARSE_DPI: f64 = 300.0;
/// More pixels than this show nothing more on paper.
const FINE_DPI: f64 = 600.0;
/// A ring's hair lines are thicker than this.
const SPECK_MM: f64 = 0.25;
/// Width by height may be this far from what the seal should be: hands and scanners are not exact.
const PROPORTION_TOLERANCE: f64 = 0.06;
/// Ink covers less than this only where there is no seal.
const LEAST_INK: f64 = 0.002;
/// Ink covers more than this only where the picture is no seal on paper.
const MOST_INK: f64 = 0.75;
/// Share of foreign ink, in percent of all ink, from which on it is worth a word.
const OTHER_INK_PERCENT: u8 = 3;

/// 扫描的印模: what is to be cleaned, and how large the seal is.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// PNG, JPEG, BMP or GIF.
    pub bytes: &'a [u8],
    /// Width of the seal on paper.
    pub width_mm: f64,
    /// Height of the seal on paper.
    pub height_mm: f64,
    /// `#rrggbb` that the ink becomes; the ink's own mean colour if none.
    pub color: Option<&'a str>,
}

/// 清理后的印模.
#[derive(Clone, Debug)]
pub struct CleanPicture {
    /// PNG with transparency, cropped to the seal; its pHYs chunk tells the resolution.
    pub png: Vec<u8>,
    /// The width on paper.
    pub width_mm: f64,
    /// The height on paper.
    pub height_mm: f64,
    /// Pixels an inch.
    pub dpi: u16,
    /// `#rrggbb` of the ink.
    pub color: String,
    /// What a human should look at before the seal is made.
    pub warnings: Vec<Warning>,
}

/// Why a scan is not a seal picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CleanError {
    /// Too many bytes.
    #[error("{found} bytes are more than {LARGEST_SCAN_BYTES}")]
    TooLarge {
        /// How many there are.
        found: usize,
    },
    /// It cannot be decoded.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The size on paper is not that of a seal.
    #[error("{width_mm} by {height_mm} mm is not the size of a seal: 8 to 80 mm")]
    Size {
        /// Width asked for.
        width_mm: f64,
        /// Height asked for.
        height_mm: f64,
    },
    /// Not `#rrggbb`.
    #[error("a colour is written #rrggbb")]
    Color,
    /// Nothing but paper.
    #[error("there is no ink on the picture")]
    NoInk,
    /// Hardly any paper.
    #[error("nearly everything is ink: the picture shows no seal on paper")]
    AllInk,
    /// The picture could not be encoded.
    #[error("PNG: {0}")]
    Encoding(String),
}

/// Cleans a scanned seal.
///
/// # Errors
/// See [`CleanError`].
pub fn clean(scan: &Scan<'_>) -> Result<CleanPicture, CleanError> {
    let Scan { bytes, width_mm, height_mm, color } = *scan;
    if bytes.len() > LARGEST_SCAN_BYTES {
        return Err(CleanError::TooLarge { found: bytes.len() });
    }
    if !SIDES_MM.contains(&width_mm) || !SIDES_MM.contains(&height_mm) {
        return Err(CleanError::Size { width_mm, height_mm });
    }
    let wanted = color.map(|text| output::rgb(text).ok_or(CleanError::Color)).transpose()?;
    let pixels = decode_picture("", bytes)?;
    let (mut mask, ink) = ink_of(&pixels)?;
    let pixels_a_mm = f64::from(pixels.width) / width_mm;
    specks::remove(&mut mask, (SPECK_MM * pixels_a_mm).powi(2));
    let seal = bounds(&mask).ok_or(CleanError::NoInk)?;

    let mut warnings = Vec::new();
    if ink.other_percent >= OTHER_INK_PERCENT {
        warnings.push(Warning::OtherInk { percent: ink.other_percent });
    }
    let (width, height) = (f64::from(seal.width), f64::from(seal.height));
    if (width / height / (width_mm / height_mm) - 1.0).abs() > PROPORTION_TOLERANCE {
        warnings.push(Warning::Proportions { width: seal.width, height: seal.height });
    }
    let found_dpi = (width / width_mm).max(height / height_mm) * 25.4;
    if found_dpi < COARSE_DPI {
        warnings.push(Warning::Coarse { dpi: whole(found_dpi) });
    }
    let dpi = found_dpi.min(FINE_DPI);
    let color = wanted.unwrap_or(ink.color);
    let picture = on_canvas(&mask, &seal, (width_mm * dpi / 25.4, height_mm * dpi / 25.4), color);
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).map_err(|error| CleanError::Encoding(error.to_string()))?;
    let [red, green, blue] = color;
    Ok(CleanPicture {
        png: with_resolution(png.into_inner(), whole(dpi)),
        width_mm,
        height_mm,
        dpi: whole(dpi),
        color: format!("#{red:02x}{green:02x}{blue:02x}"),
        warnings,
    })
}

/// How much of each pixel is ink, and what ink that is.
fn ink_of(pixels: &Pixels) -> Result<(GrayImage, Ink), CleanError> {
    let densities = Paper::of(pixels).densities(pixels);
    let ink = Ink::of(&densities, pixels.width);
    let total = f64::from(pixels.width) * f64::from(pixels.height);
    let share = ink.strong / total.max(1.0);
    if share < LEAST_INK {
        return Err(CleanError::NoInk);
    }
    if share > MOST_INK {
        return Err(CleanError::AllInk);
    }
    let mask = ink.mask();
    GrayImage::from_raw(pixels.width, pixels.height, mask)
        .map(|mask| (mask, ink))
        .ok_or_else(|| CleanError::Encoding("the mask has another size".into()))
}

/// A part of the picture, in pixels.
struct Part {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// The smallest rectangle with all ink.
fn bounds(mask: &GrayImage) -> Option<Part> {
    let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
    for (x, y, pixel) in mask.enumerate_pixels() {
        if pixel.0 >= [specks::SOLID] {
            (left, right) = (left.min(x), right.max(x + 1));
            (top, bottom) = (top.min(y), bottom.max(y + 1));
        }
    }
    (left < right && top < bottom).then(|| Part { x: left, y: top, width: right - left, height: bottom - top })
}

/// The seal in the middle of a picture of that size in pixels, as large as it can be without being stretched.
fn on_canvas(mask: &GrayImage, seal: &Part, size: (f64, f64), color: [u8; 3]) -> RgbaImage {
    let (width, height) = (pixels(size.0), pixels(size.1));
    let scale = (f64::from(width) / f64::from(seal.width)).min(f64::from(height) / f64::from(seal.height));
    let (inner_width, inner_height) =
        (pixels(f64::from(seal.width) * scale).min(width), pixels(f64::from(seal.height) * scale).min(height));
    let part = imageops::crop_imm(mask, seal.x, seal.y, seal.width, seal.height).to_image();
    let part = imageops::resize(&part, inner_width, inner_height, imageops::FilterType::CatmullRom);
    let [red, green, blue] = color;
    let mut picture = RgbaImage::from_pixel(width, height, image::Rgba([red, green, blue, 0]));
    let (left, top) = ((width - inner_width) / 2, (height - inner_height) / 2);
    for (x, y, alpha) in part.enumerate_pixels() {
        let [alpha] = alpha.0;
        picture.put_pixel(x + left, y + top, image::Rgba([red, green, blue, alpha]));
    }
    picture
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn pixels(length: f64) -> u32 {
    length.round().clamp(1.0, 5_000.0) as u32
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn whole(dpi: f64) -> u16 {
    dpi.round().clamp(1.0, 60_000.0) as u16
}
