//! Where a seal stands on a page (签章外观): boxes in mm, `StampAnnot`, GB/T 33190 §18.

use serde::{Deserialize, Serialize};

/// A box in mm from the lower left corner of the displayed page.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoxMm {
    /// Left edge.
    pub left: f64,
    /// Lower edge.
    pub bottom: f64,
    /// Right edge.
    pub right: f64,
    /// Upper edge.
    pub top: f64,
}

/// One mark of a seal on a page (签章图案).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// Page, from 1.
    pub page: usize,
    /// Where the complete picture would stand; parts of it may lie off the page.
    pub full: BoxMm,
    /// The part of it that is shown; the same as `full` without a clip.
    pub visible: BoxMm,
}

/// Size of a displayed page, mm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageSize {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A4, where nothing else is stated.
pub(crate) const A4: PageSize = PageSize { width: 210.0, height: 297.0 };

/// Largest page that is believed, mm: ten times an A0 sheet.
const LARGEST_MM: f64 = 20_000.0;

impl PageSize {
    /// From the ST_Box of a PhysicalBox, whose upper left corner is the origin of the page (GB/T 33190 §7).
    pub(crate) fn from_box(text: &str) -> Option<Self> {
        match crate::xml::numbers(text)?.as_slice() {
            [_, _, width, height] if in_reach(*width) && in_reach(*height) => {
                Some(Self { width: *width, height: *height })
            }
            _ => None,
        }
    }
}

fn in_reach(length: f64) -> bool {
    length > 0.0 && length <= LARGEST_MM
}

/// `Boundary` and `Clip` as they stand in a StampAnnot, in mm from the upper left of the page and of the boundary.
pub(crate) fn written(stamp: &Stamp, page: PageSize) -> Option<(String, Option<String>)> {
    let Stamp { full, visible, .. } = stamp;
    let x = Micro::of(full.left)?;
    let y = Micro::of(page.height - full.top)?;
    let (width, height) = (Micro::of(full.right - full.left)?, Micro::of(full.top - full.bottom)?);
    // Edges are rounded, not widths: neighbouring slices share an edge, so all slices add up to one seal.
    let left = Micro::of(visible.left - full.left)?.within(width);
    let right = Micro::of(visible.right - full.left)?.within(width);
    let upper = Micro::of(full.top - visible.top)?.within(height);
    let lower = Micro::of(full.top - visible.bottom)?.within(height);
    if width.0 <= 0 || height.0 <= 0 || right.0 <= left.0 || lower.0 <= upper.0 {
        return None;
    }
    let boundary = format!("{x} {y} {width} {height}");
    let whole = left.0 == 0 && upper.0 == 0 && right == width && lower == height;
    let (clip_width, clip_height) = (Micro(right.0 - left.0), Micro(lower.0 - upper.0));
    Some((boundary, (!whole).then(|| format!("{left} {upper} {clip_width} {clip_height}"))))
}

/// The boxes of a StampAnnot on a page of that size.
pub(crate) fn read(boundary: &str, clip: Option<&str>, page: PageSize) -> Option<(BoxMm, BoxMm)> {
    let [x, y, width, height] = four(boundary)?;
    let full = BoxMm { left: x, bottom: page.height - (y + height), right: x + width, top: page.height - y };
    let Some([clip_x, clip_y, clip_width, clip_height]) = clip.and_then(four) else { return Some((full, full)) };
    let left = full.left + clip_x;
    let top = full.top - clip_y;
    Some((full, BoxMm { left, bottom: top - clip_height, right: left + clip_width, top }))
}

fn four(text: &str) -> Option<[f64; 4]> {
    crate::xml::numbers(text)?.try_into().ok()
}

/// A length in micrometres, written in mm: sums are exact.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Micro(i32);

impl Micro {
    fn of(length_mm: f64) -> Option<Self> {
        let micro = (length_mm * 1000.0).round();
        if micro.abs() > LARGEST_MM * 1000.0 {
            return None;
        }
        #[expect(
            clippy::as_conversions,
            reason = "a whole number of at most 2·10^7 fits; NaN was refused as not comparable"
        )]
        (!micro.is_nan()).then_some(Self(micro as i32))
    }

    fn within(self, whole: Self) -> Self {
        Self(self.0.clamp(0, whole.0.max(0)))
    }
}

impl std::fmt::Display for Micro {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let value = self.0.unsigned_abs();
        let text = format!("{sign}{}.{:03}", value / 1000, value % 1000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_add_up_to_exactly_one_seal() {
        let page = PageSize { width: 210.0, height: 297.0 };
        for parts in [2_u32, 3, 7, 11, 40] {
            let part = 40.0 / f64::from(parts);
            let mut reached = 0.0;
            for index in 0..parts {
                let left = 210.0 - part * f64::from(index + 1);
                let full = BoxMm { left, bottom: 100.0, right: left + 40.0, top: 140.0 };
                let visible = BoxMm { left: 210.0 - part, right: 210.0, ..full };
                let (boundary, clip) = written(&Stamp { page: 1, full, visible }, page).unwrap();
                let clip = four(&clip.unwrap()).unwrap();
                assert!((clip[0] - reached).abs() < 1e-9, "slice {index} of {parts} begins where the last one ended");
                reached = clip[0] + clip[2];
                let (_, seen) = read(&boundary, Some(&clip.map(|n| n.to_string()).join(" ")), page).unwrap();
                assert!((seen.right - 210.0).abs() < 0.002 && (seen.bottom - 100.0).abs() < 1e-9);
            }
            assert!((reached - 40.0).abs() < 1e-9);
        }
    }

    #[test]
    fn numbers_are_written_short() {
        for (mm, text) in [(40.0, "40"), (-0.5, "-0.5"), (13.333_333, "13.333"), (0.0, "0"), (-0.000_1, "0")] {
            assert_eq!(Micro::of(mm).unwrap().to_string(), text);
        }
        assert!(Micro::of(f64::NAN).is_none() && Micro::of(1e9).is_none());
    }
}
