//! SM3 of signed bytes (数据杂凑), all signatures of a file in one pass.
use crate::{PdfDocument, PdfError, PdfSignature};
impl PdfDocument {
    /// SM3 of the bytes that each signature's `/ByteRange` names; none where that cannot be read.
    ///
    /// # Errors
    /// If the bytes cannot be read.
    pub fn hash_signed_bytes(&self, _signatures: &[PdfSignature]) -> Result<Vec<Option<[u8; 32]>>, PdfError> {
        todo!()
    }
}
