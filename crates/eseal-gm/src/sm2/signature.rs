//! Signature values in all their forms (签名值), GB/T 35276 and formats in the field.

use crate::der;

/// A signature (签名值): r and s as they came; that they are in range is for verification to say.
///
/// ```text
/// SM2Signature ::= SEQUENCE { r INTEGER, s INTEGER }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature {
    /// r, big-endian.
    pub r: [u8; 32],
    /// s, big-endian.
    pub s: [u8; 32],
}

/// The form in which a signature value was met (签名值编码).  Inside files anything but DER is a deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// DER, as GB/T 35276 asks.
    Der,
    /// r ‖ s, 64 bytes.
    Raw64,
    /// `ECCSIGNATUREBLOB` of GM/T 0016: each number right-aligned in 64 bytes.
    Skf128,
    /// DER that lost zero bytes at its end (quirk Q1).
    TrimmedDer,
    /// DER whose numbers lack the zero byte that keeps them positive.
    NegativeDer,
}

/// The bytes are no signature value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no SM2 signature value")]
pub struct SignatureError;

/// Most zero bytes that are put back: two are met once in 65 536 signatures, five never.
const TRIMMED_MAX_BYTES: usize = 4;

impl Signature {
    /// Reads strict DER over all bytes.
    ///
    /// # Errors
    /// [`SignatureError`] for anything else.
    pub fn from_der(der: &[u8]) -> Result<Self, SignatureError> {
        let mut input = der;
        let mut body = der::take(&mut input, der::SEQUENCE).ok_or(SignatureError)?;
        let r = der::take_integer(&mut body).ok_or(SignatureError)?;
        let s = der::take_integer(&mut body).ok_or(SignatureError)?;
        if input.is_empty() && body.is_empty() { Ok(Self { r, s }) } else { Err(SignatureError) }
    }

    /// Reads r ‖ s.
    #[must_use]
    pub fn from_raw64(raw: &[u8; 64]) -> Self {
        let (mut r, mut s) = ([0; 32], [0; 32]);
        let (first, second) = raw.split_at(32);
        r.copy_from_slice(first);
        s.copy_from_slice(second);
        Self { r, s }
    }

    /// Reads an `ECCSIGNATUREBLOB`.
    ///
    /// # Errors
    /// [`SignatureError`] if a number is longer than 32 bytes.
    pub fn from_skf128(blob: &[u8; 128]) -> Result<Self, SignatureError> {
        match blob.as_chunks::<32>().0 {
            [[0, ..], r, [0, ..], s] if blob.chunks(32).step_by(2).flatten().all(|byte| *byte == 0) => {
                Ok(Self { r: *r, s: *s })
            }
            _ => Err(SignatureError),
        }
    }

    /// Reads a value of unknown form, and says which it was.
    ///
    /// Strict DER first; then by length: 64 bytes, 128 bytes with zero halves; then DER whose numbers look
    /// negative, then DER that lost zeros at its end.
    ///
    /// # Errors
    /// [`SignatureError`] if it is none of them.
    pub fn read_any(value: &[u8]) -> Result<(Self, Form), SignatureError> {
        if let Ok(signature) = Self::from_der(value) {
            return Ok((signature, Form::Der));
        }
        if let Ok(raw) = value.try_into() {
            return Ok((Self::from_raw64(raw), Form::Raw64));
        }
        if let Some(signature) = value.try_into().ok().and_then(|blob| Self::from_skf128(blob).ok()) {
            return Ok((signature, Form::Skf128));
        }
        if let Some(signature) = Self::from_negative(value) {
            return Ok((signature, Form::NegativeDer));
        }
        let missing = missing_at_end(value).ok_or(SignatureError)?;
        let padded: Vec<u8> = value.iter().copied().chain(std::iter::repeat_n(0, missing)).collect();
        Ok((Self::from_der(&padded)?, Form::TrimmedDer))
    }

    fn from_negative(der: &[u8]) -> Option<Self> {
        let mut input = der;
        let mut body = der::take(&mut input, der::SEQUENCE)?;
        let r = der::take_unsigned_integer(&mut body)?;
        let s = der::take_unsigned_integer(&mut body)?;
        (input.is_empty() && body.is_empty()).then_some(Self { r, s })
    }

    /// DER, as files carry it.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let (mut body, mut der) = (Vec::with_capacity(70), Vec::with_capacity(72));
        der::put_integer(&mut body, &self.r);
        der::put_integer(&mut body, &self.s);
        der::put(&mut der, der::SEQUENCE, &body);
        der
    }

    /// r ‖ s.
    #[must_use]
    pub fn to_raw(&self) -> [u8; 64] {
        let mut raw = [0; 64];
        raw.iter_mut().zip(self.r.iter().chain(&self.s)).for_each(|(to, from)| *to = *from);
        raw
    }

    /// `ECCSIGNATUREBLOB`.
    #[must_use]
    pub fn to_skf(&self) -> [u8; 128] {
        let mut blob = [0; 128];
        let numbers = [&[0; 32], &self.r, &[0; 32], &self.s];
        blob.iter_mut().zip(numbers.into_iter().flatten()).for_each(|(to, from)| *to = *from);
        blob
    }
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signature(")?;
        self.to_raw().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// How many bytes a SEQUENCE lacks to its own length, if that can be lost zeros.
fn missing_at_end(value: &[u8]) -> Option<usize> {
    let (&tag, rest) = value.split_first()?;
    let (len, content) = der::take_length(rest)?;
    let missing = len.checked_sub(content.len())?;
    (tag == der::SEQUENCE && (1..=TRIMMED_MAX_BYTES).contains(&missing)).then_some(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value() -> Signature {
        Signature { r: [0x81; 32], s: std::array::from_fn(|index| if index == 31 { 0 } else { 0x11 }) }
    }

    #[test]
    fn every_form_is_read_back_and_named() {
        let (value, der) = (value(), value().to_der());
        assert_eq!(Signature::read_any(&der), Ok((value, Form::Der)));
        assert_eq!(Signature::read_any(&value.to_raw()), Ok((value, Form::Raw64)));
        assert_eq!(Signature::read_any(&value.to_skf()), Ok((value, Form::Skf128)));
        assert_eq!(Signature::read_any(&der[..der.len() - 1]), Ok((value, Form::TrimmedDer)));
        let short = Signature { r: [0; 32], s: [0; 32] };
        assert_eq!(short.to_der(), [0x30, 6, 2, 1, 0, 2, 1, 0]);
        assert_eq!(Signature::read_any(&short.to_der()), Ok((short, Form::Der)));
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let der = value().to_der();
        let longer = [der.as_slice(), &[0]].concat();
        let mut skf = value().to_skf();
        skf[3] = 1;
        for bad in [&[][..], &der[..der.len() - 5], &longer, &skf, &[0x30], &[0x30, 0x80], &[0; 63], &[0x31, 2, 2, 0]] {
            assert!(Signature::read_any(bad).is_err(), "{bad:02x?}");
        }
        assert!(Signature::from_der(&longer).is_err());
    }

    #[test]
    fn der_that_is_not_minimal_is_refused() {
        for bad in [
            "3008020200010202 0001",
            "30810602010102 0101",
            "3006020101020181",
            "3007020101020101 00",
            "3006030101020101",
        ] {
            let bad = hex::decode(bad.replace(' ', "")).unwrap();
            assert!(Signature::from_der(&bad).is_err(), "{bad:02x?}");
        }
    }
}
