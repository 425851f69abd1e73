//! Text objects (文字对象), GB/T 33190 §11: codes with their offsets, and which glyphs stand for them.

use eseal_ofd::xml::{attribute, child};
use roxmltree::Node;

use super::reader::{Fault, Reader, flag, number, reference};

/// `CT_Text` (文字对象).
#[derive(Clone, Debug)]
pub(crate) struct TextObject {
    /// Id of the font.
    pub(crate) font: String,
    /// 字号, mm.
    pub(crate) size: f64,
    pub(crate) stroke: bool,
    pub(crate) fill: bool,
    /// 放缩比 of each glyph.
    pub(crate) h_scale: f64,
    /// Degrees clockwise in which characters follow.
    pub(crate) read_direction: f64,
    /// Degrees clockwise by which each glyph is turned.
    pub(crate) char_direction: f64,
    /// 400 is regular, 700 bold.
    pub(crate) weight: f64,
    pub(crate) italic: bool,
    pub(crate) codes: Vec<TextCode>,
}

/// `TextCode` (文字内容) with the glyph transforms that belong to it.
#[derive(Clone, Debug)]
pub(crate) struct TextCode {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) chars: Vec<char>,
    /// Offsets from each character to the next; empty if none are written.
    pub(crate) dx: Vec<f64>,
    pub(crate) dy: Vec<f64>,
    pub(crate) glyphs: Vec<GlyphMap>,
}

/// `CGTransform` (字形变换): from the character `position` on, `codes` characters are drawn as `glyphs`.
#[derive(Clone, Debug)]
pub(crate) struct GlyphMap {
    pub(crate) position: usize,
    pub(crate) codes: usize,
    pub(crate) glyphs: Vec<u32>,
}

/// Most characters of one text object: a page has some thousands.
const CHARS: usize = 200_000;

impl TextObject {
    pub(crate) fn read(node: Node<'_, '_>, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut codes: Vec<TextCode> = Vec::new();
        let (mut x, mut y) = (0.0, 0.0);
        let mut waiting: Vec<GlyphMap> = Vec::new();
        for element in node.children().filter(Node::is_element) {
            match element.tag_name().name() {
                "CGTransform" => waiting.extend(GlyphMap::read(element)),
                "TextCode" => {
                    // Where X or Y is absent, that of the TextCode before counts.
                    x = number(element, "X").unwrap_or(x);
                    y = number(element, "Y").unwrap_or(y);
                    let text: String =
                        element.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
                    let chars: Vec<char> = text.trim_matches(['\n', '\r', '\t']).chars().take(CHARS).collect();
                    for _ in &chars {
                        reader.count()?;
                    }
                    let offsets = |name: &str| offsets(attribute(element, name).unwrap_or_default(), chars.len());
                    let (dx, dy) = (offsets("DeltaX"), offsets("DeltaY"));
                    codes.push(TextCode { x, y, chars, dx, dy, glyphs: std::mem::take(&mut waiting) });
                }
                _ => {}
            }
        }
        // Some makers write the transforms behind the only TextCode.
        if let Some(code) = codes.last_mut() {
            code.glyphs.append(&mut waiting);
        }
        let scattered = codes.len() > 1 && codes.iter().skip(1).all(|code| code.glyphs.is_empty());
        if scattered {
            spread(&mut codes);
        }
        let size = number(node, "Size").filter(|size| *size > 0.0);
        if size.is_none() {
            reader.nonstandard(node, "no Size that can be read");
        }
        if child(node, "TextCode").is_none() {
            reader.nonstandard(node, "no TextCode");
        }
        Ok(Self {
            font: reference(node, "Font").unwrap_or_default(),
            size: size.unwrap_or(3.175),
            stroke: flag(node, "Stroke").unwrap_or(false),
            fill: flag(node, "Fill").unwrap_or(true),
            h_scale: number(node, "HScale").filter(|scale| *scale > 0.0).unwrap_or(1.0),
            read_direction: number(node, "ReadDirection").unwrap_or(0.0),
            char_direction: number(node, "CharDirection").unwrap_or(0.0),
            weight: number(node, "Weight").unwrap_or(400.0),
            italic: flag(node, "Italic").unwrap_or(false),
            codes,
        })
    }
}

/// All transforms stand before the first TextCode: their positions count through all.
fn spread(codes: &mut [TextCode]) {
    let all = codes.first_mut().map(|first| std::mem::take(&mut first.glyphs)).unwrap_or_default();
    let mut start = 0_usize;
    for code in codes.iter_mut() {
        let end = start.saturating_add(code.chars.len());
        let own = all.iter().filter(|map| map.position >= start && map.position < end);
        code.glyphs = own.map(|map| GlyphMap { position: map.position.saturating_sub(start), ..map.clone() }).collect();
        start = end;
    }
}

impl GlyphMap {
    fn read(node: Node<'_, '_>) -> Option<Self> {
        let count = |name: &str| attribute(node, name).and_then(|count| count.trim().parse::<usize>().ok());
        let text = child(node, "Glyphs").map(eseal_ofd::xml::text)?;
        let glyphs: Vec<u32> = text.split_whitespace().take(CHARS).map_while(|word| word.parse().ok()).collect();
        let position = count("CodePosition").unwrap_or(0);
        let wanted = count("GlyphCount").unwrap_or(glyphs.len()).min(glyphs.len());
        let glyphs: Vec<u32> = glyphs.into_iter().take(wanted).collect();
        let codes = count("CodeCount").unwrap_or(1).max(1);
        Some(Self { position, codes, glyphs }).filter(|map| !map.glyphs.is_empty())
    }
}

/// Offsets of `DeltaX` or `DeltaY`; `g n v` stands for n times v.
fn offsets(text: &str, most: usize) -> Vec<f64> {
    let mut found = Vec::new();
    let mut words = text.split([' ', '\t', '\r', '\n', ',']).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if found.len() >= most {
            break;
        }
        let (count, value) = if word == "g" || word == "G" {
            (words.next().and_then(|count| count.parse().ok()).unwrap_or(0), words.next().unwrap_or_default())
        } else {
            (1, word)
        };
        let Some(value) = value.parse().ok().filter(|value: &f64| value.abs() <= 1e6) else { break };
        found.extend(std::iter::repeat_n(value, most.min(count)));
    }
    found.truncate(most);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_offsets_are_written_out() {
        for (text, expected) in [
            ("1 2 3", vec![1.0, 2.0, 3.0]),
            ("g 3 1.5 2", vec![1.5, 1.5, 1.5, 2.0]),
            ("1 g 2 4 5", vec![1.0, 4.0, 4.0, 5.0]),
            ("g 999999999 1", vec![1.0; 6]),
            ("g x 1 2", vec![2.0]),
            ("1 x 2", vec![1.0]),
            ("", vec![]),
        ] {
            assert_eq!(offsets(text, 6), expected, "{text}");
        }
    }
}
