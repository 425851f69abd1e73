//! A seal picture without a picture library (测试印章图片).

use crate::zip::crc32;

/// A red ring on a transparent ground, `size` × `size` pixels, PNG.
///
/// # Panics
/// It is too large for one block: more than 127 pixels.
#[must_use]
pub fn png(size: u8) -> Vec<u8> {
    let (radius, width) = (f32::from(size) / 2.0, f32::from(size) / 14.0);
    let mut rows = Vec::new();
    for y in 0..size {
        rows.push(0); // no filter
        for x in 0..size {
            let distance = (f32::from(x) + 0.5 - radius).hypot(f32::from(y) + 0.5 - radius);
            let is_ring = distance <= radius && distance >= radius - width;
            rows.extend(if is_ring { [0xD0, 0x10, 0x10, 0xFF] } else { [0; 4] });
        }
    }
    let (size, length) = (u32::from(size).to_be_bytes(), u16::try_from(rows.len()).expect("a small picture"));
    let header = [&size[..], &size, &[8, 6, 0, 0, 0]].concat(); // 8 bits, RGBA
    let stored = [&[0x78, 1, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), &rows, &adler32(&rows)].concat();
    [b"\x89PNG\r\n\x1A\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &stored), chunk(b"IEND", &[])].concat()
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a small picture").to_be_bytes();
    let named = [&name[..], data].concat();
    [&length[..], &named, &crc32(&named).to_be_bytes()].concat()
}

fn adler32(bytes: &[u8]) -> [u8; 4] {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    (b << 16 | a).to_be_bytes()
}
