//! Writing DER (编码): each function gives one element.

use jiff::{Timestamp, tz::Offset};

use crate::tag;

/// One element: the tag octet, the length in its shortest form, the parts one after another.
#[must_use]
pub fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let size = parts.iter().fold(0_usize, |size, part| size.saturating_add(part.len()));
    let length = size.to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let mut out = Vec::with_capacity(size.saturating_add(10));
    out.push(tag);
    match length.get(zeros..).unwrap_or_default() {
        [] => out.push(0),
        [short @ 0..=0x7F] => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(0x7F));
            out.extend_from_slice(long);
        }
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// SEQUENCE of whole elements.
#[must_use]
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(tag::SEQUENCE, parts)
}

/// SEQUENCE OF whole elements.
#[must_use]
pub fn sequence_of<T: AsRef<[u8]>>(elements: &[T]) -> Vec<u8> {
    element(tag::SEQUENCE, &elements.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

/// SET of one element, which needs no order.
#[must_use]
pub fn set(part: &[u8]) -> Vec<u8> {
    element(tag::SET, &[part])
}

/// SET OF whole elements, in the order of DER.
#[must_use]
pub fn set_of<T: AsRef<[u8]>>(elements: &[T]) -> Vec<u8> {
    let mut sorted: Vec<&[u8]> = elements.iter().map(AsRef::as_ref).collect();
    sorted.sort_unstable();
    element(tag::SET, &sorted)
}

/// OBJECT IDENTIFIER of content octets.
#[must_use]
pub fn oid(content: &[u8]) -> Vec<u8> {
    element(tag::OID, &[content])
}

/// UTF8String.
#[must_use]
pub fn utf8(text: &str) -> Vec<u8> {
    element(tag::UTF8_STRING, &[text.as_bytes()])
}

/// PrintableString; the caller sees to it that the characters are allowed.
#[must_use]
pub fn printable(text: &str) -> Vec<u8> {
    element(tag::PRINTABLE_STRING, &[text.as_bytes()])
}

/// IA5String; the caller sees to it that it is ASCII.
#[must_use]
pub fn ia5(text: &str) -> Vec<u8> {
    element(tag::IA5_STRING, &[text.as_bytes()])
}

/// OCTET STRING.
#[must_use]
pub fn octet_string(bytes: &[u8]) -> Vec<u8> {
    element(tag::OCTET_STRING, &[bytes])
}

/// BIT STRING of whole bytes.
#[must_use]
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    bit_string_with(0, bytes)
}

/// BIT STRING whose last `unused` bits (0 to 7) are none.
#[must_use]
pub fn bit_string_with(unused: u8, bytes: &[u8]) -> Vec<u8> {
    element(tag::BIT_STRING, &[&[unused], bytes])
}

/// INTEGER of a number that is not negative, big-endian.
#[must_use]
pub fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let significant = number.get(zeros..).unwrap_or_default();
    let needs_zero = significant.first().is_none_or(|first| *first >= 0x80);
    element(tag::INTEGER, &[if needs_zero { &[0] } else { &[] }, significant])
}

/// INTEGER.
#[must_use]
pub fn integer_i64(number: i64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let filler = if number < 0 { 0xFF } else { 0 };
    // A filler byte may go if the next one has the same sign.
    let is_spare = |pair: &[u8]| matches!(pair, [first, next] if *first == filler && (next ^ filler) < 0x80);
    let spare = bytes.windows(2).take_while(|pair| is_spare(pair)).count();
    element(tag::INTEGER, &[bytes.get(spare..).unwrap_or_default()])
}

/// ENUMERATED below 128.
#[must_use]
pub fn enumerated(number: u8) -> Vec<u8> {
    element(tag::ENUMERATED, &[&[number]])
}

/// BOOLEAN.
#[must_use]
pub fn boolean(value: bool) -> Vec<u8> {
    element(tag::BOOLEAN, &[&[if value { 0xFF } else { 0 }]])
}

/// NULL.
#[must_use]
pub fn null() -> Vec<u8> {
    element(tag::NULL, &[])
}

/// UTCTime `YYMMDDHHMMSSZ`, whole seconds; only for the years 1950 to 2049.
#[must_use]
pub fn utc_time(at: Timestamp) -> Vec<u8> {
    let text = Offset::UTC.to_datetime(at).strftime("%y%m%d%H%M%SZ").to_string();
    element(tag::UTC_TIME, &[text.as_bytes()])
}

/// GeneralizedTime `YYYYMMDDHHMMSSZ`, whole seconds; only for the years 0 to 9999.
#[must_use]
pub fn generalized_time(at: Timestamp) -> Vec<u8> {
    let text = Offset::UTC.to_datetime(at).strftime("%Y%m%d%H%M%SZ").to_string();
    element(tag::GENERALIZED_TIME, &[text.as_bytes()])
}

/// `[number]` around whole elements: EXPLICIT, or IMPLICIT of a constructed type.
#[must_use]
pub fn context(number: u8, content: &[u8]) -> Vec<u8> {
    element(tag::context(number), &[content])
}

/// `[number] IMPLICIT` of a primitive type.
#[must_use]
pub fn implicit(number: u8, content: &[u8]) -> Vec<u8> {
    element(tag::implicit(number), &[content])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_written_in_der() {
        for (written, expected) in [
            (integer(&[]), &[2, 1, 0][..]),
            (integer(&[0, 0, 0x7F]), &[2, 1, 0x7F]),
            (integer(&[0x80]), &[2, 2, 0, 0x80]),
            (integer_i64(0), &[2, 1, 0]),
            (integer_i64(128), &[2, 2, 0, 0x80]),
            (integer_i64(-128), &[2, 1, 0x80]),
            (integer_i64(-129), &[2, 2, 0xFF, 0x7F]),
            (boolean(true), &[1, 1, 0xFF]),
            (null(), &[5, 0]),
            (bit_string_with(4, &[0xF0]), &[3, 2, 4, 0xF0]),
            (set_of(&[vec![2, 1, 9], vec![2, 1, 3]]), &[0x31, 6, 2, 1, 3, 2, 1, 9]),
            (context(0, &[5, 0]), &[0xA0, 2, 5, 0]),
            (implicit(6, b"x"), &[0x86, 1, b'x']),
        ] {
            assert_eq!(written, expected);
        }
        assert_eq!(octet_string(&[0; 0x80])[..3], [4, 0x81, 0x80]);
        assert_eq!(octet_string(&[0; 0x100])[..4], [4, 0x82, 1, 0]);
        let at: Timestamp = "2026-11-24T08:09:10.9Z".parse().expect("a time");
        assert_eq!(generalized_time(at)[2..], *b"20261124080910Z");
        assert_eq!(utc_time(at)[2..], *b"261124080910Z");
    }
}
