//! Pixels as carrier (像素画布), by `tiny-skia`.

mod clip;
mod shader;

use kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape as _, Stroke};
use tiny_skia::{FillRule, PathBuilder, Pixmap, PixmapPaint, Transform};

use crate::{
    RenderError,
    canvas::{Canvas, Figure, Paint},
    image::Bitmap,
    number::{float, long, single},
    picture::Canvas as Size,
};
use clip::{Area, Clip};

/// Thinnest line, pixels: thinner ones would fade away.
const THINNEST: f64 = 1.0;
/// Most groups inside each other that get pixels of their own.
const GROUPS: usize = 8;

/// A page's pixels while it is drawn.
pub(crate) struct Raster {
    to_pixels: Affine,
    /// The page, then the open groups.
    layers: Vec<Layer>,
    /// Newest last; never empty.
    clips: Vec<Clip>,
    painted: u64,
    most: u64,
}

struct Layer {
    pixmap: Pixmap,
    area: Area,
    alpha: f64,
}

impl Raster {
    /// White paper.
    pub(crate) fn new(size: Size, most: u64) -> Result<Self, RenderError> {
        let mut pixmap = Pixmap::new(size.width, size.height)
            .ok_or_else(|| RenderError::Write(format!("{} by {} pixels", size.width, size.height)))?;
        pixmap.fill(tiny_skia::Color::WHITE);
        let area = Area { left: 0, top: 0, width: size.width, height: size.height };
        let layers = vec![Layer { pixmap, area, alpha: 1.0 }];
        Ok(Self { to_pixels: Affine::scale(size.scale()), layers, clips: vec![Clip::whole(area)], painted: 0, most })
    }

    /// What has been drawn: premultiplied red, green, blue and alpha.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`] if more was to be painted than the limits allow.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, RenderError> {
        if self.is_full() {
            return Err(RenderError::TooLarge { what: "painted pixels of a page", limit: self.most });
        }
        while self.layers.len() > 1 {
            self.pop_group();
        }
        Ok(self.layers.pop().map(|layer| layer.pixmap.take()).unwrap_or_default())
    }

    /// Lets `draw` draw what lies in `bounds` (pixels of the page), inside the clip.
    fn paint(&mut self, bounds: Rect, draw: impl FnOnce(&mut Pixmap, Affine)) {
        let (Some(clip), Some(layer)) = (self.clips.last(), self.layers.last_mut()) else { return };
        let Some(area) = clip.area.intersect(layer.area).and_then(|area| area.within(bounds)) else { return };
        self.painted = self.painted.saturating_add(area.pixels());
        if self.painted > self.most {
            return;
        }
        if clip.is_open(bounds, layer.area) {
            let to_layer = Affine::translate((-f64::from(layer.area.left), -f64::from(layer.area.top)));
            draw(&mut layer.pixmap, to_layer * self.to_pixels);
            return;
        }
        let Some(mut pixmap) = Pixmap::new(area.width, area.height) else { return };
        let to_area = Affine::translate((-f64::from(area.left), -f64::from(area.top)));
        draw(&mut pixmap, to_area * self.to_pixels);
        clip.cut(&mut pixmap, area);
        let (left, top) = area.from(layer.area);
        layer.pixmap.draw_pixmap(left, top, pixmap.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    }

    fn pixel_bounds(&self, figure: Figure<'_>, margin: f64) -> Rect {
        let bounds = (self.to_pixels * figure.to_page).transform_rect_bbox(figure.path.bounding_box());
        bounds.inflate(margin, margin)
    }
}

impl Canvas for Raster {
    fn fill(&mut self, figure: Figure<'_>, paint: &Paint, smooth: bool) {
        let bounds = self.pixel_bounds(figure, 1.0);
        let thin = (bounds.width() - 2.0).min(bounds.height() - 2.0);
        self.paint(bounds, |pixmap, to_pixmap| {
            let rule = if figure.even_odd { FillRule::EvenOdd } else { FillRule::Winding };
            let Some(paint) = shader::paint(paint, to_pixmap, smooth) else { return };
            let Some(path) = path(figure.path, to_pixmap * figure.to_page) else { return };
            pixmap.fill_path(&path, &paint, rule, Transform::identity(), None);
            // A bar that is thinner than a pixel is a line.
            if smooth && thin < 0.6 {
                let stroke =
                    tiny_skia::Stroke { width: single(THINNEST - thin.max(0.0)), ..tiny_skia::Stroke::default() };
                pixmap.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
            }
        });
    }

