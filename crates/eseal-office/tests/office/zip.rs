//! A ZIP package, written by hand.

use std::io::Write as _;

use flate2::{Compression, Crc, write::DeflateEncoder};

/// A package of deflated entries.
pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let mut crc = Crc::new();
        crc.update(content);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let offset = u32::try_from(file.len()).unwrap();
        let mut common = Vec::new();
        // Version, flags, method, time and date, then CRC and sizes.
        for number in [20_u16, 0x0800, 8, 0, 0x21] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), u32::try_from(packed.len()).unwrap(), u32::try_from(content.len()).unwrap()] {
            common.extend(number.to_le_bytes());
        }
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        file.extend(b"PK\x03\x04");
        file.extend(&common);
        file.extend(name.as_bytes());
        file.extend(packed);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (count, at) = (u16::try_from(entries.len()).unwrap(), u32::try_from(file.len()).unwrap());
    let size = u32::try_from(directory.len()).unwrap();
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    for number in [count, count] {
        file.extend(number.to_le_bytes());
    }
    for number in [size, at] {
        file.extend(number.to_le_bytes());
    }
    file.extend([0, 0]);
    file
}
