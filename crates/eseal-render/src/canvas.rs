//! What drawing needs of a carrier (画布): pixels, SVG and the layer of text are carriers.

use std::rc::Rc;

use kurbo::{Affine, BezPath, Point, Stroke};

use crate::{font::LoadedFont, image::Bitmap};

/// A color of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rgba {
    pub(crate) red: u8,
    pub(crate) green: u8,
    pub(crate) blue: u8,
    /// 0 is transparent, 1 is not.
    pub(crate) alpha: f64,
}

impl Rgba {
    pub(crate) const BLACK: Self = Self { red: 0, green: 0, blue: 0, alpha: 1.0 };

    pub(crate) fn faded(self, alpha: f64) -> Self {
        Self { alpha: self.alpha * alpha, ..self }
    }
}

/// What a shape is filled with.
#[derive(Clone, Debug)]
pub(crate) enum Paint {
    Solid(Rgba),
    Gradient(GradientPaint),
}

/// Colors along a line or between two circles; they go on beyond both ends.
#[derive(Clone, Debug)]
pub(crate) struct GradientPaint {
    pub(crate) line: GradientLine,
    /// Positions from 0 to 1, ascending.
    pub(crate) stops: Vec<(f64, Rgba)>,
    pub(crate) spread: Spread,
    /// From where the line is written to the page.
    pub(crate) to_page: Affine,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum GradientLine {
    Linear { start: Point, end: Point },
    Radial { start: Point, start_radius: f64, end: Point, end_radius: f64 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spread {
    Pad,
    Repeat,
    Reflect,
}

/// A path in a space of its own.
#[derive(Clone, Copy)]
pub(crate) struct Figure<'a> {
    pub(crate) path: &'a BezPath,
    pub(crate) to_page: Affine,
    pub(crate) even_odd: bool,
}

/// One glyph at its place.
#[derive(Clone, Debug)]
pub(crate) struct PlacedGlyph {
    pub(crate) glyph: u32,
    /// From type sizes, y down, to the page.
    pub(crate) to_page: Affine,
    /// What it stands for; empty for all but the first glyph of a group.
    pub(crate) text: Vec<char>,
    /// Width in type sizes, for boxes around characters.
    pub(crate) advance: f64,
}

/// Glyphs of one font in one color.
pub(crate) struct GlyphRun<'a> {
    /// None for boxes that stand for missing glyphs.
    pub(crate) font: Option<&'a Rc<LoadedFont>>,
    pub(crate) glyphs: &'a [PlacedGlyph],
    pub(crate) fill: Option<&'a Paint>,
    /// Line in type sizes.
    pub(crate) stroke: Option<(f64, &'a Paint)>,
}

/// A carrier.  All places are in mm from the upper left of the page, y down.
pub(crate) trait Canvas {
    /// Fills a figure; `smooth` is false where the edges of neighbors must not show.
    fn fill(&mut self, figure: Figure<'_>, paint: &Paint, smooth: bool);

    /// Draws a line along a figure; its width is in the figure's space.
    fn stroke(&mut self, figure: Figure<'_>, stroke: &Stroke, paint: &Paint);

    /// Draws pixels onto the square from (0, 0) to (1, 1).
    fn image(&mut self, bitmap: &Bitmap, to_page: Affine, alpha: f64);

    /// What follows is drawn inside the figure only.
    fn push_clip(&mut self, figure: Figure<'_>);

    /// Ends the newest clip.
    fn pop_clip(&mut self);

    /// What follows is drawn together and then with that alpha.
    fn push_group(&mut self, alpha: f64);

    /// Ends the newest group.
    fn pop_group(&mut self);

    /// Draws glyphs.
    fn glyphs(&mut self, run: &GlyphRun<'_>) {
        draw_outlines(self, run);
    }

    /// A text object begins or ends.
    fn end_text(&mut self) {}

    /// True if it will take nothing more.
    fn is_full(&self) -> bool {
        false
    }
}

/// Draws glyphs as figures.
pub(crate) fn draw_outlines<C: Canvas + ?Sized>(canvas: &mut C, run: &GlyphRun<'_>) {
    for glyph in run.glyphs {
        let outline = match run.font {
            Some(font) => font.outline(glyph.glyph),
            None => Some(Rc::new(missing())),
        };
        let Some(outline) = outline.filter(|outline| !outline.is_empty()) else { continue };
        let figure = Figure { path: &outline, to_page: glyph.to_page, even_odd: false };
        if let Some(paint) = run.fill {
            canvas.fill(figure, paint, true);
        }
        if let Some((width, paint)) = run.stroke {
            canvas.stroke(figure, &Stroke::new(width), paint);
        }
    }
}

/// 缺字框: an empty box.
fn missing() -> BezPath {
    let mut path = BezPath::new();
    for (inset, turned) in [(0.08, false), (0.13, true)] {
        let (left, right, top, bottom) = (inset, 1.0 - inset, -0.88 + inset, 0.12 - inset);
        path.move_to((left, top));
        path.line_to(if turned { (left, bottom) } else { (right, top) });
        path.line_to((right, bottom));
        path.line_to(if turned { (right, top) } else { (left, bottom) });
        path.close_path();
    }
    path
}
