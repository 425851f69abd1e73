//! Cross-reference tables and streams (交叉引用): ISO 32000-1, 7.5.4 to 7.5.8.

use std::collections::HashSet;

use eseal_bytes::ByteSource;

use super::{
    cursor::{Cursor, window},
    filter,
    load::{Loaded, parse_indirect, stream_range},
};
use crate::{
    PdfLimits,
    error::PdfError,
    limits::MAX_NUMBER,
    number::{to_u64, to_usize},
    object::{Dict, Object},
};

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Nowhere.
    Free,
    /// At an offset from the beginning of the file.
    At { offset: u64, generation: u16 },
    /// In an object stream.
    Inside { stream: u32, index: u32 },
}

/// Form of a cross-reference section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `xref … trailer`, also of hybrid files.
    Table,
    /// An object of `/Type /XRef`.
    Stream,
}

/// One cross-reference section.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// First byte, from the beginning of the file.
    pub(crate) offset: u64,
    /// Byte behind it (before `startxref`).
    pub(crate) end: u64,
    pub(crate) kind: Kind,
    /// By number, one each.
    pub(crate) entries: Vec<(u32, Entry)>,
    pub(crate) trailer: Dict,
}

impl Section {
    pub(crate) fn find(&self, number: u32) -> Option<Entry> {
        let at = self.entries.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.entries.get(at).map(|(_, entry)| *entry)
    }
}

/// All sections of a file, newest first, and by how much its offsets are shifted.
pub(crate) struct Chain {
    pub(crate) sections: Vec<Section>,
    pub(crate) bias: u64,
}

/// Bytes at the end of a file that are searched for `startxref`: Adobe's readers look at 1,024.
const TAIL_BYTES: u64 = 4 << 10;

/// Offset that `startxref` names, if one stands in the last bytes before `end`.
pub(crate) fn find_startxref(source: &dyn ByteSource, end: u64) -> Result<Option<u64>, PdfError> {
    let start = end.saturating_sub(TAIL_BYTES);
    let tail = window(source, start, end.saturating_sub(start))?;
    let Some(at) = tail.windows(9).rposition(|word| word == b"startxref") else { return Ok(None) };
    Ok(super::Lexer::new(&tail, at.saturating_add(9)).unsigned())
}

/// Reads the chain of sections from the newest to the oldest.
pub(crate) fn read_chain(source: &dyn ByteSource, header: u64, limits: &PdfLimits) -> Result<Chain, PdfError> {
    let start = find_startxref(source, source.len())?.ok_or(PdfError::damaged(source.len(), "no startxref"))?;
    let first = read_section(source, start, 0, limits);
    let (bias, first) = match first {
        Err(error) if error.is_damage() && header > 0 => {
            (header, read_section(source, start.saturating_add(header), header, limits)?)
        }
        other => (0, other?),
    };
    let (mut seen, mut left) = (HashSet::from([first.offset]), limits.entries);
    let mut chain = Chain { sections: Vec::new(), bias };
    let mut next = Some(first);
    while let Some(section) = next {
        left = left.checked_sub(section.entries.len()).ok_or_else(|| too_many(limits))?;
        if chain.sections.len() >= limits.sections {
            let limit = to_u64(limits.sections);
            return Err(PdfError::TooLarge { what: "cross-reference sections", found: limit.saturating_add(1), limit });
        }
        let previous = section.trailer.get(b"Prev").and_then(Object::as_number).filter(|offset| *offset >= 0.0);
        chain.sections.push(section);
        next = match previous.map(offset_of) {
            // Each section once: a loop ends the chain.
            Some(offset) if seen.insert(offset.saturating_add(bias)) => {
                Some(read_section(source, offset.saturating_add(bias), bias, &PdfLimits { entries: left, ..*limits })?)
            }
            _ => None,
        };
    }
    Ok(chain)
}

/// Some writers give `/Prev` as a real number.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates; checked when read"
)]
const fn offset_of(number: f64) -> u64 {
    number as u64
}

fn too_many(limits: &PdfLimits) -> PdfError {
    let limit = to_u64(limits.entries);
    PdfError::TooLarge { what: "cross-reference entries", found: limit.saturating_add(1), limit }
}

/// Reads the section at `offset`.
fn read_section(source: &dyn ByteSource, offset: u64, bias: u64, limits: &PdfLimits) -> Result<Section, PdfError> {
    let mut cursor = Cursor::new(source, offset);
    if cursor.token(5)? == b"xref" {
        read_table(source, offset, cursor, bias, limits)
    } else {
        read_stream(source, offset, bias, limits)
    }
}

fn read_table(
    source: &dyn ByteSource,
    offset: u64,
    mut cursor: Cursor<'_>,
    bias: u64,
    limits: &PdfLimits,
) -> Result<Section, PdfError> {
    let mut entries = Vec::new();
    loop {
        let token = cursor.token(20)?;
        if token == b"trailer" {
            break;
        }
        let first = number(&token).ok_or(PdfError::damaged(cursor.offset(), "no subsection in xref table"))?;
        let count = number(&cursor.token(20)?).ok_or(PdfError::damaged(cursor.offset(), "no count in xref table"))?;
        for at in first..first.saturating_add(count) {
            entries.extend(table_entry(&mut cursor, at, bias)?);
            if entries.len() > limits.entries {
                return Err(too_many(limits));
            }
        }
    }
    let (trailer, end) = super::load::parse_direct(source, cursor.offset(), limits)?;
    let Object::Dict(trailer) = trailer else {
        return Err(PdfError::damaged(cursor.offset(), "trailer is no dictionary"));
    };
    if let Some(hidden) = trailer.get(b"XRefStm").and_then(Object::as_integer).and_then(|at| u64::try_from(at).ok()) {
        // Hybrid: what the table calls free may be in the stream (ISO 32000-1, 7.5.8.4).
        let hidden = read_stream(source, hidden.saturating_add(bias), bias, limits)?;
        let visible: HashSet<u32> =
            entries.iter().filter(|(_, entry)| *entry != Entry::Free).map(|(number, _)| *number).collect();
        entries.extend(hidden.entries.into_iter().filter(|(number, _)| !visible.contains(number)));
    }
    Ok(Section { offset, end, kind: Kind::Table, entries: sorted(entries), trailer })
}

