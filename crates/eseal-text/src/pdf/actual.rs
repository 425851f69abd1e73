//! Replacement text (`ActualText`, 替换文本) of marked content, ISO 32000-2, 14.9.4: what glyphs without Unicode, or split and
//! joined ones, stand for.

use std::ops::Range;

use eseal_ofd::BoxMm;
use hayro_syntax::object::{Dict, String as PdfString};

use crate::{PositionedChar, fold::fold};

/// Longest replacement text that is taken over, in characters: it replaces a word or a line, not a chapter.
const LONGEST: usize = 10_000;
/// Most open sequences that are kept apart: deeper ones count as part of the last.
const DEEPEST: usize = 1_000;

/// Marked-content sequences that are open.
#[derive(Default)]
pub(super) struct Marked {
    open: Vec<Option<Replacement>>,
    /// Those beyond [`DEEPEST`].
    beyond: usize,
}

struct Replacement {
    text: Vec<char>,
    /// Characters there were before.
    start: usize,
}

impl Marked {
    pub(super) fn begin(&mut self, properties: Option<&Dict<'_>>, start: usize) {
        if self.open.len() >= DEEPEST {
            self.beyond = self.beyond.saturating_add(1);
            return;
        }
        // The outermost one speaks for all within.
        let text = if self.is_replaced() { None } else { properties.and_then(actual_text) };
        self.open.push(text.map(|text| Replacement { text, start }));
    }

    pub(super) fn end(&mut self, chars: &mut Vec<PositionedChar>) {
        if self.beyond > 0 {
            self.beyond = self.beyond.saturating_sub(1);
        } else if let Some(Some(replacement)) = self.open.pop() {
            replacement.apply(chars);
        }
    }

    /// True if the glyphs that come are replaced by text.
    pub(super) fn is_replaced(&self) -> bool {
        self.open.iter().any(Option::is_some)
    }
}

fn actual_text(properties: &Dict<'_>) -> Option<Vec<char>> {
    let text = properties.get::<PdfString<'_>>(b"ActualText".as_slice())?;
    let text: String = match text.as_bytes() {
        [0xFE, 0xFF, rest @ ..] => {
            let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16_lossy(&units)
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // Latin-1 is the best part of PDFDocEncoding.
        bytes => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    Some(text.chars().take(LONGEST).collect())
}

impl Replacement {
    /// Puts the text where the glyphs stand, each character over its share of them.
    fn apply(self, chars: &mut Vec<PositionedChar>) {
        let glyphs = chars.split_off(self.start.min(chars.len()));
        if glyphs.is_empty() {
            return;
        }
        // A text that says something else than the glyphs is not what a person sees.
        let is_known = glyphs.iter().all(|glyph| glyph.text != char::REPLACEMENT_CHARACTER);
        let differs = is_known && !fold(self.text.iter().copied()).eq(fold(glyphs.iter().map(|glyph| glyph.text)));
        let count = self.text.len();
        chars.extend(self.text.iter().enumerate().filter_map(|(index, text)| {
            let found = share(&glyphs, index, count)?;
            Some(PositionedChar { text: *text, hidden: found.hidden || differs, ..found })
        }));
    }
}

/// The glyphs that character `index` of `count` stands for, as one.
fn share(glyphs: &[PositionedChar], index: usize, count: usize) -> Option<PositionedChar> {
    let part = |index: usize| index.saturating_mul(glyphs.len()).checked_div(count).unwrap_or(0);
    let start = part(index);
    let range: Range<usize> = start..part(index.saturating_add(1)).max(start.saturating_add(1));
    let members = glyphs.get(range)?;
    let first = *members.first()?;
    let bounds = members.iter().map(|glyph| glyph.bounds).reduce(|a, b| BoxMm {
        left: a.left.min(b.left),
        bottom: a.bottom.min(b.bottom),
        right: a.right.max(b.right),
        top: a.top.max(b.top),
    })?;
    Some(PositionedChar { bounds, hidden: members.iter().any(|glyph| glyph.hidden), ..first })
}