    fn stroke(&mut self, figure: Figure<'_>, stroke: &Stroke, paint: &Paint) {
        let to_device = self.to_pixels * figure.to_page;
        let scale = to_device.determinant().abs().sqrt();
        if !(scale > 0.0 && scale.is_finite()) {
            return;
        }
        let width = stroke.width.max(THINNEST / scale);
        let reach =
            width * scale * if stroke.join == kurbo::Join::Miter { stroke.miter_limit.clamp(1.0, 20.0) } else { 1.5 };
        let bounds = self.pixel_bounds(figure, reach + 1.0);
        self.paint(bounds, |pixmap, to_pixmap| {
            let Some(paint) = shader::paint(paint, to_pixmap, true) else { return };
            let Some(path) = path(figure.path, Affine::IDENTITY) else { return };
            let transform = transform(to_pixmap * figure.to_page);
            let stroke = tiny_skia::Stroke {
                width: single(width),
                miter_limit: single(stroke.miter_limit),
                line_cap: match stroke.start_cap {
                    kurbo::Cap::Butt => tiny_skia::LineCap::Butt,
                    kurbo::Cap::Round => tiny_skia::LineCap::Round,
                    kurbo::Cap::Square => tiny_skia::LineCap::Square,
                },
                line_join: match stroke.join {
                    kurbo::Join::Bevel => tiny_skia::LineJoin::Bevel,
                    kurbo::Join::Miter => tiny_skia::LineJoin::Miter,
                    kurbo::Join::Round => tiny_skia::LineJoin::Round,
                },
                dash: tiny_skia::StrokeDash::new(
                    stroke.dash_pattern.iter().map(|part| single(*part)).collect(),
                    single(stroke.dash_offset),
                ),
            };
            pixmap.stroke_path(&path, &paint, &stroke, transform, None);
        });
    }

    fn image(&mut self, bitmap: &Bitmap, to_page: Affine, alpha: f64) {
        let square = Rect::new(0.0, 0.0, 1.0, 1.0).to_path(0.1);
        let bounds = self.pixel_bounds(Figure { path: &square, to_page, even_odd: false }, 1.0);
        self.paint(bounds, |pixmap, to_pixmap| {
            let to_device = to_pixmap * to_page;
            let Some(source) = shader::Source::of(bitmap, to_device, alpha) else { return };
            let Some(path) = path(&square, to_device) else { return };
            pixmap.fill_path(&path, &source.paint(to_device), FillRule::Winding, Transform::identity(), None);
        });
    }

    fn push_clip(&mut self, figure: Figure<'_>) {
        let Some(outer) = self.clips.last() else { return };
        let device = (self.to_pixels * figure.to_page) * figure.path;
        let clip = outer.inside(&device, figure.even_odd);
        self.painted = self.painted.saturating_add(clip.cost());
        self.clips.push(clip);
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn push_group(&mut self, alpha: f64) {
        let area = match (self.clips.last(), self.layers.last()) {
            (Some(clip), Some(layer)) => clip.area.intersect(layer.area),
            _ => None,
        };
        let none = Area { left: 0, top: 0, width: 1, height: 1 };
        let area = area.filter(|_| self.layers.len() <= GROUPS).unwrap_or(none);
        self.painted = self.painted.saturating_add(area.pixels());
        if let Some(pixmap) = Pixmap::new(area.width, area.height) {
            self.layers.push(Layer { pixmap, area, alpha });
        }
    }

    fn pop_group(&mut self) {
        if self.layers.len() < 2 {
            return;
        }
        let Some(group) = self.layers.pop() else { return };
        let Some(layer) = self.layers.last_mut() else { return };
        let paint = PixmapPaint { opacity: single(group.alpha), ..PixmapPaint::default() };
        let (left, top) = group.area.from(layer.area);
        layer.pixmap.draw_pixmap(left, top, group.pixmap.as_ref(), &paint, Transform::identity(), None);
    }

    fn is_full(&self) -> bool {
        self.painted > self.most
    }
}

/// A path in pixels; none if it has nothing or lies nowhere.
fn path(path: &BezPath, to: Affine) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::with_capacity(path.elements().len(), path.elements().len());
    let at = |point: Point| {
        let point = to * point;
        (single(point.x), single(point.y))
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => {
                let (x, y) = at(p);
                builder.move_to(x, y);
            }
            PathEl::LineTo(p) => {
                let (x, y) = at(p);
                builder.line_to(x, y);
            }
            PathEl::QuadTo(a, p) => {
                let ((ax, ay), (x, y)) = (at(a), at(p));
                builder.quad_to(ax, ay, x, y);
            }
            PathEl::CurveTo(a, b, p) => {
                let ((ax, ay), (bx, by), (x, y)) = (at(a), at(b), at(p));
                builder.cubic_to(ax, ay, bx, by, x, y);
            }
            PathEl::ClosePath => builder.close(),
        }
    }
    builder.finish()
}

fn transform(to: Affine) -> Transform {
    let [a, b, c, d, e, f] = to.as_coeffs().map(single);
    Transform::from_row(a, b, c, d, e, f)
}

/// Pixels of an area as a number to compare with.
fn count(width: u32, height: u32) -> u64 {
    u64::from(width).saturating_mul(u64::from(height))
}

/// So many pixels are counted for a mask of that length.
fn mask_cost(length: usize) -> u64 {
    long(length)
}

/// Longest side of a picture after it has been made smaller, pixels.
fn shrunk(length: f64, most: u32) -> u32 {
    crate::number::pixels(length.min(float(u64::from(most)))).clamp(1, most.max(1))
}
