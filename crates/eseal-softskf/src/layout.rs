//! Structures of the interface as bytes (数据结构): `ECCPUBLICKEYBLOB`, `ECCSIGNATUREBLOB`, `ECCCIPHERBLOB` and others.
//!
//! A number of 256 bits stands right-aligned in a field of 64 bytes; some libraries align to the left.  ULONG has 32 bits;
//! libraries built with `unsigned long` have 64.  Structures are packed.

use eseal_gm::sm2::{Signature, VerifyingKey, encryption::Ciphertext};

use crate::Sar;

/// `ECC_MAX_XCOORDINATE_BITS_LEN / 8`.
const FIELD_BYTES: usize = 64;
/// `ECCSIGNATUREBLOB`.
pub(crate) const SIGNATURE_BYTES: usize = 2 * FIELD_BYTES;
/// Longest plaintext of SM2: more than any key that is wrapped.
pub(crate) const PLAINTEXT_MAX_BYTES: usize = 1024;
/// `BitLen` of an SM2 key.
const BITS: u32 = 256;

/// How numbers lie in structures: a setting of a library (结构布局).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The number comes first, then zeros.
    pub(crate) left: bool,
    /// ULONG has eight bytes.
    pub(crate) long: bool,
}

impl Layout {
    /// Length of a ULONG.
    pub(crate) const fn number_bytes(self) -> usize {
        if self.long { 8 } else { 4 }
    }

    /// A ULONG.
    pub(crate) fn number(self, number: u32) -> Vec<u8> {
        if self.long { u64::from(number).to_ne_bytes().to_vec() } else { number.to_ne_bytes().to_vec() }
    }

    /// Takes a ULONG from the front.
    pub(crate) fn take_number(self, bytes: &mut &[u8]) -> Result<u32, Sar> {
        let (number, rest) = bytes.split_at_checked(self.number_bytes()).ok_or(Sar::INPUT)?;
        *bytes = rest;
        number.first_chunk().map(|low| u32::from_ne_bytes(*low)).ok_or(Sar::INPUT)
    }

    /// Length of an `ECCPUBLICKEYBLOB`.
    pub(crate) const fn public_key_bytes(self) -> usize {
        self.number_bytes() + 2 * FIELD_BYTES
    }

    /// Length of an `ECCCIPHERBLOB` up to Cipher.
    pub(crate) const fn cipher_head_bytes(self) -> usize {
        2 * FIELD_BYTES + 32 + self.number_bytes()
    }

    pub(crate) fn put_public_key(self, key: &VerifyingKey) -> Vec<u8> {
        let point = key.to_bytes();
        let mut bytes = self.number(BITS);
        self.put(&mut bytes, &point[1..33]);
        self.put(&mut bytes, &point[33..]);
        bytes
    }

    pub(crate) fn put_signature(self, signature: &Signature) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SIGNATURE_BYTES);
        self.put(&mut bytes, &signature.r);
        self.put(&mut bytes, &signature.s);
        bytes
    }

    pub(crate) fn put_cipher(self, cipher: &Ciphertext) -> Option<Vec<u8>> {
        let flat = cipher.to_c1c3c2();
        let mut bytes = Vec::with_capacity(self.cipher_head_bytes() + flat.len());
        self.put(&mut bytes, flat.get(1..33)?);
        self.put(&mut bytes, flat.get(33..65)?);
        bytes.extend(flat.get(65..97)?);
        let text = flat.get(97..)?;
        bytes.extend(self.number(u32::try_from(text.len()).ok()?));
        bytes.extend(text);
        Some(bytes)
    }

    pub(crate) fn take_public_key(self, mut bytes: &[u8]) -> Result<VerifyingKey, Sar> {
        if self.take_number(&mut bytes)? != BITS {
            return Err(Sar::INPUT);
        }
        let (x, y) = bytes.split_at_checked(FIELD_BYTES).ok_or(Sar::INPUT)?;
        let point = [[4].as_slice(), &self.take(x)?, &self.take(y)?].concat();
        VerifyingKey::from_bytes(&point).map_err(|_| Sar::INPUT)
    }

    pub(crate) fn take_signature(self, bytes: &[u8]) -> Result<Signature, Sar> {
        let (r, s) = bytes.split_at_checked(FIELD_BYTES).ok_or(Sar::INPUT)?;
        Ok(Signature { r: self.take(r)?, s: self.take(s)? })
    }

    /// The length of Cipher, in the head of an `ECCCIPHERBLOB`.
    pub(crate) fn text_bytes(self, head: &[u8]) -> Result<usize, Sar> {
        let mut length = head.get(2 * FIELD_BYTES + 32..).ok_or(Sar::INPUT)?;
        let length = usize::try_from(self.take_number(&mut length)?).map_err(|_| Sar::INPUT)?;
        if (1..=PLAINTEXT_MAX_BYTES).contains(&length) { Ok(length) } else { Err(Sar::INPUT) }
    }

    /// An `ECCCIPHERBLOB` with all that it says it has.
    pub(crate) fn take_cipher(self, bytes: &[u8]) -> Result<Ciphertext, Sar> {
        let (head, text) = bytes.split_at_checked(self.cipher_head_bytes()).ok_or(Sar::INPUT)?;
        let text = text.get(..self.text_bytes(head)?).ok_or(Sar::INPUT)?;
        let (x, rest) = head.split_at_checked(FIELD_BYTES).ok_or(Sar::INPUT)?;
        let (y, rest) = rest.split_at_checked(FIELD_BYTES).ok_or(Sar::INPUT)?;
        let mac = rest.first_chunk::<32>().ok_or(Sar::INPUT)?;
        let flat = [[4].as_slice(), &self.take(x)?, &self.take(y)?, mac, text].concat();
        Ciphertext::from_c1c3c2(&flat).map_err(|_| Sar::INPUT)
    }

    fn put(self, to: &mut Vec<u8>, number: &[u8]) {
        let zeros = vec![0; FIELD_BYTES - number.len()];
        let (first, second) = if self.left { (number, zeros.as_slice()) } else { (zeros.as_slice(), number) };
        to.extend(first);
        to.extend(second);
    }

    /// A number of 256 bits out of a field.
    pub(crate) fn take(self, field: &[u8]) -> Result<[u8; 32], Sar> {
        let (zeros, number) = if self.left {
            let (number, zeros) = field.split_first_chunk().ok_or(Sar::INPUT)?;
            (zeros, number)
        } else {
            field.split_last_chunk().ok_or(Sar::INPUT)?
        };
        if zeros.iter().any(|byte| *byte != 0) {
            return Err(Sar::INPUT);
        }
        Ok(*number)
    }
}
