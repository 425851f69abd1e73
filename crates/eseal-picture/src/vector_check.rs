//! What a stranger's SVG may hold (矢量图限额), before anything is drawn.
//!
//! Names that are not known to be drawn are refused, not left out: a seal without its text would look like another seal.

use std::collections::{HashMap, HashSet};

use roxmltree::{Document, Node, NodeId, ParsingOptions};

use crate::DecodeError;

/// Bytes of the file: a scanned seal traced into paths has 500 kB, one of ours 60 kB.
const FILE_BYTES: usize = 2 << 20;
/// Elements after every `use` is carried out: a traced scan has 5,000 spots.
const ELEMENTS: u64 = 20_000;
/// Bytes of attributes after every `use` is carried out: twice the largest file.
const ATTRIBUTE_BYTES: u64 = 4 << 20;
/// Elements inside each other: drawing programs nest groups 10 deep.
const DEPTH: usize = 64;
/// Bytes of style sheets: every rule is tried on every element.
const STYLE_BYTES: usize = 16 << 10;
/// Attributes of an element, which are compared pairwise.
const ATTRIBUTES: usize = 1_000;
/// Namespaces, which are copied to every element: Inkscape declares 9.
const NAMESPACES: usize = 64;
/// Nodes of the markup, text between elements among them.
const NODES: u32 = 100_000;

/// Ten such levels of ten parts each are ten thousand million clips.
const CLIP_OF_CLIP: &str = "a clip of a clip";

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// What is drawn, or says how.
const DRAWN: &[&str] = &[
    "svg",
    "g",
    "a",
    "switch",
    "defs",
    "symbol",
    "use",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "clipPath",
    "linearGradient",
    "radialGradient",
    "stop",
    "style",
];
/// What says nothing to the eye.
const SILENT: &[&str] = &["title", "desc", "metadata", "view"];

/// The markup as text, if it is UTF-8 and not too much.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, DecodeError> {
    if bytes.len() > FILE_BYTES {
        return Err(DecodeError::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| DecodeError::Damaged("SVG that is not UTF-8".into()))?;
    Ok(text.trim_start_matches('\u{feff}'))
}

/// The markup, if it may be drawn.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, DecodeError> {
    if text.contains("<!ENTITY") {
        return Err(not_drawn("entities"));
    }
    let dense = text.split('<').any(|tag| tag.bytes().filter(|byte| *byte == b'=').count() > ATTRIBUTES);
    if dense || text.matches("xmlns").count() > NAMESPACES {
        return Err(DecodeError::TooLarge);
    }
    // Drawing programs write the public document type; what it names is never fetched.
    let options = ParsingOptions { allow_dtd: true, nodes_limit: NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => DecodeError::TooLarge,
        other => DecodeError::Damaged(other.to_string()),
    })?;
    if !document.root_element().has_tag_name((SVG, "svg")) {
        return Err(DecodeError::Damaged("not an SVG".into()));
    }
    check(&document)?;
    Ok(document)
}

fn check(document: &Document<'_>) -> Result<(), DecodeError> {
    let (mut styles, mut clips, mut clips_by_style) = (0_usize, 0_usize, false);
    let mut by_id: HashMap<&str, Vec<Node<'_, '_>>> = HashMap::new();
    for node in document.descendants().filter(Node::is_element) {
        if let Some(id) = node.attribute("id") {
            by_id.entry(id).or_default().push(node);
        }
        if node.tag_name().namespace() != Some(SVG) || SILENT.contains(&node.tag_name().name()) {
            continue; // is not drawn; what is in it is not either, but is held to the same
        }
        check_element(node)?;
        clips = clips.saturating_add(usize::from(node.tag_name().name() == "clipPath"));
        if node.tag_name().name() == "style" {
            let sheet: String = node.children().filter_map(|child| child.text()).collect();
            styles = styles.saturating_add(sheet.len());
            check_value(&sheet)?;
            clips_by_style |= sheet.contains("clip-path");
        }
    }
    if styles > STYLE_BYTES {
        return Err(DecodeError::TooLarge);
    }
    if clips_by_style && clips > 1 {
        return Err(not_drawn(CLIP_OF_CLIP)); // may be one
    }
    let mut costs = Costs { by_id, known: HashMap::new(), busy: HashSet::new() };
    let cost = costs.of(document.root_element(), 0)?;
    let fits = cost.elements <= ELEMENTS && cost.bytes <= ATTRIBUTE_BYTES && cost.depth <= DEPTH;
    if fits { Ok(()) } else { Err(DecodeError::TooLarge) }
}

