//! An incremental update (增量更新): changed and new objects, and the cross-reference section that goes with them.
//!
//! The section has the kind of the file's newest one; of a hybrid file it is a table without `/XRefStm`, which would
//! hide what is new.  A reconstructed file gets a full section without `/Prev`.

use std::collections::BTreeMap;

use eseal_gm::Sm3;

use super::{
    SealError,
    serialize::{write_dict, write_object},
};
use crate::{
    error::PdfError,
    limits::MAX_NUMBER,
    number::to_u64,
    object::{Dict, Object, Ref},
    read::{Entry, Kind, PdfDocument, View},
};

/// Entries of a trailer that belong to its own section, or are written anew.
const NOT_COPIED: [&[u8]; 14] = [
    b"Size",
    b"Prev",
    b"XRefStm",
    b"ID",
    b"Type",
    b"W",
    b"Index",
    b"Filter",
    b"DecodeParms",
    b"F",
    b"DP",
    b"Length",
    b"FFilter",
    b"FDecodeParms",
];

/// Objects that are written.
pub(super) struct Update<'a> {
    pub(super) document: &'a PdfDocument,
    next: u32,
    objects: BTreeMap<u32, (u16, Vec<u8>)>,
}

/// The finished tail.
pub(super) struct Tail {
    pub(super) bytes: Vec<u8>,
    /// Where the body of each object begins, within the tail.
    pub(super) bodies: BTreeMap<u32, usize>,
}

impl<'a> Update<'a> {
    pub(super) fn new(document: &'a PdfDocument) -> Self {
        Self { document, next: document.next_number(), objects: BTreeMap::new() }
    }

    /// A number that is not in use.
    pub(super) fn reserve(&mut self) -> Result<Ref, SealError> {
        let number = self.next;
        if number > MAX_NUMBER {
            return Err(
                PdfError::TooLarge { what: "object number", found: number.into(), limit: MAX_NUMBER.into() }.into()
            );
        }
        self.next = number.saturating_add(1);
        Ok(Ref { number, generation: 0 })
    }

    /// A new object.
    pub(super) fn add(&mut self, object: &Object) -> Result<Ref, SealError> {
        let reference = self.reserve()?;
        self.put(reference, object);
        Ok(reference)
    }

    /// A new stream; `/Length` is set here.
    pub(super) fn add_stream(&mut self, mut dict: Dict, data: &[u8]) -> Result<Ref, SealError> {
        let reference = self.reserve()?;
        dict.set(b"Length", Object::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX)));
        let mut body = Vec::with_capacity(data.len().saturating_add(200));
        write_dict(&dict, &mut body);
        body.extend(b"\nstream\n");
        body.extend(data);
        body.extend(b"\nendstream");
        self.put_raw(reference, body);
        Ok(reference)
    }

    /// Writes `object` under a reserved or existing number.
    pub(super) fn put(&mut self, reference: Ref, object: &Object) {
        let mut body = Vec::new();
        write_object(object, &mut body);
        self.put_raw(reference, body);
    }

    pub(super) fn put_raw(&mut self, reference: Ref, body: Vec<u8>) {
        // Objects of object streams become plain ones of generation 0 (ISO 32000-1, 7.5.7).
        let generation = match self.document.entry(View::NEWEST, reference.number) {
            Some(Entry::At { generation, .. }) => generation,
            _ => 0,
        };
        self.objects.insert(reference.number, (generation, body));
    }

    /// Everything that is appended.
    pub(super) fn finish(mut self) -> Result<Tail, SealError> {
        let document = self.document;
        let len = document.source.len();
        let kind = document.sections.first().map_or(Kind::Table, |section| section.kind);
        let own = if kind == Kind::Stream { Some(self.reserve()?) } else { None };
        let mut tail = Tail { bytes: Vec::new(), bodies: BTreeMap::new() };
        if document.source.read_range(len.saturating_sub(1)..len, 1)? != b"\n" {
            tail.bytes.push(b'\n');
        }
        let at = |bytes: &[u8]| len.saturating_add(to_u64(bytes.len())).saturating_sub(document.bias);
        let mut entries = BTreeMap::new();
        for (number, (generation, body)) in &self.objects {
            entries.insert(*number, Entry::At { offset: at(&tail.bytes), generation: *generation });
            tail.bytes.extend(format!("{number} {generation} obj\n").bytes());
            tail.bodies.insert(*number, tail.bytes.len());
            tail.bytes.extend(body);
            tail.bytes.extend(b"\nendobj\n");
        }
        let mut trailer = self.trailer(&tail.bytes)?;
        if document.rebuilt {
            for (number, entry) in &document.merged {
                entries.entry(*number).or_insert(*entry);
            }
            entries.insert(0, Entry::Free);
        } else if let Some(section) = document.sections.first() {
            let previous = section.offset.saturating_sub(document.bias);
            trailer.set(b"Prev", Object::Integer(i64::try_from(previous).unwrap_or(i64::MAX)));
        }
        let start = at(&tail.bytes);
        match own {
            Some(own) => {
                entries.insert(own.number, Entry::At { offset: start, generation: 0 });
                write_xref_stream(own, &entries, trailer, &mut tail.bytes);
            }
            None => write_table(&entries, &trailer, &mut tail.bytes),
        }
        tail.bytes.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
        Ok(tail)
    }

    /// The new trailer, but for `/Prev`.
    fn trailer(&self, objects: &[u8]) -> Result<Dict, SealError> {
        let old = self.document.trailer();
        let mut trailer = Dict::new();
        trailer.set(b"Size", Object::Integer(self.next.into()));
        for (key, value) in old.iter().filter(|(key, _)| !NOT_COPIED.contains(key)) {
            trailer.set(key, value.clone());
        }
        let old_id = self.document.entry_of(View::NEWEST, old, b"ID")?;
        let mut strings = Vec::new();
        for item in old_id.as_array().unwrap_or_default() {
            strings.push(self.document.resolve(item)?.as_string().unwrap_or_default().to_vec());
        }
        let new = self.identifier(&strings, objects);
        let first = strings.into_iter().next().filter(|id| !id.is_empty()).unwrap_or_else(|| new.clone());
        trailer.set(b"ID", Object::Array(vec![Object::String(first), Object::String(new)]));
        Ok(trailer)
    }

    /// Second half of `/ID`: from content alone, so that the same update gives the same bytes.
    fn identifier(&self, old: &[Vec<u8>], objects: &[u8]) -> Vec<u8> {
        let mut hash = Sm3::new();
        hash.update(&self.document.source.len().to_be_bytes());
        for id in old {
            hash.update(id);
        }
        hash.update(objects);
        hash.finish().iter().take(16).copied().collect()
    }
}

