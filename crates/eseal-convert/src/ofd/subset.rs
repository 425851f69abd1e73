//! The font that goes with the document (字体子集): the glyphs that it uses, found by their characters.
//!
//! A subset for PDF has no table of characters, since PDF has its own.  OFD readers look characters up in the font, so
//! the table is written anew, and the tables that such readers want to see come along.

use std::collections::BTreeMap;

use subsetter::GlyphRemapper;

use crate::{ConvertError, font};

/// Tables that are taken from the shipped font as they are.
const KEPT: [&[u8; 4]; 3] = [b"OS/2", b"name", b"post"];
/// Where a font's checksum stands in `head`, and what all words of the font add up to.
const CHECKSUM_AT: usize = 8;
const CHECKSUM: u32 = 0xB1B0_AFBA;

type Tables = BTreeMap<[u8; 4], Vec<u8>>;

/// A font with these characters and no others.
pub(super) fn subset(glyphs: &BTreeMap<char, u16>) -> Result<Vec<u8>, ConvertError> {
    let failed = |problem: String| ConvertError::Write(format!("subset of the font: {problem}"));
    let mut remapper = GlyphRemapper::new();
    let characters: Vec<(u32, u16)> =
        glyphs.iter().map(|(character, glyph)| (u32::from(*character), remapper.remap(*glyph))).collect();
    let reduced = subsetter::subset(font::BYTES, 0, &remapper).map_err(|error| failed(error.to_string()))?;
    let mut tables = read(&reduced).ok_or_else(|| failed("cannot be read".into()))?;
    let mut original = read(font::BYTES).ok_or_else(|| failed("the font cannot be read".into()))?;
    for tag in KEPT {
        if let Some(table) = original.remove(tag) {
            tables.insert(*tag, table);
        }
    }
    tables.insert(*b"cmap", character_map(&characters));
    Ok(write(tables))
}

/// Tables by their tags.
fn read(font: &[u8]) -> Option<Tables> {
    let count = u16::from_be_bytes(font.get(4..6)?.try_into().ok()?);
    let records = font.get(12..)?.chunks_exact(16).take(usize::from(count));
    records
        .map(|record| {
            let number = |at: usize| usize::try_from(u32::from_be_bytes(record.get(at..at + 4)?.try_into().ok()?)).ok();
            let (start, size) = (number(8)?, number(12)?);
            Some((*record.first_chunk()?, font.get(start..start.checked_add(size)?)?.to_vec()))
        })
        .collect()
}

/// Formats 4 for old readers and 12 for all characters.
fn character_map(characters: &[(u32, u16)]) -> Vec<u8> {
    let (short, long) = (format_4(characters), format_12(characters));
    let first = 4 + 3 * 8_u32;
    let second = first + u32_of(short.len());
    let mut table = vec![0, 0, 0, 3];
    for (platform, encoding, at) in [(0_u16, 4_u16, second), (3, 1, first), (3, 10, second)] {
        table.extend([platform.to_be_bytes(), encoding.to_be_bytes()].concat());
        table.extend(at.to_be_bytes());
    }
    table.extend(short);
    table.extend(long);
    table
}

/// Characters up to U+FFFE whose codes and glyphs run on together share a segment.
fn format_4(characters: &[(u32, u16)]) -> Vec<u8> {
    let mut segments: Vec<(u16, u16, u16)> = Vec::new(); // first and last code, first glyph
    for (code, glyph) in characters {
        let Some(code) = u16::try_from(*code).ok().filter(|code| *code < 0xFFFF) else { continue };
        match segments.last_mut() {
            Some((first, last, start)) if *last + 1 == code && *start + (*last - *first) + 1 == *glyph => *last = code,
            _ => segments.push((code, code, *glyph)),
        }
    }
    // The length has sixteen bits; what does not fit is in the other format.
    segments.truncate(8000);
    segments.push((0xFFFF, 0xFFFF, 0));
    let count = u16_of(segments.len());
    let power = 1_u16 << count.ilog2();
    let header = [4, 16 + count * 8, 0, count * 2, power * 2, count_bits(count), (count - power) * 2];
    let delta = |(first, _, start): &(u16, u16, u16)| if *first == 0xFFFF { 1 } else { start.wrapping_sub(*first) };
    let words = header
        .into_iter()
        .chain(segments.iter().map(|segment| segment.1))
        .chain([0])
        .chain(segments.iter().map(|segment| segment.0))
        .chain(segments.iter().map(delta))
        .chain(segments.iter().map(|_| 0));
    words.flat_map(u16::to_be_bytes).collect()
}

