//! Signature dictionaries that no field refers to (无域签名): found by their bytes.

use std::{collections::HashSet, ops::Range, sync::Arc};

use crate::{
    error::PdfError,
    number::to_u64,
    object::{Dict, Object, Ref},
    page::PdfPlaced,
    read::{Entry, Loaded, PdfDocument, header_before, parse_indirect, window},
};

/// Bytes that are searched at once.
const PIECE_BYTES: u64 = 256 << 10;

/// Bytes before `/ByteRange` in which an object that no cross-reference names may begin: a value of 128 KiB.
const LOOK_BACK: u64 = 260 << 10;

/// Most places that are looked at, for each signature allowed: attachments in clear text have some, too.
const LOOKS_PER_SIGNATURE: usize = 4;

/// Most objects looked for that no cross-reference names: no reader shows them, and a look back is dear.
const UNLISTED_LOOKS: usize = 100;

/// A signature dictionary and what leads to it.
pub(super) struct Candidate {
    pub(super) reference: Ref,
    /// Where it is defined; none if in a field or an object stream.
    pub(super) offset: Option<u64>,
    pub(super) dict: Dict,
    pub(super) contents_token: Option<Range<u64>>,
    pub(super) fields: Vec<String>,
    pub(super) placements: Vec<PdfPlaced>,
}

/// Signature dictionaries in the file that do not begin at `known` offsets.
pub(super) fn find_unreferenced(document: &PdfDocument, known: &HashSet<u64>) -> Result<Vec<Candidate>, PdfError> {
    let mut offsets: Vec<u64> = document
        .sections
        .iter()
        .flat_map(|section| &section.entries)
        .filter_map(|(_, entry)| if let Entry::At { offset, .. } = entry { Some(*offset) } else { None })
        .collect();
    offsets.sort_unstable();
    offsets.dedup();
    let limit = document.limits.signatures.saturating_mul(LOOKS_PER_SIGNATURE);
    let (mut seen, mut found, mut looks, mut unlisted) = (known.clone(), Vec::new(), 0_usize, UNLISTED_LOOKS);
    for hit in occurrences(document, b"/ByteRange", limit)? {
        looks = looks.saturating_add(1);
        let Some((offset, loaded)) = object_around(document, &offsets, hit, &mut unlisted)? else { continue };
        let Object::Dict(dict) = &loaded.object else { continue };
        if dict.get(b"ByteRange").is_some() && dict.get(b"Contents").is_some() && seen.insert(offset) {
            found.push(Candidate::new(loaded.reference, Some(offset), dict.clone(), loaded.contents.clone()));
        }
    }
    if looks >= limit {
        return Err(PdfError::TooLarge { what: "signatures", found: to_u64(looks), limit: to_u64(limit) });
    }
    Ok(found)
}

/// Offsets at which `word` stands, at most `limit`.
fn occurrences(document: &PdfDocument, word: &[u8], limit: usize) -> Result<Vec<u64>, PdfError> {
    let (mut found, mut start) = (Vec::new(), 0);
    let overlap = to_u64(word.len().saturating_sub(1));
    loop {
        let piece = window(&*document.source, start, PIECE_BYTES)?;
        let mut from = 0_usize;
        while let Some(at) = piece.get(from..).and_then(|rest| position(rest, word)) {
            let at = from.saturating_add(at);
            found.push(start.saturating_add(to_u64(at)));
            from = at.saturating_add(word.len());
            if found.len() >= limit {
                return Ok(found);
            }
        }
        let next = start.saturating_add(to_u64(piece.len()));
        if next >= document.source.len() {
            return Ok(found);
        }
        start = next.saturating_sub(overlap);
    }
}

/// The first `word` in `bytes`; by its second letter, which is rarer in PDF than the slash.
fn position(bytes: &[u8], word: &[u8]) -> Option<usize> {
    let second = *word.get(1)?;
    let mut from = 1_usize;
    loop {
        let at = from.saturating_add(bytes.get(from..)?.iter().position(|byte| *byte == second)?);
        let begin = at.saturating_sub(1);
        if bytes.get(begin..)?.starts_with(word) {
            return Some(begin);
        }
        from = at.saturating_add(1);
    }
}

/// The object whose value holds the byte at `hit`.
fn object_around(
    document: &PdfDocument,
    offsets: &[u64],
    hit: u64,
    looks: &mut usize,
) -> Result<Option<(u64, Arc<Loaded>)>, PdfError> {
    let index = offsets.partition_point(|offset| *offset <= hit);
    if let Some(offset) = index.checked_sub(1).and_then(|index| offsets.get(index)) {
        match document.load_at(*offset) {
            Ok(loaded) => {
                if hit < loaded.end {
                    return Ok(Some((*offset, loaded)));
                }
                // What looks like an object inside a stream is data.
                if let Object::Stream(stream) = &loaded.object
                    && document.stream_range(crate::read::View::NEWEST, stream).is_ok_and(|range| range.contains(&hit))
                {
                    return Ok(None);
                }
            }
            Err(error) if !error.is_damage() => return Err(error),
            Err(_) => {}
        }
    }
    match looks.checked_sub(1) {
        Some(left) => *looks = left,
        None => return Ok(None),
    }
    unlisted(document, hit)
}

/// An object that no cross-reference names: the last header before `hit`.
fn unlisted(document: &PdfDocument, hit: u64) -> Result<Option<(u64, Arc<Loaded>)>, PdfError> {
    let from = hit.saturating_sub(LOOK_BACK);
    let before = window(&*document.source, from, hit.saturating_sub(from))?;
    let header = (0..before.len())
        .rev()
        .find_map(|at| before.get(at..)?.starts_with(b"obj").then(|| header_before(&before, at)).flatten());
    let Some((_, begin)) = header else { return Ok(None) };
    let offset = from.saturating_add(to_u64(begin));
    match parse_indirect(&*document.source, offset, &document.limits) {
        Ok(loaded) if hit < loaded.end => Ok(Some((offset, Arc::new(loaded)))),
        Err(error) if !error.is_damage() => Err(error),
        _ => Ok(None),
    }
}
