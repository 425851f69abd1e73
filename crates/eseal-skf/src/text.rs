//! Texts of the interface (字符串): into C and back, lists of names.

use zeroize::Zeroizing;

/// Most names of a list: no token has more applications or containers.
const NAMES_MAX: usize = 256;

/// A text with its zero byte; `None` if it holds one itself.
pub(crate) fn c_text(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if text.contains(&0) {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() + 1));
    bytes.extend_from_slice(text);
    bytes.push(0);
    Some(bytes)
}

/// Names that end in a zero byte each, and the list in one more; what is not UTF-8 is left out.
pub(crate) fn names(list: &[u8]) -> Vec<String> {
    list.split(|byte| *byte == 0)
        .take_while(|name| !name.is_empty())
        .take(NAMES_MAX)
        .filter_map(|name| std::str::from_utf8(name).ok())
        .map(str::to_owned)
        .collect()
}

/// A text in a field, up to its zero byte; what is not UTF-8 is replaced.
pub(crate) fn field(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_end_where_they_say_or_where_the_room_ends() {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(names(b"a\0bc\0\0junk\0"), owned(&["a", "bc"]));
        assert_eq!(names(b"no end"), owned(&["no end"]));
        assert_eq!(names(b"\0\0"), owned(&[]));
        assert_eq!(names(b""), owned(&[]));
        assert_eq!(names(b"\xFF\xFE\0good\0\0"), owned(&["good"]));
        assert_eq!(names(&b"a\0".repeat(1000)).len(), NAMES_MAX);
        assert!(c_text(b"a\0b").is_none());
        assert_eq!(field(b"label  \0rubbish"), "label");
    }
}
