//! Clips (裁剪): a box of whole pixels, and within it a mask where the clip is no box.

use std::rc::Rc;

use kurbo::{BezPath, PathEl, Point, Rect, Shape as _};
use tiny_skia::{FillRule, Mask, Pixmap, Transform};

use super::{count, mask_cost, path};
use crate::number::pixels;

/// Whole pixels of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Area {
    fn right(self) -> u32 {
        self.left.saturating_add(self.width)
    }

    fn bottom(self) -> u32 {
        self.top.saturating_add(self.height)
    }

    pub(super) fn pixels(self) -> u64 {
        count(self.width, self.height)
    }

    pub(super) fn intersect(self, other: Self) -> Option<Self> {
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        let (right, bottom) = (self.right().min(other.right()), self.bottom().min(other.bottom()));
        let (width, height) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
        (width > 0 && height > 0).then_some(Self { left, top, width, height })
    }

    /// The part that `bounds` touches.
    pub(super) fn within(self, bounds: Rect) -> Option<Self> {
        if !bounds.is_finite() {
            return None;
        }
        let (left, top) = (pixels(bounds.x0.floor().max(0.0)), pixels(bounds.y0.floor().max(0.0)));
        let (right, bottom) = (pixels(bounds.x1.ceil().max(0.0)), pixels(bounds.y1.ceil().max(0.0)));
        let (width, height) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
        self.intersect(Self { left, top, width, height })
    }

    /// Where its corner lies in another area.
    pub(super) fn from(self, other: Self) -> (i32, i32) {
        let distance = |a: u32, b: u32| i32::try_from(i64::from(a) - i64::from(b)).unwrap_or(0);
        (distance(self.left, other.left), distance(self.top, other.top))
    }

    fn rect(self) -> Rect {
        Rect::new(self.left.into(), self.top.into(), self.right().into(), self.bottom().into())
    }
}

/// What is left to be drawn on.
#[derive(Clone)]
pub(super) struct Clip {
    pub(super) area: Area,
    /// Coverage of the pixels of an area that contains [`Clip::area`].
    mask: Option<Rc<(Area, Mask)>>,
    /// Nothing is left.
    is_empty: bool,
}

impl Clip {
    pub(super) fn whole(area: Area) -> Self {
        Self { area, mask: None, is_empty: false }
    }

    /// True if what has these bounds is not cut inside `layer`.
    pub(super) fn is_open(&self, bounds: Rect, layer: Area) -> bool {
        !self.is_empty && self.mask.is_none() && self.area.rect().contains_rect(layer.rect().intersect(bounds))
    }

    pub(super) fn cost(&self) -> u64 {
        self.mask.as_ref().map_or(0, |mask| mask_cost(mask.1.data().len()))
    }

    /// The clip inside this one.
    pub(super) fn inside(&self, device: &BezPath, even_odd: bool) -> Self {
        let empty = Self { is_empty: true, area: self.area, mask: None };
        let Some(area) = self.area.within(device.bounding_box()).filter(|_| !self.is_empty) else { return empty };
        if is_box(device) {
            return Self { area, mask: self.mask.clone(), is_empty: false };
        }
        let shift = kurbo::Affine::translate((-f64::from(area.left), -f64::from(area.top)));
        let (Some(mut mask), Some(path)) = (Mask::new(area.width, area.height), path(device, shift)) else {
            return empty;
        };
        let rule = if even_odd { FillRule::EvenOdd } else { FillRule::Winding };
        mask.fill_path(&path, rule, true, Transform::identity());
        if let Some(outer) = &self.mask {
            let row = usize::try_from(area.width).unwrap_or(1).max(1);
            for (line, values) in (area.top..).zip(mask.data_mut().chunks_exact_mut(row)) {
                for (column, value) in (area.left..).zip(values) {
                    *value = product(*value, coverage(outer, column, line));
                }
            }
        }
        Self { area, mask: Some(Rc::new((area, mask))), is_empty: false }
    }

    /// Cuts pixels that lie at `area`.
    pub(super) fn cut(&self, pixmap: &mut Pixmap, area: Area) {
        if self.is_empty {
            pixmap.fill(tiny_skia::Color::TRANSPARENT);
            return;
        }
        let Some(mask) = &self.mask else { return };
        let row = usize::try_from(area.width).unwrap_or(1).max(1).saturating_mul(4);
        for (line, pixels) in (area.top..).zip(pixmap.data_mut().chunks_exact_mut(row)) {
            for (column, pixel) in (area.left..).zip(pixels.chunks_exact_mut(4)) {
                let coverage = coverage(mask, column, line);
                for part in pixel {
                    *part = product(*part, coverage);
                }
            }
        }
    }
}

fn coverage(mask: &(Area, Mask), x: u32, y: u32) -> u8 {
    let (area, mask) = mask;
    let at = x.checked_sub(area.left).filter(|x| *x < area.width).zip(y.checked_sub(area.top));
    let at = at.and_then(|(x, y)| usize::try_from(u64::from(y) * u64::from(area.width) + u64::from(x)).ok());
    at.and_then(|at| mask.data().get(at)).copied().unwrap_or(0)
}

fn product(a: u8, b: u8) -> u8 {
    u8::try_from((u16::from(a) * u16::from(b) + 127) / 255).unwrap_or(u8::MAX)
}

/// True for an upright rectangle.
fn is_box(path: &BezPath) -> bool {
    let mut corners: Vec<Point> = Vec::with_capacity(5);
    for element in path.elements() {
        match element {
            PathEl::MoveTo(p) if corners.is_empty() => corners.push(*p),
            PathEl::LineTo(p) if corners.len() < 5 => corners.push(*p),
            PathEl::ClosePath => {}
            _ => return false,
        }
    }
    if corners.len() == 5 && corners.first() == corners.last() {
        corners.pop();
    }
    let bounds = path.bounding_box();
    let near = |a: f64, b: f64| (a - b).abs() < 1e-3;
    let is_corner =
        |p: &Point| (near(p.x, bounds.x0) || near(p.x, bounds.x1)) && (near(p.y, bounds.y0) || near(p.y, bounds.y1));
    let turns = corners.iter().zip(corners.iter().cycle().skip(1));
    corners.len() == 4
        && corners.iter().all(is_corner)
        && turns.into_iter().all(|(a, b)| near(a.x, b.x) != near(a.y, b.y))
}
