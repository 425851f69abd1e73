//! Text objects drawn (文字绘制), GB/T 33190 §11: glyph by glyph, where the document puts them.

use std::rc::Rc;

use kurbo::{Affine, BezPath};

use super::{Done, Painter, Space};
use crate::{
    RenderError,
    canvas::{Figure, GlyphRun, Paint, PlacedGlyph},
    font::LoadedFont,
    ofd::{
        fonts::{Chosen, Found},
        model::{GraphicUnit, TextCode, TextObject},
    },
    warning::WarningKind,
};

/// How far upright letters lean as italics: 12 degrees.
const LEAN: f64 = 0.2126;
/// Width of the line that makes a glyph bold, in type sizes.
const BOLD: f64 = 0.03;
/// Weight from which on glyphs are bold.
const BOLD_WEIGHT: f64 = 600.0;
/// A substitute may be so much wider than the room it has.
const WIDER: f64 = 1.02;
/// Narrowest a substitute is made.
const NARROWEST: f64 = 0.5;

/// Glyphs of one font, one after the other.
struct Run {
    font: Option<Rc<LoadedFont>>,
    bold: bool,
    glyphs: Vec<PlacedGlyph>,
}

impl Painter<'_> {
    pub(super) fn text(&mut self, text: &TextObject, unit: &GraphicUnit, space: &Space) -> Done {
        let param = self.param(&unit.param, space);
        let runs = self.runs(text, unit, space)?;
        // Without a color of its own text is black (§11.3).
        let fill = text.fill.then(|| param.fill.clone());
        let plain = match &fill {
            None => None,
            Some(None) => Some(crate::canvas::Rgba::BLACK),
            Some(Some(color)) => self.plain(color),
        };
        let paint = plain.map(|color| Paint::Solid(color.faded(space.alpha)));
        let line = param.stroke.as_ref().filter(|_| text.stroke).and_then(|color| self.plain(color));
        let line = line.map(|color| Paint::Solid(color.faded(space.alpha)));
        let width = param.line_width.unwrap_or(super::LINE_WIDTH) / text.size;
        for run in &runs {
            let stroke = match (&line, &paint) {
                (Some(line), _) => Some((width, line)),
                (None, Some(paint)) if run.bold => Some((BOLD, paint)),
                _ => None,
            };
            let run = GlyphRun { font: run.font.as_ref(), glyphs: &run.glyphs, fill: paint.as_ref(), stroke };
            self.canvas.glyphs(&run);
        }
        if let (None, Some(Some(color))) = (plain, fill) {
            let outline = outline(&runs);
            let figure = Figure { path: &outline, to_page: Affine::IDENTITY, even_odd: false };
            self.fill(figure, &color, unit, space)?;
        }
        self.canvas.end_text();
        Ok(())
    }

    /// The outlines of a text object, through `space`.
    pub(super) fn text_outline(
        &mut self,
        text: &TextObject,
        unit: &GraphicUnit,
        space: &Space,
    ) -> Result<BezPath, RenderError> {
        Ok(outline(&self.runs(text, unit, space)?))
    }

    fn runs(&mut self, text: &TextObject, unit: &GraphicUnit, space: &Space) -> Result<Vec<Run>, RenderError> {
        let font = self.resources.iter().find_map(|resources| resources.fonts.get(&text.font));
        if font.is_none() {
            self.warnings.add(WarningKind::NonstandardInput, format!("{}: no font of that id", unit.place));
        }
        let chosen = self.fonts.choose(self.ofd, font, self.warnings);
        let mut runs: Vec<Run> = Vec::new();
        for code in &text.codes {
            let count = crate::number::long(code.chars.len());
            self.drawn = self.drawn.saturating_add(count);
            let limit = self.limits.objects;
            if self.drawn > limit {
                return Err(RenderError::TooLarge { what: "objects of a page, drawn", limit });
            }
            self.code(text, code, &chosen, space, &mut runs);
        }
        Ok(runs)
    }

    fn code(&mut self, text: &TextObject, code: &TextCode, chosen: &Chosen, space: &Space, runs: &mut Vec<Run>) {
        let (mut x, mut y) = (code.x, code.y);
        let mut index = 0_usize;
        while let Some(character) = code.chars.get(index).copied() {
            let map = code.glyphs.iter().find(|map| map.position == index);
            let taken = map.map_or(1, |map| map.codes).min(code.chars.len().saturating_sub(index)).max(1);
            let (sum_x, sum_y, written) = offset(code, index, taken);
            let found: Vec<Option<Found>> = match map.filter(|_| chosen.embedded.is_some()) {
                Some(map) if map.codes == 1 || map.glyphs.len() != taken => {
                    let glyphs = map.glyphs.iter();
                    glyphs.map(|glyph| self.numbered(chosen, *glyph, character)).collect()
                }
                // As many glyphs as characters: each has its own place.
                Some(map) => {
                    for (step, glyph) in map.glyphs.iter().enumerate() {
                        let at = index.saturating_add(step);
                        let character = code.chars.get(at).copied().unwrap_or(' ');
                        let found = self.numbered(chosen, *glyph, character);
                        let (dx, dy, written) = offset(code, at, 1);
                        let place = Place { x, y, room: room(code, at, 1), text: vec![character] };
                        let (ax, ay) = self.put(text, chosen, found, place, space, runs);
                        (x, y) = if written { (x + dx, y + dy) } else { (x + ax, y + ay) };
                    }
                    index = index.saturating_add(taken);
                    continue;
                }
                None => {
                    let found = self.fonts.by_char(chosen, character, self.warnings);
                    vec![found.or_else(|| self.cut(character))]
                }
            };
            let chars: Vec<char> = code.chars.iter().skip(index).take(taken).copied().collect();
            let (mut ax, mut ay) = (0.0, 0.0);
            for (number, found) in found.into_iter().enumerate() {
                let text_of = if number == 0 { chars.clone() } else { Vec::new() };
                let place = Place { x: x + ax, y: y + ay, room: room(code, index, taken), text: text_of };
                let (dx, dy) = self.put(text, chosen, found, place, space, runs);
                (ax, ay) = (ax + dx, ay + dy);
            }
            (x, y) = if written { (x + sum_x, y + sum_y) } else { (x + ax, y + ay) };
            index = index.saturating_add(taken);
        }
    }

    fn numbered(&mut self, chosen: &Chosen, glyph: u32, character: char) -> Option<Found> {
        let found = self.fonts.by_number(chosen, glyph);
        found.or_else(|| self.fonts.by_char(chosen, character, self.warnings))
    }

    /// Characters that nothing is drawn for; others are missed.
    fn cut(&mut self, character: char) -> Option<Found> {
        if !is_blank(character) {
            let detail = format!("{character} (U+{:04X})", u32::from(character));
            self.warnings.add(WarningKind::GlyphMissing, detail);
        }
        None
    }

    /// Puts one glyph down; how far it reaches.
    fn put(
        &mut self,
        text: &TextObject,
        chosen: &Chosen,
        found: Option<Found>,
        place: Place,
        space: &Space,
        runs: &mut Vec<Run>,
    ) -> (f64, f64) {
        let character = place.text.first().copied().unwrap_or(' ');
        let font = found.as_ref().map(|found| &found.font);
        let natural = found.as_ref().and_then(|found| found.font.advance(found.glyph));
        let advance = natural.unwrap_or(if character.is_ascii() { 0.5 } else { 1.0 });
        let sideways = text.read_direction.to_radians().sin().abs() > 0.5;
        // The room that the document gives wins over the width of a substitute.
        let wide = advance * text.size * text.h_scale;
        let fit = match place.room {
            Some(room)
                if found.as_ref().is_some_and(|found| found.is_substitute) && !sideways && wide > room * WIDER =>
            {
                (room / wide).max(NARROWEST)
            }
            _ => 1.0,
        };
        let italic = text.italic || chosen.italic && found.as_ref().is_some_and(|found| found.is_substitute);
        let lean = if italic && !font.is_some_and(|font| font.is_italic()) { LEAN } else { 0.0 };
        let heavy =
            text.weight >= BOLD_WEIGHT || chosen.bold && found.as_ref().is_some_and(|found| found.is_substitute);
        let own_bold = font.is_some_and(|font| font.is_bold()) || chosen.bold && chosen.embedded.is_some();
        let bold = heavy && !own_bold;
        let to_page = space.to_page
            * Affine::translate((place.x, place.y))
            * Affine::rotate(text.char_direction.to_radians())
            * Affine::new([1.0, 0.0, -lean, 1.0, 0.0, 0.0])
            * Affine::scale_non_uniform(text.size * text.h_scale * fit, text.size);
        // What is blank and nowhere found is still text for the layer of text.
        let glyph =
            PlacedGlyph { glyph: found.as_ref().map_or(0, |found| found.glyph), to_page, text: place.text, advance };
        if to_page.is_finite() && !(found.is_none() && is_blank(character)) {
            let font = found.map(|found| found.font);
            let same = |a: &Option<Rc<LoadedFont>>, b: &Option<Rc<LoadedFont>>| match (a, b) {
                (Some(a), Some(b)) => Rc::ptr_eq(a, b),
                (None, None) => true,
                _ => false,
            };
            match runs.last_mut().filter(|run| same(&run.font, &font) && run.bold == bold) {
                Some(run) => run.glyphs.push(glyph),
                None => runs.push(Run { font, bold, glyphs: vec![glyph] }),
            }
        }
        let (sin, cos) = text.read_direction.to_radians().sin_cos();
        let length = if sideways { text.size } else { wide };
        (length * cos, length * sin)
    }
}

