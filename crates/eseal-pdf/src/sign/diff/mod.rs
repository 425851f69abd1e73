//! One update against the state before it (修订比较): what is known to be harmless is recognised, the rest is named.

use std::collections::{BTreeSet, HashMap, HashSet};

mod drawing;
mod form;

use super::{
    LaterChange,
    fields::{lenient, none_if_damaged, page_numbers, references},
    names,
    survey::each_reference,
};
use crate::{
    error::PdfError,
    object::{Dict, Object, Ref, Stream},
    read::{Entry, PdfDocument, View},
};

/// Deepest structure of validation data: `/DSS`, `/VRI`, one entry, its lists.
const DSS_DEPTH: usize = 5;

/// Streams up to this size are compared byte by byte when they are written again.
const COMPARED_BYTES: u64 = 64 << 20;

/// Compares updates.
pub(super) struct Diff<'a> {
    document: &'a PdfDocument,
    pages: HashMap<u32, usize>,
    /// Number of an array that holds annotations → its page; made when an array changes.
    annotation_lists: Option<HashMap<u32, usize>>,
    /// Fields whose whole name stands twice; made when an update is compared.
    same_names: Option<HashSet<u32>>,
}

impl<'a> Diff<'a> {
    pub(super) fn new(document: &'a PdfDocument) -> Self {
        Self { document, pages: page_numbers(document), annotation_lists: None, same_names: None }
    }

    /// What the update with section `index` changed.
    pub(super) fn of_update(&mut self, index: usize) -> Result<Vec<LaterChange>, PdfError> {
        let new = View(index);
        let same_names = match self.same_names.take() {
            Some(known) => known,
            None => names::colliding(self.document)?,
        };
        let mut update = Update {
            document: self.document,
            same_names: &same_names,
            old: View(index.saturating_add(1)),
            new,
            pending: BTreeSet::new(),
            widgets: HashSet::new(),
            signatures: HashSet::new(),
            found: Vec::new(),
        };
        update.collect(index)?;
        update.trailer()?;
        update.catalog()?;
        update.existing_fields()?;
        self.pages(&mut update)?;
        update.rest();
        let found = update.found;
        self.same_names = Some(same_names);
        Ok(found)
    }

