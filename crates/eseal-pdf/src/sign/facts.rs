//! (filled next)
use crate::{Locked, PdfDocument, PdfError, PdfSignature};
impl PdfDocument {
    /// All signatures, oldest first: those of form fields, and signature dictionaries that no field refers to.
    ///
    /// # Errors
    /// If the bytes cannot be read, or a limit is exceeded; what is wrong with a signature is in its facts.
    pub fn signatures(&self) -> Result<Vec<PdfSignature>, PdfError> {
        todo!()
    }
    /// Why no further seal may be added, if so.
    ///
    /// # Errors
    /// If the bytes cannot be read.
    pub fn locked(&self) -> Result<Option<Locked>, PdfError> {
        todo!()
    }
}