fn count_bits(count: u16) -> u16 {
    u16_of(usize::try_from(count.ilog2()).unwrap_or_default())
}

fn format_12(characters: &[(u32, u16)]) -> Vec<u8> {
    let mut groups: Vec<(u32, u32, u32)> = Vec::new();
    for (code, glyph) in characters {
        let glyph = u32::from(*glyph);
        match groups.last_mut() {
            Some((first, last, start)) if *last + 1 == *code && *start + (*last - *first) + 1 == glyph => *last = *code,
            _ => groups.push((*code, *code, glyph)),
        }
    }
    let mut table = vec![0, 12, 0, 0];
    for word in [u32_of(16 + groups.len() * 12), 0, u32_of(groups.len())] {
        table.extend(word.to_be_bytes());
    }
    for (first, last, start) in groups {
        table.extend([first, last, start].iter().flat_map(|word| word.to_be_bytes()));
    }
    table
}

/// A font of these tables, with its checksums.
fn write(mut tables: Tables) -> Vec<u8> {
    if let Some(place) = tables.get_mut(b"head").and_then(|head| head.get_mut(CHECKSUM_AT..CHECKSUM_AT + 4)) {
        place.fill(0);
    }
    let count = u16_of(tables.len());
    let power = 1_u16 << count.ilog2();
    let flavor: &[u8; 4] = if tables.contains_key(b"glyf") { b"\0\x01\0\0" } else { b"OTTO" };
    let mut font = flavor.to_vec();
    font.extend(
        [count, power * 16, count_bits(count), (count - power) * 16].iter().flat_map(|word| word.to_be_bytes()),
    );
    let mut at = 12 + tables.len() * 16;
    let mut head_at = None;
    for (tag, table) in &tables {
        if tag == b"head" {
            head_at = Some(at);
        }
        font.extend(tag);
        for word in [checksum(table), u32_of(at), u32_of(table.len())] {
            font.extend(word.to_be_bytes());
        }
        at += table.len().next_multiple_of(4);
    }
    for table in tables.values() {
        font.extend(table);
        font.resize(font.len().next_multiple_of(4), 0);
    }
    let whole = CHECKSUM.wrapping_sub(checksum(&font));
    if let Some(place) = head_at.and_then(|at| font.get_mut(at + CHECKSUM_AT..at + CHECKSUM_AT + 4)) {
        place.copy_from_slice(&whole.to_be_bytes());
    }
    font
}

fn checksum(bytes: &[u8]) -> u32 {
    let word = |chunk: &[u8]| chunk.iter().zip([24, 16, 8, 0]).fold(0, |sum, (byte, by)| sum | u32::from(*byte) << by);
    bytes.chunks(4).fold(0, |sum: u32, chunk| sum.wrapping_add(word(chunk)))
}

fn u16_of(value: usize) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

fn u32_of(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use skrifa::{FontRef, MetadataProvider, instance::LocationRef, instance::Size};

    use super::*;
    use crate::font::Face;

    #[test]
    fn a_subset_finds_its_glyphs_by_their_characters_and_keeps_their_widths() {
        let face = Face::open().unwrap();
        let characters = "印章ABC abc，。0123456789𠮷";
        let glyphs: BTreeMap<char, u16> =
            characters.chars().map(|character| (character, face.glyph(character).id)).collect();
        let bytes = subset(&glyphs).unwrap();
        assert!(bytes.len() < 40_000, "{} bytes", bytes.len());
        let font = FontRef::new(&bytes).unwrap();
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        for character in characters.chars() {
            let glyph = font.charmap().map(character).unwrap_or_else(|| panic!("{character}"));
            let advance = metrics.advance_width(glyph).unwrap() / 1000.0;
            assert!((advance - face.glyph(character).advance).abs() < 0.001, "{character}");
        }
        assert_eq!(font.charmap().map('国'), None);
        assert_eq!(checksum(&bytes), CHECKSUM);
    }

    #[test]
    fn both_character_tables_say_the_same() {
        let characters = [(0x41, 5), (0x42, 6), (0x43, 9), (0x4E00, 10), (0x4E01, 11), (0x20BB7, 12)];
        let short = format_4(&characters);
        assert_eq!(short.len(), usize::from(u16::from_be_bytes([short[2], short[3]])));
        assert_eq!(u16::from_be_bytes([short[6], short[7]]), 4 * 2); // A–B, C, 一–丁, the end
        let long = format_12(&characters);
        assert_eq!(u32::from_be_bytes([long[12], long[13], long[14], long[15]]), 4);
    }
}