/// Where a glyph goes and what it stands for.
struct Place {
    x: f64,
    y: f64,
    /// Width that the document gives it.
    room: Option<f64>,
    text: Vec<char>,
}

/// Sum of the offsets of `count` characters from `index` on, and whether the document writes any.
fn offset(code: &TextCode, index: usize, count: usize) -> (f64, f64, bool) {
    let written = !(code.dx.is_empty() && code.dy.is_empty());
    // Too few are continued with the last.
    let at = |list: &[f64], index: usize| list.get(index).or(list.last()).copied().unwrap_or(0.0);
    let end = index.saturating_add(count);
    let sum = |list: &[f64]| (index..end).map(|index| at(list, index)).sum();
    (sum(&code.dx), sum(&code.dy), written)
}

/// Width that the document gives `count` characters from `index` on; the last of all has no bounds.
fn room(code: &TextCode, index: usize, count: usize) -> Option<f64> {
    let known = index.saturating_add(count) <= code.dx.len().max(code.dy.len());
    let (dx, dy, written) = offset(code, index, count);
    Some(dx.hypot(dy)).filter(|room| known && written && *room > 0.0)
}

fn outline(runs: &[Run]) -> BezPath {
    let mut path = BezPath::new();
    for run in runs {
        for glyph in &run.glyphs {
            if let Some(outline) = run.font.as_ref().and_then(|font| font.outline(glyph.glyph)) {
                path.extend((glyph.to_page * &*outline).elements().iter().copied());
            }
        }
    }
    path
}

fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}
