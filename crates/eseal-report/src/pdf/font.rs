//! The shipped fonts as reports need them (字体): glyphs, widths, and what stands for characters they lack.

use krilla::text::Font;
use skrifa::{
    FontRef, MetadataProvider,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};

use crate::ReportError;

/// What stands for a character that the font lacks; its code stands behind it.
const BOX: char = '□';

/// An opened font.
pub(super) struct Face {
    pub(super) font: Font,
    characters: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units: f32,
    boxed: u32,
}

/// A glyph with the character that it is extracted as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Letter {
    pub(super) character: char,
    pub(super) glyph: u32,
    /// Advance, in type sizes.
    pub(super) advance: f32,
}

impl Face {
    pub(super) fn open(bytes: &'static [u8]) -> Result<Self, ReportError> {
        let broken = |problem: &str| ReportError::Font(problem.to_owned());
        let read = FontRef::new(bytes).map_err(|error| broken(&error.to_string()))?;
        let (size, location) = (Size::unscaled(), LocationRef::default());
        let characters = read.charmap();
        Ok(Self {
            font: Font::new(bytes.to_vec().into(), 0).ok_or_else(|| broken("cannot be read"))?,
            boxed: characters.map(BOX).map(|id| id.to_u32()).ok_or_else(|| broken("has no box"))?,
            metrics: read.glyph_metrics(size, location),
            units: f32::from(read.metrics(size, location).units_per_em),
            characters,
        })
    }

    /// The letters of a text.  A character that the font lacks is a box, extracted as itself, and its code in brackets.
    pub(super) fn letters(&self, text: &str) -> Vec<Letter> {
        let mut letters = Vec::with_capacity(text.len());
        for character in text.chars() {
            match self.glyph(character) {
                Some(glyph) => letters.push(self.letter(character, glyph)),
                None => {
                    letters.push(self.letter(character, self.boxed));
                    let code = format!("(U+{:04X})", u32::from(character));
                    letters.extend(code.chars().filter_map(|digit| Some(self.letter(digit, self.glyph(digit)?))));
                }
            }
        }
        letters
    }

    fn glyph(&self, character: char) -> Option<u32> {
        self.characters.map(character).map(|id| id.to_u32()).filter(|id| *id != 0)
    }

    fn letter(&self, character: char, glyph: u32) -> Letter {
        let advance = self.metrics.advance_width(skrifa::GlyphId::new(glyph)).unwrap_or(self.units) / self.units;
        Letter { character, glyph, advance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_the_font_lacks_are_boxes_with_their_codes() {
        let face = Face::open(eseal_fonts::SANS_REGULAR).unwrap();
        let text = |text: &str| face.letters(text).iter().map(|letter| letter.character).collect::<String>();
        assert_eq!(text("张𪚥"), "张𪚥(U+2A6A5)");
        let letters = face.letters("𪚥");
        assert_eq!(letters[0].glyph, face.boxed);
        assert!(face.letters("√×?：（）〔〕→、。“”A1·…").iter().all(|letter| letter.glyph != face.boxed));
    }
}
