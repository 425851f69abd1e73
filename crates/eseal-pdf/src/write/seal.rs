//! (filled next)
use crate::{PdfDocument, PreparedPdf, SealError, SealRequest};
/// Adds one seal signature to `document` (签章): everything but its value.
///
/// # Errors
/// See [`SealError`]; nothing is written.
pub fn prepare(_document: &PdfDocument, _request: &SealRequest<'_>) -> Result<PreparedPdf, SealError> {
    todo!()
}
