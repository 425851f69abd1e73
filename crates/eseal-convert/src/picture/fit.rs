//! The sheet for a picture (纸张选择): its true size if it tells one, A4 otherwise.

use super::resolution::DotsPerMm;
use crate::page::Area;

/// ISO 216, upright, smallest first.
const SHEETS_MM: [(f32, f32); 5] = [(210.0, 297.0), (297.0, 420.0), (420.0, 594.0), (594.0, 841.0), (841.0, 1189.0)];
/// A scan of A4 may be a line or two larger than A4.
const TOLERANCE: f32 = 1.01;
/// Below 100 dots an inch a resolution is that of a screen and tells nothing about paper.
const SCREEN: f32 = 100.0 / 25.4;

/// A sheet with a picture on it.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) width_mm: f32,
    pub(super) height_mm: f32,
    pub(super) area: Area,
    /// True if the picture does not tell its size.
    pub(super) is_guessed: bool,
}

/// The smallest sheet that holds the picture at its true size; A4 and as large as it fits if that is not known.
pub(super) fn fit(pixels: (u32, u32), resolution: Option<DotsPerMm>) -> Sheet {
    #[expect(clippy::cast_precision_loss, reason = "sides are below 2^16")]
    let (width_px, height_px) = (pixels.0 as f32, pixels.1 as f32);
    let is_wide = width_px > height_px;
    let upright = |(short, long): (f32, f32)| if is_wide { (long, short) } else { (short, long) };
    let a4 = upright(SHEETS_MM[0]);
    let true_size = resolution.map(|dots| (width_px / dots.x, height_px / dots.y));
    let holds = |sheet: (f32, f32), size: (f32, f32)| size.0 <= sheet.0 * TOLERANCE && size.1 <= sheet.1 * TOLERANCE;
    match (true_size, resolution) {
        (Some(size), _) if holds(a4, size) => Sheet::of(a4, size, false),
        (Some(size), Some(dots)) if dots.x >= SCREEN && dots.y >= SCREEN => {
            match SHEETS_MM.map(upright).into_iter().find(|sheet| holds(*sheet, size)) {
                Some(sheet) => Sheet::of(sheet, size, false),
                None => Sheet::of(a4, shrunk(size, a4), true),
            }
        }
        (Some(size), _) => Sheet::of(a4, shrunk(size, a4), true),
        (None, _) => Sheet::of(a4, shrunk((width_px, height_px), a4), true),
    }
}

/// As large as the sheet allows.
fn shrunk(size: (f32, f32), sheet: (f32, f32)) -> (f32, f32) {
    let scale = (sheet.0 / size.0).min(sheet.1 / size.1);
    (size.0 * scale, size.1 * scale)
}

impl Sheet {
    fn of(sheet: (f32, f32), size: (f32, f32), is_guessed: bool) -> Self {
        let (width_mm, height_mm) = if size.0 > sheet.0 || size.1 > sheet.1 { shrunk(size, sheet) } else { size };
        let area =
            Area { left_mm: (sheet.0 - width_mm) / 2.0, top_mm: (sheet.1 - height_mm) / 2.0, width_mm, height_mm };
        Self { width_mm: sheet.0, height_mm: sheet.1, area, is_guessed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dpi(dots: f32) -> Option<DotsPerMm> {
        Some(DotsPerMm { x: dots / 25.4, y: dots / 25.4 })
    }

    #[test]
    fn pictures_get_the_sheet_that_holds_them() {
        for (name, pixels, resolution, sheet, width_mm, is_guessed) in [
            ("a scan of A4", (2480, 3508), dpi(300.0), (210.0, 297.0), 209.97, false),
            ("a scan one line too large", (2490, 3508), dpi(300.0), (210.0, 297.0), 210.0, false),
            ("a scan of A3, lying", (9921, 7016), dpi(600.0), (420.0, 297.0), 420.0, false),
            ("a stamp", (500, 500), dpi(300.0), (210.0, 297.0), 42.333, false),
            ("a small picture of a screen", (96, 96), dpi(96.0), (210.0, 297.0), 25.4, false),
            ("a photograph that claims 72", (4000, 3000), dpi(72.0), (297.0, 210.0), 280.0, true),
            ("a photograph that claims nothing", (3000, 4000), None, (210.0, 297.0), 210.0, true),
            ("larger than A0", (60000, 60000), dpi(300.0), (210.0, 297.0), 210.0, true),
        ] {
            let found = fit(pixels, resolution);
            assert_eq!((found.width_mm, found.height_mm), sheet, "{name}");
            assert!((found.area.width_mm - width_mm).abs() < 0.03, "{name}: {found:?}");
            assert_eq!(found.is_guessed, is_guessed, "{name}");
        }
    }
}
