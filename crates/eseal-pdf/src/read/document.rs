//! An opened PDF (已打开的 PDF): finds objects, in its newest state or as of an earlier revision.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use eseal_bytes::ByteSource;

pub(crate) use super::xref::{Entry, Kind};
use super::{
    filter,
    load::{Loaded, ObjectStream, parse_indirect, stream_range},
    xref::Section,
};
use crate::{
    PdfLimits,
    error::PdfError,
    limits::MAX_REFERENCES,
    number::{to_u64, to_usize},
    object::{Dict, Object, Ref, Stream},
    page::Page,
};

/// A PDF (PDF 文件), read where it lies.
pub struct PdfDocument {
    pub(crate) source: Arc<dyn ByteSource>,
    pub(crate) limits: PdfLimits,
    /// Shift of all offsets in the file, if junk precedes the header and they do not count it.
    pub(crate) bias: u64,
    /// Newest first; at least one.
    pub(crate) sections: Vec<Section>,
    pub(crate) merged: HashMap<u32, Entry>,
    pub(crate) rebuilt: bool,
    pub(crate) pages: Vec<Page>,
    pub(crate) cache: Mutex<Cache>,
}

/// State of the file as of a revision: 0 is the newest, 1 the one before, …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View(pub(crate) usize);

impl View {
    pub(crate) const NEWEST: Self = Self(0);
}

/// One revision (修订版本): an original or an incremental update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Byte behind its `%%EOF` and line end.
    pub end: u64,
    /// Numbers of the objects that it defines or frees.
    pub objects: Vec<u32>,
}

/// Parsed objects, by offset; emptied when full.
#[derive(Default)]
pub(crate) struct Cache {
    objects: HashMap<u64, Arc<Loaded>>,
    streams: HashMap<u64, Arc<ObjectStream>>,
    bytes: usize,
}

impl Cache {
    /// Makes room for `more` bytes.
    fn reserve(&mut self, more: usize, limit: usize) {
        if self.bytes.saturating_add(more) > limit {
            self.objects.clear();
            self.streams.clear();
            self.bytes = 0;
        }
        self.bytes = self.bytes.saturating_add(more);
    }
}

impl std::fmt::Debug for PdfDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PdfDocument({} bytes, {} pages)", self.source.len(), self.pages.len())
    }
}

impl PdfDocument {
    /// The file.
    #[must_use]
    pub fn source(&self) -> &Arc<dyn ByteSource> {
        &self.source
    }

    /// Number of pages.
    #[must_use]
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Page `number`, from 1.
    #[must_use]
    pub fn page(&self, number: usize) -> Option<&Page> {
        self.pages.get(number.checked_sub(1)?)
    }

    /// True if the cross-reference data were unusable and the objects were found by scanning.
    #[must_use]
    pub const fn is_rebuilt(&self) -> bool {
        self.rebuilt
    }

    /// Trailer of the newest revision.
    #[must_use]
    pub fn trailer(&self) -> &Dict {
        self.trailer_in(View::NEWEST)
    }

    pub(crate) fn trailer_in(&self, view: View) -> &Dict {
        static EMPTY: Dict = Dict::new();
        self.sections.get(view.0).map_or(&EMPTY, |section| &section.trailer)
    }

    pub(crate) fn entry(&self, view: View, number: u32) -> Option<Entry> {
        if view == View::NEWEST {
            return self.merged.get(&number).copied();
        }
        self.sections.iter().skip(view.0).find_map(|section| section.find(number))
    }

    /// The object that `reference` leads to in the newest revision; `null` if there is none.
    ///
    /// # Errors
    /// If what stands at its place is not that object.
    pub fn object(&self, reference: Ref) -> Result<Object, PdfError> {
        self.get(View::NEWEST, reference)
    }

    /// Follows references until something else comes.
    ///
    /// # Errors
    /// If an object on the way is damaged.
    pub fn resolve(&self, object: &Object) -> Result<Object, PdfError> {
        self.resolve_in(View::NEWEST, object)
    }

