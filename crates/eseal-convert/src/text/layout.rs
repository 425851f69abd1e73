//! Lines and pages (排版): A4, 五号 type, the margins that word processors begin with.

use super::line_break::may_break;
use crate::{
    ConvertError, Limits, WarningKind,
    font::Face,
    page::{Content, Letter, Line, Page},
    warning::Warnings,
};

/// A4.
const PAGE_WIDTH_MM: f32 = 210.0;
const PAGE_HEIGHT_MM: f32 = 297.0;
const MARGIN_LEFT_MM: f32 = 31.8;
const MARGIN_TOP_MM: f32 = 25.4;
const LINE_WIDTH_MM: f32 = PAGE_WIDTH_MM - 2.0 * MARGIN_LEFT_MM;
/// 五号: 10.5 points.
const SIZE_MM: f32 = 10.5 * 25.4 / 72.0;
/// One and a half.
const LINE_HEIGHT_MM: f32 = SIZE_MM * 1.5;
const LINES_A_PAGE: usize = 44;
/// Distance of tab stops: eight half-width characters, as terminals have it.
const TAB_MM: f32 = SIZE_MM * 4.0;
/// A form feed: what follows begins a new page.
const NEW_PAGE: char = '\u{C}';

/// Puts a text on pages; an empty one has one page.
pub(super) fn pages(text: &str, limits: &Limits, warnings: &mut Warnings) -> Result<Vec<Page>, ConvertError> {
    let mut sheets = Sheets::new(limits)?;
    let mut paragraph = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => sheets.paragraph(&mut paragraph)?,
            NEW_PAGE => {
                if !paragraph.is_empty() {
                    sheets.paragraph(&mut paragraph)?;
                }
                sheets.turn()?;
            }
            '\u{FEFF}' => {}
            '\u{FFFE}' | '\u{FFFF}' => warnings.add(WarningKind::FeatureDropped, "a code that is no character"),
            other if other.is_control() && other != '\t' => {
                warnings.add(WarningKind::FeatureDropped, "a control character");
            }
            other => paragraph.push(sheets.letter(other, warnings)),
        }
    }
    if !paragraph.is_empty() {
        sheets.paragraph(&mut paragraph)?;
    }
    Ok(sheets.finish())
}

pub(super) struct Sheets {
    face: Face,
    pages: Vec<Vec<Line>>,
    /// Lines of the last page, empty ones too.
    line: usize,
    most: usize,
}

impl Sheets {
    pub(super) fn new(limits: &Limits) -> Result<Self, ConvertError> {
        Ok(Self { face: Face::open()?, pages: vec![Vec::new()], line: 0, most: limits.pages })
    }

    pub(super) const fn line_width_mm(&self) -> f32 {
        LINE_WIDTH_MM
    }

    pub(super) const fn size_mm(&self) -> f32 {
        SIZE_MM
    }

    /// The letters of a cell; what breaks lines is a blank there.
    pub(super) fn letters(&self, text: &str, warnings: &mut Warnings) -> Vec<Letter> {
        let shown = text.chars().map(|character| if character.is_control() { ' ' } else { character });
        shown.map(|character| self.letter(character, warnings)).collect()
    }

    pub(super) fn blank(&self) -> Letter {
        self.letter(' ', &mut Warnings::default())
    }

    fn letter(&self, character: char, warnings: &mut Warnings) -> Letter {
        let shown = if character == '\t' { ' ' } else { character };
        let glyph = self.face.glyph(shown);
        if glyph.is_missing {
            warnings.missing(character);
        }
        Letter { character, glyph: glyph.id, advance_mm: glyph.advance * SIZE_MM }
    }

