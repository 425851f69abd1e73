//! 字形: characters as outlines.

use skrifa::{
    FontRef, MetadataProvider,
    instance::{LocationRef, Size},
    outline::{DrawSettings, OutlinePen},
};
use tiny_skia::{Path, PathBuilder, Rect, Transform};

/// 字库文件: one face of a TrueType or OpenType file.
#[derive(Clone, Copy, Debug)]
pub struct FontFile<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    /// Which face of a collection; 0 otherwise.
    pub index: u32,
}

/// 自备字库: fonts beside the shipped ones.  What is no font is passed over.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnFonts<'a> {
    /// Where characters of words are looked for first: another face for the seal.
    pub first: &'a [FontFile<'a>],
    /// Where they are looked for last: rare characters, each of which is warned about.
    pub last: &'a [FontFile<'a>],
}

/// The fonts that characters are looked for in, in this order.
pub(crate) struct Fonts<'a> {
    faces: Vec<FontRef<'a>>,
    /// For what those lack.
    last: Vec<FontRef<'a>>,
}

/// One character in font units, y up.
pub(crate) struct Glyph {
    /// The outline; none for a blank.
    pub(crate) path: Option<Path>,
    /// The part of the em that a character of this kind fills: what is scaled to the wanted height.
    pub(crate) body: Rect,
    /// Where it was found.
    pub(crate) source: Source,
}

/// 字形来源: which fonts a character was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Those that the seal is written in.
    Usual,
    /// Those for rare characters.
    Last,
    /// None: a box stands in its place.
    Missing,
}

impl<'a> Fonts<'a> {
    /// For words: one's own, then 宋体, then one's own for rare characters.
    pub(crate) fn serif(own: &OwnFonts<'a>) -> Self {
        Self {
            faces: faces(own.first).chain(shipped([eseal_fonts::SERIF_BOLD, eseal_fonts::SANS_REGULAR])).collect(),
            last: faces(own.last).collect(),
        }
    }

    /// For numbers: without serifs.
    pub(crate) fn sans() -> Self {
        Self { faces: shipped([eseal_fonts::SANS_REGULAR, eseal_fonts::SERIF_BOLD]).collect(), last: Vec::new() }
    }

    /// The outline of a character, or a box.
    pub(crate) fn glyph(&self, character: char) -> Glyph {
        let usual = self.faces.iter().find_map(|face| outline(face, character, Source::Usual));
        usual
            .or_else(|| self.last.iter().find_map(|face| outline(face, character, Source::Last)))
            .unwrap_or_else(missing)
    }
}

fn faces<'a>(files: &'a [FontFile<'a>]) -> impl Iterator<Item = FontRef<'a>> {
    files.iter().filter_map(|file| FontRef::from_index(file.bytes, file.index).ok())
}

fn shipped<'a>(files: [&'a [u8]; 2]) -> impl Iterator<Item = FontRef<'a>> {
    files.into_iter().filter_map(|bytes| FontRef::new(bytes).ok())
}

fn outline(face: &FontRef<'_>, character: char, source: Source) -> Option<Glyph> {
    let id = face.charmap().map(character)?;
    let mut pen = Pen(PathBuilder::new());
    let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
    face.outline_glyphs().get(id)?.draw(settings, &mut pen).ok()?;
    let metrics = face.metrics(Size::unscaled(), LocationRef::default());
    let em = f32::from(metrics.units_per_em);
    let advance = face.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(id).unwrap_or(em);
    Some(Glyph { path: pen.0.finish(), body: body(character, em, advance)?, source })
}

/// Ideographs fill their square but for a margin; ASCII letters and digits stand on the line.
fn body(character: char, em: f32, advance: f32) -> Option<Rect> {
    if character.is_ascii() {
        Rect::from_ltrb(0.0, -0.01 * em, advance, 0.74 * em)
    } else {
        Rect::from_ltrb(0.03 * em, -0.09 * em, advance - 0.03 * em, 0.85 * em)
    }
}

/// 缺字框: an empty box.
fn missing() -> Glyph {
    let mut builder = PathBuilder::new();
    for (inset, body) in
        [(0.0, Rect::from_ltrb(80.0, -60.0, 920.0, 820.0)), (60.0, Rect::from_ltrb(140.0, 0.0, 860.0, 760.0))]
    {
        let Some(body) = body else { continue };
        if inset == 0.0 {
            builder.push_rect(body);
        } else {
            // The other way round, so that the inside stays empty.
            builder.move_to(body.left(), body.top());
            builder.line_to(body.left(), body.bottom());
            builder.line_to(body.right(), body.bottom());
            builder.line_to(body.right(), body.top());
            builder.close();
        }
    }
    let body = Rect::from_ltrb(0.0, -120.0, 1000.0, 880.0)
        .unwrap_or(Rect::from_xywh(0.0, 0.0, 1.0, 1.0).expect("a unit square"));
    Glyph { path: builder.finish(), body, source: Source::Missing }
}

/// Where a character goes: scaled to `width` × `height`, its middle at `(x, y)`, turned by `turn_deg` clockwise.  Y grows down.
pub(crate) struct Place {
    /// Middle.
    pub(crate) x: f64,
    /// Middle.
    pub(crate) y: f64,
    /// Wanted width.
    pub(crate) width: f64,
    /// Wanted height.
    pub(crate) height: f64,
    /// Clockwise.
    pub(crate) turn_deg: f64,
}

impl Glyph {
    /// The outline at its place.
    pub(crate) fn placed(self, place: &Place) -> Option<Path> {
        let (width, height) = (single(place.width), single(place.height));
        let transform = Transform::from_translate(
            -(self.body.left() + self.body.right()) / 2.0,
            -(self.body.top() + self.body.bottom()) / 2.0,
        )
        .post_scale(width / self.body.width(), -height / self.body.height())
        .post_rotate(single(place.turn_deg))
        .post_translate(single(place.x), single(place.y));
        self.path?.transform(transform)
    }
}

/// Millimetres on paper need no more than 24 bits.
#[expect(clippy::as_conversions, reason = "lossy on purpose")]
pub(crate) fn single(value: f64) -> f32 {
    value as f32
}

struct Pen(PathBuilder);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.0.cubic_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
