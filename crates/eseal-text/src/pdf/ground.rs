//! What text stands on (底色): white letters on a dark band are seen, white ones on paper are not.

use std::collections::VecDeque;

use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Shape as _};

/// White paper, opaque.
pub(super) const PAPER: [u8; 4] = [255; 4];
/// Colors that differ by no more than this in any part cannot be told apart: 250 is as white as paper.
const ALIKE: u8 = 5;
/// Most areas that are remembered, the latest: tables of banded rows have hundreds.
const MOST: usize = 4_096;
/// Smaller areas are under no character, mm².
const SMALLEST: f64 = 1.0;
/// Of a path with more steps its box counts.
const STEPS: usize = 64;
/// More transparent than this an area does not hide what is below it.
const OPAQUE: u8 = 128;

/// Areas that were filled so far, in the order of drawing (填充区域).
#[derive(Debug, Default)]
pub(super) struct Ground {
    areas: VecDeque<Area>,
}

#[derive(Debug)]
struct Area {
    bounds: Rect,
    /// None where the box is as good.
    path: Option<BezPath>,
    /// None of a pattern.
    color: Option<[u8; 3]>,
}

impl Ground {
    /// Remembers an area; `color` is none of a pattern.
    pub(super) fn fill(&mut self, path: &BezPath, to_page: Affine, clip: Rect, color: Option<[u8; 4]>) {
        if color.is_some_and(|[.., alpha]| alpha < OPAQUE) {
            return;
        }
        let few = path.elements().len() <= STEPS;
        let bounds = to_page.transform_rect_bbox(path.bounding_box()).intersect(clip);
        if !bounds.is_finite() || bounds.width() <= 0.0 || bounds.height() <= 0.0 || bounds.area() < SMALLEST {
            return;
        }
        if self.areas.len() >= MOST {
            self.areas.pop_front();
        }
        let color = color.map(|[red, green, blue, _]| [red, green, blue]);
        self.areas.push_back(Area { bounds, path: few.then(|| to_page * path.clone()), color });
    }

    /// True if a letter of that color is not seen at `place`.
    pub(super) fn hides(&self, color: [u8; 3], place: Point) -> bool {
        let below = self
            .areas
            .iter()
            .rev()
            .find(|area| area.bounds.contains(place) && area.path.as_ref().is_none_or(|path| path.contains(place)));
        let [red, green, blue, _] = PAPER;
        let alike = |ground: [u8; 3]| color.iter().zip(ground).all(|(one, other)| one.abs_diff(other) <= ALIKE);
        below.map_or(Some([red, green, blue]), |area| area.color).is_some_and(alike)
    }
}
