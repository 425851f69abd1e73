//! Structures of the interface as bytes (数据结构): `ECCrefPublicKey`, `ECCSignature`, `ECCCipher`.
//!
//! A number of 256 bits stands right-aligned in a field of 64 bytes; older libraries have fields of 32 bytes, and some
//! align to the left.  All numbers without their own field are `unsigned int` in the order of the machine.

use eseal_gm::sm2::{Signature, VerifyingKey, encryption::Ciphertext};

use crate::Sdr;

/// Longest plaintext of SM2: callers reserve 255 bytes in `ECCCipher`, as GmSSL does.
pub(crate) const PLAINTEXT_MAX_BYTES: usize = 255;
/// `bits` of an SM2 key.
const BITS: u32 = 256;

/// How numbers lie in structures: a setting of a library (结构布局).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// `ECCref_MAX_LEN`: 64, or 32.
    field_bytes: usize,
    /// The number comes first, then zeros.
    left: bool,
}

impl Layout {
    /// Reads the names of quirks; `None` if one is unknown.
    pub(crate) fn parse(quirks: &str) -> Option<Self> {
        let mut layout = Self { field_bytes: 64, left: false };
        for quirk in quirks.split(',').map(str::trim).filter(|quirk| !quirk.is_empty()) {
            match quirk {
                "eccref32" => layout.field_bytes = 32,
                "left" => layout.left = true,
                _ => return None,
            }
        }
        Some(layout)
    }

    pub(crate) const fn public_key_bytes(self) -> usize {
        4 + 2 * self.field_bytes
    }

    pub(crate) const fn signature_bytes(self) -> usize {
        2 * self.field_bytes
    }

    /// `ECCCipher` up to C.
    pub(crate) const fn cipher_head_bytes(self) -> usize {
        2 * self.field_bytes + 32 + 4
    }

    pub(crate) fn put_public_key(self, key: &VerifyingKey) -> Vec<u8> {
        let point = key.to_bytes();
        let mut bytes = BITS.to_ne_bytes().to_vec();
        self.put(&mut bytes, &point[1..33]);
        self.put(&mut bytes, &point[33..]);
        bytes
    }

    pub(crate) fn put_private_key(self, d: &[u8; 32]) -> Vec<u8> {
        let mut bytes = BITS.to_ne_bytes().to_vec();
        self.put(&mut bytes, d);
        bytes
    }

    pub(crate) fn put_signature(self, signature: &Signature) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.signature_bytes());
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
        bytes.extend(u32::try_from(text.len()).ok()?.to_ne_bytes());
        bytes.extend(text);
        Some(bytes)
    }

    pub(crate) fn take_public_key(self, bytes: &[u8]) -> Result<VerifyingKey, Sdr> {
        let (bits, numbers) = bytes.split_first_chunk().ok_or(Sdr::INPUT)?;
        let (x, y) = numbers.split_at_checked(self.field_bytes).ok_or(Sdr::INPUT)?;
        if u32::from_ne_bytes(*bits) != BITS {
            return Err(Sdr::KEY);
        }
        let point = [[4].as_slice(), &self.take(x)?, &self.take(y)?].concat();
        VerifyingKey::from_bytes(&point).map_err(|_| Sdr::KEY)
    }

    pub(crate) fn take_signature(self, bytes: &[u8]) -> Result<Signature, Sdr> {
        let (r, s) = bytes.split_at_checked(self.field_bytes).ok_or(Sdr::INPUT)?;
        Ok(Signature { r: self.take(r)?, s: self.take(s)? })
    }

    /// The length of C, in the head of an `ECCCipher`.
    pub(crate) fn text_bytes(self, head: &[u8]) -> Result<usize, Sdr> {
        let length = u32::from_ne_bytes(*head.last_chunk().ok_or(Sdr::INPUT)?);
        usize::try_from(length).ok().filter(|length| (1..=PLAINTEXT_MAX_BYTES).contains(length)).ok_or(Sdr::INPUT)
    }

    pub(crate) fn take_cipher(self, head: &[u8], text: &[u8]) -> Result<Ciphertext, Sdr> {
        let (x, rest) = head.split_at_checked(self.field_bytes).ok_or(Sdr::INPUT)?;
        let (y, rest) = rest.split_at_checked(self.field_bytes).ok_or(Sdr::INPUT)?;
        let mac = rest.first_chunk::<32>().ok_or(Sdr::INPUT)?;
        let flat = [[4].as_slice(), &self.take(x)?, &self.take(y)?, mac, text].concat();
        Ciphertext::from_c1c3c2(&flat).map_err(|_| Sdr::INPUT)
    }

    fn put(self, to: &mut Vec<u8>, number: &[u8]) {
        let zeros = vec![0; self.field_bytes - number.len()];
        let (first, second) = if self.left { (number, zeros.as_slice()) } else { (zeros.as_slice(), number) };
        to.extend(first);
        to.extend(second);
    }

    fn take(self, field: &[u8]) -> Result<[u8; 32], Sdr> {
        let (zeros, number) = if self.left {
            let (number, zeros) = field.split_first_chunk().ok_or(Sdr::INPUT)?;
            (zeros, number)
        } else {
            field.split_last_chunk().ok_or(Sdr::INPUT)?
        };
        if zeros.iter().any(|byte| *byte != 0) {
            return Err(Sdr::INPUT);
        }
        Ok(*number)
    }
}
