//! What a file is (类型识别): its content decides, not its name.

use eseal_bytes::ByteSource;

use crate::ConvertError;

/// Bytes that are looked at; a PDF may begin with junk, but not with more than 1 KiB.
const HEAD_BYTES: u64 = 1024;

/// What a file is (源文件类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceType {
    /// Plain text.
    Text,
    /// A table as text.
    Csv,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// Windows bitmap.
    Bmp,
    /// TIFF.
    Tiff,
    /// GIF or WebP.
    OtherPicture,
    /// PDF.
    Pdf,
    /// OFD.
    Ofd,
    /// A document of an office program, old or new.
    Office,
    /// HTML.
    Html,
    /// Rich text.
    Rtf,
}

impl SourceType {
    /// Short name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "TXT",
            Self::Csv => "CSV",
            Self::Png => "PNG",
            Self::Jpeg => "JPG",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::OtherPicture => "GIF/WEBP",
            Self::Pdf => "PDF",
            Self::Ofd => "OFD",
            Self::Office => "an office document",
            Self::Html => "HTML",
            Self::Rtf => "RTF",
        }
    }
}

/// `stated` only tells apart what looks alike: tables and plain text, packages.
pub(crate) fn detect(source: &dyn ByteSource, stated: Option<&str>) -> Result<SourceType, ConvertError> {
    let head = source.read_range(0..source.len().min(HEAD_BYTES), HEAD_BYTES)?;
    if head.is_empty() {
        return Err(ConvertError::Damaged { problem: "the file is empty".into() });
    }
    let stated = stated.unwrap_or_default().trim().to_ascii_uppercase();
    let found = by_magic(&head, &stated);
    Ok(found.unwrap_or(match stated.as_str() {
        "CSV" => SourceType::Csv,
        "HTML" | "HTM" => SourceType::Html,
        _ => SourceType::Text, // or nothing known: the text's reader finds out
    }))
}

fn by_magic(head: &[u8], stated: &str) -> Option<SourceType> {
    let begins = |magic: &[u8]| head.starts_with(magic);
    let holds = |text: &[u8]| head.windows(text.len()).any(|window| window == text);
    let type_ = match head {
        _ if begins(b"\x89PNG\r\n\x1a\n") => SourceType::Png,
        _ if begins(b"\xFF\xD8\xFF") => SourceType::Jpeg,
        _ if begins(b"II*\0") || begins(b"MM\0*") || begins(b"II+\0") || begins(b"MM\0+") => SourceType::Tiff,
        _ if is_bitmap(head) => SourceType::Bmp,
        _ if begins(b"GIF8") || (begins(b"RIFF") && head.get(8..12) == Some(b"WEBP")) => SourceType::OtherPicture,
        _ if begins(b"PK\x03\x04") => match stated {
            "OFD" => SourceType::Ofd,
            _ if holds(b"OFD.xml") || holds(b"Doc_0/") => SourceType::Ofd,
            _ => SourceType::Office,
        },
        _ if begins(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") => SourceType::Office,
        _ if begins(b"{\\rtf") => SourceType::Rtf,
        _ if begins(b"%PDF-") || (holds(b"%PDF-1.") && stated == "PDF") => SourceType::Pdf,
        _ if is_html(head) => SourceType::Html,
        _ => return None,
    };
    Some(type_)
}

/// `BM` is also how a text on cars may begin: the header's size tells.
fn is_bitmap(head: &[u8]) -> bool {
    const HEADER_SIZES: [u32; 7] = [12, 40, 52, 56, 64, 108, 124];
    let size = head.get(14..18).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    head.starts_with(b"BM") && size.is_some_and(|size| HEADER_SIZES.contains(&size))
}

fn is_html(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    [&b"<!doctype html"[..], b"<html"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_what_a_file_is() {
        let bitmap = [&b"BM"[..], &[0; 12], &40_u32.to_le_bytes()].concat();
        for (head, stated, expected) in [
            (&b"\x89PNG\r\n\x1a\n"[..], "TXT", SourceType::Png),
            (b"\xFF\xD8\xFF\xE0", "PNG", SourceType::Jpeg),
            (&bitmap, "", SourceType::Bmp),
            (b"BMW and others", "BMP", SourceType::Text),
            (b"MM\0*\0\0\0\x08", "", SourceType::Tiff),
            (b"%PDF-1.7", "TXT", SourceType::Pdf),
            (b"PK\x03\x04....OFD.xml", "DOCX", SourceType::Ofd),
            (b"PK\x03\x04....word/document.xml", "", SourceType::Office),
            (b"{\\rtf1", "", SourceType::Rtf),
            (b"\xEF\xBB\xBF\n<!DOCTYPE html>", "TXT", SourceType::Html),
            (b"a,b", "csv", SourceType::Csv),
            (b"a,b", "", SourceType::Text),
        ] {
            let found = detect(&head.to_vec(), Some(stated)).unwrap();
            assert_eq!(found, expected, "{}", String::from_utf8_lossy(head));
        }
        assert!(matches!(detect(&Vec::new(), None), Err(ConvertError::Damaged { .. })));
    }
}
