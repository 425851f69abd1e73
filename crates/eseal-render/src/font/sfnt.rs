//! Embedded fonts made readable (字库修补): makers of OFD leave out tables that drawing needs, or embed bare CFF.

use std::collections::BTreeMap;

use super::cff;

/// Tables of a font file, by tag.
type Tables<'a> = BTreeMap<[u8; 4], std::borrow::Cow<'a, [u8]>>;

/// Most tables of a font.
const TABLES: u16 = 128;

/// A font with every table that drawing needs; none if it has no outlines that are understood.
pub(super) fn readable(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut tables = tables(bytes)?;
    let glyphs = complete(&mut tables)?;
    debug_assert!(glyphs > 0);
    Some(write(&tables))
}

fn tables(bytes: &[u8]) -> Option<Tables<'_>> {
    if let Some(facts) = cff::facts(bytes) {
        let mut tables = Tables::new();
        tables.insert(*b"CFF ", bytes.into());
        tables.insert(*b"maxp", maxp(facts.glyphs, true).into());
        tables.insert(*b"head", head(facts.units_per_em, false, sum(bytes)).into());
        return Some(tables);
    }
    let start = match bytes.get(..4)? {
        b"ttcf" => usize::try_from(long(bytes, 12)?).ok()?,
        b"OTTO" | b"true" | b"\0\x01\0\0" | b"\0\x02\0\0" => 0,
        _ => return None,
    };
    let count = short(bytes, start.checked_add(4)?)?.min(TABLES);
    let mut tables = Tables::new();
    for record in 0..count {
        let at = start.checked_add(12)?.checked_add(usize::from(record).checked_mul(16)?)?;
        let Some(tag) = bytes.get(at..at.saturating_add(4)).and_then(|tag| <[u8; 4]>::try_from(tag).ok()) else {
            break;
        };
        let (Some(offset), Some(length)) = (long(bytes, at.saturating_add(8)), long(bytes, at.saturating_add(12)))
        else {
            break;
        };
        let (Ok(offset), Ok(length)) = (usize::try_from(offset), usize::try_from(length)) else { continue };
        // A table that reaches beyond the file ends with it.
        let end = offset.saturating_add(length).min(bytes.len());
        if let Some(table) = bytes.get(offset..end).filter(|table| !table.is_empty()) {
            tables.entry(tag).or_insert_with(|| table.into());
        }
    }
    Some(tables)
}

/// Adds what is missing; the number of glyphs.
fn complete(tables: &mut Tables<'_>) -> Option<u16> {
    let has = |tables: &Tables<'_>, tag: &[u8; 4]| tables.contains_key(tag);
    let is_cff = has(tables, b"CFF ") || has(tables, b"CFF2");
    if !(is_cff || has(tables, b"glyf") && has(tables, b"loca")) {
        return None;
    }
    let size = |tables: &Tables<'_>, tag: &[u8; 4]| tables.get(tag).map_or(0, |table| table.len());
    if size(tables, b"maxp") < 6 {
        let glyphs = match tables.get(b"CFF ") {
            Some(table) => cff::facts(table)?.glyphs,
            None => u16::try_from((size(tables, b"loca") / 4).saturating_sub(1)).ok()?,
        };
        tables.insert(*b"maxp", maxp(glyphs, is_cff).into());
    }
    let glyphs = short(tables.get(b"maxp")?, 4).filter(|glyphs| *glyphs > 0)?;
    if size(tables, b"head") < 54 {
        let long_offsets = size(tables, b"loca") / 4 > usize::from(glyphs);
        let sum = tables.values().fold(0, |all: u32, table| all.wrapping_mul(31).wrapping_add(sum(table)));
        tables.insert(*b"head", head(if is_cff { 1000 } else { 2048 }, long_offsets, sum).into());
    }
    let units = short(tables.get(b"head")?, 18).filter(|units| *units > 0).unwrap_or(1000);
    let metrics = tables.get(b"hhea").and_then(|hhea| short(hhea, 34)).unwrap_or(0);
    let hmtx = usize::from(metrics)
        .checked_mul(4)?
        .checked_add(usize::from(glyphs.saturating_sub(metrics)).checked_mul(2)?)?;
    if size(tables, b"hhea") < 36 || metrics == 0 || size(tables, b"hmtx") < hmtx {
        tables.insert(*b"hhea", hhea(units).into());
        let mut widths = Vec::from(units.to_be_bytes());
        widths.resize(2_usize.saturating_add(usize::from(glyphs).saturating_mul(2)), 0);
        tables.insert(*b"hmtx", widths.into());
    }
    Some(glyphs)
}