    pub(crate) fn get(&self, view: View, reference: Ref) -> Result<Object, PdfError> {
        match self.entry(view, reference.number) {
            None | Some(Entry::Free) => Ok(Object::Null),
            Some(Entry::At { .. }) => self.load(view, reference.number).map(|found| {
                found
                    .filter(|loaded| loaded.reference.generation == reference.generation)
                    .map_or(Object::Null, |loaded| loaded.object.clone())
            }),
            Some(Entry::Inside { stream, index }) => self.get_inside(view, reference.number, stream, index),
        }
    }

    /// The plain object `number` with its place in the file; none if it is free or in an object stream.
    pub(crate) fn load(&self, view: View, number: u32) -> Result<Option<Arc<Loaded>>, PdfError> {
        let Some(Entry::At { offset, .. }) = self.entry(view, number) else { return Ok(None) };
        let loaded = self.load_at(offset)?;
        if loaded.reference.number != number {
            return Err(PdfError::damaged(offset, "another object stands here"));
        }
        Ok(Some(loaded))
    }

    pub(crate) fn load_at(&self, offset: u64) -> Result<Arc<Loaded>, PdfError> {
        if let Some(found) = self.cache().objects.get(&offset) {
            return Ok(Arc::clone(found));
        }
        let loaded = Arc::new(parse_indirect(&*self.source, offset, &self.limits)?);
        // Parsed objects take some four times their text.
        let size = to_usize(loaded.end.saturating_sub(offset)).saturating_mul(4).saturating_add(200);
        let mut cache = self.cache();
        cache.reserve(size, self.limits.cache_bytes);
        cache.objects.insert(offset, Arc::clone(&loaded));
        Ok(loaded)
    }

    fn get_inside(&self, view: View, number: u32, stream: u32, index: u32) -> Result<Object, PdfError> {
        // Object streams stand in the file themselves (ISO 32000-1, 7.5.7).
        let Some(Entry::At { offset, .. }) = self.entry(view, stream) else {
            return Err(PdfError::damaged(0, "object stream is not in the file"));
        };
        let inside = self.object_stream(view, offset)?;
        inside.get(number, index).ok_or(PdfError::damaged(offset, "object is not in its object stream"))
    }

