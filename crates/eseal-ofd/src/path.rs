//! Names of entries and how one part names another (包内路径).

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
    fn names_that_lead_out_are_refused() {
        assert_eq!(normalise("/Doc_0\\./a.xml").unwrap(), "Doc_0/a.xml");
        for name in ["../a", "a/../b", "a\\..\\b", "a\0b", "a\nb"] {
            assert!(normalise(name).is_err(), "{name:?}");
        }
    }
}
