//! A ZIP package of stored entries (存储方式的压缩包): no compression, no times, the same bytes every time.

use super::ArchiveError;

/// 1980-01-01 00:00, the first time that ZIP knows: when it was made says the manifest.
const NO_TIME: [u8; 4] = [0, 0, 0x21, 0];

/// Packs entries; names are ASCII.
pub(super) fn pack(entries: &[(String, Vec<u8>)]) -> Result<Vec<u8>, ArchiveError> {
    let number = |length: usize| u32::try_from(length).map_err(|_| ArchiveError::TooLarge);
    let short = |length: usize| u16::try_from(length).map_err(|_| ArchiveError::TooLarge);
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in entries {
        let offset = number(out.len())?.to_le_bytes();
        let size = number(bytes.len())?.to_le_bytes();
        let fields = [
            &[20, 0, 0, 0, 0, 0][..], // version 2.0, no flags, stored
            &NO_TIME,
            &crc32(bytes).to_le_bytes(),
            &size,
            &size,
            &short(name.len())?.to_le_bytes(),
            &[0, 0],
        ]
        .concat();
        out.extend([b"PK\x03\x04", &fields[..], name.as_bytes(), bytes].concat());
        directory.extend([b"PK\x01\x02\x14\x00", &fields[..], &[0; 10], &offset, name.as_bytes()].concat());
    }
    let count = short(entries.len())?.to_le_bytes();
    let (start, size) = (number(out.len())?.to_le_bytes(), number(directory.len())?.to_le_bytes());
    out.extend([&directory[..], b"PK\x05\x06\0\0\0\0", &count, &count, &size, &start, &[0, 0]].concat());
    Ok(out)
}

/// CRC-32 of ISO/IEC 13239, a byte at a time.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        let [low, ..] = crc.to_le_bytes();
        let found = TABLE.get(usize::from(low ^ byte)).copied().unwrap_or_default();
        (crc >> 8) ^ found
    })
}

#[expect(clippy::as_conversions, clippy::indexing_slicing, reason = "evaluated when this is compiled")]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_format_is_met() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
