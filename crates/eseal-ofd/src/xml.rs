//! XML parts (包内 XML): decoded, bounded, and read by local names, because makers differ in prefixes and namespaces.

use roxmltree::{Document, Node, ParsingOptions};

use crate::limits::{XML_ATTRIBUTES, XML_NAMESPACES, XML_NODES};

/// Text of an XML part and whether it was plain UTF-8.
///
/// A byte order mark is left out.  GB18030 (with GBK and GB 2312) and UTF-16 are decoded too.
///
/// # Errors
/// In words, if the bytes are not text in the encoding that they declare.
pub fn decode(bytes: &[u8]) -> Result<(String, bool), String> {
    let (encoding, bom) = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, len)) => (encoding, len),
        None => (declared(bytes), 0),
    };
    let body = bytes.get(bom..).unwrap_or_default();
    if encoding == encoding_rs::UTF_8 {
        let text = std::str::from_utf8(body).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
        return Ok((text.to_owned(), true));
    }
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(body)
        .ok_or_else(|| format!("not {}", encoding.name()))?;
    Ok((text.into_owned(), false))
}

/// Encoding that the XML declaration names; UTF-8 if it names none that is known.
fn declared(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let declaration = head.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or("", |(inner, _)| inner);
    let label = declaration
        .split_once("encoding")
        .map(|(_, rest)| rest.trim_start_matches(|c: char| c == '=' || c == '"' || c == '\'' || c.is_whitespace()))
        .and_then(|rest| rest.split(['"', '\'']).next())
        .unwrap_or_default();
    match encoding_rs::Encoding::for_label(label.as_bytes()) {
        // A declaration that can be read as ASCII is not UTF-16, whatever it says.
        Some(encoding) if encoding != encoding_rs::UTF_16LE && encoding != encoding_rs::UTF_16BE => encoding,
        _ => encoding_rs::UTF_8,
    }
}

/// Parses a part; document types are refused, and so is what would cost out of proportion to its size.
///
/// # Errors
/// In words, with line and column where known.
pub fn parse(text: &str) -> Result<Document<'_>, String> {
    check_cost(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: XML_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| error.to_string())
}

/// Attributes are compared pairwise and namespaces copied to every element: both are counted first.
fn check_cost(text: &str) -> Result<(), String> {
    let mut namespaces = std::collections::HashSet::new();
    for tag in text.split('<') {
        if tag.bytes().filter(|byte| *byte == b'=').count() > XML_ATTRIBUTES {
            return Err(format!("more than {XML_ATTRIBUTES} attributes"));
        }
        if tag.contains("xmlns") {
            for declaration in tag.split("xmlns").skip(1) {
                let value: String = declaration.splitn(3, ['"', '\'']).take(2).collect();
                namespaces.insert(value);
            }
            if namespaces.len() > XML_NAMESPACES {
                return Err(format!("more than {XML_NAMESPACES} namespaces"));
            }
        }
    }
    Ok(())
}

/// Child elements of that local name.
pub fn children<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'input>> + use<'a, 'input> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// First child element of that local name.
#[must_use]
pub fn child<'a, 'input: 'a>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// First element of that local name anywhere below.
#[must_use]
pub fn descendant<'a, 'input: 'a>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    descendants(node).find(|found| found.tag_name().name() == name)
}

/// All elements below, the node itself included.
pub fn descendants<'a, 'input: 'a>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> + use<'a, 'input> {
    node.descendants().filter(Node::is_element)
}

/// Value of the attribute of that local name.
#[must_use]
pub fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

/// Text directly inside the element, trimmed.
#[must_use]
pub fn text(node: Node<'_, '_>) -> String {
    let all: String = node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
    all.trim().to_owned()
}

/// Text of the first child of that name; empty if there is none.
#[must_use]
pub fn child_text(node: Node<'_, '_>, name: &str) -> String {
    child(node, name).map(text).unwrap_or_default()
}

/// Numbers of a list such as ST_Box or ST_Array; none if one is not a finite number.
#[must_use]
pub fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split([' ', '\t', '\r', '\n', ',']).filter(|word| !word.is_empty()).map(number).collect()
}

fn number(word: &str) -> Option<f64> {
    word.parse().ok().filter(|number: &f64| number.is_finite())
}

/// `text` fit to stand in an attribute or between tags.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
