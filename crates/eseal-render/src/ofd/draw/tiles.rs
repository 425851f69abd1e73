//! Patterns (底纹), GB/T 33190 §8.3.3: a cell drawn again and again inside a figure.

use kurbo::{Affine, Rect, Shape as _};

use super::{Done, Painter, Space, paint::bounds};
use crate::{
    RenderError,
    canvas::Figure,
    ofd::model::{GraphicUnit, Pattern, Reflect},
    warning::WarningKind,
};

/// Most cells of one figure: a page filled with cells of 2 mm has 15,000.
const CELLS: i64 = 20_000;

impl Painter<'_> {
    pub(super) fn tiles(&mut self, figure: Figure<'_>, pattern: &Pattern, unit: &GraphicUnit, space: &Space) -> Done {
        let base = if pattern.to_page { Affine::IDENTITY } else { space.to_page };
        let to_page = base * pattern.matrix;
        let area = bounds(figure);
        if to_page.determinant().abs() < 1e-9 || !area.is_finite() {
            return Ok(());
        }
        let covered = to_page.inverse().transform_rect_bbox(area);
        let first = |low: f64, step: f64| number((low / step).floor());
        let (left, right) = (first(covered.x0, pattern.x_step), first(covered.x1, pattern.x_step));
        let (top, bottom) = (first(covered.y0, pattern.y_step), first(covered.y1, pattern.y_step));
        let count = |from: i64, to: i64| to.saturating_sub(from).saturating_add(1);
        if count(left, right).saturating_mul(count(top, bottom)) > CELLS {
            let detail = format!("{}: a pattern of more than {CELLS} cells", unit.place);
            self.warnings.add(WarningKind::FeatureDropped, detail);
            return Ok(());
        }
        self.canvas.push_clip(figure);
        let mut done = Ok(());
        for row in top..=bottom {
            for column in left..=right {
                if done.is_ok() {
                    done = self.cell(pattern, (column, row), to_page, space);
                }
            }
        }
        self.canvas.pop_clip();
        done
    }

    fn cell(&mut self, pattern: &Pattern, (column, row): (i64, i64), to_page: Affine, space: &Space) -> Done {
        self.drawn = self.drawn.saturating_add(1);
        if self.drawn > self.limits.objects {
            return Err(RenderError::TooLarge { what: "objects of a page, drawn", limit: self.limits.objects });
        }
        let place = |index: i64, step: f64| i32::try_from(index).map_or(0.0, f64::from) * step;
        let corner = Affine::translate((place(column, pattern.x_step), place(row, pattern.y_step)));
        let odd = |index: i64| index.rem_euclid(2) == 1;
        let (across, down) = match pattern.reflect {
            Reflect::Normal => (false, false),
            Reflect::Column => (odd(column), false),
            Reflect::Row => (false, odd(row)),
            Reflect::RowAndColumn => (odd(column), odd(row)),
        };
        let sign = |turned: bool| if turned { -1.0 } else { 1.0 };
        let shift = |turned: bool, length: f64| if turned { length } else { 0.0 };
        let turn = Affine::translate((shift(across, pattern.width), shift(down, pattern.height)))
            * Affine::scale_non_uniform(sign(across), sign(down));
        let to_page = to_page * corner * turn;
        let inner = Space { to_page, param: None, alpha: space.alpha, depth: space.depth.saturating_add(1) };
        let cell = Rect::new(0.0, 0.0, pattern.width, pattern.height).to_path(0.1);
        self.canvas.push_clip(Figure { path: &cell, to_page, even_odd: false });
        let done = self.objects(&pattern.cell, &inner);
        self.canvas.pop_clip();
        done
    }
}

/// Cells are counted with whole numbers; what is too far away is the farthest.
fn number(value: f64) -> i64 {
    let whole = i64::try_from(crate::number::whole(value.abs())).unwrap_or(i64::MAX);
    if value < 0.0 { whole.saturating_neg() } else { whole }
}
