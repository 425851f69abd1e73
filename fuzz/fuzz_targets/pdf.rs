//! Any bytes as a PDF: pages, text, revisions and signatures.

use std::sync::Arc;

use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_text::pdf::PdfText;

/// Pages whose text is read.
const PAGES: usize = 2;

pub(crate) fn check(data: &[u8]) {
    let limits = PdfLimits { stream_bytes: 4 << 20, entries: 100_000, ..PdfLimits::default() };
    let Ok(document) = PdfDocument::open(Arc::new(data.to_vec()), &limits) else { return };
    let text = PdfText::new(&document);
    for page in 1..=document.page_count().min(PAGES) {
        let _ = (document.page(page), text.page_chars(page));
    }
    let _ = (document.revisions(), document.locked());
    if let Ok(signatures) = document.signatures() {
        let _ = document.digests(&signatures);
    }
}
