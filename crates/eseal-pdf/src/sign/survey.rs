//! What later bytes could change without redefining anything (悬空引用与越界对象).
//!
//! An object of a signed revision may refer to a number that nothing defines: whoever defines it later changes what is
//! shown.  And an object may reach beyond the signed part, so that what is appended becomes its content.

use std::collections::{HashMap, HashSet};

use super::{LaterChange, fields::none_if_damaged};
use crate::{
    error::PdfError,
    object::{Object, Ref},
    read::{Entry, PdfDocument, View},
};

/// Most objects that are looked at: more take tens of seconds.
const MAX_OBJECTS: usize = 1_000_000;

/// Findings of one pass over all objects of a file with several revisions.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Numbers that an older revision refers to and section `.0` defines first.
    pub(super) filled: Vec<(usize, u32)>,
    /// End of a signed part, and object that reaches beyond it.
    pub(super) crossing: Vec<(u64, u32)>,
    /// There are too many objects to tell.
    pub(super) too_many: bool,
    /// Something shown refers to document information or metadata, so that changing them changes what is shown.
    pub(super) metadata_is_used: bool,
}

impl Survey {
    /// Looks at all objects; `ends` are the ends of signed parts.
    pub(super) fn new(document: &PdfDocument, ends: &[u64]) -> Result<Self, PdfError> {
        let mut survey = Self::default();
        let objects = document.sections.iter().map(|section| section.entries.len()).fold(0, usize::saturating_add);
        if objects > MAX_OBJECTS {
            survey.too_many = true;
            return Ok(survey);
        }
        let mut ends = ends.to_vec();
        ends.sort_unstable();
        ends.dedup();
        let late = first_defined(document);
        let metadata = metadata(document)?;
        for (index, section) in document.sections.iter().enumerate() {
            for (number, entry) in &section.entries {
                survey.look_at(
                    document,
                    index,
                    *number,
                    *entry,
                    &Known { late: &late, ends: &ends, metadata: &metadata },
                )?;
            }
        }
        survey.filled.sort_unstable();
        survey.filled.dedup();
        Ok(survey)
    }

    fn look_at(
        &mut self,
        document: &PdfDocument,
        index: usize,
        number: u32,
        entry: Entry,
        known: &Known<'_>,
    ) -> Result<(), PdfError> {
        let Known { late, ends, metadata } = *known;
        let view = View(index);
        let object = match entry {
            Entry::Free => return Ok(()),
            Entry::Inside { stream, .. } => {
                // The container, too, must have been there.
                if let Some(defined_by) = late.get(&stream)
                    && *defined_by < index
                {
                    self.filled.push((*defined_by, number));
                }
                super::fields::lenient(document.get(view, Ref { number, generation: 0 }))?
            }
            Entry::At { offset, .. } => {
                let loaded = match document.load_at(offset) {
                    Err(error) if !error.is_damage() => return Err(error),
                    Err(_) => return Ok(()),
                    Ok(loaded) => loaded,
                };
                let next = ends.partition_point(|end| *end <= offset);
                if let Some(end) = ends.get(next) {
                    let reach = match &loaded.object {
                        Object::Stream(stream) if stream.dict.get(b"Length").is_some() => {
                            document.stream_range(view, stream).map_or(loaded.end, |range| range.end)
                        }
                        _ => loaded.end,
                    };
                    if reach > *end {
                        self.crossing.push((*end, number));
                    }
                }
                loaded.object.clone()
            }
        };
        self.metadata_is_used |= !metadata.is_empty() && refers_to(&object, metadata);
        each_reference(&object, &mut |reference| {
            if let Some(defined_by) = late.get(&reference.number)
                && *defined_by < index
            {
                self.filled.push((*defined_by, reference.number));
            }
        });
        Ok(())
    }
}

/// What one pass knows beforehand.
#[derive(Clone, Copy)]
struct Known<'a> {
    late: &'a HashMap<u32, usize>,
    ends: &'a [u64],
    metadata: &'a HashSet<u32>,
}

/// Numbers of document information and of the document's metadata, in any revision.
fn metadata(document: &PdfDocument) -> Result<HashSet<u32>, PdfError> {
    let mut found = HashSet::new();
    for index in 0..document.sections.len() {
        let view = View(index);
        let trailer = document.trailer_in(view);
        let catalog = document.dict_in(view, trailer.get(b"Root")).or_else(none_if_damaged)?.unwrap_or_default();
        let named = [trailer.get(b"Info"), catalog.get(b"Metadata")];
        found.extend(named.into_iter().flatten().filter_map(Object::as_ref).map(|reference| reference.number));
    }
    Ok(found)
}

/// Whether an object refers to one of them as something else than its metadata.  Cross-reference streams are trailers.
fn refers_to(object: &Object, numbers: &HashSet<u32>) -> bool {
    let dict = match object {
        Object::Stream(stream) if stream.dict.is(b"Type", b"XRef") => return false,
        Object::Stream(stream) => Some(&stream.dict),
        other => other.as_dict(),
    };
    let mut found = false;
    let mut look =
        |value: &Object| each_reference(value, &mut |reference| found |= numbers.contains(&reference.number));
    match dict {
        Some(dict) => dict.iter().filter(|(key, _)| *key != b"Metadata").for_each(|(_, value)| look(value)),
        None => look(object),
    }
    found
}

/// Numbers that an update defines although nothing older does, with that update's section.
fn first_defined(document: &PdfDocument) -> HashMap<u32, usize> {
    let mut defined = HashSet::new();
    let mut late = HashMap::new();
    for (index, section) in document.sections.iter().enumerate().rev() {
        for (number, entry) in &section.entries {
            let oldest = index.saturating_add(1) == document.sections.len();
            match entry {
                Entry::Free => {
                    defined.remove(number);
                }
                _ if defined.insert(*number) && !oldest => {
                    late.insert(*number, index);
                }
                _ => {}
            }
        }
    }
    late
}

/// Calls `take` for every reference within `object`; depth is bounded by the parser.
pub(super) fn each_reference(object: &Object, take: &mut dyn FnMut(Ref)) {
    match object {
        Object::Ref(reference) => take(*reference),
        Object::Array(items) => items.iter().for_each(|item| each_reference(item, take)),
        Object::Dict(dict) => dict.iter().for_each(|(_, value)| each_reference(value, take)),
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, value)| each_reference(value, take)),
        _ => {}
    }
}

impl Survey {
    /// What it found about the update with section `index`.
    pub(super) fn filled_by(&self, index: usize) -> impl Iterator<Item = LaterChange> {
        let own = self.filled.iter().filter(move |(section, _)| *section == index);
        own.map(|(_, object)| LaterChange::Object {
            object: *object,
            what: "fills a reference that led nowhere".into(),
        })
    }
}
