//! Names of entries and how one part names another (包内路径).

use unicode_normalization::UnicodeNormalization as _;

use crate::Error;

/// Name of an entry without leading slash, backslashes and empty or `.` components.
///
/// # Errors
/// [`Error::UnsafeName`] for `..` and control characters.
pub(crate) fn normalise(name: &str) -> Result<String, Error> {
    if name.chars().any(char::is_control) {
        return Err(Error::UnsafeName { name: name.to_owned() });
    }
    let name = name.replace('\\', "/");
    let mut parts = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(Error::UnsafeName { name: name.clone() }),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// Form in which names are compared: readers on some systems do not tell case.
pub(crate) fn key(name: &str) -> String {
    name.to_lowercase()
}

/// Form in which names must be unique: some readers and file systems compose characters, some decode `%20`.
pub(crate) fn unique_key(name: &str) -> String {
    key(&decoded(name).nfc().collect::<String>())
}

/// `name` with `%` and two digits taken for a byte, as in URLs; as it stands if that is no text.
fn decoded(name: &str) -> String {
    let bytes = name.as_bytes();
    let (mut plain, mut at) = (Vec::with_capacity(bytes.len()), 0_usize);
    while let Some(byte) = bytes.get(at) {
        let digits = name.get(at.saturating_add(1)..at.saturating_add(3)).filter(|_| *byte == b'%');
        let value = digits
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.push(value.unwrap_or(*byte));
        at = at.saturating_add(if value.is_some() { 3 } else { 1 });
    }
    String::from_utf8(plain).unwrap_or_else(|_| name.to_owned())
}

/// Folder of an entry, without trailing slash; empty at the root.
pub(crate) fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Entry names that `location`, written in the part `base`, may mean, best first.
///
/// Relative: from the folder of `base`, then from the root; absolute: from the root.
pub(crate) fn candidates(base: &str, location: &str) -> Vec<String> {
    let location = location.trim().replace('\\', "/");
    let mut found = Vec::with_capacity(2);
    if !location.starts_with('/') {
        found.extend(join(folder(base), &location));
    }
    found.extend(join("", &location));
    found.dedup();
    found
}

/// `location` seen from `folder`; none if it leads out of the package or nowhere.
fn join(folder: &str, location: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in location.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_seen_from_the_folder_then_from_the_root() {
        for (base, location, expected) in [
            ("Doc_0/Document.xml", "Pages/P.xml", vec!["Doc_0/Pages/P.xml", "Pages/P.xml"]),
            ("Doc_0/Document.xml", "/Doc_0/P.xml", vec!["Doc_0/P.xml"]),
            ("OFD.xml", "Doc_0\\Document.xml", vec!["Doc_0/Document.xml"]),
            ("a/b/c.xml", "../x.xml", vec!["a/x.xml"]),
            ("a/c.xml", "../../x.xml", vec![]),
            ("a/c.xml", " ./x.xml ", vec!["a/x.xml", "x.xml"]),
            ("a/c.xml", "", vec!["a"]),
        ] {
            assert_eq!(candidates(base, location), expected, "{location} in {base}");
        }
    }

    #[test]
    fn names_that_some_reader_takes_for_the_same_are_told() {
        let same = |a: &str, b: &str| assert_eq!(unique_key(a), unique_key(b), "{a} {b}");
        same("Doc_0/A.xml", "doc_0/a.xml");
        same("Doc_0/a.xml", "Doc%5F0/a%2Exml");
        same("caf\u{e9}.png", "cafe\u{301}.png");
        same("%E7%AB%A0.png", "章.png");
        assert_ne!(unique_key("100%.png"), unique_key("100.png"));
        assert_eq!(unique_key("%FF%zz"), "%ff%zz");
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        assert_eq!(normalise("/Doc_0\\./a.xml").unwrap(), "Doc_0/a.xml");
        for name in ["../a", "a/../b", "a\\..\\b", "a\0b", "a\nb"] {
            assert!(normalise(name).is_err(), "{name:?}");
        }
    }
}
