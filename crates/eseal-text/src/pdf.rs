//! Characters of PDF pages (PDF 页面文字): content streams interpreted by `hayro`, glyphs placed on the displayed page.

mod actual;
mod ground;

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
};

use eseal_bytes::ByteSource as _;
use eseal_ofd::BoxMm;
use eseal_pdf::{Page, PdfDocument};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, SoftMask,
    font::{Glyph, GlyphRun},
    hayro_cmap::{BfString, WritingMode},
    interpret_page,
    kurbo::{Affine, BezPath, Point, Rect, Shape as _, Vec2},
};
use hayro_syntax::Pdf;

use crate::{MAX_CHARS, PageText, PositionedChar, TextError};
use actual::Marked;
use ground::Ground;

/// Larger files are not read whole; each page is taken out of them, without its pictures.
const WHOLE_FILE_BYTES: u64 = 32 << 20;
/// Largest page with its fonts: three complete Chinese fonts.
const PAGE_BYTES: u64 = 96 << 20;
/// Most drawing operations of one page: maps have some 1,000,000.
const MAX_OPERATIONS: u64 = 5_000_000;
/// What a form counts as, which is looked up, decoded and begun anew each time it is drawn, some 13 µs; the interpreter
/// tells of one as of a shape that clips.  So a page may draw 100,000 of them, and forms that draw each other again and
/// again end after a second or two.
const FORM: u64 = 50;
/// Units of glyph space in one type size.
const UNITS: f64 = 1_000.0;
/// Height over the baseline that a character takes up, in type sizes: that of common Chinese fonts.
const ASCENT: f64 = 0.86;
/// Depth under the baseline.
const DESCENT: f64 = 0.14;

/// Less opacity than this is none.
const CLEAR: u8 = 3;

/// A PDF whose pages' text is asked for (PDF 文字).
pub struct PdfText<'a> {
    document: &'a PdfDocument,
    /// None if it is too large, or the two readers do not agree on its pages.
    whole: Option<Pdf>,
}

impl std::fmt::Debug for PdfText<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PdfText({:?}, {})", self.document, if self.whole.is_some() { "whole" } else { "page by page" })
    }
}

/// Characters of page `number` (from 1); use [`PdfText`] for several pages.
///
/// # Errors
/// See [`TextError`].
pub fn page_chars(document: &PdfDocument, number: usize) -> Result<PageText, TextError> {
    PdfText { document, whole: None }.page_chars(number)
}

impl<'a> PdfText<'a> {
    /// Prepares to read the text of `document`.
    #[must_use]
    pub fn new(document: &'a PdfDocument) -> Self {
        let source = document.source();
        let bytes = if source.len() <= WHOLE_FILE_BYTES { source.read_all(WHOLE_FILE_BYTES).ok() } else { None };
        let whole = bytes.and_then(load).filter(|pdf| pdf.pages().len() == document.page_count());
        Self { document, whole }
    }

    /// Characters of page `number` (from 1), annotations included.
    ///
    /// # Errors
    /// See [`TextError`].
    pub fn page_chars(&self, number: usize) -> Result<PageText, TextError> {
        let page = self.document.page(number).ok_or(TextError::NoSuchPage { page: number })?;
        if let Some(pdf) = &self.whole {
            return read(pdf, number.saturating_sub(1), page, number);
        }
        let unreadable = |reason: String| TextError::Unreadable { page: number, reason };
        let bytes = self.document.extract_page(number, PAGE_BYTES).map_err(|error| unreadable(error.to_string()))?;
        let pdf = load(bytes).ok_or_else(|| unreadable("not understood".to_owned()))?;
        read(&pdf, 0, page, number)
    }
}

/// The interpreter is another's code on a stranger's file: should it panic, this is a page without text, not the end.
fn load(bytes: Vec<u8>) -> Option<Pdf> {
    catch_unwind(|| Pdf::new(crate::legacy::with_chinese_fonts(bytes)).ok()).ok().flatten()
}

/// How [`Reader`] leaves the interpreter.
struct Stop;

