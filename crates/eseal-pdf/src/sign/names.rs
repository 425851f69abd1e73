//! Names of form fields (域名): whole names, and numbers of fields whose name stands twice.

use std::collections::{HashMap, HashSet};

use super::fields::{lenient, none_if_damaged, references};
use crate::{
    error::PdfError,
    limits::MAX_TREE_DEPTH,
    number::to_u64,
    object::{Dict, Object, Ref},
    read::{PdfDocument, View},
};

/// Object numbers of fields of the newest revision that share their whole name with another field.
pub(super) fn colliding(document: &PdfDocument) -> Result<HashSet<u32>, PdfError> {
    let catalog = document.catalog(View::NEWEST)?;
    let form = document.dict_in(View::NEWEST, catalog.get(b"AcroForm")).or_else(none_if_damaged)?.unwrap_or_default();
    let top = references(&lenient(document.entry_of(View::NEWEST, &form, b"Fields"))?);
    let mut todo: Vec<(Ref, Vec<u8>, usize)> = top.into_iter().map(|field| (field, Vec::new(), 0)).collect();
    let (mut seen, mut by_name) = (HashSet::new(), HashMap::<Vec<u8>, Vec<u32>>::new());
    while let Some((field, prefix, depth)) = todo.pop() {
        if depth > MAX_TREE_DEPTH || !seen.insert(field.number) {
            continue;
        }
        if seen.len() > document.limits.fields {
            let limit = to_u64(document.limits.fields);
            return Err(PdfError::TooLarge { what: "form fields", found: limit.saturating_add(1), limit });
        }
        let Object::Dict(dict) = lenient(document.get(View::NEWEST, field))? else { continue };
        let Some(part) = partial(document, &dict)? else { continue };
        let name = joined(&prefix, &part);
        for kid in references(&lenient(document.entry_of(View::NEWEST, &dict, b"Kids"))?) {
            todo.push((kid, name.clone(), depth.saturating_add(1)));
        }
        by_name.entry(name).or_default().push(field.number);
    }
    Ok(by_name.into_values().filter(|fields| fields.len() > 1).flatten().collect())
}

/// Whole name of a field or of the field whose widget the object is, in the newest revision; empty if it has none.
pub(super) fn whole_name(document: &PdfDocument, object: u32) -> Result<Vec<u8>, PdfError> {
    let mut name = Vec::new();
    let mut dict = lenient(document.get(View::NEWEST, Ref { number: object, generation: 0 }))?.as_dict().cloned();
    for _ in 0..MAX_TREE_DEPTH {
        let Some(field) = dict else { break };
        if let Some(part) = partial(document, &field)? {
            name = if name.is_empty() { part } else { joined(&part, &name) };
        }
        dict = document.dict_in(View::NEWEST, field.get(b"Parent")).or_else(none_if_damaged)?;
    }
    Ok(name)
}

/// Whether `names` lists the field or one above it.
pub(super) fn lists(names: &[Vec<u8>], field: &[u8]) -> bool {
    names.iter().any(|name| {
        field.strip_prefix(name.as_slice()).is_some_and(|rest| rest.is_empty() || rest.first() == Some(&b'.'))
    })
}

/// `/T` of a field.
fn partial(document: &PdfDocument, dict: &Dict) -> Result<Option<Vec<u8>>, PdfError> {
    Ok(lenient(document.entry_of(View::NEWEST, dict, b"T"))?.as_string().map(<[u8]>::to_vec))
}

fn joined(prefix: &[u8], part: &[u8]) -> Vec<u8> {
    if prefix.is_empty() { part.to_vec() } else { [prefix, b".", part].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_field_locks_what_is_below_it() {
        let names = [b"a.b".to_vec(), b"c".to_vec()];
        for (field, expected) in
            [("a.b", true), ("a.b.c", true), ("a.bc", false), ("a", false), ("c", true), ("", false)]
        {
            assert_eq!(lists(&names, field.as_bytes()), expected, "{field}");
        }
    }
}
