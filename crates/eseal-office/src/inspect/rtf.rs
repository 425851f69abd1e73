//! Rich text (RTF): fonts of its table, links and objects.

use encoding_rs::GBK;

use super::{Inspected, links::is_outside};
use crate::Kind;

/// Bytes of the font table that are read.
const TABLE: usize = 1 << 20;

pub(super) fn inspect(bytes: &[u8]) -> Inspected {
    let mut found = Inspected::new(Kind::Rtf);
    for name in fonts(bytes) {
        found.font(&name);
    }
    for address in fields(bytes, b"INCLUDEPICTURE") {
        found.outside_picture(&address);
    }
    for address in fields(bytes, b"INCLUDETEXT").into_iter().chain(fields(bytes, b"LINK ")) {
        found.outside("field", &address);
    }
    found
}

/// `{\fonttbl{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}…}`: names in GBK or as `\uN`.
fn fonts(bytes: &[u8]) -> Vec<String> {
    const START: &[u8] = b"\\fonttbl";
    let Some(start) = bytes.windows(START.len()).position(|window| window == START) else { return Vec::new() };
    let table = bytes.get(start + START.len()..).unwrap_or_default();
    let table = table.get(..TABLE).unwrap_or(table);
    let (mut names, mut name, mut depth, mut at) = (Vec::new(), Vec::new(), 0_usize, 0);
    while let Some(byte) = table.get(at) {
        at += 1;
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => break,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    name.clear();
                }
            }
            b';' => names.push(GBK.decode_without_bom_handling(&std::mem::take(&mut name)).0.into_owned()),
            b'\\' => at = control(table, at, &mut name),
            // The panose, falt and other groups within an entry are no name.
            other if depth <= 1 && !matches!(other, b'\r' | b'\n') => name.push(*other),
            _ => {}
        }
    }
    names
}

/// A control word or escaped character; gives where it ends.
fn control(table: &[u8], at: usize, name: &mut Vec<u8>) -> usize {
    let rest = table.get(at..).unwrap_or_default();
    if let Some(b'\'') = rest.first() {
        let digits = rest.get(1..3).and_then(|digits| str::from_utf8(digits).ok());
        name.extend(digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()));
        return at + 3;
    }
    let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let numbers = rest.iter().skip(letters).take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
    if rest.get(..letters) == Some(b"u") {
        let number =
            rest.get(letters..letters + numbers).and_then(|digits| str::from_utf8(digits).ok()?.parse::<i32>().ok());
        let unit = number.and_then(|number| char::from_u32(number.rem_euclid(0x1_0000).cast_unsigned()));
        let encoded = unit.map(|character| GBK.encode(character.encode_utf8(&mut [0; 4])).0.into_owned());
        name.extend(encoded.unwrap_or_default());
        return at + letters + numbers + 1; // the character for old readers
    }
    let end = at + (letters + numbers).max(1);
    if table.get(end) == Some(&b' ') { end + 1 } else { end }
}

/// Addresses of fields of one kind.
fn fields(bytes: &[u8], kind: &[u8]) -> Vec<String> {
    const FIELDS: usize = 100;
    let starts = bytes.windows(kind.len()).enumerate().filter(|(_, window)| *window == kind).take(FIELDS);
    starts
        .filter_map(|(at, _)| {
            let rest = bytes.get(at + kind.len()..)?;
            let rest = rest.get(..512).unwrap_or(rest);
            let text = String::from_utf8_lossy(rest);
            let address = match text.split_once('"') {
                Some((_, quoted)) => quoted.split('"').next(),
                None => text.split_whitespace().next(),
            };
            address.map(|address| address.trim_matches(['}', '\\']).to_owned()).filter(|address| is_outside(address))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_read_in_both_spellings() {
        let text = b"{\\rtf1\\ansi{\\fonttbl{\\f0\\froman\\fcharset0 Times New Roman;}{\\f1\\fnil\\fcharset134 \\'cb\\'ce\\'cc\\'e5{\\*\\falt SimSun};}{\\f2 \\u20223?\\u23435?;}}{\\field{\\*\\fldinst INCLUDEPICTURE \"http://a/b.png\"}}}";
        let found = inspect(text);
        let fonts: Vec<&str> = found.fonts.iter().map(String::as_str).collect();
        assert_eq!(fonts, ["Times New Roman", "仿宋", "宋体"]);
        assert_eq!(found.warnings.finish().len(), 1);
    }
}
