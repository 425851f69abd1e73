//! Digests of a file and of signed bytes (数据杂凑), all signatures in one pass.

use std::collections::{BTreeMap, BTreeSet};

use eseal_bytes::for_each_chunk;
use eseal_gm::Sm3;

use super::PdfSignature;
use crate::{error::PdfError, read::PdfDocument};

/// How many times the file may be hashed for what stands behind the holes: in true files each signature adds the
/// end of its own revision, all together less than the file once.
const MAX_PASSES: u64 = 8;

/// SM3 of a file and of what its signatures stand on (文件与原文杂凑).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDigests {
    /// Of the whole file.
    pub file: [u8; 32],
    /// Of the file as it was at the end of each signature's `/ByteRange`, by that end in bytes.
    pub beginnings: BTreeMap<u64, [u8; 32]>,
    /// Of the bytes that each signature's `/ByteRange` names; none where that cannot be read.
    pub signed: Vec<Option<[u8; 32]>>,
}

/// A signature's two parts, the first from the beginning of the file.
struct Parts {
    /// Place of the signature in the list.
    index: usize,
    /// End of the first part.
    first: u64,
    /// Where the second part begins and ends.
    second: (u64, u64),
}

impl PdfDocument {
    /// Hashes the file, its earlier ends and what each signature stands on.
    ///
    /// All begin with the file's first byte, so one hasher goes through the file and is copied on the way: at each hole,
    /// to go on behind it, and at each end.
    ///
    /// # Errors
    /// If the bytes cannot be read, or hashing what stands behind the holes would take far longer than the file is
    /// worth.
    pub fn digests(&self, signatures: &[PdfSignature]) -> Result<FileDigests, PdfError> {
        let len = self.source.len();
        let parts: Vec<Parts> =
            signatures.iter().enumerate().filter_map(|(index, signature)| parts(index, signature, len)).collect();
        let work =
            parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.second.1.saturating_sub(part.second.0)));
        let limit = len.saturating_mul(MAX_PASSES);
        if work > limit {
            return Err(PdfError::TooLarge { what: "bytes to hash", found: work, limit });
        }
        let ends: BTreeSet<u64> =
            signatures.iter().filter_map(PdfSignature::signed_end).filter(|end| *end <= len).collect();
        let stops: BTreeSet<u64> = parts.iter().map(|part| part.first).chain(ends.iter().copied()).collect();
        let mut digests =
            FileDigests { file: [0; 32], beginnings: BTreeMap::new(), signed: vec![None; signatures.len()] };
        let (mut prefix, mut done) = (Sm3::new(), 0);
        for stop in stops {
            for_each_chunk(&*self.source, done..stop, |piece| prefix.update(piece))?;
            done = stop;
            if ends.contains(&stop) {
                digests.beginnings.insert(stop, prefix.clone().finish());
            }
            for part in parts.iter().filter(|part| part.first == stop) {
                let mut whole = prefix.clone();
                for_each_chunk(&*self.source, part.second.0..part.second.1, |piece| whole.update(piece))?;
                if let Some(digest) = digests.signed.get_mut(part.index) {
                    *digest = Some(whole.finish());
                }
            }
        }
        for_each_chunk(&*self.source, done..len, |piece| prefix.update(piece))?;
        digests.file = prefix.finish();
        Ok(digests)
    }
}

/// The parts of a signature that begins with the file's first byte and lies in the file.
fn parts(index: usize, signature: &PdfSignature, len: u64) -> Option<Parts> {
    let [start, first, second, rest] = signature.byte_range?;
    let end = second.checked_add(rest)?;
    (start == 0 && first <= len && end <= len).then_some(Parts { index, first, second: (second, end) })
}
