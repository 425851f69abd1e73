//! Single objects out of the file (对象装载).

use std::ops::Range;

use eseal_bytes::ByteSource;

use super::{
    cursor::{WINDOW_BYTES, window},
    lexer::{LexError, Lexer, is_space},
};
use crate::{
    PdfLimits,
    error::PdfError,
    number::{to_u64, to_usize},
    object::{Object, Ref, Stream},
};

/// An indirect object as it stands in the file.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) reference: Ref,
    pub(crate) object: Object,
    /// Byte behind the value (of a stream: behind its dictionary).
    pub(crate) end: u64,
    /// The `<…>` of `/Contents`, brackets included.
    pub(crate) contents: Option<Range<u64>>,
}

/// What may stand behind a value and still matter: `stream` with its line end, the rest of a cut number.
const LOOK_AHEAD: usize = 64;

/// Applies `parse` to a window at `offset` that grows until the object is whole.
fn grow<T>(
    source: &dyn ByteSource,
    offset: u64,
    limits: &PdfLimits,
    parse: impl Fn(&mut Lexer<'_>) -> Result<T, LexError>,
) -> Result<T, PdfError> {
    if offset >= source.len() {
        return Err(PdfError::damaged(offset, "offset beyond the end"));
    }
    let mut size = WINDOW_BYTES / 4;
    loop {
        let bytes = window(source, offset, size)?;
        let whole = offset.saturating_add(to_u64(bytes.len())) >= source.len();
        let mut lexer = Lexer::new(&bytes, 0);
        let result = parse(&mut lexer);
        let near_end = lexer.position.saturating_add(LOOK_AHEAD) > bytes.len();
        if whole || !near_end && !matches!(result, Err(LexError::End)) {
            let at = offset.saturating_add(to_u64(lexer.position));
            return result.map_err(|error| match error {
                LexError::End => PdfError::damaged(at, "object has no end"),
                LexError::Syntax(what) => PdfError::damaged(at, what),
            });
        }
        if size > limits.object_bytes {
            return Err(PdfError::TooLarge { what: "object bytes", found: size, limit: limits.object_bytes });
        }
        size = size.saturating_mul(8);
    }
}

/// A direct object at `offset`, and the offset behind it.
pub(crate) fn parse_direct(
    source: &dyn ByteSource,
    offset: u64,
    limits: &PdfLimits,
) -> Result<(Object, u64), PdfError> {
    grow(source, offset, limits, |lexer| {
        let object = lexer.object()?;
        Ok((object, offset.saturating_add(to_u64(lexer.position))))
    })
}

/// The indirect object at `offset`.
pub(crate) fn parse_indirect(source: &dyn ByteSource, offset: u64, limits: &PdfLimits) -> Result<Loaded, PdfError> {
    grow(source, offset, limits, |lexer| {
        let reference = lexer.object_header()?;
        lexer.skip_space();
        // `N G obj endobj` is null.
        let object = if lexer.clone().take(b"endobj") { Object::Null } else { lexer.object()? };
        let at = |position: usize| offset.saturating_add(to_u64(position));
        let contents = lexer.contents.map(|(start, end)| at(start)..at(end));
        let end = at(lexer.position);
        let object = match object {
            Object::Dict(dict) => {
                let mut after = lexer.clone();
                after.skip_space();
                if after.take(b"stream") {
                    // CR LF or LF; a lone CR is wrong but exists.
                    let _ = after.take(b"\r\n") || after.take(b"\n") || after.take(b"\r");
                    Object::Stream(Stream { dict, start: at(after.position) })
                } else {
                    Object::Dict(dict)
                }
            }
            other => other,
        };
        Ok(Loaded { reference, object, end, contents })
    })
}

/// Where the data of a stream are: by `/Length` (given in `length` if it is a reference), else up to `endstream`.
pub(crate) fn stream_range(
    source: &dyn ByteSource,
    stream: &Stream,
    length: Option<i64>,
) -> Result<Range<u64>, PdfError> {
    let length = length.or_else(|| stream.dict.get(b"Length").and_then(Object::as_integer));
    if let Some(end) = length.and_then(|len| u64::try_from(len).ok()).and_then(|len| stream.start.checked_add(len)) {
        let after = window(source, end, 32)?;
        let blanks = after.iter().take_while(|byte| is_space(**byte)).count();
        if end <= source.len() && after.get(blanks..).is_some_and(|rest| rest.starts_with(b"endstream")) {
            return Ok(stream.start..end);
        }
    }
    let end = find_forward(source, stream.start, b"endstream")?
        .ok_or(PdfError::damaged(stream.start, "stream has no end"))?;
    let before = window(source, end.saturating_sub(2).max(stream.start), 2.min(end.saturating_sub(stream.start)))?;
    let line_end = match before.as_slice() {
        [b'\r', b'\n'] => 2,
        [.., b'\n' | b'\r'] => 1,
        _ => 0,
    };
    Ok(stream.start..end.saturating_sub(line_end))
}

/// Offset of the next `word` from `offset` on.
pub(crate) fn find_forward(source: &dyn ByteSource, offset: u64, word: &[u8]) -> Result<Option<u64>, PdfError> {
    let mut start = offset;
    while start < source.len() {
        let bytes = window(source, start, 256 << 10)?;
        if let Some(at) = bytes.windows(word.len()).position(|found| found == word) {
            return Ok(Some(start.saturating_add(to_u64(at))));
        }
        let step = bytes.len().saturating_sub(word.len().saturating_sub(1));
        if step == 0 || start.saturating_add(to_u64(bytes.len())) >= source.len() {
            break;
        }
        start = start.saturating_add(to_u64(step));
    }
    Ok(None)
}

/// The objects of a decoded object stream: numbers and where each begins.
pub(crate) struct ObjectStream {
    pub(crate) data: Vec<u8>,
    /// Number and offset in `data`.
    pub(crate) index: Vec<(u32, usize)>,
}

impl ObjectStream {
    pub(crate) fn new(data: Vec<u8>, first: i64, count: i64) -> Option<Self> {
        let first = usize::try_from(first).ok()?;
        let count = usize::try_from(count).ok()?.min(data.len());
        let head = data.get(..first)?;
        let mut lexer = Lexer::new(head, 0);
        let mut index = Vec::new();
        for _ in 0..count {
            let (Some(number), Some(offset)) = (lexer.unsigned(), lexer.unsigned()) else { break };
            let Ok(number) = u32::try_from(number) else { continue };
            index.push((number, first.saturating_add(to_usize(offset))));
        }
        Some(Self { data, index })
    }

    /// Object `number`, which should be the one at `index`.
    pub(crate) fn get(&self, number: u32, index: u32) -> Option<Object> {
        let wanted = usize::try_from(index).ok()?;
        let hinted = self.index.get(wanted).filter(|(own, _)| *own == number);
        let (_, offset) = hinted.or_else(|| self.index.iter().rev().find(|(own, _)| *own == number))?;
        // A space behind the last object lets its last token end.
        let mut lexer = Lexer::new(&self.data, *offset);
        match lexer.object() {
            Ok(object) => Some(object),
            Err(LexError::End) => {
                let mut padded = self.data.get(*offset..)?.to_vec();
                padded.push(b' ');
                Lexer::new(&padded, 0).object().ok()
            }
            Err(LexError::Syntax(_)) => None,
        }
    }
}
