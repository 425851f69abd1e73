//! What is logged of one use of a seal (日志条目).

use eseal_gm::sm3;
use jiff::Timestamp;

use crate::hash::{Hash, leaf_hash};

/// Version of the leaf's byte format.
const VERSION: u8 = 1;
/// Longest seal code, in bytes: its length is one byte.
const SEAL_CODE_BYTES: usize = 255;

/// How a seal was used (用印方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 1: 签章合成, interface 3-5.
    Composed,
    /// 2: 集中签章, interface 5-2.
    Central,
    /// 3: 3-5 without the document; the "sealed file" is the seal signature itself.
    DigestOnly,
}

impl Kind {
    const fn to_byte(self) -> u8 {
        match self {
            Self::Composed => 1,
            Self::Central => 2,
            Self::DigestOnly => 3,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Composed),
            2 => Some(Self::Central),
            3 => Some(Self::DigestOnly),
            _ => None,
        }
    }
}

/// One use of a seal (用印记录), bound to the sealed file and saying nothing about its content.
///
/// Canonical bytes, numbers big-endian:
///
/// ```text
/// offset  bytes  field
///      0      1  version, 1
///      1      1  kind: 1 composed, 2 central, 3 digest only
///      2      8  time, milliseconds since 1970-01-01T00:00:00Z, signed
///     10     32  SM3 of the sealed file
///     42     32  dataHash of TBS_Sign
///     74      1  n, length of the seal code in bytes
///     75      n  sealCode, UTF-8
///   75+n     32  salted hash of the calling system's identifier, see `system_hash`
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// How the seal was used.
    pub kind: Kind,
    /// When; whole milliseconds.
    pub time: Timestamp,
    /// SM3 of the sealed file.
    pub file_sm3: [u8; 32],
    /// `dataHash` (原文杂凑值).
    pub data_hash: [u8; 32],
    /// `sealCode` (印章编码).
    pub seal_code: String,
    /// Which system called: see [`system_hash`].
    pub system_hash: [u8; 32],
}

/// Why there are no bytes for a leaf, or no leaf in the bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeafError {
    /// The seal code is longer than 255 bytes.
    #[error("seal code of {found} bytes, at most {SEAL_CODE_BYTES}")]
    SealCodeTooLong {
        /// Its length.
        found: usize,
    },
    /// The bytes end early, go on, or hold a value that the format does not have.
    #[error("not a leaf: wrong at byte {offset}")]
    Malformed {
        /// Where.
        offset: usize,
    },
}

impl Leaf {
    /// The canonical bytes, `leaf` of the receipt.
    ///
    /// # Errors
    /// [`LeafError::SealCodeTooLong`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, LeafError> {
        let code = self.seal_code.as_bytes();
        let length = u8::try_from(code.len()).map_err(|_| LeafError::SealCodeTooLong { found: code.len() })?;
        Ok([
            &[VERSION, self.kind.to_byte()][..],
            &self.time.as_millisecond().to_be_bytes(),
            &self.file_sm3,
            &self.data_hash,
            &[length],
            code,
            &self.system_hash,
        ]
        .concat())
    }

    /// Reads canonical bytes; nothing else is accepted.
    ///
    /// # Errors
    /// [`LeafError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LeafError> {
        let mut rest = Rest { bytes, offset: 0 };
        let [version, kind] = rest.take::<2>()?;
        if version != VERSION {
            return Err(LeafError::Malformed { offset: 0 });
        }
        let kind = Kind::from_byte(kind).ok_or(LeafError::Malformed { offset: 1 })?;
        let time = i64::from_be_bytes(rest.take()?);
        let time = Timestamp::from_millisecond(time).map_err(|_| LeafError::Malformed { offset: 2 })?;
        let (file_sm3, data_hash) = (rest.take()?, rest.take()?);
        let [length] = rest.take::<1>()?;
        let offset = rest.offset;
        let code = rest.slice(usize::from(length))?;
        let seal_code = str::from_utf8(code).map_err(|_| LeafError::Malformed { offset })?.to_owned();
        let system_hash = rest.take()?;
        if !rest.bytes.is_empty() {
            return Err(LeafError::Malformed { offset: rest.offset });
        }
        Ok(Self { kind, time, file_sm3, data_hash, seal_code, system_hash })
    }

    /// `leafHash` of the receipt: SM3(00 ‖ canonical bytes).
    ///
    /// # Errors
    /// [`LeafError::SealCodeTooLong`].
    pub fn hash(&self) -> Result<Hash, LeafError> {
        self.to_bytes().map(|bytes| leaf_hash(&bytes))
    }
}

/// Hash of a calling system's identifier (应用系统标识的加盐杂凑): `SM3(salt ‖ systemID)`.
///
/// The salt belongs to the log and stays secret, so that readers of the log cannot try identifiers.
#[must_use]
pub fn system_hash(salt: &[u8; 32], system_id: &str) -> [u8; 32] {
    sm3(&[salt, system_id.as_bytes()].concat())
}

struct Rest<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Rest<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], LeafError> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or(LeafError::Malformed { offset: self.offset })?;
        self.bytes = rest;
        self.offset = self.offset.saturating_add(N);
        Ok(*taken)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], LeafError> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(LeafError::Malformed { offset: self.offset })?;
        self.bytes = rest;
        self.offset = self.offset.saturating_add(length);
        Ok(taken)
    }
}
