//! One TextObject (文字对象), GB/T 33190 §11: Boundary, CTM, TextCode and its offsets, as glyphs in the space it stands in.

use eseal_ofd::xml;
use roxmltree::Node;

use super::space::{Drawn, Ink, Matrix, Region};

/// Height over the baseline that a character takes up, in type sizes: that of common Chinese fonts.
const ASCENT: f64 = 0.86;
/// Depth under the baseline.
const DESCENT: f64 = 0.14;
/// Longest step that is taken for the direction of the text, in type sizes.
const LONGEST_STEP: f64 = 4.0;
/// Most clips of one object, and areas of one clip, that each character is held against.
const MOST_CLIPS: usize = 16;
/// One TextObject, read.
pub(super) struct TextObject {
    boundary: [f64; 4],
    matrix: Matrix,
    size: f64,
    h_scale: f64,
    /// Degrees clockwise in which characters follow.
    read_direction: f64,
    /// Degrees clockwise by which each character is turned.
    char_direction: f64,
    ink: Ink,
    /// Areas of each clip in the space around the object, as far as boxes tell.
    clips: Vec<Vec<Region>>,
}

impl TextObject {
    /// None if it is not drawn: no boundary, no size.
    pub(super) fn read(node: Node<'_, '_>) -> Option<Self> {
        let boundary: [f64; 4] = xml::numbers(xml::attribute(node, "Boundary")?)?.try_into().ok()?;
        let [left, top, ..] = boundary;
        let size = number(node, "Size").filter(|size| *size > 0.0)?;
        Some(Self {
            boundary,
            matrix: Matrix::of(node),
            size,
            h_scale: number(node, "HScale").filter(|scale| *scale > 0.0).unwrap_or(1.0),
            read_direction: number(node, "ReadDirection").unwrap_or(0.0),
            char_direction: number(node, "CharDirection").unwrap_or(0.0),
            ink: ink(node),
            clips: clips(node, Matrix::shift((left, top))),
        })
    }

    /// Its characters; at most `most` of them, which is one more than a page may have.
    pub(super) fn glyphs(&self, node: Node<'_, '_>, most: usize) -> Vec<Drawn> {
        let (mut x, mut y) = (0.0, 0.0);
        let mut found = Vec::new();
        for code in xml::children(node, "TextCode") {
            // Where X or Y is absent, that of the TextCode before counts.
            x = number(code, "X").unwrap_or(x);
            y = number(code, "Y").unwrap_or(y);
            let content: String = code.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
            let chars: Vec<char> = content.trim_matches(['\n', '\r', '\t']).chars().take(most).collect();
            let mut at = (x, y);
            let mut forward = self.read_step();
            for (text, step) in chars.iter().zip(self.steps(code, &chars)) {
                // A long step is the way back to the next line; the direction stays that of the steps before.
                let length = step.0.hypot(step.1);
                if length > 0.0 && length <= LONGEST_STEP * self.size {
                    forward = step;
                }
                found.push(self.glyph(*text, at, forward, step));
                at = (at.0 + step.0, at.1 + step.1);
            }
            if found.len() >= most {
                break;
            }
        }
        found
    }

    fn glyph(&self, text: char, at: (f64, f64), forward: (f64, f64), step: (f64, f64)) -> Drawn {
        let size = self.size;
        let usual = size * em_width(text) * self.h_scale;
        // Letters are as wide as the step to the next says, whatever the font.
        let fits = em_width(text) < 1.0 && step.1 == 0.0 && step.0 > 0.0 && step.0 <= size * self.h_scale;
        let width = if fits && self.char_direction == 0.0 { step.0 } else { usual };
        let (sin, cos) = self.char_direction.to_radians().sin_cos();
        let place = |point| self.place(point);
        let corner = |x: f64, y: f64| place((at.0 + x * cos - y * sin, at.1 + x * sin + y * cos));
        let (upper, lower) = (-ASCENT * size, DESCENT * size);
        let corners = [corner(0.0, upper), corner(width, upper), corner(0.0, lower), corner(width, lower)];
        let next = place((at.0 + forward.0, at.1 + forward.1));
        let [left, top, width, height] = self.boundary;
        let frame = Region { left, top, right: left + width, bottom: top + height };
        let area = Region::around(&corners);
        let clipped = frame.misses(&area) || self.clips.iter().any(|clip| clip.iter().all(|part| part.misses(&area)));
        let ink = if clipped { Ink::None } else { self.ink };
        Drawn { text, corners, origin: place(at), next, over: place((at.0, at.1 - size)), ink }
    }

    /// From object space to that around it.
    fn place(&self, point: (f64, f64)) -> (f64, f64) {
        let (x, y) = self.matrix.apply(point);
        let [left, top, ..] = self.boundary;
        (left + x, top + y)
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

/// Clips of an object (裁剪区, §8.4): each shows what lies in one of its areas, of which the boundaries are taken.
fn clips(node: Node<'_, '_>, corner: Matrix) -> Vec<Vec<Region>> {
    let Some(list) = xml::child(node, "Clips") else { return Vec::new() };
    // Unless it is said otherwise, clips are turned with the object.
    let turned = xml::attribute(list, "TransFlag").is_none_or(|flag| flag.trim() != "false");
    let to = if turned { corner.after(Matrix::of(node)) } else { corner };
    let areas = |clip| {
        let found: Option<Vec<Region>> = xml::children(clip, "Area")
            .take(MOST_CLIPS.saturating_add(1))
            .map(|area| {
                let shape = area.children().find(Node::is_element)?;
                Some(Region::boundary(shape)?.mapped(to.after(Matrix::of(area))))
            })
            .collect();
        // Of a clip that is not understood, or has more, nothing is said.
        found.filter(|found| (1..=MOST_CLIPS).contains(&found.len()))
    };
    xml::children(list, "Clip").take(MOST_CLIPS).filter_map(areas).collect()
}

/// What text is drawn with: black where nothing is said.
fn ink(node: Node<'_, '_>) -> Ink {
    let is = |name: &str, value: &str| xml::attribute(node, name).is_some_and(|found| found.trim() == value);
    if is("Alpha", "0") {
        return Ink::None; // layers of recognised text are such
    }
    if is("Stroke", "true") {
        return Ink::Unknown;
    }
    match (is("Fill", "false"), xml::child(node, "FillColor")) {
        (true, _) => Ink::None,
        (false, Some(color)) => ink_of(color),
        (false, None) => Ink::Unknown, // black, or what a drawing parameter says
    }
}

/// The color that an element states.
pub(super) fn ink_of(color: Node<'_, '_>) -> Ink {
    if xml::attribute(color, "Alpha").is_some_and(|alpha| alpha.trim() == "0") {
        return Ink::None;
    }
    let parts = xml::attribute(color, "Value").and_then(xml::numbers);
    parts.and_then(|parts| parts.try_into().ok()).map_or(Ink::Unknown, Ink::Color)
}

/// Usual width of a character in type sizes.
fn em_width(text: char) -> f64 {
    match u32::from(text) {
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F => 1.0,
        0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x20000..=0x3FFFF | 0x2014..=0x2026 => 1.0,
        _ => 0.5,
    }
}
