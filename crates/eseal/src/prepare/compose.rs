//! Composing (签章合成): the value is verified, put in, and what came out is verified like any other file.

use std::sync::Arc;

use eseal_bytes::{Assembly, ByteSource, Segment};
use eseal_gm::{Hash, sm3};
use eseal_pki::time_stamp::time_stamp_request;

use super::{Body, ComposeError, Prepared, Sealed, SignatureValue, vouch};
use crate::{
    Document, OpenError,
    value::{Fit, StampFacts, Value},
};

impl Prepared {
    /// Checks `value` against e and the certificate, puts it in, and verifies the result with the normal verifier.
    ///
    /// `original` is the file that was prepared (anything for digest-only); `certificate` is what the caller says it
    /// signed with, if it says so.
    ///
    /// # Errors
    /// See [`ComposeError`].
    pub fn compose(
        self,
        original: Arc<dyn ByteSource>,
        value: &SignatureValue,
        certificate: Option<&[u8]>,
    ) -> Result<Sealed, ComposeError> {
        self.compose_with_time_stamp(original, value, certificate, None)
    }

    /// Asks a time-stamp authority for `timeStamp` (生成时间戳请求): DER of a `TimeStampReq` with SM3 of the value, which
    /// is checked first.
    ///
    /// # Errors
    /// As [`Self::check_value`].
    pub fn time_stamp_request(
        &self,
        value: &SignatureValue,
        certificate: Option<&[u8]>,
        nonce: Option<&[u8]>,
    ) -> Result<Vec<u8>, ComposeError> {
        let value = self.check_value(value, certificate)?;
        Ok(time_stamp_request(Hash::Sm3, &sm3(&value), nonce, None))
    }

    /// As [`Self::compose`], with a time-stamp token over the value (DER; the token, not the response around it) in
    /// `timeStamp [0]`.
    ///
    /// The token must stand on this very value and be signed; whether its authority is trusted is for whoever chose it,
    /// and for whoever verifies.  In a PDF there must be room for it: [`crate::Document::prepare_with_room`].
    ///
    /// # Errors
    /// See [`ComposeError`].
    pub fn compose_with_time_stamp(
        self,
        original: Arc<dyn ByteSource>,
        value: &SignatureValue,
        certificate: Option<&[u8]>,
        token: Option<&[u8]>,
    ) -> Result<Sealed, ComposeError> {
        let signature_value = self.check_value(value, certificate)?;
        if let Some(token) = token {
            match StampFacts::read(token, &signature_value) {
                StampFacts::Fits { fit: Fit::Good, .. } => {}
                _ => return Err(ComposeError::WrongTimeStamp),
            }
        }
        let seal_signature = eseal_ses::v4::signature(&self.tbs, &self.signer_certificate, &signature_value, token)
            .map_err(|error| ComposeError::SelfCheck(error.to_string()))?;
        let segments = match &self.body {
            Body::Pdf(prepared) => prepared.finish(original.len(), &seal_signature).map_err(self_check)?,
            Body::Ofd(prepared) => prepared.finish(&*original, &seal_signature).map_err(|error| match error {
                eseal_ofd::FinishError::Package(eseal_ofd::Error::Read(error)) => ComposeError::Read(error),
                other => self_check(other),
            })?,
            Body::Detached => {
                let sm3 = sm3(&seal_signature);
                let bytes = Assembly::new(Arc::new(Vec::new()), vec![Segment::New(seal_signature.clone())])?;
                return Ok(Sealed { bytes, seal_signature, signature_value, sm3 });
            }
        };
        let bytes = Assembly::new(original, segments)?;
        let sm3 = self.verify(&bytes, &seal_signature)?;
        Ok(Sealed { bytes, seal_signature, signature_value, sm3 })
    }

    /// Opens what was composed as if it came from a stranger; gives its SM3.
    fn verify(&self, bytes: &Assembly, seal_signature: &[u8]) -> Result<[u8; 32], ComposeError> {
        // What was appended must not make the file too large to be looked at.
        let limits = crate::Limits { file_bytes: u64::MAX, ..self.limits };
        let document = Document::open(Arc::new(bytes.clone()), &limits).map_err(reopened)?;
        let examination = document.examine().map_err(reopened)?;
        if let Some((index, code)) = vouch::broken(&examination, self.signing_time).first() {
            return Err(ComposeError::SelfCheck(format!("signature {index}: {}", code.as_str())));
        }
        let ours = examination.signatures.iter().filter(|signature| match &signature.value {
            Value::Ses(facts) => facts.der == seal_signature && signature.document_sm3 == Some(self.data_hash),
            _ => false,
        });
        if ours.count() == 1 {
            Ok(examination.sm3)
        } else {
            Err(ComposeError::SelfCheck("the signature is not found".into()))
        }
    }
}

fn self_check(error: impl std::fmt::Display) -> ComposeError {
    ComposeError::SelfCheck(error.to_string())
}

fn reopened(error: OpenError) -> ComposeError {
    match error {
        OpenError::Read(error) => ComposeError::Read(error),
        other => self_check(other),
    }
}
