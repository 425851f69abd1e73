//! Adding to the document security store (写入 DSS): an incremental update that changes nothing a reader shows.

use eseal_bytes::Segment;
use eseal_gm::Hash;

use super::{SealError, serialize::dict, update::Update};
use crate::{
    object::{Dict, Object, Ref},
    read::{Dss, PdfDocument, View},
};

/// Adds what is not there yet to `/DSS` (ISO 32000-2, 12.8.4.3; PAdES-B-LT); none if everything is.
///
/// A store may follow any signature, also one that certifies the file without permission to change it.
///
/// # Errors
/// See [`SealError`]; nothing is written.
pub fn append_dss(document: &PdfDocument, additions: &Dss) -> Result<Option<Vec<Segment>>, SealError> {
    append_dss_with_vri(document, additions, &[])
}

/// What the verification of one signature rests on (签名的验证信息): an entry of `/VRI`, ISO 32000-2, 12.8.4.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureVri {
    /// Key of the entry, by [`vri_key`].
    pub key: String,
    /// Its values; those that are not in the store are left out.
    pub values: Dss,
}

/// Key in `/VRI` of the signature with this `/Contents`, padding included: its SHA-1 in upper-case hexadecimal digits.
///
/// It only names the entry; nothing rests on SHA-1.
#[must_use]
pub fn vri_key(contents: &[u8]) -> String {
    Hash::Sha1.digest(contents).iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Adds what is not there yet to `/DSS`, and an entry of `/VRI` for each signature that has none: the values stand once
/// in the file, and the entries refer to them.
///
/// # Errors
/// See [`SealError`]; nothing is written.
pub fn append_dss_with_vri(
    document: &PdfDocument,
    additions: &Dss,
    of_signatures: &[SignatureVri],
) -> Result<Option<Vec<Segment>>, SealError> {
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
    let lacking: Vec<&SignatureVri> = of_signatures.iter().filter(|one| !known.vri.contains(&one.key)).collect();
    if lists.iter().all(|(_, values)| values.is_empty()) && lacking.is_empty() {
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
    let mut added = Vec::new();
    for (key, values) in lists {
        added.extend(add(&mut update, &mut store, key, values)?);
    }
    if !lacking.is_empty() {
        let of_store = Stored::read(document, &store, &added)?;
        let all = document.dict_in(View::NEWEST, store.get(b"VRI"))?;
        let mut all = all.unwrap_or_default();
        for one in lacking {
            all.set(one.key.as_bytes(), Object::Dict(of_store.entry(&one.values)));
        }
        store.set(b"VRI", Object::Dict(all));
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

/// Adds values to a list of the store, which becomes a direct one; where each is.
fn add(
    update: &mut Update<'_>,
    store: &mut Dict,
    key: &[u8],
    values: Vec<Vec<u8>>,
) -> Result<Vec<(Vec<u8>, Ref)>, SealError> {
    let mut added = Vec::new();
    if values.is_empty() {
        return Ok(added);
    }
    let old = update.document.entry_of(View::NEWEST, store, key)?;
    let mut list = old.as_array().unwrap_or_default().to_vec();
    for value in values {
        let at = update.add_stream(Dict::new(), &value)?;
        list.push(Object::Ref(at));
        added.push((value, at));
    }
    store.set(key, Object::Array(list));
    Ok(added)
}

/// Where the values of a store are.
struct Stored(Vec<(Vec<u8>, Ref)>);

impl Stored {
    /// Those that `added` tells, and those that the store had before.
    fn read(document: &PdfDocument, store: &Dict, added: &[(Vec<u8>, Ref)]) -> Result<Self, SealError> {
        let mut found = added.to_vec();
        for key in [&b"Certs"[..], b"CRLs", b"OCSPs"] {
            let list = document.entry_of(View::NEWEST, store, key)?;
            for value in list.as_array().unwrap_or_default() {
                let Some(at) = value.as_ref().filter(|at| !found.iter().any(|(_, known)| known == at)) else {
                    continue;
                };
                let Object::Stream(stream) = document.resolve(value)? else { continue };
                if let Ok(bytes) = document.stream_data(View::NEWEST, &stream) {
                    found.push((bytes, at));
                }
            }
        }
        Ok(Self(found))
    }

    /// The entry for a signature; lists that are empty are left out.
    fn entry(&self, values: &Dss) -> Dict {
        let mut entry = dict([(b"Type", super::serialize::name(b"VRI"))]);
        let lists = [(&b"Cert"[..], &values.certificates), (b"CRL", &values.crls), (b"OCSP", &values.ocsps)];
        for (key, values) in lists {
            let at = |value: &Vec<u8>| self.0.iter().find(|(known, _)| known == value).map(|(_, at)| Object::Ref(*at));
            let list: Vec<Object> = values.iter().filter_map(at).collect();
            if !list.is_empty() {
                entry.set(key, Object::Array(list));
            }
        }
        entry
    }
}
