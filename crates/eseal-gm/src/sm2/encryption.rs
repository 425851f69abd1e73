//! Public key encryption (公钥加密), GB/T 32918.4, with the forms C1 ‖ C3 ‖ C2 and GB/T 35276.

use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

use super::{SigningKey, VerifyingKey};
use crate::{
    RandomError, Sm3,
    curve::{Point, Scalar},
    declassify, der, kdf,
};

/// Longest plaintext: keys and envelopes are small, and a stranger's length must not make us work for long.
pub const PLAINTEXT_MAX_BYTES: usize = 1 << 20;

/// Why nothing was encrypted (加密错误).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptError {
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The standard knows no empty plaintext, and we no longer one than [`PLAINTEXT_MAX_BYTES`].
    #[error("the plaintext is empty or longer than {PLAINTEXT_MAX_BYTES} bytes")]
    Length,
}

/// The ciphertext cannot be read, or was not made for this key (解密错误): which of both is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ciphertext does not open")]
pub struct DecryptError;

/// A ciphertext (密文).
///
/// ```text
/// SM2Cipher ::= SEQUENCE {
///     XCoordinate  INTEGER,
///     YCoordinate  INTEGER,
///     HASH         OCTET STRING (SIZE(32)),
///     CipherText   OCTET STRING }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Ciphertext {
    c1: Point,
    c3: [u8; 32],
    c2: Vec<u8>,
}

impl Ciphertext {
    /// Reads `SM2Cipher` of GB/T 35276, strictly.
    ///
    /// # Errors
    /// [`DecryptError`] if it is malformed, or its point is not on the curve.
    pub fn from_der(der: &[u8]) -> Result<Self, DecryptError> {
        let mut input = der;
        let cipher = Self::take(&mut input).ok_or(DecryptError)?;
        if input.is_empty() { Ok(cipher) } else { Err(DecryptError) }
    }

    pub(super) fn take(input: &mut &[u8]) -> Option<Self> {
        let mut body = der::take(input, der::SEQUENCE)?;
        let (x, y) = (der::take_integer(&mut body)?, der::take_integer(&mut body)?);
        let c3 = der::take(&mut body, der::OCTET_STRING)?.try_into().ok()?;
        let c2 = der::take(&mut body, der::OCTET_STRING)?;
        let c1 = Point::from_bytes(&[&[4], x.as_slice(), y.as_slice()].concat())?;
        (body.is_empty() && (1..=PLAINTEXT_MAX_BYTES).contains(&c2.len())).then(|| Self { c1, c3, c2: c2.to_vec() })
    }

    /// Reads C1 ‖ C3 ‖ C2 with C1 = `04 ‖ x ‖ y`.
    ///
    /// # Errors
    /// [`DecryptError`] if it is too short, or its point is not on the curve.
    pub fn from_c1c3c2(bytes: &[u8]) -> Result<Self, DecryptError> {
        let (c1, rest) = bytes.split_at_checked(65).ok_or(DecryptError)?;
        let (c3, c2) = rest.split_first_chunk::<32>().ok_or(DecryptError)?;
        let c1 = Point::from_bytes(c1).ok_or(DecryptError)?;
        if c2.is_empty() || c2.len() > PLAINTEXT_MAX_BYTES {
            return Err(DecryptError);
        }
        Ok(Self { c1, c3: *c3, c2: c2.to_vec() })
    }

    /// `SM2Cipher` of GB/T 35276.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let (x, y) = self.c1.xy();
        let (mut body, mut der) = (Vec::new(), Vec::new());
        der::put_integer(&mut body, &x);
        der::put_integer(&mut body, &y);
        der::put(&mut body, der::OCTET_STRING, &self.c3);
        der::put(&mut body, der::OCTET_STRING, &self.c2);
        der::put(&mut der, der::SEQUENCE, &body);
        der
    }

    /// C1 ‖ C3 ‖ C2.
    #[must_use]
    pub fn to_c1c3c2(&self) -> Vec<u8> {
        [self.c1.to_bytes().as_slice(), &self.c3, &self.c2].concat()
    }
}

impl std::fmt::Debug for Ciphertext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ciphertext({} bytes)", self.c2.len())
    }
}

/// Encrypts for the holder of a key (加密).
///
/// # Errors
/// [`EncryptError`].
pub fn encrypt(key: &VerifyingKey, plaintext: &[u8]) -> Result<Ciphertext, EncryptError> {
    if plaintext.is_empty() || plaintext.len() > PLAINTEXT_MAX_BYTES {
        return Err(EncryptError::Length);
    }
    loop {
        let mut k = super::random_scalar()?;
        let cipher = encrypt_with(key, plaintext, &k);
        k.zeroize();
        if let Some(cipher) = cipher {
            return Ok(cipher);
        }
    }
}

/// Decrypts (解密).
///
/// # Errors
/// [`DecryptError`] if the ciphertext was made for another key, or changed.
pub fn decrypt(key: &SigningKey, cipher: &Ciphertext) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let shared = cipher.c1.mul(key.d()).ok_or(DecryptError)?;
    let (mut plaintext, all_zero) = masked(&shared, &cipher.c2);
    let right = hash(&shared, &plaintext).ct_eq(&cipher.c3);
    if declassify(u8::from(all_zero) | (1 ^ right.unwrap_u8())) != 0 {
        plaintext.zeroize();
        return Err(DecryptError);
    }
    Ok(plaintext)
}

fn encrypt_with(key: &VerifyingKey, plaintext: &[u8], k: &Scalar) -> Option<Ciphertext> {
    let (c1, shared) = (Point::mul_base(k)?, key.point().mul(k)?);
    let (c2, all_zero) = masked(&shared, plaintext);
    (!declassify(all_zero)).then(|| Ciphertext { c1, c3: hash(&shared, plaintext), c2: c2.to_vec() })
}

/// The text ⊕ KDF(x2 ‖ y2), and whether the mask is all zero, which the standard forbids.
fn masked(shared: &Point, text: &[u8]) -> (Zeroizing<Vec<u8>>, bool) {
    let mut mask = kdf(Zeroizing::new(shared.to_bytes()).get(1..).unwrap_or_default(), text.len());
    let all_zero = mask.iter().fold(0, |all, byte| all | byte) == 0;
    mask.iter_mut().zip(text).for_each(|(mask, byte)| *mask ^= byte);
    (mask, all_zero)
}

/// C3 = SM3(x2 ‖ M ‖ y2).
fn hash(shared: &Point, plaintext: &[u8]) -> [u8; 32] {
    let (x, y) = shared.xy();
    let mut hash = Sm3::new();
    hash.update(&x);
    hash.update(plaintext);
    hash.update(&y);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_given_nonce_gives_the_published_ciphertext() {
        let number = |hex: &str| -> [u8; 32] { hex::decode(hex).unwrap().try_into().unwrap() };
        // GB/T 32918.5, annex C.
        let key = SigningKey::from_bytes(&number("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"))
            .unwrap();
        let k =
            Scalar::from_bytes(&number("59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21")).unwrap();
        let cipher = encrypt_with(key.verifying_key(), b"encryption standard", &k).unwrap();
        assert_eq!(
            hex::encode_upper(cipher.to_c1c3c2()),
            "0404EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF059983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD876621886CA989CA9C7D58087307CA93092D651EFA"
        );
        assert_eq!(decrypt(&key, &cipher).unwrap().as_slice(), b"encryption standard");
    }
}