fn read(pdf: &Pdf, index: usize, page: &Page, number: usize) -> Result<PageText, TextError> {
    let unreadable = |reason: &str| TextError::Unreadable { page: number, reason: reason.to_owned() };
    let own = pdf.pages().get(index).ok_or_else(|| unreadable("no such page"))?;
    let to_mm = displayed(page);
    let area = Rect::new(0.0, 0.0, page.width_mm(), page.height_mm());
    let mut reader = Reader::new(area);
    let done = catch_unwind(AssertUnwindSafe(|| {
        let cache = InterpreterCache::new();
        let settings = InterpreterSettings { warning_sink: Arc::new(|_| {}), ..InterpreterSettings::default() };
        let mut context = Context::new(to_mm, area, &cache, own.xref(), settings);
        interpret_page(own, &mut context, &mut reader);
    }));
    match done {
        Ok(()) => Ok(reader.text),
        Err(cause) if cause.is::<Stop>() => {
            let (what, found, limit) = if reader.text.chars.len() >= MAX_CHARS {
                ("characters of one page", u64::MAX, u64::try_from(MAX_CHARS).unwrap_or(u64::MAX))
            } else {
                ("drawing operations of one page", reader.operations, MAX_OPERATIONS)
            };
            Err(TextError::TooLarge { what, found: found.min(limit.saturating_add(1)), limit })
        }
        Err(_) => Err(unreadable("not understood")),
    }
}

/// User space → mm from the lower left of the displayed page.
fn displayed(page: &Page) -> Affine {
    let unit = page.mm_per_unit();
    let [x0, y0, x1, y1] = page.visible;
    let turned = match page.rotate {
        90 => Affine::new([0.0, -1.0, 1.0, 0.0, -y0, x1]),
        180 => Affine::new([-1.0, 0.0, 0.0, -1.0, x1, y1]),
        270 => Affine::new([0.0, 1.0, -1.0, 0.0, y1, -x0]),
        _ => Affine::new([1.0, 0.0, 0.0, 1.0, -x0, -y0]),
    };
    Affine::scale(unit) * turned
}

/// Collects characters.
struct Reader {
    text: PageText,
    run: usize,
    operations: u64,
    /// What is left visible by clips, innermost last.
    clips: Vec<Rect>,
    /// Groups that are drawn; false for one that is fully transparent.
    groups: Vec<bool>,
    marked: Marked,
    /// What text stands on.
    ground: Ground,
}

impl Reader {
    fn new(area: Rect) -> Self {
        Self {
            text: PageText::default(),
            run: 0,
            operations: 0,
            clips: vec![area],
            groups: Vec::new(),
            marked: Marked::default(),
            ground: Ground::default(),
        }
    }

    /// Counts an operation.
    fn count(&mut self) {
        self.count_many(1);
    }

    /// Counts operations; unwinds out of the interpreter when there are too many.
    fn count_many(&mut self, operations: u64) {
        self.operations = self.operations.saturating_add(operations);
        if self.operations > MAX_OPERATIONS || self.text.chars.len() >= MAX_CHARS {
            resume_unwind(Box::new(Stop));
        }
    }