/// Runs of consecutive numbers.
fn runs(entries: &BTreeMap<u32, Entry>) -> Vec<(u32, Vec<Entry>)> {
    let mut runs: Vec<(u32, Vec<Entry>)> = Vec::new();
    let mut expected = None;
    for (number, entry) in entries {
        match runs.last_mut() {
            Some((_, run)) if expected == Some(*number) => run.push(*entry),
            _ => runs.push((*number, vec![*entry])),
        }
        expected = number.checked_add(1);
    }
    runs
}

pub(super) fn write_table(entries: &BTreeMap<u32, Entry>, trailer: &Dict, out: &mut Vec<u8>) {
    out.extend(b"xref\n");
    for (first, run) in runs(entries) {
        out.extend(format!("{first} {}\n", run.len()).bytes());
        for entry in run {
            // Twenty bytes a line (ISO 32000-1, 7.5.4).
            let line = match entry {
                Entry::At { offset, generation } => format!("{offset:010} {generation:05} n \n"),
                _ => "0000000000 65535 f \n".to_owned(),
            };
            out.extend(line.bytes());
        }
    }
    out.extend(b"trailer\n");
    write_dict(trailer, out);
    out.push(b'\n');
}

fn write_xref_stream(own: Ref, entries: &BTreeMap<u32, Entry>, mut dict: Dict, out: &mut Vec<u8>) {
    let (mut index, mut data) = (Vec::new(), Vec::new());
    for (first, run) in runs(entries) {
        index.push(Object::Integer(first.into()));
        index.push(Object::Integer(i64::try_from(run.len()).unwrap_or(i64::MAX)));
        for entry in run {
            let (kind, second, third) = match entry {
                Entry::Free => (0, 0, 65535),
                Entry::At { offset, generation } => (1, offset, u32::from(generation)),
                Entry::Inside { stream, index } => (2, u64::from(stream), index),
            };
            data.push(kind);
            // Five bytes: a terabyte.
            data.extend(second.to_be_bytes().iter().skip(3));
            data.extend(third.to_be_bytes());
        }
    }
    dict.set(b"Type", Object::Name(b"XRef".to_vec()));
    dict.set(b"W", Object::Array(vec![Object::Integer(1), Object::Integer(5), Object::Integer(4)]));
    dict.set(b"Index", Object::Array(index));
    dict.set(b"Length", Object::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX)));
    out.extend(format!("{} 0 obj\n", own.number).bytes());
    write_dict(&dict, out);
    out.extend(b"\nstream\n");
    out.extend(data);
    out.extend(b"\nendstream\nendobj\n");
}
