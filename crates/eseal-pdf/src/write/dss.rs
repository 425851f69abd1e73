//! Adding to the document security store (写入 DSS): an incremental update that changes nothing a reader shows.

use eseal_bytes::Segment;

use super::{SealError, serialize::dict, update::Update};
use crate::{
    object::{Dict, Object},
    read::{Dss, PdfDocument, View},
};

/// Adds what is not there yet to `/DSS` (ISO 32000-2, 12.8.4.3; PAdES-B-LT); none if everything is.
///
/// `/VRI` stays as it is: PAdES advises against it, and readers find values without it.  A store may follow any
/// signature, also one that certifies the file without permission to change it.
///
/// # Errors
/// See [`SealError`]; nothing is written.
pub fn append_dss(document: &PdfDocument, additions: &Dss) -> Result<Option<Vec<Segment>>, SealError> {
    if document.is_rebuilt() && document.has_signatures()? {
        return Err(SealError::DamagedAndSigned);
    }
    let known = document.dss()?;
    let missing = |wanted: &[Vec<u8>], have: &[Vec<u8>]| {
        let mut list: Vec<Vec<u8>> = Vec::new();
        for value in wanted {
            if !have.contains(value) && !list.contains(value) {
                list.push(value.clone());
            }
        }
        list
    };
    let lists: [(&[u8], Vec<Vec<u8>>); 3] = [
        (b"Certs", missing(&additions.certificates, &known.certificates)),
        (b"CRLs", missing(&additions.crls, &known.crls)),
        (b"OCSPs", missing(&additions.ocsps, &known.ocsps)),
    ];
    if lists.iter().all(|(_, values)| values.is_empty()) {
        return Ok(None);
    }
    let mut update = Update::new(document);
    let mut catalog = document.catalog(View::NEWEST)?;
    let at = match catalog.get(b"DSS") {
        Some(Object::Ref(reference)) => Some(*reference),
        _ => None,
    };
    let store = document.dict_in(View::NEWEST, catalog.get(b"DSS"))?;
    let mut store = store.unwrap_or_else(|| dict([(b"Type", super::serialize::name(b"DSS"))]));
    for (key, values) in lists {
        add(&mut update, &mut store, key, values)?;
    }
    match at {
        Some(at) => update.put(at, &Object::Dict(store)),
        None => {
            let at = update.add(&Object::Dict(store))?;
            catalog.set(b"DSS", Object::Ref(at));
            update.put(document.root()?, &Object::Dict(catalog));
        }
    }
    let tail = update.finish()?;
    Ok(Some(vec![Segment::Original(0..document.source().len()), Segment::New(tail.bytes)]))
}

/// Adds values to a list of the store, which becomes a direct one.
fn add(update: &mut Update<'_>, store: &mut Dict, key: &[u8], values: Vec<Vec<u8>>) -> Result<(), SealError> {
    if values.is_empty() {
        return Ok(());
    }
    let old = update.document.entry_of(View::NEWEST, store, key)?;
    let mut list = old.as_array().unwrap_or_default().to_vec();
    for value in values {
        list.push(Object::Ref(update.add_stream(Dict::new(), &value)?));
    }
    store.set(key, Object::Array(list));
    Ok(())
}