    /// Breaks a paragraph into lines.
    fn paragraph(&mut self, letters: &mut Vec<Letter>) -> Result<(), ConvertError> {
        widen_tabs(letters);
        let mut rest = letters.as_slice();
        loop {
            let (line, later) = rest.split_at(line_end(rest));
            self.put(line)?;
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        letters.clear();
        Ok(())
    }

    pub(super) fn put(&mut self, letters: &[Letter]) -> Result<(), ConvertError> {
        if self.line >= LINES_A_PAGE {
            self.turn()?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a line number below 44")]
        let top_mm = MARGIN_TOP_MM + self.line as f32 * LINE_HEIGHT_MM;
        self.line += 1;
        let is_blank = |letter: &Letter| letter.character.is_whitespace();
        let Some(first) = letters.iter().position(|letter| !is_blank(letter)) else { return Ok(()) };
        let last = letters.iter().rposition(|letter| !is_blank(letter)).unwrap_or(first);
        let (indent, rest) = letters.split_at(first);
        let line = Line {
            left_mm: MARGIN_LEFT_MM + width(indent),
            baseline_mm: top_mm + (LINE_HEIGHT_MM - SIZE_MM) / 2.0 + SIZE_MM * crate::font::ASCENT,
            size_mm: SIZE_MM,
            letters: rest.get(..=last - first).unwrap_or(rest).to_vec(),
        };
        if let Some(page) = self.pages.last_mut() {
            page.push(line);
        }
        Ok(())
    }

    fn turn(&mut self) -> Result<(), ConvertError> {
        if self.pages.len() >= self.most {
            return Err(ConvertError::TooLarge { what: "pages", limit: u64::try_from(self.most).unwrap_or(u64::MAX) });
        }
        self.pages.push(Vec::new());
        self.line = 0;
        Ok(())
    }

    pub(super) fn finish(self) -> Vec<Page> {
        let page = |lines| Page { width_mm: PAGE_WIDTH_MM, height_mm: PAGE_HEIGHT_MM, content: Content::Lines(lines) };
        self.pages.into_iter().map(page).collect()
    }
}

fn width(letters: &[Letter]) -> f32 {
    letters.iter().map(|letter| letter.advance_mm).sum()
}

/// Makes a blank of each tab that reaches to the next stop.
fn widen_tabs(letters: &mut [Letter]) {
    let mut x_mm = 0.0;
    for letter in letters {
        if letter.character == '\t' {
            letter.character = ' ';
            letter.advance_mm = TAB_MM - x_mm % TAB_MM;
        }
        x_mm += letter.advance_mm;
    }
}

/// How many of the letters go on the line; blanks may hang over its end.
fn line_end(letters: &[Letter]) -> usize {
    let mut x_mm = 0.0;
    let mut last_break = None;
    let mut before = None;
    for (index, letter) in letters.iter().enumerate() {
        if before.is_some_and(|before| may_break(before, letter.character)) {
            last_break = Some(index);
        }
        x_mm += letter.advance_mm;
        if x_mm > LINE_WIDTH_MM && letter.character != ' ' && index > 0 {
            return last_break.unwrap_or(index);
        }
        before = Some(letter.character);
    }
    letters.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Vec<String>> {
        let pages = pages(text, &Limits::default(), &mut Warnings::default()).unwrap();
        let text = |line: &Line| line.letters.iter().map(|letter| letter.character).collect();
        pages
            .iter()
            .map(|page| match &page.content {
                Content::Lines(lines) => lines.iter().map(text).collect(),
                Content::Picture(..) | Content::Shapes(_) => vec![],
            })
            .collect()
    }

    #[test]
    fn a_long_paragraph_breaks_before_the_margin_and_not_before_a_full_stop() {
        let text = format!("{}。后文", "字".repeat(39));
        assert_eq!(lines(&text), [["字".repeat(38), "字。后文".into()]]);
    }

    #[test]
    fn words_stay_whole_unless_they_are_longer_than_the_line() {
        let broken = lines(&format!("{} word", "字".repeat(38)));
        assert_eq!(broken, [["字".repeat(38), "word".into()]]);
        let broken = lines(&"x".repeat(200));
        assert_eq!(broken[0].concat(), "x".repeat(200));
        assert!(broken[0].len() > 1);
    }

    #[test]
    fn pages_turn_after_the_last_line_and_at_form_feeds() {
        assert_eq!(lines(&"行\n".repeat(45)).iter().map(Vec::len).collect::<Vec<_>>(), [44, 1]);
        assert_eq!(lines("一\u{C}二\r\n三\r四"), [vec!["一"], vec!["二", "三", "四"]]);
        assert_eq!(lines(""), [[""; 0]]);
        assert_eq!(lines("\n\n"), [[""; 0]]);
    }

    #[test]
    fn tabs_and_blanks_move_what_follows() {
        let pages = pages("\t甲\n  乙\tA", &Limits::default(), &mut Warnings::default()).unwrap();
        let Content::Lines(lines) = &pages[0].content else { panic!("text") };
        assert!((lines[0].left_mm - MARGIN_LEFT_MM - TAB_MM).abs() < 0.001);
        let before: f32 = lines[1].left_mm + width(&lines[1].letters[..2]);
        assert!((before - MARGIN_LEFT_MM - TAB_MM).abs() < 0.001, "{before}");
    }

    #[test]
    fn too_many_pages_are_refused() {
        let limits = Limits { pages: 2, ..Limits::default() };
        let result = pages(&"\u{C}".repeat(2), &limits, &mut Warnings::default());
        assert!(matches!(result, Err(ConvertError::TooLarge { what: "pages", limit: 2 })));
    }
}
