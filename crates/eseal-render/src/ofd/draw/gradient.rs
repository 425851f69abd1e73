//! Axial and radial shading (轴向渐变, 径向渐变), GB/T 33190 §8.3.4.

use kurbo::{Affine, BezPath, Circle, Point, Rect, Shape as _, Vec2};

use super::{Painter, Space, paint::bounds};
use crate::{
    canvas::{Figure, GradientLine, GradientPaint, Paint, Spread},
    ofd::model::{Gradient, GraphicUnit, MapType, Shape},
    warning::WarningKind,
};

/// How far a stripe reaches, mm: farther than any page.
const FAR: f64 = 1e5;

impl Painter<'_> {
    pub(super) fn gradient(&mut self, figure: Figure<'_>, gradient: &Gradient, unit: &GraphicUnit, space: &Space) {
        let stops = gradient.stops.iter();
        let stops: Vec<_> =
            stops.map(|stop| (stop.position, self.rgba(&stop.color).faded(stop.alpha * space.alpha))).collect();
        let spread = match gradient.map {
            MapType::Direct => Spread::Pad,
            MapType::Repeat => Spread::Repeat,
            MapType::Reflect => Spread::Reflect,
        };
        let to_page = space.to_page;
        let (line, turned, limits) = match gradient.shape {
            Shape::Axial { start, end } => axial(gradient, start, end),
            Shape::Radial { start, start_radius, end, end_radius, eccentricity, angle } => {
                if start_radius == 0.0 && end_radius == 0.0 {
                    self.warnings.add(WarningKind::FeatureDropped, format!("{}: shading without radius", unit.place));
                    return;
                }
                let turned = ellipse(start, eccentricity, angle);
                let (line, limits) = radial(gradient, start, start_radius, end, end_radius);
                (line, turned, limits)
            }
        };
        let paint = Paint::Gradient(GradientPaint { line, stops, spread, to_page: to_page * turned });
        for limit in &limits {
            self.canvas.push_clip(Figure { path: limit, to_page: to_page * turned, even_odd: true });
        }
        if bounds(figure).is_finite() {
            self.canvas.fill(figure, &paint, true);
        }
        for _ in &limits {
            self.canvas.pop_clip();
        }
    }
}

type Limited = (GradientLine, Affine, Vec<BezPath>);

fn axial(gradient: &Gradient, start: Point, end: Point) -> Limited {
    let whole = end - start;
    let length = whole.hypot();
    // Repeated and reflected ones have intervals of MapUnit along the axis.
    let unit = gradient.unit.filter(|unit| gradient.map != MapType::Direct && *unit < length);
    let step = unit.map_or(whole, |unit| whole * (unit / length));
    let line = GradientLine::Linear { start, end: start + step };
    let mut limits = Vec::new();
    if length > 0.0 && !(gradient.extend_start && gradient.extend_end) {
        let along = whole / length;
        let across = Vec2::new(-along.y, along.x) * FAR;
        let first = if gradient.extend_start { start - along * FAR } else { start };
        let last = if gradient.extend_end { end + along * FAR } else { end };
        let mut stripe = BezPath::new();
        stripe.move_to(first - across);
        stripe.line_to(last - across);
        stripe.line_to(last + across);
        stripe.line_to(first + across);
        stripe.close_path();
        limits.push(stripe);
    }
    (line, Affine::IDENTITY, limits)
}

fn radial(
    gradient: &Gradient,
    start: Point,
    start_radius: f64,
    end: Point,
    end_radius: f64,
) -> (GradientLine, Vec<BezPath>) {
    let unit = gradient.unit.filter(|_| gradient.map != MapType::Direct);
    let span = (end_radius - start_radius).abs();
    let part = unit.filter(|unit| *unit < span).map_or(1.0, |unit| unit / span);
    let line = GradientLine::Radial {
        start,
        start_radius,
        end: start + (end - start) * part,
        end_radius: start_radius + (end_radius - start_radius) * part,
    };
    let mut limits = Vec::new();
    let (inner, outer, no_inner, no_outer) = if start_radius <= end_radius {
        ((start, start_radius), (end, end_radius), !gradient.extend_start, !gradient.extend_end)
    } else {
        ((end, end_radius), (start, start_radius), !gradient.extend_end, !gradient.extend_start)
    };
    if no_outer {
        limits.push(Circle::new(outer.0, outer.1).to_path(0.01));
    }
    if no_inner && inner.1 > 0.0 {
        let mut hole = Rect::new(-FAR, -FAR, FAR, FAR).to_path(0.1);
        hole.extend(Circle::new(inner.0, inner.1).to_path(0.01));
        limits.push(hole);
    }
    (line, limits)
}

/// Circles become ellipses with their long axis at `angle` degrees.
fn ellipse(center: Point, eccentricity: f64, angle: f64) -> Affine {
    if eccentricity <= 0.0 {
        return Affine::IDENTITY;
    }
    let flat = (1.0 - eccentricity * eccentricity).sqrt();
    let center = center.to_vec2();
    let turn = Affine::rotate(angle.to_radians());
    Affine::translate(center)
        * turn
        * Affine::scale_non_uniform(1.0, flat)
        * turn.inverse()
        * Affine::translate(-center)
}