    fn object_stream(&self, view: View, offset: u64) -> Result<Arc<ObjectStream>, PdfError> {
        if let Some(found) = self.cache().streams.get(&offset) {
            return Ok(Arc::clone(found));
        }
        let broken = |what| PdfError::damaged(offset, what);
        let loaded = self.load_at(offset)?;
        let Object::Stream(stream) = &loaded.object else { return Err(broken("object stream is no stream")) };
        let data = self.stream_data(view, stream)?;
        let size = data.len().saturating_mul(2);
        let number = |key: &[u8]| match stream.dict.get(key) {
            Some(Object::Ref(reference)) => self.plain_integer(view, *reference),
            other => other.and_then(Object::as_integer),
        };
        let (first, count) = (number(b"First"), number(b"N"));
        let inside = first.zip(count).and_then(|(first, count)| ObjectStream::new(data, first, count));
        let inside = Arc::new(inside.ok_or(broken("bad object stream"))?);
        let mut cache = self.cache();
        cache.reserve(size, self.limits.cache_bytes);
        cache.streams.insert(offset, Arc::clone(&inside));
        Ok(inside)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn resolve_in(&self, view: View, object: &Object) -> Result<Object, PdfError> {
        let Object::Ref(reference) = object else { return Ok(object.clone()) };
        let mut found = self.get(view, *reference)?;
        for _ in 0..MAX_REFERENCES {
            let Object::Ref(next) = found else { return Ok(found) };
            found = self.get(view, next)?;
        }
        Ok(Object::Null)
    }

    /// Entry `key` of `dict`, resolved; `null` if absent.
    pub(crate) fn entry_of(&self, view: View, dict: &Dict, key: &[u8]) -> Result<Object, PdfError> {
        dict.get(key).map_or(Ok(Object::Null), |value| self.resolve_in(view, value))
    }

    /// The dictionary that `object` leads to, with its reference if it has one.
    pub(crate) fn dict_in(&self, view: View, object: Option<&Object>) -> Result<Option<Dict>, PdfError> {
        let Some(object) = object else { return Ok(None) };
        Ok(match self.resolve_in(view, object)? {
            Object::Dict(dict) => Some(dict),
            Object::Stream(stream) => Some(stream.dict),
            _ => None,
        })
    }

    /// The catalog as of `view`.
    pub(crate) fn catalog(&self, view: View) -> Result<Dict, PdfError> {
        self.dict_in(view, self.trailer_in(view).get(b"Root"))?.ok_or(PdfError::damaged(0, "no catalog"))
    }

    /// Where the data of `stream` are.
    pub(crate) fn stream_range(&self, view: View, stream: &Stream) -> Result<Range<u64>, PdfError> {
        let length = match stream.dict.get(b"Length") {
            Some(Object::Ref(reference)) => self.plain_integer(view, *reference),
            _ => None,
        };
        stream_range(&*self.source, stream, length)
    }

    /// An integer that is an object of its own; not looked for in object streams, whose length it may be.
    fn plain_integer(&self, view: View, reference: Ref) -> Option<i64> {
        self.load(view, reference.number).ok()??.object.as_integer()
    }

    /// The decoded data of `stream`, where its filters are those of structures.
    ///
    /// # Errors
    /// If it has no end, is too large, or has another filter.
    pub(crate) fn stream_data(&self, view: View, stream: &Stream) -> Result<Vec<u8>, PdfError> {
        let range = self.stream_range(view, stream)?;
        let raw = self.source.read_range(range, self.limits.stream_bytes)?;
        let mut direct = Dict::new();
        for key in [b"Filter".as_slice(), b"DecodeParms", b"F", b"DP"] {
            match stream.dict.get(key) {
                // Not through object streams, or a stream could need itself.
                Some(Object::Ref(reference)) => {
                    let value = self.load(view, reference.number)?.map_or(Object::Null, |found| found.object.clone());
                    direct.set(key, value);
                }
                Some(value) => direct.set(key, value.clone()),
                None => {}
            }
        }
        let limit = self.limits.stream_bytes;
        filter::decode(&raw, &direct, limit).map_err(|error| match error {
            filter::FilterError::TooLarge => {
                PdfError::TooLarge { what: "stream bytes", found: limit.saturating_add(1), limit }
            }
            _ => PdfError::damaged(stream.start, "stream cannot be decoded"),
        })
    }

    /// The first number above all that are in use.
    pub(crate) fn next_number(&self) -> u32 {
        let highest = self.merged.keys().max().copied().unwrap_or(0).saturating_add(1);
        let size = self.trailer().get(b"Size").and_then(Object::as_integer).and_then(|size| u32::try_from(size).ok());
        // A size far beyond what is there is a mistake that need not go on.
        size.filter(|size| *size < highest.saturating_add(100_000)).map_or(highest, |size| size.max(highest))
    }

    /// The revisions, oldest first.
    ///
    /// # Errors
    /// If the bytes cannot be read.
    pub fn revisions(&self) -> Result<Vec<Revision>, PdfError> {
        let mut revisions: Vec<Revision> = Vec::new();
        for section in self.sections.iter().rev() {
            let end = self.end_of(section)?;
            let objects = section.entries.iter().map(|(number, _)| *number);
            match revisions.last_mut() {
                // The two sections of a linearised file are one revision.
                Some(last) if section.offset < last.end => {
                    last.objects.extend(objects);
                    last.end = last.end.max(end);
                }
                _ => revisions.push(Revision { end, objects: objects.collect() }),
            }
        }
        Ok(revisions)
    }

    /// Byte behind the `%%EOF` (and line end) that follows `section`.
    pub(crate) fn end_of(&self, section: &Section) -> Result<u64, PdfError> {
        let after = super::cursor::window(&*self.source, section.end, 1 << 10)?;
        let marker = after.windows(5).position(|word| word == b"%%EOF");
        let Some(behind) = marker.map(|at| at.saturating_add(5)) else { return Ok(section.end) };
        let line_end = match after.get(behind..).unwrap_or_default() {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', ..] => 1,
            _ => 0,
        };
        Ok(section.end.saturating_add(to_u64(behind.saturating_add(line_end))))
    }
}