fn maxp(glyphs: u16, is_cff: bool) -> Vec<u8> {
    let mut table = if is_cff { vec![0, 0, 0x50, 0] } else { vec![0, 1, 0, 0] };
    table.extend(glyphs.to_be_bytes());
    if !is_cff {
        // No hinting: the limits of its machine do not matter, those of nesting do.
        table.extend([0; 26]);
        if let Some(depth) = table.get_mut(30..32) {
            depth.copy_from_slice(&16_u16.to_be_bytes());
        }
    }
    table
}

fn head(units_per_em: u16, long_offsets: bool, sum: u32) -> Vec<u8> {
    let mut table = vec![0; 54];
    let mut put = |at: usize, value: &[u8]| {
        if let Some(slot) = table.get_mut(at..at.saturating_add(value.len())) {
            slot.copy_from_slice(value);
        }
    };
    put(0, &[0, 1, 0, 0]);
    put(8, &sum.to_be_bytes()); // tells fonts apart
    put(12, &[0x5f, 0x0f, 0x3c, 0xf5]);
    put(18, &units_per_em.to_be_bytes());
    put(50, &u16::from(long_offsets).to_be_bytes());
    table
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(1, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte)))
}

fn hhea(units: u16) -> Vec<u8> {
    let mut table = vec![0, 1, 0, 0];
    let ascent = i16::try_from(units / 8 * 7).unwrap_or(880);
    let descent = i16::try_from(units / 8).unwrap_or(120).saturating_neg();
    table.extend(ascent.to_be_bytes());
    table.extend(descent.to_be_bytes());
    table.resize(34, 0);
    table.extend([0, 1]); // one width for all
    table
}

fn write(tables: &Tables<'_>) -> Vec<u8> {
    let is_cff = tables.contains_key(b"CFF ") || tables.contains_key(b"CFF2");
    let mut out = Vec::from(if is_cff { *b"OTTO" } else { *b"\0\x01\0\0" });
    let count = u16::try_from(tables.len()).unwrap_or(0);
    out.extend(count.to_be_bytes());
    out.extend([0; 6]); // search hints, which nobody needs
    let mut offset = tables.len().saturating_mul(16).saturating_add(12);
    for (tag, table) in tables {
        out.extend(tag);
        out.extend([0; 4]);
        out.extend(u32::try_from(offset).unwrap_or(0).to_be_bytes());
        out.extend(u32::try_from(table.len()).unwrap_or(0).to_be_bytes());
        offset = offset.saturating_add(table.len().next_multiple_of(4));
    }
    for table in tables.values() {
        out.extend(table.iter());
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_be_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shipped font with only these tables.
    fn reduced(keep: &[&[u8; 4]]) -> Vec<u8> {
        let all = tables(eseal_fonts::SANS_REGULAR).unwrap();
        write(&all.into_iter().filter(|(tag, _)| keep.contains(&tag)).collect())
    }

    #[test]
    fn fonts_without_tables_are_drawn_all_the_same() {
        let whole = super::super::LoadedFont::embedded(eseal_fonts::SANS_REGULAR.into()).unwrap();
        let glyph = whole.glyph_of('印').unwrap();
        let expected = whole.outline(glyph).unwrap();
        let bare = tables(eseal_fonts::SANS_REGULAR).unwrap().remove(b"CFF ").unwrap().into_owned();
        for font in [bare, reduced(&[b"CFF "]), reduced(&[b"CFF ", b"head"]), reduced(&[b"CFF ", b"maxp", b"hhea"])] {
            let font = super::super::LoadedFont::embedded(font).unwrap();
            assert_eq!(font.outline(glyph).unwrap().elements(), expected.elements());
            assert_eq!(font.glyph_of('印'), None);
        }
    }

    #[test]
    fn what_is_no_font_is_none() {
        for bytes in [&b""[..], b"%!PS-AdobeFont", b"OTTO", b"\x01\x00\x04\x01", b"\0\x01\0\0\xff\xff", &[0xff; 100]] {
            assert!(readable(bytes).is_none());
        }
        for length in (0..4_000).step_by(7) {
            let _ = readable(&eseal_fonts::SANS_REGULAR[..length]);
        }
    }
}
