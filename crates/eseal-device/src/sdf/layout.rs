//! How numbers lie in the library's structures (结构布局), by the profile or found out.

use eseal_gm::sm2::{Signature, VerifyingKey};

use super::{Alignment, FieldBytes, library::Answer};

/// A layout that is known (已知布局).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) field_bytes: usize,
    pub(super) left: bool,
}

/// Reads an `ECCrefPublicKey`, and finds out what the profile leaves open.
///
/// What the library wrote shows the length of fields: 4 + 2·64 or 4 + 2·32 bytes.  A key may end in bytes like the
/// pattern, so fewer are rounded up.
pub(super) fn public_key(answer: &Answer, field: FieldBytes, alignment: Alignment) -> Option<(VerifyingKey, Layout)> {
    let written = answer.written();
    let field_bytes = match (field, written) {
        (FieldBytes::Standard, ..=132) | (FieldBytes::Detect, 69..=132) => 64,
        (FieldBytes::Short | FieldBytes::Detect, ..=68) => 32,
        _ => return None,
    };
    let bytes = answer.first(4 + 2 * field_bytes)?;
    let (bits, numbers) = bytes.split_first_chunk()?;
    let (x, y) = numbers.split_at_checked(field_bytes)?;
    if u32::from_ne_bytes(*bits) != 256 {
        return None;
    }
    let ways: &[bool] = match alignment {
        Alignment::Right => &[false],
        Alignment::Left => &[true],
        Alignment::Detect => &[false, true],
    };
    ways.iter().find_map(|left| {
        let layout = Layout { field_bytes, left: *left };
        let point = [[4].as_slice(), &layout.number(x)?, &layout.number(y)?].concat();
        Some((VerifyingKey::from_bytes(&point).ok()?, layout))
    })
}

impl Layout {
    /// Reads an `ECCSignature`; `None` if more or less was written, or the numbers do not lie as they should.
    pub(super) fn signature(self, answer: &Answer) -> Option<Signature> {
        if answer.written() > 2 * self.field_bytes {
            return None;
        }
        let (r, s) = answer.first(2 * self.field_bytes)?.split_at_checked(self.field_bytes)?;
        Some(Signature { r: self.number(r)?, s: self.number(s)? })
    }

    fn number(self, field: &[u8]) -> Option<[u8; 32]> {
        let (number, zeros) = if self.left {
            field.split_first_chunk()?
        } else {
            let (zeros, number) = field.split_last_chunk()?;
            (number, zeros)
        };
        zeros.iter().all(|byte| *byte == 0).then_some(*number)
    }
}

#[cfg(test)]
mod tests {
    use eseal_gm::sm2::SigningKey;

    use super::*;

    fn answer(bytes: &[u8]) -> Answer {
        Answer::of(bytes).expect("room")
    }

    fn blob(key: &[u8; 65], field_bytes: usize, left: bool) -> Vec<u8> {
        let mut blob = 256_u32.to_ne_bytes().to_vec();
        for number in [&key[1..33], &key[33..]] {
            let zeros = vec![0; field_bytes - 32];
            let parts = if left { [number, &zeros] } else { [&zeros, number] };
            blob.extend(parts.concat());
        }
        blob
    }

    #[test]
    fn length_and_alignment_are_found_out() {
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key").public_key();
        for (field_bytes, left) in [(64, false), (64, true), (32, false)] {
            let written = answer(&blob(&key, field_bytes, left));
            let (found, layout) = public_key(&written, FieldBytes::Detect, Alignment::Detect).expect("found");
            assert_eq!(found.to_bytes(), key);
            assert_eq!(layout, Layout { field_bytes, left });
        }
    }

    #[test]
    fn what_does_not_fit_the_profile_is_refused() {
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key").public_key();
        let right = answer(&blob(&key, 64, false));
        assert!(public_key(&right, FieldBytes::Short, Alignment::Detect).is_none());
        assert!(public_key(&right, FieldBytes::Detect, Alignment::Left).is_none());
        assert!(public_key(&answer(&[0; 140]), FieldBytes::Detect, Alignment::Detect).is_none());
        assert!(public_key(&answer(&[]), FieldBytes::Detect, Alignment::Detect).is_none());
        let mut off_curve = blob(&key, 64, false);
        off_curve[131] ^= 1;
        assert!(public_key(&answer(&off_curve), FieldBytes::Detect, Alignment::Detect).is_none());
    }

    #[test]
    fn signatures_of_wrong_length_are_refused() {
        let layout = Layout { field_bytes: 64, left: false };
        let right = [[0; 32], [1; 32], [0; 32], [2; 32]].concat();
        assert_eq!(layout.signature(&answer(&right)), Some(Signature { r: [1; 32], s: [2; 32] }));
        assert_eq!(layout.signature(&answer(&right[..64])), None);
        assert_eq!(layout.signature(&answer(&[right.as_slice(), &[1]].concat())), None);
        assert_eq!(layout.signature(&answer(&[1; 128])), None);
    }
}
