//! A zip package of stored entries, just enough for test documents.

/// Writes a package; the same input gives the same bytes.
#[must_use]
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in entries {
        let offset = number(out.len());
        let mut fields = Vec::new();
        fields.extend([20, 0, 0, 8, 0, 0]); // version 2.0, names in UTF-8, stored
        fields.extend([0, 0, 0x21, 0x5C]); // 2026-01-01 00:00
        fields.extend(crc32(bytes).to_le_bytes());
        fields.extend(number(bytes.len()));
        fields.extend(number(bytes.len()));
        fields.extend(&number(name.len())[..2]);
        fields.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(name.as_bytes());
        out.extend(*bytes);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(offset);
        directory.extend(name.as_bytes());
    }
    let (start, count) = (number(out.len()), number(entries.len()));
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([&count[..2], &count[..2]].concat());
    out.extend(number(directory.len()));
    out.extend(start);
    out.extend([0, 0]);
    out
}

fn number(value: usize) -> [u8; 4] {
    u32::try_from(value).expect("test packages are small").to_le_bytes()
}

pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// The package with the bytes of one stored entry changed in place, checksums included: what a forger would write.
///
/// # Panics
/// There is no such entry, it is compressed, or its length would change.
#[must_use]
pub fn zip_altered(package: &[u8], name: &str, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut out = package.to_vec();
    let directory = directory_header(package, name);
    let at = |offset: usize| u32::from_le_bytes(package[offset..offset + 4].try_into().expect("four bytes")) as usize;
    assert_eq!(package[directory + 10..directory + 12], [0, 0], "{name} is compressed");
    let (local, size) = (at(directory + 42), at(directory + 24));
    let lengths = u16::from_le_bytes([package[local + 26], package[local + 27]])
        + u16::from_le_bytes([package[local + 28], package[local + 29]]);
    let start = local + 30 + usize::from(lengths);
    change(&mut out[start..start + size]);
    let checksum = crc32(&out[start..start + size]).to_le_bytes();
    out[local + 14..local + 18].copy_from_slice(&checksum);
    out[directory + 16..directory + 20].copy_from_slice(&checksum);
    out
}

/// Where the directory's header of an entry begins.
fn directory_header(package: &[u8], name: &str) -> usize {
    let is_it = |at: &usize| {
        let header = package.get(*at..*at + 46).filter(|header| header.starts_with(b"PK\x01\x02"));
        let length = header.map(|header| usize::from(u16::from_le_bytes([header[28], header[29]])));
        length == Some(name.len()) && package[*at + 46..].starts_with(name.as_bytes())
    };
    (0..package.len()).find(is_it).unwrap_or_else(|| panic!("no entry {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_altered_package_is_the_one_that_is_written_with_other_bytes() {
        let write = |second: &[u8]| zip(&[("a", b"1"), ("folder/b", second), ("c", b"3")]);
        assert_eq!(
            zip_altered(&write(b"before"), "folder/b", |bytes| bytes.copy_from_slice(b"behind")),
            write(b"behind")
        );
    }
}
