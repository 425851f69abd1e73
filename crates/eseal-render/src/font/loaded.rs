//! A font whose glyphs are drawn (字体): outlines in type sizes, y down.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use kurbo::{Affine, BezPath};
use skrifa::{
    FontRef, GlyphId, MetadataProvider as _,
    instance::{LocationRef, Size},
    outline::{DrawSettings, OutlinePen},
};

use super::{Face, FontBytes, sfnt};

/// A font and what has been taken out of it.
pub(crate) struct LoadedFont {
    bytes: FontBytes,
    index: u32,
    /// For warnings.
    pub(crate) name: String,
    units: f64,
    is_bold: bool,
    is_italic: bool,
    outlines: RefCell<HashMap<u32, Option<Rc<BezPath>>>>,
}

impl LoadedFont {
    /// A font that a document carries.
    pub(crate) fn embedded(bytes: Vec<u8>) -> Option<Self> {
        let readable = sfnt::readable(&bytes)?;
        Self::new(std::sync::Arc::new(readable), 0, "embedded".into())
    }

    /// One of a library.
    pub(crate) fn of_face(face: &Face) -> Option<Self> {
        Self::new(face.bytes.clone(), face.index, face.name.clone())
    }

    fn new(bytes: FontBytes, index: u32, name: String) -> Option<Self> {
        let (units, is_bold, is_italic) = {
            let font = FontRef::from_index(bytes.as_ref().as_ref(), index).ok()?;
            let units = font.metrics(Size::unscaled(), LocationRef::default()).units_per_em;
            let attributes = font.attributes();
            (
                f64::from(units.max(1)),
                attributes.weight.value() >= 600.0,
                attributes.style != skrifa::attribute::Style::Normal,
            )
        };
        Some(Self { bytes, index, name, units, is_bold, is_italic, outlines: RefCell::default() })
    }

    /// The font's bytes and which face of them it is.
    pub(crate) fn file(&self) -> (FontBytes, u32) {
        (self.bytes.clone(), self.index)
    }

    pub(crate) fn is_bold(&self) -> bool {
        self.is_bold
    }

    pub(crate) fn is_italic(&self) -> bool {
        self.is_italic
    }

    fn font(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(self.bytes.as_ref().as_ref(), self.index).ok()
    }

    /// The glyph of a character, by the font's own table.
    pub(crate) fn glyph_of(&self, character: char) -> Option<u32> {
        let charmap = self.font()?.charmap().map(character)?;
        Some(charmap.to_u32()).filter(|glyph| *glyph != 0)
    }

    /// True if the font has a glyph of that number.
    pub(crate) fn has_glyph(&self, glyph: u32) -> bool {
        self.outline(glyph).is_some()
    }

    /// Width of a glyph in type sizes.
    pub(crate) fn advance(&self, glyph: u32) -> Option<f64> {
        let metrics = self.font()?.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(f64::from(metrics.advance_width(GlyphId::new(glyph))?) / self.units)
    }

    /// Outline of a glyph; empty for a blank, none if there is no such glyph.
    pub(crate) fn outline(&self, glyph: u32) -> Option<Rc<BezPath>> {
        if let Some(known) = self.outlines.borrow().get(&glyph) {
            return known.clone();
        }
        let drawn = self.draw(glyph).map(Rc::new);
        self.outlines.borrow_mut().insert(glyph, drawn.clone());
        drawn
    }

    fn draw(&self, glyph: u32) -> Option<BezPath> {
        let font = self.font()?;
        let mut pen = Pen(BezPath::new());
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        font.outline_glyphs().get(GlyphId::new(glyph))?.draw(settings, &mut pen).ok()?;
        Some(Affine::scale_non_uniform(1.0 / self.units, -1.0 / self.units) * pen.0)
    }
}

struct Pen(BezPath);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to((x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to((cx, cy), (x, y));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.0.curve_to((ax, ay), (bx, by), (x, y));
    }

    fn close(&mut self) {
        self.0.close_path();
    }
}
