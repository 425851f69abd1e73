//! The layer of text as carrier (文字层): each character with its box, for search and selection over the picture.

use eseal_text::{BoxMm, PageText, PositionedChar};
use kurbo::{Affine, Point, Rect};

use crate::{
    canvas::{Canvas, Figure, GlyphRun, Paint, PlacedGlyph},
    image::Bitmap,
};

/// Height over the baseline that a character takes up, in type sizes: that of common Chinese fonts.
const ASCENT: f64 = 0.86;
/// Depth under the baseline.
const DESCENT: f64 = 0.14;

/// Characters of a page while it is drawn.
pub(crate) struct TextLayer {
    page: Rect,
    clips: Vec<Rect>,
    text: PageText,
    run: usize,
}

impl TextLayer {
    pub(crate) fn new((width, height): (f64, f64)) -> Self {
        let page = Rect::new(0.0, 0.0, width, height);
        Self { page, clips: vec![page], text: PageText::default(), run: 0 }
    }

    pub(crate) fn finish(self) -> PageText {
        self.text
    }

    fn add(&mut self, glyph: &PlacedGlyph, unseen: bool) {
        let at = |x: f64, y: f64| glyph.to_page * Point::new(x, y);
        let (origin, next, over) = (at(0.0, 0.0), at(glyph.advance, 0.0), at(0.0, -1.0));
        let area = glyph.to_page.transform_rect_bbox(Rect::new(0.0, -ASCENT, glyph.advance, DESCENT));
        let visible = self.clips.last().is_some_and(|clip| clip.area() > 0.0 && clip.contains(area.center()));
        let (along, height) = (next - origin, self.page.height());
        for text in &glyph.text {
            self.text.chars.push(PositionedChar {
                text: *text,
                bounds: BoxMm { left: area.x0, bottom: height - area.y1, right: area.x1, top: height - area.y0 },
                origin: (origin.x, height - origin.y),
                advance_mm: along.hypot(),
                size_mm: (over - origin).hypot(),
                direction: (-along.y).atan2(along.x).to_degrees(),
                hidden: unseen || !visible,
                run: self.run,
            });
        }
    }
}

impl Canvas for TextLayer {
    fn fill(&mut self, _: Figure<'_>, _: &Paint, _: bool) {}

    fn stroke(&mut self, _: Figure<'_>, _: &kurbo::Stroke, _: &Paint) {}

    fn image(&mut self, _: &Bitmap, _: Affine, _: f64) {}

    fn push_clip(&mut self, figure: Figure<'_>) {
        use kurbo::Shape as _;
        let bounds = figure.to_page.transform_rect_bbox(figure.path.bounding_box());
        let visible = self.clips.last().map_or(bounds, |outer| outer.intersect(bounds));
        self.clips.push(visible);
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn push_group(&mut self, _: f64) {}

    fn pop_group(&mut self) {}

    fn glyphs(&mut self, run: &GlyphRun<'_>) {
        let seen = |paint: &Paint| match paint {
            Paint::Solid(color) => {
                color.alpha > 0.01 && [color.red, color.green, color.blue].iter().any(|part| *part < 250)
            }
            Paint::Gradient(_) => true,
        };
        let visible = run.fill.is_some_and(seen) || run.stroke.is_some_and(|(_, paint)| seen(paint));
        for glyph in run.glyphs {
            self.add(glyph, !visible);
        }
    }

    fn end_text(&mut self) {
        self.run = self.run.saturating_add(1);
    }
}
