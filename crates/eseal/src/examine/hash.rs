//! SM3 of a whole file, and of what it was at earlier ends (文件杂凑), in one pass.

use std::collections::BTreeMap;

use eseal_bytes::{ByteSource, ReadError, for_each_chunk};
use eseal_gm::Sm3;

/// SM3 of the beginnings of a file, by their ends.
pub(super) type Beginnings = BTreeMap<u64, [u8; 32]>;

/// SM3 of the whole file, and of its first bytes up to each of `ends`.
pub(super) fn file(
    source: &dyn ByteSource,
    ends: impl Iterator<Item = u64>,
) -> Result<([u8; 32], Beginnings), ReadError> {
    let size = source.len();
    let mut found: Beginnings = ends.filter(|end| *end <= size).map(|end| (end, [0; 32])).collect();
    let (mut hash, mut from) = (Sm3::new(), 0);
    for (end, digest) in &mut found {
        for_each_chunk(source, from..*end, |piece| hash.update(piece))?;
        *digest = hash.clone().finish();
        from = *end;
    }
    for_each_chunk(source, from..size, |piece| hash.update(piece))?;
    Ok((hash.finish(), found))
}

#[cfg(test)]
mod tests {
    use eseal_gm::sm3;

    use super::*;

    #[test]
    fn beginnings_are_hashed_on_the_way() {
        let bytes = b"0123456789".to_vec();
        let (whole, ends) = file(&bytes, [4, 10, 4, 11].into_iter()).unwrap();
        assert_eq!(whole, sm3(b"0123456789"));
        assert_eq!(ends, BTreeMap::from([(4, sm3(b"0123")), (10, whole)]));
    }
}
