//! Pages as they are displayed (页面), and the way from millimetres to PDF user space.

use serde::{Deserialize, Serialize};

use crate::object::Ref;

/// Millimetres of one default user space unit.
const MM_PER_POINT: f64 = 25.4 / 72.0;

/// One page (页) with everything inherited.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Its object.
    pub reference: Ref,
    /// Displayed part in user space: left, bottom, right, top.
    pub visible: [f64; 4],
    /// Clockwise turn when displayed: 0, 90, 180 or 270 degrees.
    pub rotate: u16,
    /// User space unit in 1/72 inch.
    pub user_unit: f64,
}

/// Where a mark stands (签章位置): mm from the lower left corner of the displayed page.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PdfPlaced {
    /// Page, from 1.
    pub page: usize,
    /// Left edge, mm.
    pub left_mm: f64,
    /// Lower edge, mm.
    pub bottom_mm: f64,
    /// Right edge, mm.
    pub right_mm: f64,
    /// Upper edge, mm.
    pub top_mm: f64,
}

impl Page {
    /// Millimetres of one unit of this page's user space.
    #[must_use]
    pub fn mm_per_unit(&self) -> f64 {
        MM_PER_POINT * self.user_unit
    }

    /// Width as displayed, mm.
    #[must_use]
    pub fn width_mm(&self) -> f64 {
        self.displayed_size().0 * self.mm_per_unit()
    }

    /// Height as displayed, mm.
    #[must_use]
    pub fn height_mm(&self) -> f64 {
        self.displayed_size().1 * self.mm_per_unit()
    }

    fn displayed_size(&self) -> (f64, f64) {
        let [x0, y0, x1, y1] = self.visible;
        if matches!(self.rotate, 90 | 270) { (y1 - y0, x1 - x0) } else { (x1 - x0, y1 - y0) }
    }

    /// Rectangle on the displayed page (mm: left, bottom, right, top) → rectangle in user space.
    #[must_use]
    pub fn to_user_space(&self, displayed_mm: [f64; 4]) -> [f64; 4] {
        let [left, bottom, right, top] = displayed_mm.map(|mm| mm / self.mm_per_unit());
        let [x0, y0, x1, y1] = self.visible;
        match self.rotate {
            90 => [x1 - top, y0 + left, x1 - bottom, y0 + right],
            180 => [x1 - right, y1 - top, x1 - left, y1 - bottom],
            270 => [x0 + bottom, y1 - right, x0 + top, y1 - left],
            _ => [x0 + left, y0 + bottom, x0 + right, y0 + top],
        }
    }

    /// Rectangle in user space → rectangle on the displayed page (mm: left, bottom, right, top).
    #[must_use]
    pub fn to_displayed_mm(&self, rect: [f64; 4]) -> [f64; 4] {
        let [x0, y0, x1, y1] = self.visible;
        let [a, b, c, d] = [rect[0].min(rect[2]), rect[1].min(rect[3]), rect[0].max(rect[2]), rect[1].max(rect[3])];
        let displayed = match self.rotate {
            90 => [b - y0, x1 - c, d - y0, x1 - a],
            180 => [x1 - c, y1 - d, x1 - a, y1 - b],
            270 => [y1 - d, a - x0, y1 - b, c - x0],
            _ => [a - x0, b - y0, c - x0, d - y0],
        };
        displayed.map(|unit| unit * self.mm_per_unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_user_space_and_back_ends_where_it_began() {
        for rotate in [0, 90, 180, 270] {
            let reference = Ref { number: 1, generation: 0 };
            let page = Page { reference, visible: [20.0, 30.0, 575.0, 812.0], rotate, user_unit: 2.0 };
            let rect = [10.0, 20.0, 52.0, 62.5];
            let back = page.to_displayed_mm(page.to_user_space(rect));
            assert!(rect.iter().zip(back).all(|(a, b)| (a - b).abs() < 1e-9), "{rotate}: {back:?}");
            let inside = page.to_user_space(rect);
            assert!(inside[0] >= 20.0 && inside[1] >= 30.0 && inside[2] <= 575.0 && inside[3] <= 812.0, "{inside:?}");
        }
    }
}
