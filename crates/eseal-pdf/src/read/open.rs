//! Opening (打开).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use eseal_bytes::ByteSource;

use super::{
    cursor::window,
    document::{Cache, PdfDocument, View},
    pages::read_pages,
    rebuild::rebuild,
    xref::{Chain, read_chain},
};
use crate::{PdfLimits, error::PdfError, number::to_u64, object::Object};

/// Bytes that may precede `%PDF-` (Adobe's implementation note 13).
const HEADER_BYTES: u64 = 1 << 10;

impl PdfDocument {
    /// Opens a PDF: reads cross-reference data and the page tree.
    ///
    /// A file whose cross-reference data are unusable is scanned for its objects ([`PdfDocument::is_rebuilt`]).
    ///
    /// # Errors
    /// See [`PdfError`].
    pub fn open(source: Arc<dyn ByteSource>, limits: &PdfLimits) -> Result<Self, PdfError> {
        let head = window(&*source, 0, HEADER_BYTES)?;
        let header = head.windows(5).position(|word| word == b"%PDF-").ok_or(PdfError::NotPdf)?;
        let regular = read_chain(&*source, to_u64(header), limits)
            .and_then(|chain| Self::assemble(Arc::clone(&source), chain, false, limits));
        match regular {
            Err(error) if error.is_damage() => {
                let chain = rebuild(&*source, limits)?;
                Self::assemble(source, chain, true, limits)
            }
            other => other,
        }
    }

    fn assemble(
        source: Arc<dyn ByteSource>,
        chain: Chain,
        rebuilt: bool,
        limits: &PdfLimits,
    ) -> Result<Self, PdfError> {
        let Chain { sections, bias } = chain;
        if sections.iter().any(|section| section.trailer.get(b"Encrypt").is_some_and(|value| !value.is_null())) {
            return Err(PdfError::Encrypted);
        }
        let mut merged = HashMap::new();
        for section in sections.iter().rev() {
            merged.extend(section.entries.iter().copied());
        }
        let cache = Mutex::new(Cache::default());
        let mut document = Self { source, limits: *limits, bias, sections, merged, rebuilt, pages: Vec::new(), cache };
        document.pages = read_pages(&document)?;
        Ok(document)
    }

    /// The objects that every reader needs are where they should be.
    pub(crate) fn root(&self) -> Result<crate::Ref, PdfError> {
        let root = self.trailer_in(View::NEWEST).get(b"Root").and_then(Object::as_ref);
        root.ok_or(PdfError::damaged(0, "no /Root"))
    }
}