    /// Pages, and lists of annotations that are objects of their own.
    fn pages(&mut self, update: &mut Update<'_>) -> Result<(), PdfError> {
        for number in update.pending.clone() {
            let (old, new) = (update.object(update.old, number)?, update.object(update.new, number)?);
            match (&old, &new) {
                (Object::Dict(old), Object::Dict(new)) if old.is(b"Type", b"Page") => {
                    let page = self.pages.get(&number).copied().unwrap_or(0);
                    update.pending.remove(&number);
                    update.page(page, number, old, new)?;
                }
                (Object::Array(old), Object::Array(new)) => {
                    let Some(page) = self.page_of_list(number)? else { continue };
                    update.pending.remove(&number);
                    let object = self.document.page(page).map_or(0, |page| page.reference.number);
                    if !update.only_adds_widgets(old, new) {
                        update.found.push(LaterChange::Page { page, object, entry: "Annots".to_owned() });
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn page_of_list(&mut self, number: u32) -> Result<Option<usize>, PdfError> {
        let lists = match self.annotation_lists.take() {
            Some(known) => known,
            None => {
                let mut lists = HashMap::new();
                for (number, page) in (1..).zip(&self.document.pages) {
                    let page = lenient(self.document.get(View::NEWEST, page.reference))?;
                    if let Some(Object::Ref(list)) = page.as_dict().and_then(|page| page.get(b"Annots")) {
                        lists.insert(list.number, number);
                    }
                }
                lists
            }
        };
        let page = lists.get(&number).copied();
        self.annotation_lists = Some(lists);
        Ok(page)
    }
}

/// One update.
struct Update<'a> {
    document: &'a PdfDocument,
    same_names: &'a HashSet<u32>,
    old: View,
    new: View,
    /// Numbers that changed and are not accounted for.
    pending: BTreeSet<u32>,
    /// Widgets of signature fields that it adds or signs.
    widgets: HashSet<u32>,
    signatures: HashSet<u32>,
    found: Vec<LaterChange>,
}

impl Update<'_> {
    fn object(&self, view: View, number: u32) -> Result<Object, PdfError> {
        let generation = match self.document.entry(view, number) {
            Some(Entry::At { generation, .. }) => generation,
            _ => 0,
        };
        lenient(self.document.get(view, Ref { number, generation }))
    }

    fn dict(&self, view: View, value: Option<&Object>) -> Result<Option<Dict>, PdfError> {
        self.document.dict_in(view, value).or_else(none_if_damaged)
    }

    fn is_new(&self, number: u32) -> bool {
        matches!(self.document.entry(self.old, number), None | Some(Entry::Free))
    }

    /// Accounts for `reference` if this update changed it.
    fn explain(&mut self, value: Option<&Object>) {
        if let Some(Object::Ref(reference)) = value {
            self.pending.remove(&reference.number);
        }
    }

    /// Numbers that the update defines otherwise than before.
    fn collect(&mut self, index: usize) -> Result<(), PdfError> {
        let Some(section) = self.document.sections.get(index) else { return Ok(()) };
        for (number, entry) in &section.entries {
            let before = self.document.entry(self.old, *number);
            let nothing = matches!(before, None | Some(Entry::Free)) && *entry == Entry::Free;
            let own = matches!(entry, Entry::At { offset, .. } if *offset == section.offset);
            if nothing || before == Some(*entry) || own && before.is_none() {
                continue;
            }
            let object = self.object(self.new, *number)?;
            let is_container = object.as_dict().is_some_and(|dict| dict.is(b"Type", b"ObjStm"));
            if is_container && before.is_none() || self.same(*number, &object)? {
                continue;
            }
            self.pending.insert(*number);
        }
        Ok(())
    }

    /// True if the object was written again as it was.
    fn same(&self, number: u32, new: &Object) -> Result<bool, PdfError> {
        if self.is_new(number) {
            return Ok(false);
        }
        match (self.object(self.old, number)?, new) {
            (Object::Stream(old), Object::Stream(new)) => Ok(without_length(&old.dict) == without_length(&new.dict)
                && self.data(self.old, &old)? == self.data(self.new, new)?),
            (old, new) => Ok(old == *new),
        }
    }

    fn data(&self, view: View, stream: &Stream) -> Result<Option<Vec<u8>>, PdfError> {
        let range = match self.document.stream_range(view, stream) {
            Err(error) if error.is_damage() => return Ok(None),
            other => other?,
        };
        if range.end.saturating_sub(range.start) > COMPARED_BYTES {
            // Too large to tell: their places differ.
            return Ok(Some(range.start.to_be_bytes().to_vec()));
        }
        Ok(Some(self.document.source.read_range(range, COMPARED_BYTES)?))
    }

    fn trailer(&mut self) -> Result<(), PdfError> {
        let (old, new) = (self.document.trailer_in(self.old), self.document.trailer_in(self.new));
        if old.get(b"Root") != new.get(b"Root") {
            self.found.push(LaterChange::Catalog { entry: "Root".to_owned() });
        }
        let info = new.get(b"Info").cloned();
        let rewritten = matches!(&info, Some(Object::Ref(info)) if self.pending.contains(&info.number));
        if rewritten || old.get(b"Info") != new.get(b"Info") {
            let is_info = self.dict(self.new, info.as_ref())?.is_none_or(|info| info.get(b"Type").is_none());
            if is_info {
                self.explain(info.as_ref());
                self.found.push(LaterChange::Metadata);
            }
        }
        Ok(())
    }

    fn catalog(&mut self) -> Result<(), PdfError> {
        let root = |view| self.document.trailer_in(view).get(b"Root");
        let (old, new) = (self.dict(self.old, root(self.old))?, self.dict(self.new, root(self.new))?);
        let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
        let root = root(self.new).cloned();
        self.explain(root.as_ref());
        for key in keys(&old, &new) {
            let (before, after) = (old.get(&key), new.get(&key));
            let touched = matches!(after, Some(Object::Ref(at)) if self.pending.contains(&at.number));
            let differs = before != after;
            match key.as_slice() {
                b"AcroForm" => self.form(before, after)?,
                b"DSS" if differs || touched => {
                    self.validation_data(before, after, 0)?;
                    self.found.push(LaterChange::ValidationData);
                }
                b"DSS" => {
                    let changed = self.pending.len();
                    self.validation_data(before, after, 0)?;
                    if self.pending.len() != changed {
                        self.found.push(LaterChange::ValidationData);
                    }
                }
                b"Metadata" if differs || touched => {
                    let is_metadata = self.dict(self.new, after)?.is_none_or(|dict| dict.is(b"Type", b"Metadata"));
                    if is_metadata {
                        self.explain(after);
                        self.found.push(LaterChange::Metadata);
                    } else {
                        self.found.push(LaterChange::Catalog { entry: "Metadata".to_owned() });
                    }
                }
                b"Version" | b"Extensions" if differs => {
                    self.explain_new(after)?;
                    self.found.push(LaterChange::Metadata);
                }
                _ if differs => self.found.push(LaterChange::Catalog { entry: lossy(&key) }),
                _ => {}
            }
        }
        Ok(())
    }

    /// Accounts for objects that this update adds and `value` leads to.
    fn explain_new(&mut self, value: Option<&Object>) -> Result<(), PdfError> {
        let mut todo = Vec::new();
        if let Some(value) = value {
            each_reference(value, &mut |reference| todo.push(reference));
        }
        while let Some(reference) = todo.pop() {
            if self.is_new(reference.number) && self.pending.remove(&reference.number) {
                let object = self.object(self.new, reference.number)?;
                each_reference(&object, &mut |reference| todo.push(reference));
            }
        }
        Ok(())
    }

    /// Validation data: new objects, and dictionaries and lists at the same place as before.
    fn validation_data(&mut self, old: Option<&Object>, new: Option<&Object>, depth: usize) -> Result<(), PdfError> {
        let Some(new) = new else { return Ok(()) };
        if depth > DSS_DEPTH {
            return Ok(());
        }
        if let Object::Ref(reference) = new
            && self.pending.contains(&reference.number)
        {
            if self.is_new(reference.number) {
                self.explain_new(Some(new))?;
            } else if old == Some(new) {
                let object = self.object(self.new, reference.number)?;
                let is_page =
                    object.as_dict().is_some_and(|dict| dict.is(b"Type", b"Page") || dict.is(b"Type", b"Pages"));
                if matches!(object, Object::Dict(_) | Object::Array(_)) && !is_page {
                    self.pending.remove(&reference.number);
                }
            }
        }
        let before = old.map(|old| lenient(self.document.resolve_in(self.old, old))).transpose()?;
        match lenient(self.document.resolve_in(self.new, new))? {
            Object::Dict(dict) => {
                let before = before.as_ref().and_then(Object::as_dict);
                for (key, value) in dict.iter() {
                    self.validation_data(before.and_then(|old| old.get(key)), Some(value), depth.saturating_add(1))?;
                }
            }
            Object::Array(items) => {
                for item in &items {
                    self.explain_new(Some(item))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn page(&mut self, page: usize, object: u32, old: &Dict, new: &Dict) -> Result<(), PdfError> {
        for key in keys(old, new) {
            let (before, after) = (old.get(&key), new.get(&key));
            if before == after {
                continue;
            }
            let harmless = key == b"Annots" && {
                let was = lenient(self.document.entry_of(self.old, old, b"Annots"))?;
                let is = lenient(self.document.entry_of(self.new, new, b"Annots"))?;
                self.explain(after);
                let list = |object: &Object| object.as_array().unwrap_or_default().to_vec();
                self.only_adds_widgets(&list(&was), &list(&is))
            };
            if !harmless {
                self.found.push(LaterChange::Page { page, object, entry: lossy(&key) });
            }
        }
        Ok(())
    }

    /// True if all that was there is there in the same order, and the rest are widgets of this update's signatures.
    fn only_adds_widgets(&self, old: &[Object], new: &[Object]) -> bool {
        let mut left = old.iter().peekable();
        for item in new {
            if left.peek() == Some(&item) {
                left.next();
            } else if !item.as_ref().is_some_and(|added| self.widgets.contains(&added.number)) {
                return false;
            }
        }
        left.next().is_none()
    }

    /// Names what is not accounted for.
    fn rest(&mut self) {
        for number in std::mem::take(&mut self.pending) {
            let freed = matches!(self.document.entry(self.new, number), None | Some(Entry::Free));
            let what = match (self.is_new(number), freed) {
                (_, true) => "was freed",
                (true, false) => "was added without being part of a signature",
                (false, false) => "was replaced",
            };
            self.found.push(LaterChange::Object { object: number, what: what.into() });
        }
    }
}

fn without_length(dict: &Dict) -> Dict {
    let mut dict = dict.clone();
    dict.remove(b"Length");
    dict
}

/// Keys of both, once each.
fn keys(old: &Dict, new: &Dict) -> Vec<Vec<u8>> {
    let all: BTreeSet<&[u8]> = old.iter().chain(new.iter()).map(|(key, _)| key).collect();
    all.into_iter().map(<[u8]>::to_vec).collect()
}

fn lossy(key: &[u8]) -> String {
    String::from_utf8_lossy(key).into_owned()
}
