//! Bytes to characters (字符编码识别): UTF-8, UTF-16, GB 18030.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::{ConvertError, WarningKind, warning::Warnings};

/// Bytes that are looked at for the zero bytes of UTF-16.
const SAMPLE: usize = 4096;
/// If more than one character in so many cannot be read, it is no text.
const UNREADABLE_ONE_IN: usize = 100;

/// The text of a file.
pub(super) fn decode<'a>(bytes: &'a [u8], warnings: &mut Warnings) -> Result<Cow<'a, str>, ConvertError> {
    let (encoding, skipped) = Encoding::for_bom(bytes).unwrap_or((encoding_of(bytes), 0));
    let (text, has_errors) = encoding.decode_without_bom_handling(bytes.get(skipped..).unwrap_or_default());
    if text.contains('\0') {
        return Err(ConvertError::UnknownType); // no text has that character
    }
    if has_errors {
        let unreadable = text.chars().filter(|character| *character == char::REPLACEMENT_CHARACTER).count();
        if unreadable.saturating_mul(UNREADABLE_ONE_IN) > text.chars().count() {
            return Err(ConvertError::UnknownType);
        }
        warnings.add(WarningKind::NonstandardInput, "some bytes are no characters of the text's encoding");
    }
    Ok(text)
}

/// The encoding of a text that does not say it.
fn encoding_of(bytes: &[u8]) -> &'static Encoding {
    let sample = bytes.get(..SAMPLE.min(bytes.len())).unwrap_or_default();
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    // Line feeds and blanks of UTF-16 have one zero byte each; a text without any has no lines either.
    if second > 0 && first == 0 {
        UTF_16LE
    } else if first > 0 && second == 0 {
        UTF_16BE
    } else if str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        GB18030
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<(String, usize)> {
        let mut warnings = Warnings::default();
        let text = decode(bytes, &mut warnings).ok()?.into_owned();
        Some((text, warnings.finish().len()))
    }

    #[test]
    fn encodings_are_recognised() {
        let text = "关于印章的通知 2026\n附件";
        let utf16 = |big: bool| -> Vec<u8> {
            text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        let cases = [
            ("UTF-8", text.as_bytes().to_vec()),
            ("UTF-8 with mark", [&b"\xEF\xBB\xBF"[..], text.as_bytes()].concat()),
            ("GB 18030", GB18030.encode(text).0.into_owned()),
            ("UTF-16LE", utf16(false)),
            ("UTF-16BE", utf16(true)),
            ("UTF-16LE with mark", [&b"\xFF\xFE"[..], &utf16(false)].concat()),
            ("UTF-16BE with mark", [&b"\xFE\xFF"[..], &utf16(true)].concat()),
        ];
        for (name, bytes) in cases {
            assert_eq!(read(&bytes), Some((text.to_owned(), 0)), "{name}");
        }
    }

    #[test]
    fn a_bad_byte_in_a_long_text_is_a_warning_and_binary_is_no_text() {
        let mut bytes = GB18030.encode(&"通知".repeat(200)).0.into_owned();
        bytes.push(0xFF);
        assert_eq!(read(&bytes).map(|(_, warnings)| warnings), Some(1));
        assert_eq!(read(&[0xFF, 0x81, 0xFE, 0xFF, 0x01, 0x80]), None);
        assert_eq!(read(b"text\0\0text\0"), None);
    }
}