/// Of equal numbers the last one counts.
fn sorted(mut entries: Vec<(u32, Entry)>) -> Vec<(u32, Entry)> {
    entries.reverse();
    entries.sort_by_key(|(number, _)| *number);
    entries.dedup_by_key(|(number, _)| *number);
    entries
}

/// One line of a table; none if its number is impossible.
fn table_entry(cursor: &mut Cursor<'_>, at: u64, bias: u64) -> Result<Option<(u32, Entry)>, PdfError> {
    let bad = PdfError::damaged(cursor.offset(), "bad entry in xref table");
    let offset = number(&cursor.token(20)?).ok_or_else(|| bad.clone())?;
    let generation = number(&cursor.token(20)?).ok_or_else(|| bad.clone())?;
    let entry = match cursor.token(2)?.as_slice() {
        // Offset 0 is the header: some writers mean "free".
        b"n" if offset == 0 => Entry::Free,
        b"n" => {
            Entry::At { offset: offset.saturating_add(bias), generation: u16::try_from(generation).unwrap_or(u16::MAX) }
        }
        b"f" => Entry::Free,
        _ => return Err(bad),
    };
    Ok(possible(at).map(|number| (number, entry)))
}

fn possible(number: u64) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| *number <= MAX_NUMBER)
}

fn number(token: &[u8]) -> Option<u64> {
    std::str::from_utf8(token).ok()?.parse().ok()
}

fn read_stream(source: &dyn ByteSource, offset: u64, bias: u64, limits: &PdfLimits) -> Result<Section, PdfError> {
    let Loaded { object, end, .. } = parse_indirect(source, offset, limits)?;
    let Object::Stream(stream) = object else {
        return Err(PdfError::damaged(offset, "neither xref table nor stream"));
    };
    let broken = |what| PdfError::damaged(offset, what);
    if !stream.dict.is(b"Type", b"XRef") {
        return Err(broken("stream is no cross-reference stream"));
    }
    let range = stream_range(source, &stream, None)?;
    let raw = source.read_range(range.clone(), limits.stream_bytes)?;
    let data = filter::decode(&raw, &stream.dict, limits.stream_bytes)
        .map_err(|_| broken("cross-reference stream cannot be decoded"))?;
    let widths = stream.dict.get(b"W").and_then(Object::as_array).ok_or(broken("no /W"))?;
    let [kind, middle, last] = widths else { return Err(broken("/W has not three entries")) };
    let width =
        |object: &Object| object.as_integer().and_then(|width| usize::try_from(width).ok()).filter(|width| *width <= 8);
    let (Some(kind), Some(middle), Some(last)) = (width(kind), width(middle), width(last)) else {
        return Err(broken("bad /W"));
    };
    let size = stream.dict.get(b"Size").and_then(Object::as_integer).unwrap_or(0);
    let whole = [Object::Integer(0), Object::Integer(size)];
    let index = stream.dict.get(b"Index").and_then(Object::as_array).unwrap_or(&whole);
    let line = kind.saturating_add(middle).saturating_add(last);
    if line == 0 {
        return Err(broken("bad /W"));
    }
    let mut lines = data.chunks_exact(line);
    let mut entries = Vec::new();
    for pair in index.chunks_exact(2) {
        let [first, count] = pair else { continue };
        let start = first.as_integer().and_then(|n| u64::try_from(n).ok()).ok_or(broken("bad /Index"))?;
        let count = count.as_integer().and_then(|n| u64::try_from(n).ok()).ok_or(broken("bad /Index"))?;
        for (at, line) in (start..start.saturating_add(count)).zip(lines.by_ref().take(to_usize(count))) {
            let (first, rest) = line.split_at_checked(kind).unwrap_or_default();
            let (second, third) = rest.split_at_checked(middle).unwrap_or_default();
            let kind = if first.is_empty() { 1 } else { big_endian(first) };
            let entry = stream_entry(kind, big_endian(second), big_endian(third), bias);
            entries.extend(possible(at).zip(entry));
            if entries.len() > limits.entries {
                return Err(too_many(limits));
            }
        }
    }
    Ok(Section { offset, end: end.max(range.end), kind: Kind::Stream, entries: sorted(entries), trailer: stream.dict })
}

/// Unknown types are references to nothing (ISO 32000-1, 7.5.8.3).
fn stream_entry(kind: u64, second: u64, third: u64, bias: u64) -> Option<Entry> {
    match kind {
        0 => Some(Entry::Free),
        1 if second == 0 => Some(Entry::Free),
        1 => Some(Entry::At {
            offset: second.saturating_add(bias),
            generation: u16::try_from(third).unwrap_or(u16::MAX),
        }),
        2 => Some(Entry::Inside { stream: possible(second)?, index: u32::try_from(third).ok()? }),
        _ => None,
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
