//! Digests of what signatures in a PDF stand on, as their values ask for them (原文杂凑).

use eseal_bytes::{ByteSource, ReadError, for_each_chunk};

use crate::value::{Original, Wanted};

/// Most different digests of one file that are computed: each is a pass through the file, and real files need two.
const MAX_PASSES: usize = 16;

/// Adds to each original the digests that it wants of its `/ByteRange`, one pass through the file for each algorithm
/// and signer: the first parts are prefixes of one another, so a hasher goes through the file and is copied at each
/// hole.
///
/// Ranges must lie in the file; digests beyond [`MAX_PASSES`] are left out.
pub(super) fn ranges(
    source: &dyn ByteSource,
    mut list: Vec<([u64; 4], Vec<Wanted>, &mut Original)>,
) -> Result<(), ReadError> {
    list.sort_by_key(|([_, first, ..], ..)| *first);
    let mut passes: Vec<Wanted> = Vec::new();
    for wanted in list.iter().flat_map(|(_, wanted, _)| wanted) {
        if passes.len() < MAX_PASSES && !passes.contains(wanted) {
            passes.push(*wanted);
        }
    }
    for pass in passes {
        let (mut prefix, mut done) = (pass.hasher(), 0);
        let wanting =
            list.iter_mut().filter(|(_, wanted, known)| wanted.contains(&pass) && known.digest(&pass).is_none());
        for ([_, first, second, rest], _, known) in wanting {
            for_each_chunk(source, done..*first, |piece| prefix.update(piece))?;
            done = *first;
            let mut whole = prefix.clone();
            for_each_chunk(source, *second..second.saturating_add(*rest), |piece| whole.update(piece))?;
            known.add(pass, whole.finish());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use eseal_gm::{Hash, sm3};

    use super::*;

    #[test]
    fn ranges_are_hashed_as_each_signature_wants() {
        let bytes = b"0123456789".to_vec();
        let (sha, z) = (Wanted::plain(Hash::Sha256), Wanted { hash: Hash::Sm3, z: Some([7; 32]) });
        let (mut late, mut early) = (Original::default(), Original::default());
        let list = vec![([0, 5, 7, 3], vec![sha, z], &mut late), ([0, 1, 3, 1], vec![sha], &mut early)];
        ranges(&bytes, list).unwrap();
        assert_eq!(late.digest(&sha), Some(&Hash::Sha256.digest(b"01234789")[..]));
        assert_eq!(late.digest(&z), Some(&sm3(&[&[7; 32], &b"01234789"[..]].concat())[..]));
        assert_eq!(early.digest(&sha), Some(&Hash::Sha256.digest(b"03")[..]));
        assert_eq!(early.digest(&z), None);
    }
}
