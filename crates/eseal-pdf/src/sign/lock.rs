//! What signatures forbid (锁定): `DocMDP`, `FieldMDP` and `/Lock`.

use super::{
    FieldLock, Locked,
    fields::{SignatureField, lenient, none_if_damaged, signature_fields},
};
use crate::{
    error::PdfError,
    object::{Dict, Object, Ref},
    read::{PdfDocument, View},
};

/// What one signature says about later changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Transforms {
    pub(super) doc_mdp: Option<u8>,
    pub(super) field_lock: Option<FieldLock>,
    /// `FieldMDP` with P = 1: nothing may change any more.
    pub(super) nothing_more: bool,
}

impl PdfDocument {
    /// Why no further seal may be added, if so.
    ///
    /// A certification without permission to change anything forbids it, and so does a signature that locks all
    /// fields, or all but some: a new seal is a new field.
    ///
    /// # Errors
    /// If the bytes cannot be read.
    pub fn locked(&self) -> Result<Option<Locked>, PdfError> {
        for field in signature_fields(self)? {
            let Some(value) = &field.value else { continue };
            let Object::Dict(dict) = lenient(self.resolve(value))? else { continue };
            let object = value.as_ref().unwrap_or(field.reference).number;
            let said = transforms(self, &dict)?;
            if said.doc_mdp == Some(1) {
                return Ok(Some(Locked::Certified { object }));
            }
            let by_field = field.lock.as_ref().is_some_and(|lock| {
                lock.get(b"P").and_then(Object::as_integer) == Some(1) || forbids_new(field_lock(lock).as_ref())
            });
            if by_field || said.nothing_more || forbids_new(said.field_lock.as_ref()) {
                return Ok(Some(Locked::FieldLock { object }));
            }
        }
        self.locked_by_permissions()
    }

    /// A certification that no field refers to counts as well.
    fn locked_by_permissions(&self) -> Result<Option<Locked>, PdfError> {
        let catalog = self.catalog(View::NEWEST)?;
        let permissions = self.dict_in(View::NEWEST, catalog.get(b"Perms")).or_else(none_if_damaged)?;
        let Some(value) = permissions.as_ref().and_then(|dict| dict.get(b"DocMDP")) else { return Ok(None) };
        let Object::Dict(dict) = lenient(self.resolve(value))? else { return Ok(None) };
        let object = value.as_ref().map_or(0, |reference: Ref| reference.number);
        Ok((transforms(self, &dict)?.doc_mdp == Some(1)).then_some(Locked::Certified { object }))
    }

    /// True if any field is signed, or the file is certified.
    pub(crate) fn has_signatures(&self) -> Result<bool, PdfError> {
        for SignatureField { value, .. } in signature_fields(self)? {
            if let Some(value) = value
                && lenient(self.resolve(&value))?.as_dict().is_some()
            {
                return Ok(true);
            }
        }
        let catalog = self.catalog(View::NEWEST)?;
        let permissions = self.dict_in(View::NEWEST, catalog.get(b"Perms")).or_else(none_if_damaged)?;
        Ok(permissions.is_some_and(|dict| dict.get(b"DocMDP").is_some_and(|value| !value.is_null())))
    }

    /// Names of fields that signatures lock one by one.
    pub(crate) fn locked_names(&self) -> Result<Vec<Vec<u8>>, PdfError> {
        let mut names = Vec::new();
        for field in signature_fields(self)? {
            let Some(value) = &field.value else { continue };
            let Object::Dict(dict) = lenient(self.resolve(value))? else { continue };
            if let Some(FieldLock::Include(listed)) = transforms(self, &dict)?.field_lock {
                names.extend(listed);
            }
        }
        Ok(names)
    }
}

fn forbids_new(lock: Option<&FieldLock>) -> bool {
    matches!(lock, Some(FieldLock::All | FieldLock::Exclude(_)))
}

/// Reads `/Reference` of a signature dictionary; the strictest of several counts.
pub(super) fn transforms(document: &PdfDocument, signature: &Dict) -> Result<Transforms, PdfError> {
    let mut found = Transforms::default();
    let list = lenient(document.entry_of(View::NEWEST, signature, b"Reference"))?;
    for item in list.as_array().unwrap_or_default() {
        let Object::Dict(item) = lenient(document.resolve(item))? else { continue };
        let parameters = document.dict_in(View::NEWEST, item.get(b"TransformParams")).or_else(none_if_damaged)?;
        let parameters = parameters.unwrap_or_default();
        let permission = lenient(document.entry_of(View::NEWEST, &parameters, b"P"))?.as_integer();
        match lenient(document.entry_of(View::NEWEST, &item, b"TransformMethod"))?.as_name() {
            Some(b"DocMDP") => {
                // Two is what absence means (ISO 32000-1, table 254).
                let own = permission.and_then(|p| u8::try_from(p).ok()).filter(|p| (1..=3).contains(p)).unwrap_or(2);
                found.doc_mdp = Some(found.doc_mdp.map_or(own, |known| known.min(own)));
            }
            Some(b"FieldMDP") => {
                found.nothing_more |= permission == Some(1);
                if found.field_lock != Some(FieldLock::All) {
                    found.field_lock = field_lock(&parameters).or(found.field_lock);
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// `/Action` and `/Fields`.
fn field_lock(dict: &Dict) -> Option<FieldLock> {
    let names = || {
        let list = dict.get(b"Fields").and_then(Object::as_array).unwrap_or_default();
        list.iter().filter_map(|name| name.as_string().map(<[u8]>::to_vec)).collect()
    };
    match dict.get(b"Action").and_then(Object::as_name)? {
        b"All" => Some(FieldLock::All),
        b"Exclude" => Some(FieldLock::Exclude(names())),
        b"Include" => Some(FieldLock::Include(names())),
        _ => None,
    }
}
