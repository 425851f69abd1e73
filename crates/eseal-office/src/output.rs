//! The PDF that came out (结果检查): it must open, and says nothing of when it was made.
//!
//! LibreOffice writes the time of day, an identifier made from it, and numbers of fonts that count up while it lives.  They
//! are replaced, so that the same document gives the same PDF: dates by blanks, identifiers and numbers by digests.

mod font;
mod profile;
mod streams;

use std::sync::Arc;

use eseal_gm::sm3;
use eseal_pdf::{PdfDocument, PdfLimits};

use crate::OfficeError;

/// How far from the end trailer and document information may stand: the cross-reference table is between them.
const TAIL_BYTES: usize = 8 << 20;
/// Bytes of a date that are replaced at most.
const DATE_BYTES: usize = 64;

/// Makes a PDF independent of the time and counts its pages.
///
/// # Errors
/// [`OfficeError::WorkerFailed`] if it is no PDF that opens.
pub(crate) fn finish(mut bytes: Vec<u8>) -> Result<(Vec<u8>, u32), OfficeError> {
    blank_dates(&mut bytes);
    if let Some(rewritten) = streams::rewrite(&bytes) {
        bytes = rewritten;
    }
    identify(&mut bytes);
    let shared = Arc::new(bytes);
    let pages = PdfDocument::open(shared.clone(), &PdfLimits::default())
        .map(|document| document.page_count())
        .map_err(|error| OfficeError::WorkerFailed(format!("the result does not open: {error}")))?;
    if pages == 0 {
        return Err(OfficeError::Damaged { problem: "there is nothing to print in it".into() });
    }
    let bytes = Arc::unwrap_or_clone(shared);
    Ok((bytes, u32::try_from(pages).unwrap_or(u32::MAX)))
}

/// The document information, and in PDF/A the same in XMP.
fn blank_dates(bytes: &mut [u8]) {
    let from = bytes.len().saturating_sub(TAIL_BYTES);
    let Some(tail) = bytes.get_mut(from..) else { return };
    for (open, close) in [("/CreationDate(D:", ")"), ("/ModDate(D:", ")")] {
        if let Some(at) = rfind(tail, open.as_bytes()) {
            blank(tail, at, close.as_bytes());
        }
    }
    for name in ["xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"] {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        if let Some(at) = rfind(tail, open.as_bytes()) {
            blank(tail, at, close.as_bytes());
        }
    }
}

/// Blanks out what begins at `at` and ends with `close`.
fn blank(bytes: &mut [u8], at: usize, close: &[u8]) {
    let Some(rest) = bytes.get_mut(at..) else { return };
    let window = rest.get(..DATE_BYTES + 2 * close.len()).unwrap_or(rest);
    let Some(length) = find(window, close).map(|end| end + close.len()) else { return };
    if let Some(date) = rest.get_mut(..length) {
        date.fill(b' ');
    }
}

/// `/ID` and LibreOffice's `/DocChecksum`, from the digest of the file without them.
fn identify(bytes: &mut [u8]) {
    let from = bytes.len().saturating_sub(TAIL_BYTES);
    let Some(trailer) = bytes.get(from..).and_then(|tail| rfind(tail, b"trailer")).map(|at| from + at) else { return };
    let mut places = Vec::new();
    let tail = bytes.get(trailer..).unwrap_or_default();
    if let Some(id) = find(tail, b"/ID") {
        let mut at = trailer + id;
        for _ in 0..2 {
            let Some(open) = bytes.get(at..).and_then(|rest| find(rest, b"<")).map(|found| at + found + 1) else {
                break;
            };
            places.extend(hex_run(bytes, open));
            at = open;
        }
    }
    let name = b"/DocChecksum /";
    places.extend(find(tail, name).and_then(|at| hex_run(bytes, trailer + at + name.len())));
    for place in &places {
        if let Some(hex) = bytes.get_mut(place.clone()) {
            hex.fill(b'0');
        }
    }
    let digest: String = sm3(bytes).iter().map(|byte| format!("{byte:02X}")).collect();
    for place in places {
        if let Some(hex) = bytes.get_mut(place) {
            for (to, from) in hex.iter_mut().zip(digest.bytes()) {
                *to = from;
            }
        }
    }
}

/// The hexadecimal digits that begin at `at`: an MD5's, as LibreOffice writes it.
fn hex_run(bytes: &[u8], at: usize) -> Option<std::ops::Range<usize>> {
    let digits = bytes.get(at..at + 32)?;
    digits.iter().all(u8::is_ascii_hexdigit).then_some(at..at + 32)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn rfind(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written_at(second: u8, id: char) -> Vec<u8> {
        let id = id.to_string().repeat(32);
        format!(
            "<xmp:CreateDate>2026-11-25T00:32:{second:02}Z</xmp:CreateDate>\n<< /CreationDate(D:202611250032{second:02}Z')>>\n\
             trailer\n<</Size 9\n/ID [ <{id}>\n<{id}> ]\n/DocChecksum /{id}\n>>"
        )
        .into_bytes()
    }

    #[test]
    fn the_time_and_what_was_made_from_it_are_gone() {
        let made = [written_at(14, 'A'), written_at(59, 'B')].map(|mut bytes| {
            blank_dates(&mut bytes);
            identify(&mut bytes);
            String::from_utf8(bytes).unwrap()
        });
        assert_eq!(made[0], made[1]);
        assert!(!made[0].contains("2026") && !made[0].contains("AAAA") && !made[0].contains("0000"), "{}", made[0]);
        assert_eq!(made[0].len(), written_at(14, 'A').len());
    }

    #[test]
    fn what_is_no_pdf_is_no_result() {
        assert!(matches!(finish(Vec::new()), Err(OfficeError::WorkerFailed(_))));
    }
}
