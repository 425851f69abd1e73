//! Every signature of a file (全部签章), and the facts about it.

use std::{collections::HashSet, ops::Range};

use super::{
    FieldLock, LaterChange, PdfSignature,
    changes::Changes,
    fields::{SignatureField, Widgets, lenient, signature_fields, text_of},
    find::{Candidate, find_unreferenced},
    frame::{Extent, Frames, check_frame},
    lock::transforms,
    names,
};
use crate::{
    error::PdfError,
    number::to_u64,
    object::{Object, Ref},
    read::{Entry, PdfDocument, View},
};

impl PdfDocument {
    /// All signatures, oldest first: those of form fields, and signature dictionaries that no field refers to.
    ///
    /// # Errors
    /// If the bytes cannot be read, or a limit is exceeded; what is wrong with a signature is in its facts.
    pub fn signatures(&self) -> Result<Vec<PdfSignature>, PdfError> {
        let mut candidates = self.signatures_of_fields()?;
        let known: HashSet<u64> = candidates.iter().filter_map(|candidate| candidate.offset).collect();
        candidates.extend(find_unreferenced(self, &known)?);
        let (found, limit) = (to_u64(candidates.len()), to_u64(self.limits.signatures));
        if found > limit {
            return Err(PdfError::TooLarge { what: "signatures", found, limit });
        }
        let mut signatures = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            signatures.push(self.describe(candidate)?);
        }
        signatures.sort_by_key(|signature| (signature.signed_end().unwrap_or(u64::MAX), signature.reference));
        self.add_later_changes(&mut signatures)?;
        Ok(signatures)
    }

    /// Distinct values of signature fields, with the fields and widgets that share each.
    fn signatures_of_fields(&self) -> Result<Vec<Candidate>, PdfError> {
        let mut widgets = Widgets::new(self);
        let mut candidates: Vec<Candidate> = Vec::new();
        for field in signature_fields(self)? {
            let Some(value) = field.value.clone() else { continue };
            let Some(mut candidate) = self.candidate(&field, &value)? else { continue };
            let mut places = Vec::new();
            for widget in &field.widgets {
                places.extend(widgets.place(*widget)?);
            }
            let name = text_of(&field.name);
            if let Some(known) = candidates.iter_mut().find(|known| known.reference == candidate.reference) {
                known.fields.push(name);
                known.placements.extend(places);
            } else {
                candidate.fields.push(name);
                candidate.placements = places;
                candidates.push(candidate);
            }
        }
        Ok(candidates)
    }

    /// The signature dictionary that `value` leads to.
    fn candidate(&self, field: &SignatureField, value: &Object) -> Result<Option<Candidate>, PdfError> {
        let Some(reference) = value.as_ref() else {
            // In the field itself: its `/Contents` cannot be told from the field's.
            let dict = value.as_dict().cloned();
            return Ok(dict.map(|dict| Candidate::new(field.reference, None, dict, None)));
        };
        if let Some(Entry::At { offset, .. }) = self.entry(View::NEWEST, reference.number)
            && let Ok(Some(loaded)) = self.load(View::NEWEST, reference.number)
            && let Object::Dict(dict) = &loaded.object
        {
            return Ok(Some(Candidate::new(reference, Some(offset), dict.clone(), loaded.contents.clone())));
        }
        Ok(match lenient(self.resolve(value))? {
            Object::Dict(dict) => Some(Candidate::new(reference, None, dict, None)),
            // A value that cannot be read is a signature that cannot be read, not an empty field.
            _ => {
                let damaged = self.load(View::NEWEST, reference.number).is_err_and(|error| error.is_damage());
                damaged.then(|| Candidate::new(reference, None, crate::Dict::default(), None))
            }
        })
    }

    fn describe(&self, candidate: Candidate) -> Result<PdfSignature, PdfError> {
        let Candidate { reference, offset, dict, contents_token, fields, placements } = candidate;
        let entry = |key: &[u8]| lenient(self.entry_of(View::NEWEST, &dict, key));
        let as_name = |object: Object| object.as_name().map(|name| String::from_utf8_lossy(name).into_owned());
        let as_text = |object: Object| object.as_string().map(text_of);
        let contents = match dict.get(b"Contents") {
            Some(Object::String(bytes)) => bytes.clone(),
            _ => entry(b"Contents")?.as_string().unwrap_or_default().to_vec(),
        };
        let byte_range = self.byte_range(&entry(b"ByteRange")?)?;
        let faults = check_frame(self, byte_range, contents_token.clone())?;
        let said = transforms(self, &dict)?;
        Ok(PdfSignature {
            reference,
            filter: as_name(entry(b"Filter")?),
            sub_filter: as_name(entry(b"SubFilter")?),
            signing_time: as_text(entry(b"M")?),
            reason: as_text(entry(b"Reason")?),
            name: as_text(entry(b"Name")?),
            is_time_stamp: dict.is(b"Type", b"DocTimeStamp"),
            fields,
            placements,
            byte_range,
            contents_token,
            contents,
            faults,
            redefined: self.is_redefined(reference, offset),
            revision_complete: false,
            covers_whole_file: false,
            later_changes: Vec::new(),
            doc_mdp: said.doc_mdp,
            field_lock: said.field_lock,
        })
    }

    fn byte_range(&self, array: &Object) -> Result<Option<[u64; 4]>, PdfError> {
        let Some([a, b, c, d]) = array.as_array() else { return Ok(None) };
        let mut numbers = [0_u64; 4];
        for (number, item) in numbers.iter_mut().zip([a, b, c, d]) {
            match lenient(self.resolve(item))?.as_integer().and_then(|value| u64::try_from(value).ok()) {
                Some(value) => *number = value,
                None => return Ok(None),
            }
        }
        Ok(Some(numbers))
    }

    /// True if a section that is newer than the definition at `offset` defines or frees the number again.
    fn is_redefined(&self, reference: Ref, offset: Option<u64>) -> bool {
        let newest = self.sections.iter().find_map(|section| section.find(reference.number));
        match (newest, offset) {
            (Some(Entry::At { offset: newest, .. }), Some(own)) => newest != own,
            (Some(_), Some(_)) => true,
            // In a file without usable cross-reference data, the last definition is what the scan found.
            _ => false,
        }
    }

    fn add_later_changes(&self, signatures: &mut [PdfSignature]) -> Result<(), PdfError> {
        let ends: Vec<Option<u64>> = signatures.iter().map(PdfSignature::signed_end).collect();
        let frames = Frames::new(self);
        let mut changes = Changes::new(self, &ends)?;
        for (signature, end) in signatures.iter_mut().zip(ends) {
            let Some(end) = end.filter(|end| *end <= self.source.len()) else {
                signature.later_changes = vec![LaterChange::Unreadable];
                continue;
            };
            let Extent { view, complete, to_the_end } = frames.extent_of(end)?;
            signature.revision_complete = complete;
            signature.covers_whole_file = to_the_end;
            signature.later_changes = match view {
                _ if to_the_end => Vec::new(),
                Some(view) => self.with_locks(changes.since(view, end)?, signature.field_lock.as_ref())?,
                None => vec![LaterChange::Unreadable],
            };
        }
        Ok(())
    }
}

impl PdfDocument {
    /// A field that the signature locks must not be filled in.
    fn with_locks(&self, changes: Vec<LaterChange>, lock: Option<&FieldLock>) -> Result<Vec<LaterChange>, PdfError> {
        let Some(lock) = lock else { return Ok(changes) };
        let judged = changes.into_iter().map(|change| {
            let LaterChange::FormField { object } = change else { return Ok(change) };
            let is_locked = match lock {
                FieldLock::All => true,
                FieldLock::Include(names) => names::lists(names, &names::whole_name(self, object)?),
                FieldLock::Exclude(names) => !names::lists(names, &names::whole_name(self, object)?),
            };
            let what = "a field that a signature locks was filled in";
            Ok(if is_locked { LaterChange::Object { object, what: what.into() } } else { change })
        });
        judged.collect()
    }
}

impl Candidate {
    pub(super) const fn new(
        reference: Ref,
        offset: Option<u64>,
        dict: crate::Dict,
        contents_token: Option<Range<u64>>,
    ) -> Self {
        Self { reference, offset, dict, contents_token, fields: Vec::new(), placements: Vec::new() }
    }
}