fn check_element(node: Node<'_, '_>) -> Result<(), DecodeError> {
    let name = node.tag_name().name();
    if !DRAWN.contains(&name) {
        return Err(not_drawn(name));
    }
    for attribute in node.attributes() {
        let value = attribute.value().trim();
        match attribute.name() {
            "href" if name != "a" && !value.starts_with('#') => return Err(not_drawn("a reference outside")),
            // Such clips are made anew for every element that they cut.
            "clipPathUnits" if value == "objectBoundingBox" => return Err(not_drawn("clipPathUnits")),
            // A million dashes need two numbers.
            "stroke-dasharray" if value != "none" => return Err(not_drawn("stroke-dasharray")),
            _ => check_value(value)?,
        }
    }
    Ok(())
}

/// A style sheet, or the value of an attribute.
fn check_value(value: &str) -> Result<(), DecodeError> {
    let dashed = value.split("stroke-dasharray").skip(1).any(|rest| {
        let rest = rest.trim_start_matches(|c: char| c == ':' || c.is_whitespace());
        !rest.starts_with("none")
    });
    if dashed {
        return Err(not_drawn("stroke-dasharray"));
    }
    let outside = value
        .split("url(")
        .skip(1)
        .any(|rest| !rest.trim_start_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace()).starts_with('#'));
    if outside || value.contains("@import") {
        return Err(not_drawn("a reference outside"));
    }
    Ok(())
}

fn not_drawn(what: &str) -> DecodeError {
    DecodeError::NotDrawn(what.chars().take(40).collect())
}

/// What an element becomes when every `use` is carried out.
#[derive(Clone, Copy, Default)]
struct Cost {
    elements: u64,
    bytes: u64,
    depth: usize,
    is_clipped: bool,
}

struct Costs<'a, 'input> {
    by_id: HashMap<&'a str, Vec<Node<'a, 'input>>>,
    known: HashMap<NodeId, Cost>,
    busy: HashSet<NodeId>,
}

impl<'a, 'input> Costs<'a, 'input> {
    fn of(&mut self, node: Node<'a, 'input>, level: usize) -> Result<Cost, DecodeError> {
        if let Some(known) = self.known.get(&node.id()) {
            return Ok(*known);
        }
        if level > DEPTH {
            return Err(DecodeError::TooLarge);
        }
        if !self.busy.insert(node.id()) {
            return Err(not_drawn("a use of itself"));
        }
        let bytes: usize = node.attributes().map(|attribute| attribute.value().len()).sum();
        let is_clipped =
            node.has_attribute("clip-path") || node.attribute("style").is_some_and(|style| style.contains("clip-path"));
        let mut cost = Cost { elements: 1, bytes: u64::try_from(bytes).unwrap_or(u64::MAX), depth: 0, is_clipped };
        for part in node.children().filter(Node::is_element).chain(self.used(node)?) {
            let part = self.of(part, level.saturating_add(1))?;
            cost.elements = cost.elements.saturating_add(part.elements);
            cost.bytes = cost.bytes.saturating_add(part.bytes);
            cost.depth = cost.depth.max(part.depth);
            cost.is_clipped |= part.is_clipped;
        }
        if cost.is_clipped && node.has_tag_name((SVG, "clipPath")) {
            return Err(not_drawn(CLIP_OF_CLIP));
        }
        cost.depth = cost.depth.saturating_add(1);
        self.busy.remove(&node.id());
        self.known.insert(node.id(), cost);
        Ok(cost)
    }

    fn used(&self, node: Node<'a, 'input>) -> Result<Option<Node<'a, 'input>>, DecodeError> {
        if !node.has_tag_name((SVG, "use")) {
            return Ok(None);
        }
        let href = node.attribute((XLINK, "href")).or_else(|| node.attribute("href"));
        let target = href.and_then(|href| self.by_id.get(href.trim().trim_start_matches('#')));
        match target.map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([one]) => Ok(Some(*one)),
            Some(_) => Err(not_drawn("a use of an id that stands twice")),
        }
    }
}
