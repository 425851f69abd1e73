//! Characters of OFD pages (OFD 页面文字), GB/T 33190 §11: TextObject with Boundary, CTM, TextCode and its offsets.

use eseal_ofd::{BoxMm, Ofd, PartId, xml};
use roxmltree::Node;

use crate::{MAX_CHARS, PageText, PositionedChar, TextError};

/// Height over the baseline that a character takes up, in type sizes: that of common Chinese fonts.
const ASCENT: f64 = 0.86;
/// Depth under the baseline.
const DESCENT: f64 = 0.14;
/// Longest step that is taken for the direction of the text, in type sizes.
const LONGEST_STEP: f64 = 4.0;
/// Most levels of page blocks that are looked through for a pattern's cell.
const ANCESTORS: usize = 64;

/// Characters of page `number` (from 1) of the first document, templates included.
///
/// # Errors
/// See [`TextError`].
pub fn page_chars(ofd: &Ofd, number: usize) -> Result<PageText, TextError> {
    let unreadable = |reason: String| TextError::Unreadable { page: number, reason };
    let no_such_page = || TextError::NoSuchPage { page: number };
    let page = number.checked_sub(1).and_then(|index| ofd.pages().get(index)).ok_or_else(no_such_page)?;
    let part = page.part.ok_or_else(|| unreadable(format!("{} is missing", page.location)))?;
    let size = ofd.page_size(number).map_err(|error| unreadable(error.to_string()))?;
    let mut reader = Reader { width: size.width, height: size.height, text: PageText::default(), run: 0 };
    let source = ofd.package().text(part).map_err(|error| unreadable(error.to_string()))?;
    let tree = xml::parse(&source).map_err(unreadable)?;
    let root = tree.root_element();
    for part in templates(ofd, root) {
        // A template that cannot be read has no text to be found; that it is damaged is not for the search to say.
        let Ok(source) = ofd.package().text(part) else { continue };
        let Ok(tree) = xml::parse(&source) else { continue };
        reader.read(tree.root_element())?;
    }
    reader.read(root)?;
    Ok(reader.text)
}

fn templates(ofd: &Ofd, page: Node<'_, '_>) -> Vec<PartId> {
    let Some(document) = ofd.documents().first() else { return Vec::new() };
    let ids = xml::children(page, "Template").filter_map(|node| xml::attribute(node, "TemplateID"));
    ids.filter_map(|id| document.template(id)).collect()
}

struct Reader {
    width: f64,
    height: f64,
    text: PageText,
    run: usize,
}

/// An affine map `(a b c d e f)` as OFD writes it.
#[derive(Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    fn of(node: Node<'_, '_>) -> Self {
        let numbers = xml::attribute(node, "CTM").and_then(xml::numbers);
        Self(numbers.and_then(|numbers| numbers.try_into().ok()).unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]))
    }

    fn apply(self, (x, y): (f64, f64)) -> (f64, f64) {
        let Self([a, b, c, d, e, f]) = self;
        (a * x + c * y + e, b * x + d * y + f)
    }
}

/// One TextObject, read.
struct TextObject {
    boundary: [f64; 4],
    matrix: Matrix,
    size: f64,
    h_scale: f64,
    /// Degrees clockwise in which characters follow.
    read_direction: f64,
    /// Degrees clockwise by which each character is turned.
    char_direction: f64,
    hidden: bool,
}

impl Reader {
    fn read(&mut self, root: Node<'_, '_>) -> Result<(), TextError> {
        let Some(content) = xml::child(root, "Content") else { return Ok(()) };
        for node in xml::descendants(content).filter(|node| node.tag_name().name() == "TextObject") {
            let in_cell = node.ancestors().take(ANCESTORS).any(|above| above.tag_name().name() == "CellContent");
            if let Some(object) = TextObject::read(node).filter(|_| !in_cell) {
                self.run = self.run.saturating_add(1);
                self.codes(node, &object)?;
            }
        }
        Ok(())
    }

