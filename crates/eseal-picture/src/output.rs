//! PNG and SVG.

use std::fmt::Write as _;

use tiny_skia::{Color, FillRule, Paint, PathSegment, Pixmap, Transform};

use crate::{design::DrawError, glyph::single, layout::Filled};

/// Pixels of a picture that we draw: 4096 on each side is 173 mm at 600 dpi.
const LONGEST_SIDE: f64 = 4096.0;

/// What is drawn on.
pub(crate) struct Canvas<'a> {
    pub(crate) width_mm: f64,
    pub(crate) height_mm: f64,
    /// `#rrggbb`.
    pub(crate) color: &'a str,
}

/// The shapes as PNG with transparency; its pHYs chunk tells the resolution.
pub(crate) fn png(canvas: &Canvas<'_>, shapes: &[Filled], dpi: u16) -> Result<Vec<u8>, DrawError> {
    let scale = f64::from(dpi) / 25.4;
    let fault = || DrawError::Encoding(format!("{} by {} mm at {dpi} dpi", canvas.width_mm, canvas.height_mm));
    let (width, height) = (pixels(canvas.width_mm * scale), pixels(canvas.height_mm * scale));
    let mut pixmap = width.zip(height).and_then(|(width, height)| Pixmap::new(width, height)).ok_or_else(fault)?;
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(color(canvas.color).unwrap_or(Color::from_rgba8(0xe6, 0, 0x12, 0xff)));
    for shape in shapes {
        pixmap.fill_path(&shape.path, &paint, shape.rule, Transform::from_scale(single(scale), single(scale)), None);
    }
    let plain = pixmap.encode_png().map_err(|error| DrawError::Encoding(error.to_string()))?;
    Ok(with_resolution(plain, dpi))
}

/// The shapes as SVG, one path each, in mm.
pub(crate) fn svg(canvas: &Canvas<'_>, shapes: &[Filled]) -> String {
    let Canvas { width_mm, height_mm, .. } = canvas;
    // The color goes into markup: only what is one passes.
    let color = if color(canvas.color).is_some() { canvas.color } else { "#e60012" };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width_mm}mm\" height=\"{height_mm}mm\" \
         viewBox=\"0 0 {width_mm} {height_mm}\" fill=\"{color}\">\n"
    );
    for shape in shapes {
        let rule = if shape.rule == FillRule::EvenOdd { " fill-rule=\"evenodd\"" } else { "" };
        let _ = writeln!(out, "<path{rule} d=\"{}\"/>", path_data(shape)); // a String takes everything
    }
    out.push_str("</svg>\n");
    out
}

fn path_data(shape: &Filled) -> String {
    let mut data = String::new();
    for segment in shape.path.segments() {
        // Three decimals are a micrometre.
        let _ = match segment {
            PathSegment::MoveTo(p) => write!(data, "M{:.3} {:.3}", p.x, p.y),
            PathSegment::LineTo(p) => write!(data, "L{:.3} {:.3}", p.x, p.y),
            PathSegment::QuadTo(a, p) => write!(data, "Q{:.3} {:.3} {:.3} {:.3}", a.x, a.y, p.x, p.y),
            PathSegment::CubicTo(a, b, p) => {
                write!(data, "C{:.3} {:.3} {:.3} {:.3} {:.3} {:.3}", a.x, a.y, b.x, b.y, p.x, p.y)
            }
            PathSegment::Close => write!(data, "Z"),
        };
    }
    data
}

fn color(text: &str) -> Option<Color> {
    let [red, green, blue] = rgb(text)?;
    Some(Color::from_rgba8(red, green, blue, 0xff))
}

/// Red, green and blue of `#rrggbb`.
pub(crate) fn rgb(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let value = u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
    let [_, red, green, blue] = value.to_be_bytes();
    Some([red, green, blue])
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded just before"
)]
fn pixels(length: f64) -> Option<u32> {
    (1.0..=LONGEST_SIDE).contains(&length).then(|| length.round() as u32)
}

/// Puts a pHYs chunk behind the header, so that a viewer shows the seal in its true size.
pub(crate) fn with_resolution(mut png: Vec<u8>, dpi: u16) -> Vec<u8> {
    const AFTER_IHDR: usize = 8 + 25; // signature, then length, name, 13 bytes and sum
    let per_meter = (u32::from(dpi) * 10_000 + 127) / 254;
    let mut body = *b"pHYs\0\0\0\0\0\0\0\0\x01";
    for (slot, byte) in body.iter_mut().skip(4).zip([per_meter; 2].into_iter().flat_map(u32::to_be_bytes)) {
        *slot = byte;
    }
    let chunk = [&9_u32.to_be_bytes()[..], &body, &crc32(&body).to_be_bytes()].concat();
    if png.len() >= AFTER_IHDR {
        png.splice(AFTER_IHDR..AFTER_IHDR, chunk);
    }
    png
}

/// The sum of PNG chunks; thirteen bytes need no table.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_that_of_the_png_specification() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn only_colors_are_colors() {
        assert!(color("#E60012").is_some());
        for wrong in ["red", "#e6001", "#e6001g", "#+60012", "#\"><x/>"] {
            assert!(color(wrong).is_none(), "{wrong}");
        }
    }
}
