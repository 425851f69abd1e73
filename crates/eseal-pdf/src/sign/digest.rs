//! Digests of signed bytes (数据杂凑), all signatures of a file in one pass.

use eseal_bytes::for_each_chunk;
use eseal_gm::{Hash, Hasher};

use super::PdfSignature;
use crate::{error::PdfError, read::PdfDocument};

/// How many times the file may be hashed for what stands behind the holes: in true files each signature adds the
/// end of its own revision, all together less than the file once.
const MAX_PASSES: u64 = 8;

impl PdfDocument {
    /// SM3 of the bytes that each signature's `/ByteRange` names; none where that cannot be read.
    ///
    /// # Errors
    /// If the bytes cannot be read, or hashing them would take far longer than the file is worth.
    pub fn hash_signed_bytes(&self, signatures: &[PdfSignature]) -> Result<Vec<Option<[u8; 32]>>, PdfError> {
        let ranges: Vec<_> = signatures.iter().map(|signature| signature.byte_range).collect();
        let digests = self.hash_ranges(&ranges, Hash::Sm3)?;
        Ok(digests.into_iter().map(|digest| digest.and_then(|digest| digest.try_into().ok())).collect())
    }

    /// The same with any digest, as CMS signatures name theirs.
    ///
    /// # Errors
    /// As [`Self::hash_signed_bytes`].
    pub fn hash_signed_bytes_with(&self, signature: &PdfSignature, hash: Hash) -> Result<Option<Vec<u8>>, PdfError> {
        Ok(self.hash_ranges(&[signature.byte_range], hash)?.pop().flatten())
    }

    fn hash_ranges(&self, ranges: &[Option<[u64; 4]>], hash: Hash) -> Result<Vec<Option<Vec<u8>>>, PdfError> {
        let len = self.source.len();
        let readable = |[start, first, second, rest]: [u64; 4]| {
            let inside = |from: u64, size: u64| from.checked_add(size).is_some_and(|end| end <= len);
            start == 0 && inside(0, first) && inside(second, rest)
        };
        // The first parts are prefixes of one another: one hasher goes through the file and is copied at each hole.
        let mut order: Vec<(usize, [u64; 4])> = ranges
            .iter()
            .enumerate()
            .filter_map(|(at, range)| Some((at, range.filter(|range| readable(*range))?)))
            .collect();
        order.sort_by_key(|(_, [_, first, ..])| *first);
        let work = order.iter().fold(0_u64, |sum, (_, [.., rest])| sum.saturating_add(*rest));
        let limit = len.saturating_mul(MAX_PASSES);
        if work > limit {
            return Err(PdfError::TooLarge { what: "bytes to hash", found: work, limit });
        }
        let mut digests = vec![None; ranges.len()];
        let (mut prefix, mut done) = (Hasher::new(hash), 0);
        for (at, [_, first, second, rest]) in order {
            for_each_chunk(&*self.source, done..first, |piece| prefix.update(piece))?;
            done = first;
            let mut whole = prefix.clone();
            for_each_chunk(&*self.source, second..second.saturating_add(rest), |piece| whole.update(piece))?;
            if let Some(digest) = digests.get_mut(at) {
                *digest = Some(whole.finish());
            }
        }
        Ok(digests)
    }
}
