//! Dots a millimetre (分辨率) as PNG, JPEG and BMP state them.

use super::tags::Tags;
use crate::SourceType;

/// Dots a millimetre, across and down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DotsPerMm {
    pub(super) x: f32,
    pub(super) y: f32,
}

impl DotsPerMm {
    /// None unless both are numbers that a device could have.
    pub(super) fn new(x: f32, y: f32) -> Option<Self> {
        let is_real = |dots: f32| dots.is_finite() && (0.1..=1000.0).contains(&dots);
        (is_real(x) && is_real(y)).then_some(Self { x, y })
    }

    /// Of the picture turned by a quarter.
    pub(super) const fn turned(self) -> Self {
        Self { x: self.y, y: self.x }
    }
}

/// What the file states.
pub(super) fn of(bytes: &[u8], source_type: SourceType) -> Option<DotsPerMm> {
    match source_type {
        SourceType::Png => png(bytes),
        SourceType::Jpeg => jpeg(bytes),
        SourceType::Bmp => bmp(bytes),
        _ => None,
    }
}

/// Chunk `pHYs`: dots a metre, if the unit is 1.
fn png(bytes: &[u8]) -> Option<DotsPerMm> {
    let mut rest = bytes.get(8..)?;
    loop {
        let (head, later) = rest.split_at_checked(8)?;
        let size = usize::try_from(u32::from_be_bytes(head.get(..4)?.try_into().ok()?)).ok()?;
        let (body, later) = later.split_at_checked(size)?;
        match head.get(4..)? {
            b"pHYs" if body.get(8) == Some(&1) => {
                let dots = |at: usize| Some(u32::from_be_bytes(body.get(at..at + 4)?.try_into().ok()?));
                return metres(dots(0)?, dots(4)?);
            }
            b"IDAT" => return None,
            _ => rest = later.get(4..)?, // after the checksum
        }
    }
}

/// Segment APP0 `JFIF`, else the EXIF tags of APP1.
fn jpeg(bytes: &[u8]) -> Option<DotsPerMm> {
    let mut rest = bytes.get(2..)?;
    let mut exif = None;
    while let [0xFF, marker, high, low, later @ ..] = rest {
        let size = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2)?;
        let (body, later) = later.split_at_checked(size)?;
        match (marker, body) {
            (0xE0, [b'J', b'F', b'I', b'F', 0, _, _, unit @ (1 | 2), x1, x0, y1, y0, ..]) => {
                let dots = |high: &u8, low: &u8| f32::from(u16::from_be_bytes([*high, *low]));
                let unit_mm = if *unit == 1 { 25.4 } else { 10.0 };
                return DotsPerMm::new(dots(x1, x0) / unit_mm, dots(y1, y0) / unit_mm);
            }
            (0xE1, [b'E', b'x', b'i', b'f', 0, 0, tiff @ ..]) => {
                exif = Tags::directories(tiff, 1).ok().and_then(|found| found.first()?.resolution());
            }
            (0xDA, _) => break,
            _ => {}
        }
        rest = later;
    }
    exif
}

/// `biXPelsPerMeter` and `biYPelsPerMeter`.
fn bmp(bytes: &[u8]) -> Option<DotsPerMm> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if number(14)? < 40 {
        return None;
    }
    metres(number(38)?, number(42)?)
}

fn metres(x: u32, y: u32) -> Option<DotsPerMm> {
    #[expect(clippy::cast_precision_loss, reason = "what is so large is refused anyway")]
    DotsPerMm::new(x as f32 / 1000.0, y as f32 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dots(bytes: &[u8], source_type: SourceType) -> Option<f32> {
        of(bytes, source_type).map(|found| (found.x * 25.4).round())
    }

    #[test]
    fn stated_resolutions_are_found() {
        let png =
            [&b"\x89PNG\r\n\x1a\n"[..], &[0, 0, 0, 9], b"pHYs", &[0, 0, 0x2E, 0x23, 0, 0, 0x2E, 0x23, 1], &[0; 4]];
        let jfif = |unit: u8, number: u8| {
            [&[0xFF, 0xD8, 0xFF, 0xE0, 0, 16][..], b"JFIF\0\x01\x02", &[unit, 0, number, 0, number, 0, 0]].concat()
        };
        let exif = [
            &[0xFF, 0xD8, 0xFF, 0xE1, 0, 62][..],
            b"Exif\0\0MM\0*\0\0\0\x08\0\x02",
            &[1, 0x1A, 0, 5, 0, 0, 0, 1, 0, 0, 0, 38, 1, 0x1B, 0, 5, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0],
            &[0, 0, 0, 200, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        .concat();
        let mut bmp = vec![0; 54];
        bmp[14] = 40;
        bmp[38..46].copy_from_slice(&[0x23, 0x2E, 0, 0, 0x23, 0x2E, 0, 0]);
        for (name, bytes, source_type, expected) in [
            ("PNG", png.concat(), SourceType::Png, Some(300.0)),
            ("JFIF, inches", jfif(1, 200), SourceType::Jpeg, Some(200.0)),
            ("JFIF, centimetres", jfif(2, 100), SourceType::Jpeg, Some(254.0)),
            ("JFIF, a mere ratio", jfif(0, 1), SourceType::Jpeg, None),
            ("JFIF, zero", jfif(1, 0), SourceType::Jpeg, None),
            ("EXIF", exif, SourceType::Jpeg, Some(200.0)),
            ("BMP", bmp, SourceType::Bmp, Some(300.0)),
            ("cut PNG", png[0].to_vec(), SourceType::Png, None),
            ("cut JPEG", vec![0xFF, 0xD8, 0xFF], SourceType::Jpeg, None),
        ] {
            assert_eq!(dots(&bytes, source_type), expected, "{name}");
        }
    }
}
