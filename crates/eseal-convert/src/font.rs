//! The shipped font as text needs it (字体): glyphs and widths.

use skrifa::{
    FontRef, MetadataProvider,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};

use crate::ConvertError;

/// Name of the shipped font.
pub(crate) const NAME: &str = "Noto Sans CJK SC";
/// Its bytes.
pub(crate) const BYTES: &[u8] = eseal_fonts::SANS_REGULAR;
/// Part of the type size above the baseline; the rest of the line is below.
pub(crate) const ASCENT: f32 = 0.88;
/// What stands for a character that the font lacks.
const BOX: char = '□';

/// The shipped font, opened.
pub(crate) struct Face {
    characters: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units: f32,
    boxed: u16,
}

/// A glyph of the font.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Glyph {
    /// Its number in the font.
    pub(crate) id: u16,
    /// Advance, in type sizes.
    pub(crate) advance: f32,
    /// True if it stands for a character that the font lacks.
    pub(crate) is_missing: bool,
}

impl Face {
    pub(crate) fn open() -> Result<Self, ConvertError> {
        let broken = |problem: &str| ConvertError::Write(format!("the shipped font: {problem}"));
        let font = FontRef::new(BYTES).map_err(|error| broken(&error.to_string()))?;
        let (size, location) = (Size::unscaled(), LocationRef::default());
        let characters = font.charmap();
        let boxed = characters.map(BOX).and_then(|id| u16::try_from(id.to_u32()).ok());
        Ok(Self {
            metrics: font.glyph_metrics(size, location),
            units: f32::from(font.metrics(size, location).units_per_em),
            boxed: boxed.ok_or_else(|| broken("has no box"))?,
            characters,
        })
    }

    /// The glyph of a character, or a box.
    pub(crate) fn glyph(&self, character: char) -> Glyph {
        let found = self.characters.map(character).and_then(|id| u16::try_from(id.to_u32()).ok()).filter(|id| *id != 0);
        let id = found.unwrap_or(self.boxed);
        let advance = self.metrics.advance_width(skrifa::GlyphId::from(id)).unwrap_or(self.units) / self.units;
        Glyph { id, advance, is_missing: found.is_none() }
    }
}
