//! Streams whose content is replaced (流替换): what follows is moved, and the cross-reference table with it.
//!
//! LibreOffice writes one table of the classic kind, compresses with zlib and puts each length into an object of its
//! own, after the stream; anything else is left as it is.

use std::{
    io::{Read as _, Write as _},
    ops::Range,
};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

use super::{find, font, profile, rfind};

/// Bytes of a font or profile: a font of thirty thousand characters has ten million.
const STREAM_BYTES: u64 = 64 << 20;
/// Bytes of a dictionary that are looked at.
const DICTIONARY_BYTES: usize = 256;
const START: &[u8] = b"<</";
const PROFILE: &[u8] = b"<</N 3/Length ";
const FONT: &[u8] = b"<</Length ";

/// What becomes of a stream's content, if it is what it seems to be.
type Change = Box<dyn Fn(Vec<u8>) -> Option<Vec<u8>>>;

/// What stands for a part of the file.
struct Edit {
    range: Range<usize>,
    bytes: Vec<u8>,
}

/// The file with fonts and profile that tell nothing of the time; `None` if there is nothing to do, or it is not as
/// LibreOffice writes it.
pub(super) fn rewrite(bytes: &[u8]) -> Option<Vec<u8>> {
    let table_at = number(bytes, rfind(bytes, b"startxref\n")? + b"startxref\n".len())?;
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes.get(at..table_at).and_then(|rest| find(rest, START)) {
        let dictionary = at + found;
        at = match edits_of(bytes, dictionary) {
            Some((two, end)) => {
                edits.extend(two);
                end
            }
            None => dictionary + START.len(),
        };
    }
    if edits.is_empty() {
        return None;
    }
    apply(bytes, &edits, table_at)
}

/// The stream whose dictionary begins there, and its length; and where to look on.
fn edits_of(bytes: &[u8], dictionary: usize) -> Option<([Edit; 2], usize)> {
    let text = bytes.get(dictionary..)?;
    let head = text.get(..find(text.get(..DICTIONARY_BYTES).unwrap_or(text), b">>\nstream\n")?)?;
    let length_of = |name: &[u8]| number(head, find(head, name)? + name.len());
    let (length_object, change): (usize, Change) = if head.starts_with(PROFILE) {
        (number(head, PROFILE.len())?, Box::new(profile::without_time))
    } else if head.starts_with(FONT) {
        let (plain, cipher) = (length_of(b"/Length1 ")?, length_of(b"/Length2 ")?);
        (number(head, FONT.len())?, Box::new(move |font| font::numbered_by_content(font, plain, cipher)))
    } else {
        return None;
    };
    let start = dictionary + head.len() + b">>\nstream\n".len();
    let named = format!("\n{length_object} 0 obj\n");
    let length_at = start + find(bytes.get(start..)?, named.as_bytes())? + named.len();
    let end = start.checked_add(number(bytes, length_at)?)?;
    let mut content = Vec::new();
    ZlibDecoder::new(bytes.get(start..end)?).take(STREAM_BYTES).read_to_end(&mut content).ok()?;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&change(content)?).ok()?;
    let packed = encoder.finish().ok()?;
    let length = length_at..length_at + digits(bytes, length_at);
    let stated = packed.len().to_string().into_bytes();
    Some(([Edit { range: start..end, bytes: packed }, Edit { range: length, bytes: stated }], end))
}

fn apply(bytes: &[u8], edits: &[Edit], table_at: usize) -> Option<Vec<u8>> {
    let moved = |at: usize| {
        let mut before = edits.iter().take_while(|edit| edit.range.end <= at);
        before.try_fold(at, |at, edit| at.checked_add(edit.bytes.len())?.checked_sub(edit.range.len()))
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut copied = 0;
    for edit in edits {
        out.extend(bytes.get(copied..edit.range.start)?);
        out.extend(&edit.bytes);
        copied = edit.range.end;
    }
    out.extend(bytes.get(copied..table_at)?);
    let table = bytes.get(table_at..)?.strip_prefix(b"xref\n0 ")?;
    let count = number(table, 0)?;
    let entries = table_at + b"xref\n0 ".len() + digits(table, 0) + 1;
    out.extend(bytes.get(table_at..entries)?);
    let end = entries.checked_add(count.checked_mul(20)?)?;
    for entry in bytes.get(entries..end)?.chunks_exact(20) {
        let at = if entry.get(17) == Some(&b'n') { moved(number(entry, 0)?)? } else { number(entry, 0)? };
        out.extend(format!("{at:010}").bytes());
        out.extend(entry.get(10..)?);
    }
    let rest = bytes.get(end..)?;
    out.extend(rest.get(..rfind(rest, b"startxref\n")?)?);
    out.extend(format!("startxref\n{}\n%%EOF\n", moved(table_at)?).bytes());
    Some(out)
}

fn digits(bytes: &[u8], at: usize) -> usize {
    bytes.iter().skip(at).take_while(|byte| byte.is_ascii_digit()).count()
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    str::from_utf8(bytes.get(at..at + digits(bytes, at))?).ok()?.parse().ok()
}
