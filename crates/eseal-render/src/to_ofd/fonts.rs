//! Fonts of the new document (字库): the glyphs that its text uses, gathered while pages are written.
//!
//! OFD readers find glyphs by characters, so each font gets a table of characters of its own; where two glyphs stand for
//! one character, the text says which it wants (CGTransform).

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    hash::{Hash, Hasher},
};

use hayro_interpret::{
    CacheKey as _, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, Paint,
    color::{AlphaColor, Color},
    font::{GlyphRun, OutlineGlyph, Type3Glyph},
    hayro_cmap::BfString,
    kurbo::{Affine, BezPath, Rect, Shape as _},
};

use super::font_file::{self, GlyphShape};
use crate::RenderError;

/// Most glyphs of one font; a font's tables count with 16 bits.
const GLYPHS: usize = 60_000;
/// Most glyphs of a document: five complete Chinese fonts.
const ALL_GLYPHS: usize = 300_000;
/// First character that stands for glyphs whose characters the PDF does not tell.
const PRIVATE: u32 = 0xE000;
/// Last such character.
const PRIVATE_END: u32 = 0xF8FF;
/// Key of the fonts for glyphs that are drawings.
const DRAWINGS: u128 = 0;
/// Key of our own font, and of its first glyph.
const OWN: u128 = 0x6573_6561_6c20_6d61_726b_0000_0000_0000;
/// A color that no document uses: what is drawn with it takes the color of the text.
const INHERITED: [f32; 4] = [0.123_4, 0.567_8, 0.910_1, 1.0];

/// All fonts of a document.
#[derive(Default)]
pub(super) struct Fonts {
    fonts: Vec<Font>,
    /// Fonts of one program, in the order in which they were begun.
    by_program: HashMap<u128, Vec<usize>>,
    glyphs: HashMap<u128, (usize, u16)>,
    /// What glyphs reach, of those that are not blank.
    bounds: HashMap<u128, Rect>,
    count: usize,
    /// Drawings of Type 3 fonts that are no outlines.
    drawn: HashMap<u128, Option<BezPath>>,
}

/// One font while it grows.
struct Font {
    id: u32,
    name: String,
    glyphs: Vec<GlyphShape>,
    characters: BTreeMap<u32, u16>,
}

/// A glyph as text refers to it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct UsedGlyph {
    /// Id of the font's resource.
    pub(super) font: u32,
    /// Its number in the new font.
    pub(super) glyph: u16,
    /// What it stands for; never empty.
    pub(super) text: String,
    /// The font's table leads from the text to the glyph.
    pub(super) is_mapped: bool,
    /// The PDF tells what it stands for.
    pub(super) is_known: bool,
    /// Width in thousandths of the type size.
    pub(super) advance: f64,
    /// In thousandths of the type size, y up; none if there is nothing to draw.
    pub(super) bounds: Option<Rect>,
}

impl Fonts {
    /// The glyph of a font with outlines.
    pub(super) fn outline(
        &mut self,
        glyph: &OutlineGlyph,
        ids: &mut impl FnMut() -> u32,
    ) -> Result<UsedGlyph, RenderError> {
        let program = program_of(glyph);
        let key = glyph.identifier().cache_key();
        let advance = f64::from(glyph.advance_width().unwrap_or(1_000.0));
        let name = || glyph.font_data().and_then(|data| data.postscript_name);
        self.glyph(program, key, glyph.as_unicode(), advance, || glyph.outline(), name, ids)
    }