    fn codes(&mut self, node: Node<'_, '_>, object: &TextObject) -> Result<(), TextError> {
        let (mut x, mut y) = (0.0, 0.0);
        for code in xml::children(node, "TextCode") {
            // Where X or Y is absent, that of the TextCode before counts.
            x = number(code, "X").unwrap_or(x);
            y = number(code, "Y").unwrap_or(y);
            let content: String = code.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
            let chars: Vec<char> = content.trim_matches(['\n', '\r', '\t']).chars().collect();
            let found = self.text.chars.len().saturating_add(chars.len());
            if found > MAX_CHARS {
                let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
                return Err(TextError::TooLarge {
                    what: "characters of a page",
                    found: number(found),
                    limit: number(MAX_CHARS),
                });
            }
            let steps = object.steps(code, &chars);
            let mut at = (x, y);
            let mut forward = object.read_step();
            for (text, step) in chars.iter().zip(steps) {
                // A long step is the way back to the next line; the direction stays that of the steps before.
                let length = step.0.hypot(step.1);
                if length > 0.0 && length <= LONGEST_STEP * object.size {
                    forward = step;
                }
                let positioned = self.place(object, *text, at, forward);
                self.text.chars.push(positioned);
                at = (at.0 + step.0, at.1 + step.1);
            }
        }
        Ok(())
    }

    /// From object space to the displayed page, y upwards.
    fn on_page(&self, object: &TextObject, point: (f64, f64)) -> (f64, f64) {
        let (x, y) = object.matrix.apply(point);
        let [left, top, ..] = object.boundary;
        (left + x, self.height - (top + y))
    }

    fn place(&self, object: &TextObject, text: char, at: (f64, f64), step: (f64, f64)) -> PositionedChar {
        let size = object.size;
        let width = size * em_width(text) * object.h_scale;
        let (sin, cos) = object.char_direction.to_radians().sin_cos();
        let corner = |x: f64, y: f64| self.on_page(object, (at.0 + x * cos - y * sin, at.1 + x * sin + y * cos));
        let (upper, lower) = (-ASCENT * size, DESCENT * size);
        let corners = [corner(0.0, upper), corner(width, upper), corner(0.0, lower), corner(width, lower)];
        let bounds = around(&corners);
        let origin = self.on_page(object, at);
        let next = self.on_page(object, (at.0 + step.0, at.1 + step.1));
        let (dx, dy) = (next.0 - origin.0, next.1 - origin.1);
        let direction = if dx == 0.0 && dy == 0.0 { 0.0 } else { dy.atan2(dx).to_degrees() };
        let over = self.on_page(object, (at.0, at.1 - size));
        PositionedChar {
            text,
            bounds,
            origin,
            advance_mm: dx.hypot(dy),
            size_mm: (over.0 - origin.0).hypot(over.1 - origin.1),
            direction,
            hidden: object.hidden || self.is_outside(object, bounds),
            run: self.run,
        }
    }

    /// True if nothing of it lies within its object's boundary, which clips, or on the page.
    fn is_outside(&self, object: &TextObject, bounds: BoxMm) -> bool {
        let [left, top, width, height] = object.boundary;
        let (bottom, top) = (self.height - (top + height), self.height - top);
        let off = |box_left: f64, box_bottom: f64, box_right: f64, box_top: f64| {
            bounds.right < box_left || bounds.left > box_right || bounds.top < box_bottom || bounds.bottom > box_top
        };
        off(left, bottom, left + width, top) || off(0.0, 0.0, self.width, self.height)
    }
}

impl TextObject {
    /// None if it cannot be drawn: no boundary, no size.
    fn read(node: Node<'_, '_>) -> Option<Self> {
        let boundary: [f64; 4] = xml::numbers(xml::attribute(node, "Boundary")?)?.try_into().ok()?;
        let size = number(node, "Size").filter(|size| *size > 0.0)?;
        Some(Self {
            boundary,
            matrix: Matrix::of(node),
            size,
            h_scale: number(node, "HScale").filter(|scale| *scale > 0.0).unwrap_or(1.0),
            read_direction: number(node, "ReadDirection").unwrap_or(0.0),
            char_direction: number(node, "CharDirection").unwrap_or(0.0),
            hidden: is_hidden(node),
        })
    }

