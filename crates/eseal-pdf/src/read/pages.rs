//! The page tree (页树), with inherited attributes: ISO 32000-1, 7.7.3.

use std::collections::HashSet;

use super::document::{PdfDocument, View};
use crate::{
    error::PdfError,
    limits::MAX_TREE_DEPTH,
    number::to_u64,
    object::{Dict, Object, Ref},
    page::Page,
};

/// A4, for pages that name no box.
const DEFAULT_BOX: [f64; 4] = [0.0, 0.0, 595.0, 842.0];

/// Largest coordinate of a page box: 14,400 units is the format's limit, ten times that is a poster by mistake.
const MAX_COORDINATE: f64 = 1e6;

#[derive(Clone, Default)]
struct Inherited {
    media: Option<[f64; 4]>,
    crop: Option<[f64; 4]>,
    rotate: Option<i64>,
}

/// All pages in order.
pub(super) fn read_pages(document: &PdfDocument) -> Result<Vec<Page>, PdfError> {
    let catalog = document.catalog(View::NEWEST)?;
    let root = catalog.get(b"Pages").and_then(Object::as_ref).ok_or(PdfError::damaged(0, "no page tree"))?;
    document.root()?;
    let mut pages = Vec::new();
    let mut seen = HashSet::new();
    let mut todo = vec![(root, Inherited::default(), 0_usize)];
    while let Some((reference, inherited, depth)) = todo.pop() {
        // A node that occurs twice would be a loop.
        if depth > MAX_TREE_DEPTH || !seen.insert(reference.number) {
            continue;
        }
        let node = match document.get(View::NEWEST, reference)? {
            Object::Dict(dict) => dict,
            // Its objects had to be searched for and this one is not there: the file was cut off.
            Object::Null if depth > 0 && document.is_rebuilt() => {
                return Err(PdfError::damaged(0, "a page is missing"));
            }
            // A reference to nothing: other readers pass over it, too.
            _ if depth > 0 => continue,
            _ => return Err(PdfError::damaged(0, "page tree is no dictionary")),
        };
        let inherited = inherit(document, &node, inherited)?;
        match document.entry_of(View::NEWEST, &node, b"Kids")? {
            Object::Array(kids) if !node.is(b"Type", b"Page") => {
                let kids = kids.iter().rev().filter_map(Object::as_ref);
                todo.extend(kids.map(|kid| (kid, inherited.clone(), depth.saturating_add(1))));
            }
            _ if node.is(b"Type", b"Pages") => {}
            _ => pages.push(page(document, reference, &node, &inherited)?),
        }
        let found = pages.len().max(todo.len());
        if found > document.limits.pages.saturating_mul(2) || pages.len() > document.limits.pages {
            let limit = to_u64(document.limits.pages);
            return Err(PdfError::TooLarge { what: "pages", found: to_u64(found), limit });
        }
    }
    if pages.is_empty() {
        return Err(PdfError::damaged(0, "no pages"));
    }
    Ok(pages)
}

fn inherit(document: &PdfDocument, node: &Dict, mut inherited: Inherited) -> Result<Inherited, PdfError> {
    let rotate = document.entry_of(View::NEWEST, node, b"Rotate")?.as_integer();
    inherited.media = rectangle(document, node, b"MediaBox")?.or(inherited.media);
    inherited.crop = rectangle(document, node, b"CropBox")?.or(inherited.crop);
    inherited.rotate = rotate.or(inherited.rotate);
    Ok(inherited)
}

fn page(document: &PdfDocument, reference: Ref, node: &Dict, inherited: &Inherited) -> Result<Page, PdfError> {
    let media = inherited.media.unwrap_or(DEFAULT_BOX);
    let visible = inherited.crop.and_then(|crop| intersect(crop, media)).unwrap_or(media);
    let turn = inherited.rotate.unwrap_or(0).rem_euclid(360);
    let rotate = u16::try_from(turn).ok().filter(|turn| turn % 90 == 0).unwrap_or(0);
    let unit = document.entry_of(View::NEWEST, node, b"UserUnit")?.as_number();
    let user_unit = unit.filter(|unit| (1e-3..=1e5).contains(unit)).unwrap_or(1.0);
    Ok(Page { reference, visible, rotate, user_unit })
}

/// A rectangle of four numbers, put in order; none if it has no area or is absurd.
pub(crate) fn rectangle(document: &PdfDocument, dict: &Dict, key: &[u8]) -> Result<Option<[f64; 4]>, PdfError> {
    let value = document.entry_of(View::NEWEST, dict, key)?;
    let Some([a, b, c, d]) = value.as_array() else { return Ok(None) };
    let mut numbers = [0.0; 4];
    for (number, item) in numbers.iter_mut().zip([a, b, c, d]) {
        match document.resolve(item)?.as_number().filter(|value| value.abs() <= MAX_COORDINATE) {
            Some(value) => *number = value,
            None => return Ok(None),
        }
    }
    let [a, b, c, d] = numbers;
    let ordered = [a.min(c), b.min(d), a.max(c), b.max(d)];
    let [left, bottom, right, top] = ordered;
    Ok((right > left && top > bottom).then_some(ordered))
}

fn intersect(a: [f64; 4], b: [f64; 4]) -> Option<[f64; 4]> {
    let [a0, a1, a2, a3] = a;
    let [b0, b1, b2, b3] = b;
    let both = [a0.max(b0), a1.max(b1), a2.min(b2), a3.min(b3)];
    let [left, bottom, right, top] = both;
    (right > left && top > bottom).then_some(both)
}
