//! From objects to bytes (序列化).

use crate::object::{Dict, Object};

/// Two hexadecimal digits.
pub(super) const fn hex_pair(byte: u8) -> [u8; 2] {
    const fn digit(value: u8) -> u8 {
        if value < 10 { b'0' + value } else { b'a' - 10 + value }
    }
    [digit(byte >> 4), digit(byte & 15)]
}

/// Writes `object`; streams are written as their dictionaries.
pub(super) fn write_object(object: &Object, out: &mut Vec<u8>) {
    match object {
        Object::Null => out.extend(b"null"),
        Object::Bool(value) => out.extend(value.to_string().bytes()),
        Object::Integer(value) => out.extend(value.to_string().bytes()),
        // The shortest form that reads back as the same number, never with an exponent.
        Object::Real(value) => out.extend(value.to_string().bytes()),
        Object::String(bytes) => write_string(bytes, out),
        Object::Name(name) => write_name(name, out),
        Object::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b' ');
                }
                write_object(item, out);
            }
            out.push(b']');
        }
        Object::Dict(dict) => write_dict(dict, out),
        Object::Stream(stream) => write_dict(&stream.dict, out),
        Object::Ref(reference) => out.extend(format!("{} {} R", reference.number, reference.generation).bytes()),
    }
}

pub(super) fn write_dict(dict: &Dict, out: &mut Vec<u8>) {
    out.extend(b"<<");
    for (key, value) in dict.iter() {
        write_name(key, out);
        out.push(b' ');
        write_object(value, out);
    }
    out.extend(b">>");
}

/// A name with everything unusual as `#xx`.
pub(super) fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for byte in name {
        if byte.is_ascii_alphanumeric() || b"_-.+:*@!$&',;=?^`|~\"".contains(byte) {
            out.push(*byte);
        } else {
            out.push(b'#');
            out.extend(hex_pair(*byte));
        }
    }
}

/// Printable strings as they are, others in hexadecimal.
fn write_string(bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        out.push(b'(');
        for byte in bytes {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(b')');
    } else {
        out.push(b'<');
        out.extend(bytes.iter().flat_map(|byte| hex_pair(*byte)));
        out.push(b'>');
    }
}

/// A text string (ISO 32000-1, 7.9.2.2): ASCII as it is, else UTF-16BE with its mark.
pub(super) fn text_string(text: &str) -> Object {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Object::String(text.as_bytes().to_vec());
    }
    let units = text.encode_utf16().flat_map(u16::to_be_bytes);
    Object::String([0xFE, 0xFF].into_iter().chain(units).collect())
}

/// A name object.
pub(super) fn name(text: &[u8]) -> Object {
    Object::Name(text.to_vec())
}

/// A dictionary object of these entries.
pub(super) fn dict<const N: usize>(entries: [(&[u8], Object); N]) -> Dict {
    let mut dict = Dict::new();
    for (key, value) in entries {
        dict.set(key, value);
    }
    dict
}

/// Numbers with four decimals: a ten-thousandth of a point is 35 nanometres.
pub(super) fn numbers<const N: usize>(values: [f64; N]) -> Object {
    Object::Array(values.into_iter().map(number).collect())
}

/// One such number.
pub(super) fn number(value: f64) -> Object {
    let rounded = (value * 1e4).round() / 1e4;
    Object::Real(if rounded == 0.0 { 0.0 } else { rounded })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Lexer;

    #[test]
    fn what_is_written_reads_back_equal() {
        let text = b"<</A 1/B [-2 3.5 0.25 (a\\(b\\)) <00ff> /N#20x#2Fy true null 7 0 R]/C<</D/E/F()>>>> ";
        let object = Lexer::new(text, 0).object().unwrap();
        let mut out = Vec::new();
        write_object(&object, &mut out);
        out.push(b' ');
        assert_eq!(Lexer::new(&out, 0).object().unwrap(), object, "{}", String::from_utf8_lossy(&out));
    }
}
