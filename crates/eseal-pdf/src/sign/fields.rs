//! Signature fields (签名域) of the interactive form, and where their widgets show.

use std::collections::HashSet;

use crate::{
    error::PdfError,
    limits::MAX_TREE_DEPTH,
    number::to_u64,
    object::{Dict, Object, Ref},
    page::PdfPlaced,
    read::{PdfDocument, View, rectangle},
};

/// Annotation flags of what nobody sees: hidden, no view.
const UNSEEN: i64 = 2 | 32;

/// A signature field.
#[derive(Clone, Debug)]
pub(super) struct SignatureField {
    pub(super) reference: Ref,
    /// Fully qualified name, as bytes.
    pub(super) name: Vec<u8>,
    /// `/V`: a reference or a dictionary; none if it is not signed.
    pub(super) value: Option<Object>,
    /// Its widgets: itself, or its kids.
    pub(super) widgets: Vec<Ref>,
    /// `/Lock`, resolved.
    pub(super) lock: Option<Dict>,
}

#[derive(Clone)]
struct Node {
    reference: Ref,
    name: Vec<u8>,
    is_signature: bool,
    value: Option<Object>,
    depth: usize,
}

/// All signature fields that the form names, in its order.
pub(super) fn signature_fields(document: &PdfDocument) -> Result<Vec<SignatureField>, PdfError> {
    let catalog = document.catalog(View::NEWEST)?;
    let Some(form) = document.dict_in(View::NEWEST, catalog.get(b"AcroForm")).or_else(none_if_damaged)? else {
        return Ok(Vec::new());
    };
    let top = lenient(document.entry_of(View::NEWEST, &form, b"Fields"))?;
    let node = |reference| Node { reference, name: Vec::new(), is_signature: false, value: None, depth: 0 };
    let mut todo: Vec<Node> = references(&top).into_iter().rev().map(node).collect();
    let (mut fields, mut seen) = (Vec::new(), HashSet::new());
    while let Some(node) = todo.pop() {
        // A field that occurs twice would be a loop.
        if node.depth > MAX_TREE_DEPTH || !seen.insert(node.reference.number) {
            continue;
        }
        if seen.len() > document.limits.fields {
            let limit = to_u64(document.limits.fields);
            return Err(PdfError::TooLarge { what: "form fields", found: limit.saturating_add(1), limit });
        }
        visit(document, node, &mut todo, &mut fields)?;
    }
    Ok(fields)
}

/// Adds the field if it is one for a signature, and its children to what is still to do.
fn visit(
    document: &PdfDocument,
    node: Node,
    todo: &mut Vec<Node>,
    fields: &mut Vec<SignatureField>,
) -> Result<(), PdfError> {
    let Object::Dict(dict) = lenient(document.get(View::NEWEST, node.reference))? else { return Ok(()) };
    let mut name = node.name;
    if let Some(Object::String(part)) =
        dict.get(b"T").map(|part| document.resolve(part)).transpose().or_else(none_if_damaged)?
    {
        if !name.is_empty() {
            name.push(b'.');
        }
        name.extend(part);
    }
    let is_signature = match lenient(document.entry_of(View::NEWEST, &dict, b"FT"))? {
        Object::Name(kind) => kind == b"Sig",
        _ => node.is_signature,
    };
    let value = dict.get(b"V").filter(|value| !value.is_null()).cloned().or(node.value);
    let mut widgets = Vec::new();
    let mut has_fields = false;
    for kid in references(&lenient(document.entry_of(View::NEWEST, &dict, b"Kids"))?).into_iter().rev() {
        let kid_dict = lenient(document.get(View::NEWEST, kid))?;
        if kid_dict.as_dict().is_some_and(|kid| kid.get(b"T").is_some()) {
            has_fields = true;
            let depth = node.depth.saturating_add(1);
            todo.push(Node { reference: kid, name: name.clone(), is_signature, value: value.clone(), depth });
        } else {
            widgets.push(kid);
        }
    }
    widgets.reverse();
    if !is_signature || has_fields {
        return Ok(());
    }
    if widgets.is_empty() {
        widgets.push(node.reference);
    }
    let lock = document.dict_in(View::NEWEST, dict.get(b"Lock")).or_else(none_if_damaged)?;
    fields.push(SignatureField { reference: node.reference, name, value, widgets, lock });
    Ok(())
}