    fn push_clip(&mut self, bounds: Rect) {
        let visible = self.clips.last().map_or(bounds, |outer| outer.intersect(bounds));
        self.clips.push(visible);
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, to_page: Affine, vertical: bool, ink: Ink) {
        let width = match glyph {
            Glyph::Outline(outline) => outline.advance_width(),
            Glyph::Type3(type3) => type3.advance_width(),
        };
        let width = width.map_or(0.0, f64::from);
        let width = if vertical || width <= 0.0 { UNITS } else { width };
        let text = match glyph.as_unicode() {
            Some(text) => text,
            // Its place counts: what stands there is said by the text around it.
            None if self.marked.is_replaced() => BfString::Char(char::REPLACEMENT_CHARACTER),
            None => {
                self.text.unmapped = self.text.unmapped.saturating_add(1);
                return;
            }
        };
        let corner = |x: f64, y: f64| to_page * Point::new(x, y);
        let origin = corner(0.0, 0.0);
        let (along, up) = (corner(width, 0.0) - origin, corner(0.0, UNITS) - origin);
        let quad = Rect::from_points(corner(0.0, -DESCENT * UNITS), corner(width, ASCENT * UNITS))
            .union(Rect::from_points(corner(width, -DESCENT * UNITS), corner(0.0, ASCENT * UNITS)));
        let reading: Vec2 = if vertical { -up } else { along };
        let values = [quad.x0, quad.y0, quad.x1, quad.y1, origin.x, origin.y, reading.x, reading.y];
        if !values.iter().all(|value| value.is_finite()) {
            return;
        }
        let visible = self.clips.last().is_some_and(|clip| clip.area() > 0.0 && clip.contains(quad.center()));
        let found = PositionedChar {
            text: ' ',
            bounds: BoxMm { left: quad.x0, bottom: quad.y0, right: quad.x1, top: quad.y1 },
            origin: (origin.x, origin.y),
            advance_mm: reading.hypot(),
            size_mm: up.hypot(),
            direction: reading.atan2().to_degrees(),
            hidden: ink.is_lost_on(&self.ground, quad.center()) || !visible,
            run: self.run,
        };
        match text {
            BfString::Char(text) => self.text.chars.push(PositionedChar { text, ..found }),
            BfString::String(text) => {
                self.text.chars.extend(text.chars().take(16).map(|text| PositionedChar { text, ..found }));
            }
        }
    }
}

impl<'a> Device<'a> for Reader {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.count();
        if matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..)) && props.soft_mask.is_none() {
            let clip = self.clips.last().copied().unwrap_or(Rect::ZERO);
            self.ground.fill(path, props.transform, clip, color_of(&props.paint));
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.count_many(FORM);
        self.push_clip(clip.path.bounding_box());
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        self.count();
        self.push_clip(*rect);
    }

    fn push_transparency_group(&mut self, opacity: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.count();
        let outer = self.groups.last().copied().unwrap_or(true);
        self.groups.push(outer && opacity > 0.01);
    }

    fn draw_glyph_run(&mut self, glyphs: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let vertical = glyphs.writing_mode() == WritingMode::Vertical;
        // Layers of recognised text are drawn invisibly, or fully transparent.
        let in_clear_group = !self.groups.last().copied().unwrap_or(true);
        let ink = match color_of(&props.paint) {
            _ if in_clear_group || matches!(mode, DrawMode::Invisible) => Ink::None,
            Some([.., alpha]) if alpha < CLEAR => Ink::None,
            Some([red, green, blue, _]) => Ink::Color([red, green, blue]),
            None => Ink::Unknown,
        };
        // Filled and stroked text comes twice; the search takes twins for one.
        for glyph in glyphs.glyphs() {
            self.count();
            self.glyph(glyph, props.transform * glyph.transform(), vertical, ink);
        }
        self.run = self.run.saturating_add(1);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count();
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let clip = self.clips.last().copied().unwrap_or(Rect::ZERO);
        // What it shows is not looked at: scanned pages are as white as paper.
        let area = Rect::new(0.0, 0.0, width, height).to_path(0.1);
        self.ground.fill(&area, props.transform, clip, Some(ground::PAPER));
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&hayro_syntax::object::Dict<'_>>) {
        self.count();
        self.marked.begin(properties, self.text.chars.len());
    }

    fn end_marked_content(&mut self) {
        self.marked.end(&mut self.text.chars);
    }
}

/// What text is drawn with.
#[derive(Clone, Copy)]
enum Ink {
    /// Nothing: invisible mode, or fully transparent.
    None,
    Color([u8; 3]),
    /// A pattern.
    Unknown,
}

impl Ink {
    /// True if nobody sees it at `place`.
    fn is_lost_on(self, ground: &Ground, place: Point) -> bool {
        match self {
            Self::None => true,
            Self::Color(color) => ground.hides(color, place),
            Self::Unknown => false,
        }
    }
}

/// Red, green, blue and opacity; nothing of patterns.
fn color_of(paint: &Paint<'_>) -> Option<[u8; 4]> {
    match paint {
        Paint::Color(color) => Some(color.to_rgba().to_rgba8()),
        Paint::Pattern(_) => None,
    }
}
