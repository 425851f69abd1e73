//! A look at the document before anything else reads it (预检): kind, encryption, bombs; fonts, macros, sheets, links.
//!
//! LibreOffice tells none of this, and a document that is refused here costs no worker.  What is found about fonts and
//! losses is for warnings: a form that is not understood yields fewer of them, never an error.

mod compound;
mod html;
mod links;
mod package;
mod rtf;
mod xml;

use std::collections::BTreeSet;

use crate::{Kind, Limits, OfficeError, warning::Warnings};

/// What was found.
#[derive(Debug)]
pub(crate) struct Inspected {
    pub(crate) kind: Kind,
    /// Names of fonts that the document asks for.
    pub(crate) fonts: BTreeSet<String>,
    pub(crate) warnings: Warnings,
    /// The document in a form that LibreOffice understands without guessing, if that differs.
    pub(crate) rewritten: Option<Vec<u8>>,
}

impl Inspected {
    fn new(kind: Kind) -> Self {
        Self { kind, fonts: BTreeSet::new(), warnings: Warnings::default(), rewritten: None }
    }

    /// Fonts with a theme's or no name are none.
    fn font(&mut self, name: &str) {
        let name = name.trim().trim_matches(['\'', '"']).trim();
        if !name.is_empty() && !name.starts_with('+') && self.fonts.len() < FONTS {
            self.fonts.insert(name.to_owned());
        }
    }
}

/// Names of fonts that are kept: more than a document has styles.
const FONTS: usize = 1_000;

/// Looks at a document.
pub(crate) fn inspect(bytes: &[u8], stated: Option<&str>, limits: &Limits) -> Result<Inspected, OfficeError> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.source_bytes {
        return Err(OfficeError::TooLarge { what: "bytes of the document", limit: limits.source_bytes });
    }
    match bytes {
        _ if bytes.starts_with(b"PK") => package::inspect(bytes, limits),
        _ if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") => compound::inspect(bytes),
        _ if bytes.starts_with(b"{\\rtf") => Ok(rtf::inspect(bytes)),
        _ if html::is_html(bytes, stated) => Ok(html::inspect(bytes)),
        _ => Err(OfficeError::UnknownKind),
    }
}
