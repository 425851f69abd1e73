//! Setting text and pictures down a page (版面): A4, new pages as needed, numbers at the foot.

use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Rect, Size, Transform},
    image::Image,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
    text::{GlyphId, KrillaGlyph},
};

use super::{
    font::{Face, Letter},
    line::{lines, width},
};
use crate::ReportError;

pub(super) type Colour = [u8; 3];
pub(super) const BLACK: Colour = [0x1C, 0x24, 0x30];
pub(super) const GREY: Colour = [0x56, 0x64, 0x76];
pub(super) const WHITE: Colour = [0xFF; 3];

/// A4, points.
const PAGE: (f32, f32) = (595.28, 841.89);
pub(super) const LEFT: f32 = 48.0;
pub(super) const RIGHT: f32 = PAGE.0 - 48.0;
const TOP: f32 = 52.0;
const BOTTOM: f32 = PAGE.1 - 56.0;
/// Part of a line above the baseline.
const ASCENT: f32 = 0.88;
/// Distance of baselines, in type sizes.
const LEADING: f32 = 1.5;

/// What is drawn on a page.
enum Mark {
    Text { x: f32, baseline: f32, size: f32, colour: Colour, bold: bool, letters: Vec<Letter> },
    Box { x: f32, y: f32, width: f32, height: f32, colour: Colour },
    Picture { x: f32, y: f32, width: f32, height: f32, image: Image },
}

/// How a text is set.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) colour: Colour,
    pub(super) bold: bool,
}

/// Pages in the making.
pub(super) struct Flow {
    regular: Face,
    bold: Face,
    pages: Vec<Vec<Mark>>,
    /// Where the next line begins, from the top.
    pub(super) y: f32,
}

impl Flow {
    pub(super) fn new() -> Result<Self, ReportError> {
        Ok(Self {
            regular: Face::open(eseal_fonts::SANS_REGULAR)?,
            bold: Face::open(eseal_fonts::SERIF_BOLD)?,
            pages: vec![Vec::new()],
            y: TOP,
        })
    }

    /// Leaves room.
    pub(super) fn skip(&mut self, points: f32) {
        self.y += points;
    }

    /// Begins a new page unless so much room is left.
    pub(super) fn need(&mut self, points: f32) {
        if self.y + points > BOTTOM {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    /// Number of the current page, from 0.
    pub(super) fn page(&self) -> usize {
        self.pages.len().saturating_sub(1)
    }

    /// Sets a text between two edges from `self.y` on, over pages if need be.
    pub(super) fn text(&mut self, text: &str, style: Style, x: f32, right: f32) {
        let letters = self.letters(text, style);
        for line in lines(&letters, (right - x) / style.size) {
            self.need(style.size * LEADING);
            self.line(line.to_vec(), style, x);
            self.y += style.size * LEADING;
        }
    }

    /// Height that [`Self::text`] will take.
    pub(super) fn height(&self, text: &str, style: Style, x: f32, right: f32) -> f32 {
        let letters = self.letters(text, style);
        lines(&letters, (right - x) / style.size).iter().map(|_| style.size * LEADING).sum()
    }

    /// One line in the middle of a place, which does not move what follows.
    pub(super) fn centred(&mut self, text: &str, style: Style, middle: f32, y: f32) {
        let letters = self.letters(text, style);
        let (x, before) = (middle - width(&letters) * style.size / 2.0, self.y);
        self.y = y;
        self.line(letters, style, x);
        self.y = before;
    }

    /// A filled box on the current page.
    pub(super) fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        self.mark(Mark::Box { x, y, width, height, colour });
    }

    /// A picture scaled to fit, up or down, on the current page; the width and height it takes.
    pub(super) fn picture(&mut self, png: &[u8], x: f32, y: f32, most: (f32, f32)) -> Option<(f32, f32)> {
        let image = Image::from_png(png.to_vec().into(), true).ok()?;
        let (wide, high) = image.size();
        let (wide, high) = (f32::from(u16::try_from(wide).ok()?), f32::from(u16::try_from(high).ok()?));
        let scale = (most.0 / wide).min(most.1 / high);
        let (width, height) = (wide * scale, high * scale);
        self.mark(Mark::Picture { x, y, width, height, image });
        Some((width, height))
    }

    fn letters(&self, text: &str, style: Style) -> Vec<Letter> {
        if style.bold { self.bold.letters(text) } else { self.regular.letters(text) }
    }

    fn line(&mut self, letters: Vec<Letter>, style: Style, x: f32) {
        let Style { size, colour, bold } = style;
        let baseline = self.y + size * (LEADING - 1.0) / 2.0 + size * ASCENT;
        self.mark(Mark::Text { x, baseline, size, colour, bold, letters });
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Draws all pages, with `foot` and the page number at the foot of each.
    pub(super) fn draw(mut self, document: &mut Document, foot: &str) -> Result<(), ReportError> {
        let pages = std::mem::take(&mut self.pages);
        let count = pages.len();
        let style = Style { size: 8.0, colour: GREY, bold: false };
        for (index, marks) in pages.into_iter().enumerate() {
            let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| ReportError::Write("a page".into()))?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            marks.into_iter().for_each(|mark| self.put(&mut surface, mark));
            let number = format!("{} / {count}", index.saturating_add(1));
            for (text, is_right) in [(foot, false), (number.as_str(), true)] {
                let letters = self.letters(text, style);
                let x = if is_right { RIGHT - width(&letters) * style.size } else { LEFT };
                let Style { size, colour, bold } = style;
                self.put(&mut surface, Mark::Text { x, baseline: PAGE.1 - 30.0, size, colour, bold, letters });
            }
            surface.finish();
            page.finish();
        }
        Ok(())
    }

    fn put(&self, surface: &mut Surface<'_>, mark: Mark) {
        match mark {
            Mark::Text { x, baseline, size, colour, bold, letters } => {
                surface.set_fill(Some(paint(colour)));
                let mut text = String::new();
                let glyphs: Vec<KrillaGlyph> = letters
                    .iter()
                    .map(|letter| {
                        let start = text.len();
                        text.push(letter.character);
                        KrillaGlyph {
                            glyph_id: GlyphId::new(letter.glyph),
                            text_range: start..text.len(),
                            x_advance: letter.advance,
                            x_offset: 0.0,
                            y_offset: 0.0,
                            y_advance: 0.0,
                            location: None,
                        }
                    })
                    .collect();
                let face = if bold { &self.bold } else { &self.regular };
                surface.draw_glyphs(Point::from_xy(x, baseline), &glyphs, face.font.clone(), &text, size, false);
            }
            Mark::Box { x, y, width, height, colour } => {
                surface.set_fill(Some(paint(colour)));
                let mut path = PathBuilder::new();
                if let Some(area) = Rect::from_xywh(x, y, width, height) {
                    path.push_rect(area);
                }
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
            Mark::Picture { x, y, width, height, image } => {
                if let Some(size) = Size::from_wh(width, height) {
                    surface.push_transform(&Transform::from_translate(x, y));
                    surface.draw_image(image, size);
                    surface.pop();
                }
            }
        }
    }
}

fn paint([red, green, blue]: Colour) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}