/// Finds out on which pages widgets show.
pub(super) struct Widgets<'a> {
    document: &'a PdfDocument,
    /// Page number of every annotation that is an object; made when a widget does not say its page.
    by_page: Option<std::collections::HashMap<u32, usize>>,
    pages: std::collections::HashMap<u32, usize>,
}

impl<'a> Widgets<'a> {
    pub(super) fn new(document: &'a PdfDocument) -> Self {
        Self { document, by_page: None, pages: page_numbers(document) }
    }

    /// The place of a widget on its displayed page; none if it does not show.
    pub(super) fn place(&mut self, widget: Ref) -> Result<Option<PdfPlaced>, PdfError> {
        let Object::Dict(dict) = lenient(self.document.get(View::NEWEST, widget))? else { return Ok(None) };
        let flags = lenient(self.document.entry_of(View::NEWEST, &dict, b"F"))?.as_integer().unwrap_or(0);
        let rect = rectangle(self.document, &dict, b"Rect").or_else(none_if_damaged)?;
        let (Some(rect), true) = (rect, flags & UNSEEN == 0) else { return Ok(None) };
        let Some(number) = self.page_of(widget, &dict)? else { return Ok(None) };
        Ok(self.document.page(number).map(|page| {
            let [left_mm, bottom_mm, right_mm, top_mm] = page.to_displayed_mm(rect);
            PdfPlaced { page: number, left_mm, bottom_mm, right_mm, top_mm }
        }))
    }

    /// The page whose `/Annots` has the widget: what `/P` says is only a hint.
    fn page_of(&mut self, widget: Ref, dict: &Dict) -> Result<Option<usize>, PdfError> {
        let hint = dict.get(b"P").and_then(Object::as_ref).and_then(|page| self.pages.get(&page.number).copied());
        if let Some(number) = hint
            && annotations(self.document, number)?.contains(&widget)
        {
            return Ok(hint);
        }
        if self.by_page.is_none() {
            let mut map = std::collections::HashMap::new();
            for number in 1..=self.document.page_count() {
                for annotation in annotations(self.document, number)? {
                    map.entry(annotation.number).or_insert(number);
                }
            }
            self.by_page = Some(map);
        }
        Ok(self.by_page.as_ref().and_then(|map| map.get(&widget.number).copied()))
    }
}

/// Annotations of a page that are objects of their own.
fn annotations(document: &PdfDocument, number: usize) -> Result<Vec<Ref>, PdfError> {
    let Some(page) = document.page(number) else { return Ok(Vec::new()) };
    let Object::Dict(dict) = lenient(document.get(View::NEWEST, page.reference))? else { return Ok(Vec::new()) };
    Ok(references(&lenient(document.entry_of(View::NEWEST, &dict, b"Annots"))?))
}

/// Object number → page number, of the newest revision.
pub(super) fn page_numbers(document: &PdfDocument) -> std::collections::HashMap<u32, usize> {
    (1..).zip(&document.pages).map(|(number, page)| (page.reference.number, number)).collect()
}

/// References that stand in an array.
pub(super) fn references(array: &Object) -> Vec<Ref> {
    array.as_array().unwrap_or_default().iter().filter_map(Object::as_ref).collect()
}

/// What is damaged is as good as not there, for facts; bytes that cannot be read are an error.
pub(super) fn lenient(object: Result<Object, PdfError>) -> Result<Object, PdfError> {
    match object {
        Err(error) if error.is_damage() => Ok(Object::Null),
        other => other,
    }
}

/// The same for what may be absent.
pub(super) fn none_if_damaged<T>(error: PdfError) -> Result<Option<T>, PdfError> {
    if error.is_damage() { Ok(None) } else { Err(error) }
}

/// A text string as text: UTF-16 or UTF-8 by its mark, else Latin-1, which is the best part of PDFDocEncoding.
pub(super) fn text_of(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16_lossy(&units)
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_strings_are_read_by_their_mark() {
        assert_eq!(text_of(b"\xFE\xFF\x76\xD6\x7A\xE0"), "盖章");
        assert_eq!(text_of("\u{feff}盖章".as_bytes()), "盖章");
        assert_eq!(text_of(b"caf\xE9"), "café");
    }
}
