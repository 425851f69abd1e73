//! A font made for a test (测试字库): every character of it is the same triangle.

/// A TrueType font of that name with these characters, 1000 units an em.
pub(crate) fn triangles(name: &str, characters: &[char]) -> Vec<u8> {
    let words = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let longs = |longs: &[u32]| longs.iter().flat_map(|long| long.to_be_bytes()).collect::<Vec<u8>>();
    let mut characters = characters.to_vec();
    characters.sort_unstable();
    let count = u32::try_from(characters.len()).unwrap();
    let groups: Vec<u32> = characters.iter().flat_map(|c| [u32::from(*c), u32::from(*c), 1]).collect();
    let utf16: Vec<u16> = name.encode_utf16().collect();
    let bytes = u16::try_from(utf16.len() * 2).unwrap();
    // One contour of three points on the curve: (100, 0), (900, 0), (500, 800).
    let mut glyph = words(&[1, 100, 0, 900, 800, 2, 0]);
    glyph.extend([1; 3]);
    glyph.extend(words(&[100, 800, 400_u16.wrapping_neg(), 0, 0, 800]));
    glyph.resize(glyph.len().next_multiple_of(4), 0);
    let end = u32::try_from(glyph.len()).unwrap();
    let tables = [
        (
            *b"cmap",
            [words(&[0, 1, 3, 10]), longs(&[12]), words(&[12, 0]), longs(&[16 + 12 * count, 0, count]), longs(&groups)]
                .concat(),
        ),
        (*b"glyf", glyph),
        (
            *b"head",
            [
                longs(&[0x10000, 0x10000, 0, 0x5F0F_3CF5]),
                words(&[0, 1000]),
                vec![0; 16],
                words(&[100, 0, 900, 800, 0, 8, 2, 1, 0]),
            ]
            .concat(),
        ),
        (
            *b"hhea",
            [longs(&[0x10000]), words(&[880, 120_u16.wrapping_neg(), 0, 1000]), vec![0; 22], words(&[1])].concat(),
        ),
        (*b"hmtx", words(&[1000, 0, 100])),
        (*b"loca", longs(&[0, 0, end])),
        (*b"maxp", [longs(&[0x10000]), words(&[2, 3, 1]), vec![0; 22]].concat()),
        (*b"name", [words(&[0, 1, 18, 3, 1, 0x804, 1, bytes, 0]), words(&utf16)].concat()),
    ];
    let mut font = [longs(&[0x10000]), words(&[8, 128, 3, 0])].concat();
    let mut body = Vec::new();
    for (tag, mut table) in tables {
        let at = u32::try_from(12 + 8 * 16 + body.len()).unwrap();
        font.extend(tag);
        font.extend(longs(&[0, at, u32::try_from(table.len()).unwrap()]));
        table.resize(table.len().next_multiple_of(4), 0);
        body.extend(table);
    }
    font.extend(body);
    font
}
