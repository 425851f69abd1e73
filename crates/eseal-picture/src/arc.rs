//! 弧形文字: places along an ellipse.

use std::f64::consts::PI;

/// How finely the length of an ellipse is summed: 0.25° steps are 0.1 mm on the largest seal.
const STEPS: u32 = 1440;

/// The line that the middles of the characters stand on.
pub(crate) struct Ellipse {
    /// Half of the width.
    pub(crate) a: f64,
    /// Half of the height.
    pub(crate) b: f64,
}

/// A point on the ellipse.
pub(crate) struct Point {
    /// From the centre, to the right.
    pub(crate) x: f64,
    /// From the centre, downwards.
    pub(crate) y: f64,
    /// How far the outward normal is turned clockwise from straight up.
    pub(crate) normal_deg: f64,
}

impl Ellipse {
    /// The length of the arc that covers `span_deg`, symmetric about the top.
    pub(crate) fn length(&self, span_deg: f64) -> f64 {
        let half = span_deg.to_radians() / 2.0;
        let step = 2.0 * half / f64::from(STEPS);
        (0..STEPS).map(|index| self.speed(-half + (f64::from(index) + 0.5) * step) * step).sum()
    }

    /// `count` points at equal distances of arc length `pitch`, clockwise, symmetric about the top; on a circle: at equal angles.
    pub(crate) fn points(&self, count: usize, pitch: f64) -> Vec<Point> {
        let count = u32::try_from(count).unwrap_or(u32::MAX).min(STEPS);
        let first = -pitch * f64::from(count.saturating_sub(1)) / 2.0;
        (0..count).map(|index| self.point(self.angle_at(first + pitch * f64::from(index)))).collect()
    }

    /// The angle, clockwise from the top, of an arc of that length that begins there; where the ellipse is flat there.
    pub(crate) fn angle_deg_at(&self, length: f64) -> f64 {
        self.angle_at(length).to_degrees()
    }

    /// How wide the ellipse is at this height above or below its middle.
    pub(crate) fn chord(&self, height: f64) -> f64 {
        2.0 * self.a * (1.0 - (height / self.b).powi(2)).max(0.0).sqrt()
    }

    /// The angle, clockwise from the top, that lies `length` along the arc from the top.
    fn angle_at(&self, length: f64) -> f64 {
        let step = 2.0 * PI / f64::from(STEPS);
        let (mut angle, mut left) = (0.0, length.abs());
        while angle < 2.0 * PI {
            let piece = self.speed(angle + step / 2.0) * step;
            if piece >= left {
                angle += step * left / piece;
                break;
            }
            left -= piece;
            angle += step;
        }
        angle.copysign(length)
    }

    fn point(&self, angle: f64) -> Point {
        let (sin, cos) = angle.sin_cos();
        // The normal of an ellipse points along (cos/a, sin/b), not along the radius.
        Point { x: self.a * sin, y: -self.b * cos, normal_deg: (sin / self.a).atan2(cos / self.b).to_degrees() }
    }

    fn speed(&self, angle: f64) -> f64 {
        let (sin, cos) = angle.sin_cos();
        (self.a * cos).hypot(self.b * sin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_gives_equal_angles() {
        let circle = Ellipse { a: 10.0, b: 10.0 };
        assert!((circle.length(180.0) - 10.0 * PI).abs() < 1e-6);
        let turns: Vec<f64> = circle.points(3, 10.0 * PI / 2.0).iter().map(|point| point.normal_deg).collect();
        assert!(turns.iter().zip([-90.0, 0.0, 90.0]).all(|(turn, want)| (turn - want).abs() < 1e-6), "{turns:?}");
    }

    #[test]
    fn an_ellipse_gives_symmetric_points() {
        let ellipse = Ellipse { a: 20.0, b: 15.0 };
        let points = ellipse.points(4, 9.0);
        assert!((points[0].x + points[3].x).abs() < 1e-6 && (points[0].y - points[3].y).abs() < 1e-6);
    }
}
