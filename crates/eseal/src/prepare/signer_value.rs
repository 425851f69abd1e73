//! Signature values as callers send them (签名值归一), made DER and verified.

use eseal_gm::sm2::{Signature, VerifyingKey};
use eseal_pki::Certificate;
use eseal_ses::cms::SignedData;

use super::{ComposeError, Prepared, SignatureValue};

impl Prepared {
    /// Checks a value without composing; gives its normalised DER.
    ///
    /// `certificate` is what the caller says it signed with, if it says so.
    ///
    /// # Errors
    /// [`ComposeError::WrongSignature`], [`ComposeError::OtherCertificate`].
    pub fn check_value(&self, value: &SignatureValue, certificate: Option<&[u8]>) -> Result<Vec<u8>, ComposeError> {
        if certificate.is_some_and(|certificate| certificate != self.signer_certificate) {
            return Err(ComposeError::OtherCertificate);
        }
        let signature = match value {
            SignatureValue::Bytes(bytes) => read(bytes)?,
            SignatureValue::SignedData(der) => self.read_signed_data(der)?,
        };
        let certificate =
            Certificate::from_der(&self.signer_certificate).map_err(|_| ComposeError::OtherCertificate)?;
        let point = certificate.public_key.sm2().ok_or(ComposeError::OtherCertificate)?;
        let key = VerifyingKey::from_bytes(point).map_err(|_| ComposeError::OtherCertificate)?;
        if key.verify_prehash(&self.e, &signature) { Ok(signature.to_der()) } else { Err(ComposeError::WrongSignature) }
    }

    /// The value in a SignedData over TBS_Sign itself: one signer, no attributes, for then something else was signed.
    fn read_signed_data(&self, der: &[u8]) -> Result<Signature, ComposeError> {
        let data = SignedData::parse(der).map_err(|_| ComposeError::WrongSignature)?;
        if !data.certificates.is_empty() && !data.certificates.contains(&&self.signer_certificate[..]) {
            return Err(ComposeError::OtherCertificate);
        }
        match &data.signers[..] {
            [signer] if signer.attributes.is_none() => read(signer.signature),
            _ => Err(ComposeError::WrongSignature),
        }
    }
}

fn read(bytes: &[u8]) -> Result<Signature, ComposeError> {
    Signature::read_any(bytes).map(|(signature, _)| signature).map_err(|_| ComposeError::WrongSignature)
}