    /// One type size in reading direction.
    fn read_step(&self) -> (f64, f64) {
        let (sin, cos) = self.read_direction.to_radians().sin_cos();
        (self.size * cos, self.size * sin)
    }

    /// Step from each character to the next, in object space.  Absent offsets are none; too few are continued with the
    /// last; without any the type's usual widths count.
    fn steps(&self, code: Node<'_, '_>, chars: &[char]) -> Vec<(f64, f64)> {
        let (dx, dy) = (offsets(code, "DeltaX", chars.len()), offsets(code, "DeltaY", chars.len()));
        let (sin, cos) = self.read_direction.to_radians().sin_cos();
        let usual = |text: char| {
            let width = self.size * if sin.abs() > 0.5 { 1.0 } else { em_width(text) * self.h_scale };
            (width * cos, width * sin)
        };
        if dx.is_empty() && dy.is_empty() {
            return chars.iter().map(|text| usual(*text)).collect();
        }
        let at = |offsets: &[f64], index: usize| offsets.get(index).or(offsets.last()).copied().unwrap_or(0.0);
        chars.iter().enumerate().map(|(index, _)| (at(&dx, index), at(&dy, index))).collect()
    }
}

fn number(node: Node<'_, '_>, name: &str) -> Option<f64> {
    match xml::numbers(xml::attribute(node, name)?)?.as_slice() {
        [number] => Some(*number),
        _ => None,
    }
}

/// Offsets of `DeltaX` or `DeltaY`; `g n v` stands for n times v.
fn offsets(code: Node<'_, '_>, name: &str, most: usize) -> Vec<f64> {
    let mut found = Vec::new();
    let mut words = xml::attribute(code, name).unwrap_or_default().split_whitespace();
    while let Some(word) = words.next() {
        if found.len() >= most {
            break;
        }
        let (count, value) = if word == "g" {
            (words.next().and_then(|count| count.parse().ok()).unwrap_or(0), words.next().unwrap_or_default())
        } else {
            (1, word)
        };
        let Some(value) = value.parse().ok().filter(|value: &f64| value.is_finite()) else { break };
        found.extend(std::iter::repeat_n(value, most.min(count)));
    }
    found.truncate(most);
    found
}

/// Invisible, without paint, transparent or white.
fn is_hidden(node: Node<'_, '_>) -> bool {
    let is = |name: &str, value: &str| xml::attribute(node, name).is_some_and(|found| found.trim() == value);
    let no_fill = is("Fill", "false");
    let stroked = is("Stroke", "true");
    let color = xml::child(node, "FillColor");
    let white = color.and_then(|color| xml::attribute(color, "Value")).and_then(xml::numbers);
    let white = white.is_some_and(|parts| parts.len() == 3 && parts.iter().all(|part| *part >= 250.0));
    let clear = color.and_then(|color| xml::attribute(color, "Alpha")).is_some_and(|alpha| alpha.trim() == "0");
    is("Visible", "false") || is("Alpha", "0") || !stroked && (no_fill || white || clear)
}

/// Usual width of a character in type sizes.
fn em_width(text: char) -> f64 {
    match u32::from(text) {
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F => 1.0,
        0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x20000..=0x3FFFF | 0x2014..=0x2026 => 1.0,
        _ => 0.5,
    }
}

fn around(corners: &[(f64, f64)]) -> BoxMm {
    let start = BoxMm { left: f64::INFINITY, bottom: f64::INFINITY, right: f64::NEG_INFINITY, top: f64::NEG_INFINITY };
    corners.iter().fold(start, |found, (x, y)| BoxMm {
        left: found.left.min(*x),
        bottom: found.bottom.min(*y),
        right: found.right.max(*x),
        top: found.top.max(*y),
    })
}
