//! Signature values (签名值) in the forms that real files have.

use eseal_gm::sm2::{Form, Signature};

use crate::Deviation;

/// A signature value as it stands (签名值).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureBits<'a> {
    /// The whole element.
    pub raw: &'a [u8],
    /// The value; a time stamp is over these bytes.
    pub bytes: &'a [u8],
}

impl SignatureBits<'_> {
    /// The SM2 signature in it, and the form it was met in; none if it is in no known form.
    #[must_use]
    pub fn sm2(&self) -> Option<(Signature, Form)> {
        Signature::read_any(self.bytes).ok()
    }

    /// What an SM2 signature in it deviates from the standards by.
    pub(crate) fn deviation(&self) -> Option<Deviation> {
        match self.sm2()?.1 {
            Form::Der => None,
            Form::Raw64 | Form::Skf128 => Some(Deviation::SignatureRaw),
            Form::TrimmedDer => Some(Deviation::BitStringTrimmed),
            Form::NegativeDer => Some(Deviation::IntegerNegative),
        }
    }
}