    /// The glyph of a Type 3 font, and whether its drawing became an outline; if not, it is blank.
    pub(super) fn drawing<'a>(
        &mut self,
        glyph: &Type3Glyph<'a>,
        ids: &mut impl FnMut() -> u32,
    ) -> Result<(UsedGlyph, bool), RenderError> {
        let key = glyph.cache_key();
        let outline = match self.drawn.entry(key) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => new.insert(outline_of(glyph)).clone(),
        };
        let is_outline = outline.is_some();
        let advance = f64::from(glyph.advance_width().unwrap_or(0.0));
        let shape = || outline.unwrap_or_default();
        let used = self.glyph(DRAWINGS, key, glyph.as_unicode(), advance, shape, || None, ids)?;
        Ok((used, is_outline))
    }

    /// A glyph of a font of ours, for marks.
    pub(super) fn own(
        &mut self,
        character: char,
        font: &crate::font::LoadedFont,
        ids: &mut impl FnMut() -> u32,
    ) -> Result<UsedGlyph, RenderError> {
        let number = font.glyph_of(character).unwrap_or(0);
        let key = OWN.wrapping_add(u128::from(u32::from(character)));
        let advance = font.advance(number).unwrap_or(1.0) * 1_000.0;
        let flip = Affine::scale_non_uniform(1_000.0, -1_000.0);
        let shape = || font.outline(number).map(|outline| flip * &*outline).unwrap_or_default();
        let name = || Some("Noto Sans SC".to_owned());
        self.glyph(OWN, key, Some(BfString::Char(character)), advance, shape, name, ids)
    }

    #[expect(clippy::too_many_arguments, reason = "what a glyph is, and three ways to learn more if it is new")]
    fn glyph(
        &mut self,
        program: u128,
        key: u128,
        unicode: Option<BfString>,
        advance: f64,
        shape: impl FnOnce() -> BezPath,
        name: impl FnOnce() -> Option<String>,
        ids: &mut impl FnMut() -> u32,
    ) -> Result<UsedGlyph, RenderError> {
        let known = unicode.map(|text| text_of(&text)).filter(|text| !text.is_empty());
        let only = single(known.as_deref());
        let (index, glyph) = match self.glyphs.get(&key) {
            Some(found) => *found,
            None => {
                self.count = self.count.saturating_add(1);
                if self.count > ALL_GLYPHS {
                    let limit = crate::number::long(ALL_GLYPHS);
                    return Err(RenderError::TooLarge { what: "glyphs of a document", limit });
                }
                let index = self.font_for(program, only, name, ids);
                let outline = shape();
                if !outline.is_empty() {
                    self.bounds.insert(key, outline.bounding_box());
                }
                let glyphs = self.fonts.get_mut(index).map(|font| &mut font.glyphs);
                let number = glyphs.map_or(0, |glyphs| {
                    glyphs.push(GlyphShape { outline, advance });
                    u16::try_from(glyphs.len().saturating_sub(1)).unwrap_or(u16::MAX)
                });
                self.glyphs.insert(key, (index, number));
                (index, number)
            }
        };
        let is_known = known.is_some();
        let Some(font) = self.fonts.get_mut(index) else {
            return Err(RenderError::Write("a font is lost".into()));
        };
        let text = known.unwrap_or_else(|| font.private(glyph).into());
        let is_mapped = match single(Some(&text)) {
            Some(character) => *font.characters.entry(character.into()).or_insert(glyph) == glyph,
            None => false,
        };
        let bounds = self.bounds.get(&key).copied();
        Ok(UsedGlyph { font: font.id, glyph, text, is_mapped, is_known, advance, bounds })
    }

    /// A font of the program that has room; drawings, of which the fonts are not known, go where their character is free.
    fn font_for(
        &mut self,
        program: u128,
        character: Option<char>,
        name: impl FnOnce() -> Option<String>,
        ids: &mut impl FnMut() -> u32,
    ) -> usize {
        let known = self.by_program.entry(program).or_default();
        let free = |index: &&usize| {
            self.fonts.get(**index).is_some_and(|font| {
                let taken = |character: char| font.characters.contains_key(&character.into());
                font.glyphs.len() < GLYPHS && (program != DRAWINGS || !character.is_some_and(taken))
            })
        };
        if let Some(found) = known.iter().find(free) {
            return *found;
        }
        let index = self.fonts.len();
        known.push(index);
        let own = name().map(|name| plain_name(&name)).filter(|name| !name.is_empty());
        let name = own.unwrap_or_else(|| format!("Font{}", index.saturating_add(1)));
        let blank = GlyphShape { outline: BezPath::new(), advance: 500.0 };
        self.fonts.push(Font { id: ids(), name, glyphs: vec![blank], characters: BTreeMap::new() });
        index
    }

    /// Id, name and file of each font.
    pub(super) fn files(&self) -> impl Iterator<Item = (u32, &str, Vec<u8>)> {
        self.fonts.iter().map(|font| {
            let characters: Vec<(u32, u16)> = font.characters.iter().map(|(code, glyph)| (*code, *glyph)).collect();
            (font.id, font.name.as_str(), font_file::write(&font.name, &font.glyphs, &characters))
        })
    }
}

