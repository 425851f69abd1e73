//! Gouraud shading (高洛德渐变), GB/T 33190 §8.3.4: triangles, divided until each is of one color.

use kurbo::{BezPath, Point};

use super::{Done, Painter, Space};
use crate::{
    RenderError,
    canvas::{Figure, Paint, Rgba},
    ofd::model::Mesh,
};

/// Most triangles after division, all of a page together being bounded by the objects.
const PIECES: u64 = 300_000;
/// Largest difference of colors that is not seen.
const STEP: u8 = 6;
/// Most times a triangle is halved in each direction.
const HALVINGS: u32 = 6;

type Corner = (Point, [f64; 3]);

impl Painter<'_> {
    pub(super) fn mesh(&mut self, figure: Figure<'_>, mesh: &Mesh, space: &Space) -> Done {
        self.canvas.push_clip(figure);
        if let Some(back) = &mesh.back {
            let paint = Paint::Solid(self.rgba(back).faded(space.alpha));
            self.canvas.fill(figure, &paint, true);
        }
        // Triangles that overlap at their seams must not be seen through each other.
        let faded = space.alpha < 1.0;
        if faded {
            self.canvas.push_group(space.alpha);
        }
        let mut pieces = 0_u64;
        for triangle in &mesh.triangles {
            let corners = triangle.clone().map(|(at, color)| {
                let Rgba { red, green, blue, .. } = self.rgba(&color);
                (at, [red, green, blue].map(f64::from))
            });
            self.divide(corners, space, HALVINGS, &mut pieces);
        }
        if faded {
            self.canvas.pop_group();
        }
        self.canvas.pop_clip();
        self.drawn = self.drawn.saturating_add(pieces);
        if pieces >= PIECES {
            return Err(RenderError::TooLarge { what: "triangles of a shading", limit: PIECES });
        }
        Ok(())
    }

    fn divide(&mut self, corners: [Corner; 3], space: &Space, halvings: u32, pieces: &mut u64) {
        if *pieces >= PIECES {
            return;
        }
        let [a, b, c] = corners;
        let differs = |a: &Corner, b: &Corner| a.1.iter().zip(b.1).any(|(a, b)| (a - b).abs() > f64::from(STEP));
        if halvings > 0 && (differs(&a, &b) || differs(&b, &c) || differs(&a, &c)) {
            let (ab, bc, ca) = (middle(&a, &b), middle(&b, &c), middle(&c, &a));
            for part in [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]] {
                self.divide(part, space, halvings.saturating_sub(1), pieces);
            }
            return;
        }
        *pieces = pieces.saturating_add(1);
        let mut path = BezPath::new();
        path.move_to(a.0);
        path.line_to(b.0);
        path.line_to(c.0);
        path.close_path();
        let mean = |channel: fn(&[f64; 3]) -> f64| (channel(&a.1) + channel(&b.1) + channel(&c.1)) / 3.0 / 255.0;
        let color = Rgba {
            red: crate::number::byte(mean(|[red, ..]| *red)),
            green: crate::number::byte(mean(|[_, green, _]| *green)),
            blue: crate::number::byte(mean(|[.., blue]| *blue)),
            alpha: 1.0,
        };
        let figure = Figure { path: &path, to_page: space.to_page, even_odd: false };
        self.canvas.fill(figure, &Paint::Solid(color), false);
    }
}

fn middle(a: &Corner, b: &Corner) -> Corner {
    let ([a0, a1, a2], [b0, b1, b2]) = (a.1, b.1);
    (a.0.midpoint(b.0), [f64::midpoint(a0, b0), f64::midpoint(a1, b1), f64::midpoint(a2, b2)])
}
