//! Pages between reading and writing (版面): lengths in mm, the origin at the upper left, as in OFD.

use eseal_picture::VectorPath;

use crate::picture::Picture;

/// A page.
pub(crate) struct Page {
    pub(crate) width_mm: f32,
    pub(crate) height_mm: f32,
    pub(crate) content: Content,
}

/// What stands on a page.
pub(crate) enum Content {
    /// Lines of text.
    Lines(Vec<Line>),
    /// One picture, in a box.
    Picture(Picture, Area),
    /// Filled shapes, from the lowest to the uppermost.
    Shapes(Vec<VectorPath>),
}

/// A line of text.
pub(crate) struct Line {
    /// Where it begins.
    pub(crate) left_mm: f32,
    /// Where its characters stand.
    pub(crate) baseline_mm: f32,
    /// Type size.
    pub(crate) size_mm: f32,
    /// What it says; neither begins nor ends with a blank.
    pub(crate) letters: Vec<Letter>,
}

/// A character on its place.
#[derive(Clone, Copy)]
pub(crate) struct Letter {
    pub(crate) character: char,
    /// Glyph of the shipped font.
    pub(crate) glyph: u16,
    /// Distance to the next one.
    pub(crate) advance_mm: f32,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) left_mm: f32,
    pub(crate) top_mm: f32,
    pub(crate) width_mm: f32,
    pub(crate) height_mm: f32,
}
