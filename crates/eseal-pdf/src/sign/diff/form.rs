//! What an update does to the form (表单变更): new signature fields, signed ones, filled ones.

use std::collections::HashSet;

use super::{LaterChange, Update, keys, lenient, lossy, references};
use crate::{
    error::PdfError,
    object::{Dict, Object, Ref},
};

impl Update<'_> {
    /// `/AcroForm`: new signature fields, flags.
    pub(super) fn form(&mut self, before: Option<&Object>, after: Option<&Object>) -> Result<(), PdfError> {
        let old = self.dict(self.old, before)?.unwrap_or_default();
        let Some(new) = self.dict(self.new, after)? else {
            if before.is_some() {
                self.found.push(LaterChange::Catalog { entry: "AcroForm".to_owned() });
            }
            return Ok(());
        };
        self.explain(after);
        for key in keys(&old, &new) {
            let (mine, yours) = (old.get(&key), new.get(&key));
            match key.as_slice() {
                b"Fields" => {
                    let was = lenient(self.document.entry_of(self.old, &old, b"Fields"))?;
                    let is = lenient(self.document.entry_of(self.new, &new, b"Fields"))?;
                    self.explain(yours);
                    self.field_list(&references(&was), &references(&is), "AcroForm/Fields")?;
                }
                b"SigFlags" => {}
                // Defaults for appearances that viewers make of text fields; a form that had none has no such fields.
                b"DA" | b"DR" if mine.is_none() => self.explain_new(yours)?,
                _ if mine != yours => {
                    self.found.push(LaterChange::Catalog { entry: format!("AcroForm/{}", lossy(&key)) });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A list of fields may gain signature fields.
    fn field_list(&mut self, old: &[Ref], new: &[Ref], entry: &str) -> Result<(), PdfError> {
        let before: HashSet<Ref> = old.iter().copied().collect();
        let (kept, added): (Vec<Ref>, Vec<Ref>) = new.iter().partition(|field| before.contains(field));
        if kept != old {
            self.found.push(LaterChange::Catalog { entry: entry.to_owned() });
        }
        for field in added {
            self.new_field(field)?;
        }
        Ok(())
    }

    fn new_field(&mut self, field: Ref) -> Result<(), PdfError> {
        let number = field.number;
        let object = |what: &'static str| LaterChange::Object { object: number, what: what.into() };
        if !self.is_new(number) || !self.pending.remove(&number) {
            self.found.push(object("was made a form field"));
            return Ok(());
        }
        let dict = match self.object(self.new, number)? {
            Object::Dict(dict) if dict.is(b"FT", b"Sig") => dict,
            _ => {
                self.found.push(object("form field was added"));
                return Ok(());
            }
        };
        if self.same_names.contains(&number) {
            self.found.push(LaterChange::SameName { object: number });
        }
        self.widgets.insert(number);
        for kid in references(&lenient(self.document.entry_of(self.new, &dict, b"Kids"))?) {
            if self.is_new(kid.number) && self.pending.remove(&kid.number) {
                self.widgets.insert(kid.number);
                let kid = self.object(self.new, kid.number)?;
                self.explain_entries(kid.as_dict())?;
            } else {
                self.found.push(object("takes an existing object as its widget"));
            }
        }
        self.explain_entries(Some(&dict))?;
        self.signed(number, &dict)
    }

    /// What belongs to a widget: appearance, lock, decoration.
    fn explain_entries(&mut self, dict: Option<&Dict>) -> Result<(), PdfError> {
        for key in [b"AP".as_slice(), b"Lock", b"SV", b"MK", b"Kids"] {
            self.explain_new(dict.and_then(|dict| dict.get(key)))?;
        }
        Ok(())
    }

    /// The value of a signature field that this update adds or signs.
    fn signed(&mut self, field: u32, dict: &Dict) -> Result<(), PdfError> {
        let value = dict.get(b"V");
        let is_signature = match value {
            Some(value) => lenient(self.document.resolve_in(self.new, value))?.as_dict().is_some(),
            None => false,
        };
        match value {
            _ if !is_signature => self.found.push(if self.draws(dict)? {
                LaterChange::DrawingField { object: field }
            } else {
                LaterChange::SignatureField { object: field }
            }),
            Some(Object::Ref(value)) if self.is_new(value.number) => {
                let number = value.number;
                if self.signatures.insert(number) {
                    self.explain_new(Some(&Object::Ref(*value)))?;
                    self.found.push(LaterChange::Signature { object: number });
                }
            }
            Some(Object::Dict(_)) => self.found.push(LaterChange::Signature { object: field }),
            _ => {
                let what = "a new field shows an earlier signature";
                self.found.push(LaterChange::Object { object: field, what: what.into() });
            }
        }
        Ok(())
    }

    /// Fields and widgets that existed.
    pub(super) fn existing_fields(&mut self) -> Result<(), PdfError> {
        for number in self.pending.clone() {
            if let (Object::Dict(old), Object::Dict(new)) =
                (self.object(self.old, number)?, self.object(self.new, number)?)
            {
                let is_field = old.get(b"FT").is_some()
                    || old.is(b"Subtype", b"Widget")
                    || old.get(b"T").is_some() && (old.get(b"Parent").is_some() || old.get(b"Kids").is_some());
                if is_field && !old.is(b"Type", b"Page") {
                    self.pending.remove(&number);
                    self.existing_field(number, &old, &new)?;
                }
            }
        }
        Ok(())
    }

    fn existing_field(&mut self, number: u32, old: &Dict, new: &Dict) -> Result<(), PdfError> {
        let changed: Vec<Vec<u8>> = keys(old, new).into_iter().filter(|key| old.get(key) != new.get(key)).collect();
        let only = |allowed: &[&[u8]]| changed.iter().all(|key| allowed.contains(&key.as_slice()));
        let object = |what: &'static str| LaterChange::Object { object: number, what: what.into() };
        let is_signature = self.inherited(old, b"FT")?.as_name() == Some(b"Sig");
        let had_value = !self.inherited(old, b"V")?.is_null();
        if changed == [b"Kids"] {
            let was = lenient(self.document.entry_of(self.old, old, b"Kids"))?;
            let is = lenient(self.document.entry_of(self.new, new, b"Kids"))?;
            return self.field_list(&references(&was), &references(&is), "AcroForm/Kids");
        }
        match (is_signature, had_value) {
            (true, false) if only(&[b"V", b"AP", b"AS", b"M", b"MK", b"F", b"DA", b"P"]) => {
                self.widgets.insert(number);
                self.explain_entries(Some(new))?;
                self.signed(number, new)?;
            }
            (true, true) if changed.iter().any(|key| key == b"V") => {
                self.found.push(object("the value of a signature field was replaced"));
            }
            (true, _) => self.found.push(object("a signature field was changed")),
            (false, _) if only(&[b"V", b"AP", b"AS", b"M", b"I", b"RV"]) => {
                self.explain_new(new.get(b"AP"))?;
                self.explain_new(new.get(b"V"))?;
                self.explain_new(new.get(b"RV"))?;
                self.found.push(LaterChange::FormField { object: number });
            }
            _ => self.found.push(object("a form field was changed")),
        }
        Ok(())
    }

    /// An entry that kids have from their parents, in the old state.
    fn inherited(&self, dict: &Dict, key: &[u8]) -> Result<Object, PdfError> {
        let mut dict = dict.clone();
        for _ in 0..crate::limits::MAX_TREE_DEPTH {
            if let Some(value) = dict.get(key) {
                return lenient(self.document.resolve_in(self.old, value));
            }
            match self.dict(self.old, dict.get(b"Parent"))? {
                Some(parent) => dict = parent,
                None => break,
            }
        }
        Ok(Object::Null)
    }
}