impl Font {
    /// A character of the private use area for a glyph of which nothing is known.
    fn private(&self, glyph: u16) -> char {
        let code = PRIVATE.saturating_add(u32::from(glyph));
        let code = if code > PRIVATE_END { 0xF_0000_u32.saturating_add(u32::from(glyph)) } else { code };
        char::from_u32(code).unwrap_or('\u{fffd}')
    }
}

/// What a glyph stands for, without what XML cannot hold.
fn text_of(text: &BfString) -> String {
    let is_written = |character: &char| !character.is_control() && !matches!(*character, '\u{fffe}' | '\u{ffff}');
    match text {
        BfString::Char(character) => Some(*character).filter(is_written).map(String::from).unwrap_or_default(),
        BfString::String(text) => text.chars().filter(is_written).take(16).collect(),
    }
}

fn single(text: Option<&str>) -> Option<char> {
    let mut characters = text?.chars();
    characters.next().filter(|_| characters.next().is_none())
}

fn plain_name(name: &str) -> String {
    let name = name.split_once('+').filter(|(prefix, _)| prefix.len() == 6).map_or(name, |(_, rest)| rest);
    name.chars().filter(|character| !character.is_control()).take(60).collect()
}

/// Which font program a glyph is of: the first number that its identity is made of.
fn program_of(glyph: &OutlineGlyph) -> u128 {
    #[derive(Default)]
    struct First(Option<u128>);
    impl Hasher for First {
        fn finish(&self) -> u64 {
            0
        }

        fn write(&mut self, _: &[u8]) {}

        fn write_u128(&mut self, value: u128) {
            self.0.get_or_insert(value);
        }
    }
    let mut first = First::default();
    glyph.identifier().hash(&mut first);
    first.0.unwrap_or(1)
}

/// The outline of a drawing that fills shapes in the color of the text and does nothing else.
fn outline_of(glyph: &Type3Glyph<'_>) -> Option<BezPath> {
    let mut recorder = Recorder { outline: BezPath::new(), is_plain: true };
    let color = Paint::Color(Color::from_rgba(AlphaColor::new(INHERITED)));
    glyph.interpret(&mut recorder, Affine::IDENTITY, Affine::IDENTITY, &color);
    Some(recorder.outline).filter(|_| recorder.is_plain)
}

struct Recorder {
    outline: BezPath,
    is_plain: bool,
}

impl<'a> Device<'a> for Recorder {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        let inherits = match &props.paint {
            Paint::Color(color) => color.to_rgba().components() == INHERITED,
            Paint::Pattern(_) => false,
        };
        self.is_plain &= inherits && matches!(mode, DrawMode::Fill(FillRule::NonZero)) && props.soft_mask.is_none();
        self.outline.extend((props.transform * path).elements().iter().copied());
    }

    fn push_clip_path(&mut self, _: &hayro_interpret::ClipPath) {
        self.is_plain = false;
    }

    fn push_transparency_group(
        &mut self,
        _: f32,
        _: Option<hayro_interpret::SoftMask<'a>>,
        _: hayro_interpret::BlendMode,
    ) {
        self.is_plain = false;
    }

    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {
        self.is_plain = false;
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.is_plain = false;
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
