//! One page as a file of its own (单页提取), without pictures: for those who look at one page of a large file.

use std::collections::{BTreeMap, HashSet};

use super::{
    serialize::{dict, name, numbers, write_dict, write_object},
    update::write_table,
};
use crate::{
    error::PdfError,
    limits::MAX_TREE_DEPTH,
    number::to_u64,
    object::{Dict, Object, Ref},
    read::{Entry, PdfDocument, View},
};

/// Entries that lead away from a page, or are not needed to show it.
const NOT_FOLLOWED: [&[u8]; 8] = [b"Parent", b"P", b"Popup", b"IRT", b"B", b"Thumb", b"PieceInfo", b"Metadata"];

impl PdfDocument {
    /// Page `number` (from 1) with what it needs, as a PDF of its own; pictures are left out.
    ///
    /// # Errors
    /// If there is no such page, it needs more than `limit` bytes, or the bytes cannot be read.
    pub fn extract_page(&self, number: usize, limit: u64) -> Result<Vec<u8>, PdfError> {
        let page = self.page(number).ok_or(PdfError::damaged(0, "no such page"))?;
        let mut out = Extract { document: self, limit, bytes: b"%PDF-1.7\n".to_vec(), entries: BTreeMap::new() };
        let catalog = Ref { number: self.next_number(), generation: 0 };
        let pages = Ref { number: catalog.number.saturating_add(1), generation: 0 };
        let Object::Dict(mut leaf) = self.get(View::NEWEST, page.reference)? else {
            return Err(PdfError::damaged(0, "page is no dictionary"));
        };
        if leaf.get(b"Resources").is_none() {
            leaf.set(b"Resources", self.inherited_resources(&leaf)?);
        }
        for key in NOT_FOLLOWED {
            leaf.remove(key);
        }
        leaf.set(b"Type", name(b"Page"));
        leaf.set(b"Parent", Object::Ref(pages));
        leaf.set(b"MediaBox", numbers(page.visible));
        leaf.remove(b"CropBox");
        leaf.set(b"Rotate", Object::Integer(page.rotate.into()));
        let optional = self.catalog(View::NEWEST)?.get(b"OCProperties").cloned().unwrap_or(Object::Null);
        let root = dict([(b"Type", name(b"Catalog")), (b"Pages", Object::Ref(pages)), (b"OCProperties", optional)]);
        let kids = Object::Array(vec![Object::Ref(page.reference)]);
        let tree = dict([(b"Type", name(b"Pages")), (b"Count", Object::Integer(1)), (b"Kids", kids)]);
        out.follow(page.reference, leaf, catalog, root)?;
        out.object(pages, &Object::Dict(tree))?;
        Ok(out.finish(catalog, pages))
    }

    fn inherited_resources(&self, leaf: &Dict) -> Result<Object, PdfError> {
        let mut node = leaf.clone();
        for _ in 0..MAX_TREE_DEPTH {
            if let Some(found) = node.get(b"Resources") {
                return Ok(found.clone());
            }
            match self.dict_in(View::NEWEST, node.get(b"Parent"))? {
                Some(parent) => node = parent,
                None => break,
            }
        }
        Ok(Object::Dict(Dict::new()))
    }
}

struct Extract<'a> {
    document: &'a PdfDocument,
    limit: u64,
    bytes: Vec<u8>,
    entries: BTreeMap<u32, Entry>,
}

impl Extract<'_> {
    /// Writes the page and the catalog, and all that they lead to.
    fn follow(&mut self, page: Ref, leaf: Dict, catalog: Ref, root: Dict) -> Result<(), PdfError> {
        // The catalog and the tree are new: what leads to their numbers leads nowhere in the file, and must not replace them.
        let mut seen = HashSet::from([page.number, catalog.number, catalog.number.saturating_add(1)]);
        let mut todo = Vec::new();
        for (reference, dict) in [(page, leaf), (catalog, root)] {
            collect(&Object::Dict(dict.clone()), &mut todo);
            self.object(reference, &Object::Dict(dict))?;
        }
        while let Some(reference) = todo.pop() {
            if !seen.insert(reference.number) {
                continue;
            }
            // A broken object is one that a viewer would pass over.
            let object = match self.document.get(View::NEWEST, reference) {
                Err(error) if error.is_damage() => continue,
                other => other?,
            };
            let leads_away =
                object.as_dict().is_some_and(|dict| dict.is(b"Subtype", b"Image") || dict.is(b"Type", b"Page"));
            if leads_away {
                continue;
            }
            collect(&object, &mut todo);
            self.object(reference, &object)?;
        }
        Ok(())
    }

    fn object(&mut self, reference: Ref, object: &Object) -> Result<(), PdfError> {
        let Ref { number, generation } = reference;
        let found = to_u64(self.bytes.len());
        if found > self.limit {
            return Err(PdfError::TooLarge { what: "bytes of one page", found, limit: self.limit });
        }
        self.entries.insert(number, Entry::At { offset: found, generation });
        self.bytes.extend(format!("{number} {generation} obj\n").bytes());
        match object {
            Object::Stream(stream) => {
                let range = match self.document.stream_range(View::NEWEST, stream) {
                    Err(error) if error.is_damage() => stream.start..stream.start,
                    other => other?,
                };
                let data = self.document.source.read_range(range, self.limit)?;
                let mut dict = stream.dict.clone();
                dict.set(b"Length", Object::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX)));
                write_dict(&dict, &mut self.bytes);
                self.bytes.extend(b"\nstream\n");
                self.bytes.extend(data);
                self.bytes.extend(b"\nendstream");
            }
            other => write_object(other, &mut self.bytes),
        }
        self.bytes.extend(b"\nendobj\n");
        Ok(())
    }

    fn finish(mut self, catalog: Ref, last: Ref) -> Vec<u8> {
        let start = self.bytes.len();
        self.entries.insert(0, Entry::Free);
        let size = Object::Integer(i64::from(last.number).saturating_add(1));
        let trailer = dict([(b"Size", size), (b"Root", Object::Ref(catalog))]);
        write_table(&self.entries, &trailer, &mut self.bytes);
        self.bytes.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
        self.bytes
    }
}

/// References in `object` that are worth following.
fn collect(object: &Object, found: &mut Vec<Ref>) {
    let mut entries = |dict: &Dict| {
        // A font or property list of a page may be named by one letter too.
        let has_kind = [&b"Type"[..], b"Subtype", b"S"].iter().any(|key| dict.get(key).is_some());
        let leads_away = |key: &[u8]| NOT_FOLLOWED.contains(&key) && (has_kind || key.len() > 1);
        for (_, value) in dict.iter().filter(|(key, _)| !leads_away(key)) {
            collect(value, found);
        }
    };
    match object {
        Object::Ref(reference) => found.push(*reference),
        Object::Dict(dict) => entries(dict),
        Object::Stream(stream) => entries(&stream.dict),
        Object::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}
