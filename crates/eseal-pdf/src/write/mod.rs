//! Adding a seal signature (签章写入): an incremental update, in two phases.

mod appearance;
mod dss;
mod extract;
mod form;
mod picture;
mod seal;
mod serialize;
mod time_stamp;
mod update;

use std::ops::Range;

use eseal_bytes::{ReadError, Segment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{error::PdfError, page::PdfPlaced, sign::Locked};

pub use dss::{SignatureVri, append_dss, append_dss_with_vri, vri_key};
pub use picture::{Picture, PictureError, Shape, Step};
pub use seal::prepare;
pub use time_stamp::{PreparedTimeStamp, prepare_time_stamp};

/// One mark of a seal signature (一处印迹): a place, and the part of the picture that shows there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The visible rectangle.
    pub place: PdfPlaced,
    /// Part of the picture: left, bottom, right, top as fractions of its width and height, from the lower left corner.
    pub part: [f64; 4],
}

impl Mark {
    /// The whole picture at `place`.
    #[must_use]
    pub const fn whole(place: PdfPlaced) -> Self {
        Self { place, part: [0.0, 0.0, 1.0, 1.0] }
    }
}

/// What [`prepare`] writes.
#[derive(Clone, Copy, Debug)]
pub struct SealRequest<'a> {
    /// Where: at least one mark.
    pub marks: &'a [Mark],
    /// The seal's picture.
    pub picture: &'a Picture,
    /// `/Filter`, without the slash.
    pub filter: &'a str,
    /// `/SubFilter`, without the slash.
    pub sub_filter: &'a str,
    /// `/M`.
    pub signing_time: Timestamp,
    /// `/Reason`.
    pub reason: Option<&'a str>,
    /// `/Name`.
    pub name: Option<&'a str>,
    /// True if nobody may seal the file afterwards.
    pub lock: bool,
    /// Room for the DER value in bytes; it takes twice as many hexadecimal digits.
    pub contents_bytes: usize,
}

/// Why a seal cannot be added.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// An existing signature forbids it.
    #[error(transparent)]
    Locked(#[from] Locked),
    /// The cross-reference data had to be reconstructed, and the file has signatures that a repair would break.
    #[error("the damaged file has signatures")]
    DamagedAndSigned,
    /// There is no mark.
    #[error("no mark")]
    NoMarks,
    /// A mark stands on a page that does not exist.
    #[error("mark {index}: page {page} of {pages}")]
    NoSuchPage {
        /// Which mark, from 0.
        index: usize,
        /// Page asked for.
        page: usize,
        /// Pages there are.
        pages: usize,
    },
    /// A mark without area, outside its page, or with a part outside the picture.
    #[error("mark {index} makes no sense")]
    BadMark {
        /// Which mark, from 0.
        index: usize,
    },
    /// `/Filter` or `/SubFilter` is not a name, or no room for the value was asked for.
    #[error("bad argument: {0}")]
    BadArgument(&'static str),
    /// The file cannot be read.
    #[error(transparent)]
    Pdf(#[from] PdfError),
}

impl From<ReadError> for SealError {
    fn from(error: ReadError) -> Self {
        Self::Pdf(error.into())
    }
}

/// Why a value was not put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FinishError {
    /// The value is longer than the room for it.
    #[error("value of {len} bytes does not fit into {room}")]
    TooLarge {
        /// Length of the value in bytes.
        len: usize,
        /// Room in bytes.
        room: usize,
    },
    /// The original has another length than the one that was prepared.
    #[error("original of {found} bytes, prepared was one of {expected}")]
    OtherOriginal {
        /// Its length in bytes.
        found: u64,
        /// Length of the original that was prepared, in bytes.
        expected: u64,
    },
}

/// An incremental update that lacks only its signature value (待签章的增量更新).
///
/// Holds the appended tail, never the original.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedPdf {
    /// Length of the original in bytes.
    pub original_len: u64,
    /// `/ByteRange` of the new signature.
    pub byte_range: [u64; 4],
    /// SM3 of the bytes it names: `dataHash`.
    pub data_hash: [u8; 32],
    /// What is appended.
    #[serde(with = "base64_bytes")]
    tail: Vec<u8>,
    /// The hexadecimal digits of `/Contents` within the tail, without brackets.
    hole: Range<usize>,
}

impl PreparedPdf {
    /// `propertyInfo` of the seal signature: the byte range as text.
    #[must_use]
    pub fn property_info(&self) -> String {
        let [a, b, c, d] = self.byte_range;
        format!("ByteRange:[{a} {b} {c} {d}]")
    }

    /// Room for the value, in bytes.
    #[must_use]
    pub const fn room(&self) -> usize {
        self.hole.end.saturating_sub(self.hole.start) / 2
    }

    /// The bytes that are appended before and behind the `<…>` of `/Contents`.
    fn around_hole(&self) -> [&[u8]; 2] {
        let (before, after) = (self.hole.start.saturating_sub(1), self.hole.end.saturating_add(1));
        [self.tail.get(..before).unwrap_or_default(), self.tail.get(after..).unwrap_or_default()]
    }

    /// Number of bytes that are appended.
    #[must_use]
    pub const fn appended_bytes(&self) -> usize {
        self.tail.len()
    }

    /// Puts the value into the hole.
    ///
    /// # Errors
    /// If it does not fit, or the original is another one.
    pub fn finish(&self, original_len: u64, der: &[u8]) -> Result<Vec<Segment>, FinishError> {
        if original_len != self.original_len {
            return Err(FinishError::OtherOriginal { found: original_len, expected: self.original_len });
        }
        let too_large = FinishError::TooLarge { len: der.len(), room: self.room() };
        let mut tail = self.tail.clone();
        let hole = tail.get_mut(self.hole.clone()).ok_or(too_large)?;
        if der.len() > self.room() {
            return Err(too_large);
        }
        for (pair, byte) in hole.chunks_exact_mut(2).zip(der) {
            pair.copy_from_slice(&serialize::hex_pair(*byte));
        }
        Ok(vec![Segment::Original(0..original_len), Segment::New(tail)])
    }
}

impl std::fmt::Debug for PreparedPdf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PreparedPdf({} + {} bytes, {})", self.original_len, self.tail.len(), self.property_info())
    }
}

mod base64_bytes {
    //! Bytes as base64 in JSON.
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        BASE64_STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
