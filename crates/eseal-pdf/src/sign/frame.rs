//! The frame of a signature (签名框架): `/ByteRange`, the hole, and the revision that ends where it ends.

use std::ops::Range;

use super::ByteRangeFault;
use crate::{
    error::PdfError,
    number::to_u64,
    object::Object,
    read::{Entry, Lexer, PdfDocument, Section, hex_value, is_space, window},
};

/// Bytes before the end of a revision in which `startxref` must stand.
const TAIL_BYTES: u64 = 1 << 10;

/// What a signed part is within the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// Index of its newest section, if it is a revision that can be read by itself.
    pub(super) view: Option<usize>,
    pub(super) complete: bool,
    /// Nothing but white space follows.
    pub(super) to_the_end: bool,
}

/// What is wrong with the frame.
pub(super) fn check_frame(
    document: &PdfDocument,
    byte_range: Option<[u64; 4]>,
    token: Option<Range<u64>>,
) -> Result<Vec<ByteRangeFault>, PdfError> {
    let mut faults = Vec::new();
    let mut fault = |wrong: bool, kind| {
        if wrong {
            faults.push(kind);
        }
    };
    fault(byte_range.is_none(), ByteRangeFault::NotFourIntegers);
    fault(token.is_none(), ByteRangeFault::NoContents);
    if let Some([start, first, second, rest]) = byte_range {
        let gap = start.saturating_add(first)..second;
        fault(start != 0, ByteRangeFault::DoesNotStartAtZero);
        fault(gap.start > gap.end, ByteRangeFault::Overlap);
        let len = document.source.len();
        fault(second.checked_add(rest).is_none_or(|end| end > len) || gap.start > len, ByteRangeFault::BeyondEnd);
        fault(token.as_ref().is_some_and(|token| *token != gap), ByteRangeFault::GapIsNotContents);
    }
    if let Some(token) = token {
        let text = document.source.read_range(token, document.limits.object_bytes.saturating_mul(2))?;
        let digits = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        let hexadecimal = digits.iter().all(|byte| hex_value(*byte).is_some() || is_space(*byte));
        fault(!hexadecimal, ByteRangeFault::NotHexadecimal);
    }
    Ok(faults)
}

/// Tells which revision a signed part is.
pub(super) struct Frames<'a> {
    document: &'a PdfDocument,
    /// Of each section, the largest offset that it names.
    last_offsets: Vec<u64>,
}

impl<'a> Frames<'a> {
    pub(super) fn new(document: &'a PdfDocument) -> Self {
        let offset = |entry: &Entry| if let Entry::At { offset, .. } = entry { *offset } else { 0 };
        let last = |section: &Section| section.entries.iter().map(|(_, entry)| offset(entry)).max().unwrap_or(0);
        Self { document, last_offsets: document.sections.iter().map(last).collect() }
    }

    /// Which revision ends at `end`.
    pub(super) fn extent_of(&self, end: u64) -> Result<Extent, PdfError> {
        let to_the_end = only_space_from(self.document, end)?;
        let view = match revision_start(self.document, end)? {
            Some(start) if !self.document.is_rebuilt() => self.view_of(start, end),
            _ => None,
        };
        Ok(Extent { view, complete: view.is_some(), to_the_end })
    }

    /// The chain of the revision that begins with the section at `start` is the rest of the file's chain, and all of
    /// it lies before `end`.
    fn view_of(&self, start: u64, end: u64) -> Option<usize> {
        let sections = &self.document.sections;
        let view = sections.iter().position(|section| section.offset == start)?;
        let (later, own) = sections.split_at_checked(view)?;
        let follows = later.iter().all(|section| section.offset >= end);
        let inside = own.iter().zip(self.last_offsets.iter().skip(view)).all(|(section, last)| {
            let hidden = section.trailer.get(b"XRefStm").and_then(Object::as_integer);
            let hidden = hidden.and_then(|at| u64::try_from(at).ok()).unwrap_or(0);
            section.end <= end && hidden < end && *last < end
        });
        (follows && inside).then_some(view)
    }
}

/// The offset that the last `startxref` before `end` names, if only `%%EOF` and white space follow it.
fn revision_start(document: &PdfDocument, end: u64) -> Result<Option<u64>, PdfError> {
    let from = end.saturating_sub(TAIL_BYTES);
    let tail = window(&*document.source, from, end.saturating_sub(from))?;
    let Some(at) = tail.windows(9).rposition(|word| word == b"startxref") else { return Ok(None) };
    let mut lexer = Lexer::new(&tail, at.saturating_add(9));
    let Some(offset) = lexer.unsigned() else { return Ok(None) };
    let rest = tail.get(lexer.position..).unwrap_or_default().trim_ascii();
    Ok((rest == b"%%EOF").then_some(offset.saturating_add(document.bias)))
}

/// True if nothing but white space stands from `offset` on; looked for in bounded pieces.
pub(super) fn only_space_from(document: &PdfDocument, offset: u64) -> Result<bool, PdfError> {
    let mut at = offset;
    loop {
        let piece = window(&*document.source, at, 64 << 10)?;
        if piece.is_empty() {
            return Ok(true);
        }
        if !piece.iter().all(|byte| is_space(*byte)) {
            return Ok(false);
        }
        at = at.saturating_add(to_u64(piece.len()));
    }
}
