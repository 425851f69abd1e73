//! Scanning a damaged file for its objects (扫描对象), piece by piece.

use eseal_bytes::{ByteSource, ReadError};

use super::lexer::{is_regular, is_space};
use crate::{limits::MAX_NUMBER, number::to_u64, object::Ref};

/// Something found by scanning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// `N G obj` at an offset.
    Object(Ref, u64),
    /// The word `trailer` ends at an offset.
    Trailer(u64),
    /// `/ObjStm` in the latest object.
    ObjectStream,
    /// `/XRef` in the latest object.
    XrefStream,
    /// `/Catalog` in the latest object.
    Catalog,
}

/// Longest `N G obj` with generous white space, and longest keyword: kept from one piece to the next.
const OVERLAP: usize = 64;
const PIECE_BYTES: u64 = 256 << 10;

/// Reports everything of interest, in file order; data of streams are passed over.
pub(crate) fn scan(source: &dyn ByteSource, mut report: impl FnMut(Found)) -> Result<(), ReadError> {
    let (mut buffer, mut start, mut next) = (Vec::new(), 0_u64, 0_usize);
    let mut in_stream = false;
    loop {
        let read_from = start.saturating_add(to_u64(buffer.len()));
        let piece = super::cursor::window(source, read_from, PIECE_BYTES)?;
        let last = read_from.saturating_add(to_u64(piece.len())) >= source.len();
        buffer.extend_from_slice(&piece);
        let stop = if last { buffer.len() } else { buffer.len().saturating_sub(OVERLAP) };
        while next < stop {
            next = next.saturating_add(step(&buffer, next, start, &mut in_stream, &mut report));
        }
        if last {
            return Ok(());
        }
        let drop = next.saturating_sub(OVERLAP);
        buffer.drain(..drop);
        start = start.saturating_add(to_u64(drop));
        next = next.saturating_sub(drop);
    }
}

/// Looks at one position; returns how far to go on.
fn step(buffer: &[u8], at: usize, start: u64, in_stream: &mut bool, report: &mut impl FnMut(Found)) -> usize {
    let Some(rest) = buffer.get(at..) else { return 1 };
    let offset = |at: usize| start.saturating_add(to_u64(at));
    match rest {
        [b'e', b'n', b'd', b's', b't', b'r', b'e', b'a', b'm', ..] => {
            *in_stream = false;
            9
        }
        _ if *in_stream => 1,
        [b's', b't', b'r', b'e', b'a', b'm', b'\r' | b'\n', ..] => {
            *in_stream = true;
            7
        }
        [b'o', b'b', b'j', ..] => {
            if let Some((reference, begin)) = header_before(buffer, at) {
                report(Found::Object(reference, offset(begin)));
            }
            3
        }
        [b't', b'r', b'a', b'i', b'l', b'e', b'r', ..] => {
            report(Found::Trailer(offset(at.saturating_add(7))));
            7
        }
        [b'/', name @ ..] => {
            for (word, found) in [
                (b"ObjStm".as_slice(), Found::ObjectStream),
                (b"XRef", Found::XrefStream),
                (b"Catalog", Found::Catalog),
            ] {
                if name.starts_with(word) && name.get(word.len()).is_none_or(|byte| !is_regular(*byte)) {
                    report(found);
                }
            }
            1
        }
        _ => 1,
    }
}

/// Number and generation in front of the `obj` at `at`, and where the number begins.
pub(crate) fn header_before(buffer: &[u8], at: usize) -> Option<(Ref, usize)> {
    let before = buffer.get(at.saturating_sub(OVERLAP)..at)?;
    let (generation, rest) = number_at_end(trim(before))?;
    let spaced = trim(rest);
    if spaced.len() == rest.len() {
        return None;
    }
    let (number, rest) = number_at_end(spaced)?;
    let number = u32::try_from(number).ok().filter(|number| *number <= MAX_NUMBER)?;
    let reference = Ref { number, generation: u16::try_from(generation).ok()? };
    Some((reference, at.saturating_sub(before.len()).saturating_add(rest.len())))
}

fn trim(bytes: &[u8]) -> &[u8] {
    let blanks = bytes.iter().rev().take_while(|byte| is_space(**byte)).count();
    bytes.get(..bytes.len().saturating_sub(blanks)).unwrap_or_default()
}

fn number_at_end(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let digits = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (rest, digits) = bytes.split_at_checked(bytes.len().saturating_sub(digits))?;
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_found_across_pieces_and_not_in_streams() {
        let mut file = vec![b' '; PIECE_BYTES as usize - 3];
        file.extend(b"12 0 obj\n<</Type/Catalog>>\nendobj 13 0 obj <<>> stream\n14 0 obj\nendstream trailer<<>>");
        let mut found = Vec::new();
        scan(&file, |one| found.push(one)).unwrap();
        let at = PIECE_BYTES - 3;
        let reference = |number| Ref { number, generation: 0 };
        assert_eq!(found[0], Found::Object(reference(12), at));
        assert_eq!(found[1], Found::Catalog);
        assert_eq!(found[2], Found::Object(reference(13), at + 34));
        assert!(matches!(found[3], Found::Trailer(_)));
        assert_eq!(found.len(), 4);
    }
}
