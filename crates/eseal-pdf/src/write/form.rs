//! The interactive form and the pages' annotations (表单与注释) that lead to a new signature field.

use std::collections::BTreeSet;

use super::{SealError, serialize::dict, update::Update};
use crate::{
    error::PdfError,
    limits::MAX_REFERENCES,
    object::{Dict, Object, Ref},
    read::{PdfDocument, View},
};

/// `/SigFlags`: signatures exist, append only.
const SIG_FLAGS: i64 = 3;

/// The last reference of a chain, and what it leads to.
fn follow(document: &PdfDocument, value: Option<&Object>) -> Result<(Option<Ref>, Object), PdfError> {
    let mut object = value.cloned().unwrap_or(Object::Null);
    let mut last = None;
    for _ in 0..MAX_REFERENCES {
        let Object::Ref(reference) = object else { return Ok((last, object)) };
        last = Some(reference);
        object = document.get(View::NEWEST, reference)?;
    }
    Ok((None, Object::Null))
}

/// Names of the fields at the top of the form.
pub(super) fn field_names(document: &PdfDocument) -> Result<BTreeSet<Vec<u8>>, SealError> {
    let catalog = document.catalog(View::NEWEST)?;
    let mut names = BTreeSet::new();
    let Some(form) = document.dict_in(View::NEWEST, catalog.get(b"AcroForm"))? else { return Ok(names) };
    let fields = document.entry_of(View::NEWEST, &form, b"Fields")?;
    for field in fields.as_array().unwrap_or_default() {
        let field = document.resolve(field).unwrap_or(Object::Null);
        if let Some(Object::String(name)) = field.as_dict().and_then(|field| field.get(b"T")) {
            names.insert(name.clone());
        }
    }
    Ok(names)
}

/// Adds `fields` to the form, which is made if there is none; `catalog` is what the update makes of the catalog.
///
/// Returns true if the catalog has to be written.
pub(super) fn add_fields(
    update: &mut Update<'_>,
    catalog: &mut Dict,
    fields: &[Ref],
    signed: bool,
) -> Result<bool, SealError> {
    let document = update.document;
    let (form_at, form) = follow(document, catalog.get(b"AcroForm"))?;
    let new = || fields.iter().copied().map(Object::Ref);
    let Object::Dict(mut form) = form else {
        let form = dict([(b"Fields", Object::Array(new().collect())), (b"SigFlags", Object::Integer(SIG_FLAGS))]);
        let form = update.add(&Object::Dict(form))?;
        catalog.set(b"AcroForm", Object::Ref(form));
        return Ok(true);
    };
    let mut form_changed = false;
    let flags = document.entry_of(View::NEWEST, &form, b"SigFlags")?.as_integer().unwrap_or(0);
    // An earlier signature's reader may take a change of flags for a change of the form.
    if !(signed && flags & 1 == 1) && flags & SIG_FLAGS != SIG_FLAGS {
        form.set(b"SigFlags", Object::Integer(flags | SIG_FLAGS));
        form_changed = true;
    }
    match follow(document, form.get(b"Fields"))? {
        (Some(at), Object::Array(mut list)) => {
            list.extend(new());
            update.put(at, &Object::Array(list));
        }
        (None, Object::Array(mut list)) => {
            list.extend(new());
            form.set(b"Fields", Object::Array(list));
            form_changed = true;
        }
        _ => {
            form.set(b"Fields", Object::Array(new().collect()));
            form_changed = true;
        }
    }
    match form_at {
        _ if !form_changed => Ok(false),
        Some(at) => {
            update.put(at, &Object::Dict(form));
            Ok(false)
        }
        None => {
            catalog.set(b"AcroForm", Object::Dict(form));
            Ok(true)
        }
    }
}

/// Adds `widgets` to the annotations of the page at `page`.
pub(super) fn add_annotations(update: &mut Update<'_>, page: Ref, widgets: &[Ref]) -> Result<(), SealError> {
    let document = update.document;
    let Object::Dict(mut dict) = document.get(View::NEWEST, page)? else {
        return Err(PdfError::damaged(0, "page is no dictionary").into());
    };
    let (at, found) = follow(document, dict.get(b"Annots"))?;
    let own = match (at, &found) {
        (Some(at), Object::Array(_)) if !is_shared(document, at)? => Some(at),
        _ => None,
    };
    let mut list = if let Object::Array(list) = found { list } else { Vec::new() };
    list.extend(widgets.iter().copied().map(Object::Ref));
    if let Some(at) = own {
        update.put(at, &Object::Array(list));
    } else {
        dict.set(b"Annots", Object::Array(list));
        update.put(page, &Object::Dict(dict));
    }
    Ok(())
}

/// True if several pages have that list: what one of them gains would show on all.
fn is_shared(document: &PdfDocument, list: Ref) -> Result<bool, PdfError> {
    let mut users = 0_usize;
    for page in &document.pages {
        let page = document.get(View::NEWEST, page.reference)?;
        let (at, _) = follow(document, page.as_dict().and_then(|page| page.get(b"Annots")))?;
        users = users.saturating_add(usize::from(at == Some(list)));
        if users > 1 {
            return Ok(true);
        }
    }
    Ok(false)
}
