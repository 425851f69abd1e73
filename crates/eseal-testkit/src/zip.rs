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
