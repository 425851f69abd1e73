//! What a reader may show differently although no byte changed (不固定的内容).
//!
//! A stream may keep its data in another file, a form may draw a page of another file; scripts and XFA forms decide
//! when the file is opened.  Whoever seals such a file seals the instruction, not what is seen.

use super::fields::lenient;
use crate::{
    error::PdfError,
    object::{Dict, Object, Ref},
    read::{Entry, PdfDocument, View},
};

/// Most objects that are looked at: more take tens of seconds.
const MAX_OBJECTS: usize = 1_000_000;
/// Most findings of a kind that are kept: more say no more.
const MAX_FINDINGS: usize = 100;

/// What in a file is not fixed by its bytes (不固定的内容).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfixed {
    /// Object numbers of streams whose data lie in another file (`/F`, ISO 32000-2, table 5), and of forms that stand
    /// for a page of another file (`/Ref`, 8.10.4).
    pub outside: Vec<u32>,
    /// Object numbers that hold scripts (`/S /JavaScript`, 12.6.4.17).
    pub scripts: Vec<u32>,
    /// True if the form is an XFA form (12.7.8), which some readers show instead of the pages.
    pub xfa: bool,
    /// True if there are too many objects to tell.
    pub too_many: bool,
}

impl PdfDocument {
    /// Looks through the newest revision for what its bytes do not fix.
    ///
    /// # Errors
    /// If the bytes cannot be read.  Damaged objects are passed over: readers do not show them either.
    pub fn unfixed(&self) -> Result<Unfixed, PdfError> {
        let mut found = Unfixed { xfa: self.has_xfa()?, ..Unfixed::default() };
        if self.merged.len() > MAX_OBJECTS {
            found.too_many = true;
            return Ok(found);
        }
        let mut in_use: Vec<u32> =
            self.merged.iter().filter(|(_, entry)| !matches!(entry, Entry::Free)).map(|(number, _)| *number).collect();
        in_use.sort_unstable();
        for number in in_use {
            let object = match self.entry(View::NEWEST, number) {
                Some(Entry::At { .. }) => match self.load(View::NEWEST, number) {
                    Ok(loaded) => loaded.map_or(Object::Null, |loaded| loaded.object.clone()),
                    Err(error) if error.is_damage() => Object::Null,
                    Err(error) => return Err(error),
                },
                _ => lenient(self.get(View::NEWEST, Ref { number, generation: 0 }))?,
            };
            found.look_at(number, &object);
        }
        Ok(found)
    }

    fn has_xfa(&self) -> Result<bool, PdfError> {
        let form = self.catalog(View::NEWEST).and_then(|catalog| self.dict_in(View::NEWEST, catalog.get(b"AcroForm")));
        match form {
            Ok(form) => Ok(form.is_some_and(|form| form.get(b"XFA").is_some_and(|xfa| *xfa != Object::Null))),
            Err(error) if error.is_damage() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Unfixed {
    fn look_at(&mut self, number: u32, object: &Object) {
        if let Object::Stream(stream) = object {
            let given = |key: &[u8]| stream.dict.get(key).is_some_and(|value| *value != Object::Null);
            if (given(b"F") || stream.dict.is(b"Subtype", b"Form") && given(b"Ref"))
                && self.outside.len() < MAX_FINDINGS
            {
                self.outside.push(number);
            }
        }
        if self.scripts.len() < MAX_FINDINGS && has_script(object) {
            self.scripts.push(number);
        }
    }
}

/// Whether a script action stands in `object`; depth is bounded by the parser.
fn has_script(object: &Object) -> bool {
    let in_dict = |dict: &Dict| dict.is(b"S", b"JavaScript") || dict.iter().any(|(_, value)| has_script(value));
    match object {
        Object::Array(items) => items.iter().any(has_script),
        Object::Dict(dict) => in_dict(dict),
        Object::Stream(stream) => in_dict(&stream.dict),
        _ => false,
    }
}
