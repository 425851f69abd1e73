//! Strings (字符串).

use crate::tag;

/// The text of a string of any type.
pub(crate) fn read(tag: u8, body: &[u8]) -> String {
    match tag {
        tag::BMP_STRING => {
            let units = body.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(u16::from_be_bytes);
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        tag::UNIVERSAL_STRING => {
            let points = body.chunks_exact(4).filter_map(|four| four.try_into().ok()).map(u32::from_be_bytes);
            points.map(|point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => String::from_utf8_lossy(body).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encoding_of_its_type() {
        for (tag, body, expected) in [
            (tag::UTF8_STRING, "印章".as_bytes(), "印章"),
            (tag::BMP_STRING, &[0x53, 0x70, 0x7A, 0xE0], "印章"),
            (tag::UNIVERSAL_STRING, &[0, 0, 0x53, 0x70], "印"),
            (tag::IA5_STRING, &[b'a', 0xFF], "a\u{FFFD}"),
            (tag::BMP_STRING, &[0xD8, 0], "\u{FFFD}"),
        ] {
            assert_eq!(read(tag, body), expected);
        }
    }
}
