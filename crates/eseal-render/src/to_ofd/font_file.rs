//! Font files of outlines (字库文件): TrueType, which every OFD reader understands, whatever the PDF's font was.

use kurbo::{BezPath, PathEl, Point};

use crate::number::{signed, whole};

/// Units of the em square: outlines of TrueType fonts, which usually have so many, come out as they were.
const UNITS: f64 = 2_048.0;
/// How far a curve of the third degree and its replacement of the second may be apart, in units.
const ACCURACY: f64 = 0.5;
/// Most points of one glyph; the largest real ones have some thousands.
const POINTS: usize = 20_000;
/// What all words of a font with a right checksum add up to.
const CHECKSUM: u32 = 0xB1B0_AFBA;
/// Name records: copyright has none, family, style, identifier, full name, version, PostScript name.
const NAMES: [u16; 6] = [1, 2, 3, 4, 5, 6];

/// One glyph.
#[derive(Clone, Debug, Default)]
pub(super) struct GlyphShape {
    /// In thousandths of the type size, y up.
    pub(super) outline: BezPath,
    /// In the same.
    pub(super) advance: f64,
}

/// A font file; glyph 0 is the first of `glyphs`, `characters` ascend.
pub(super) fn write(name: &str, glyphs: &[GlyphShape], characters: &[(u32, u16)]) -> Vec<u8> {
    let mut glyf = Vec::new();
    let mut loca = vec![0_u32];
    let mut metrics = Vec::new();
    let mut all = Bounds::default();
    let mut most = (0_u16, 0_u16);
    for glyph in glyphs {
        let contours = contours(&glyph.outline);
        let bounds = Bounds::of(&contours);
        if let Some(bounds) = bounds {
            all = all.with(bounds);
            let points = contours.iter().map(Vec::len).sum::<usize>();
            most = (most.0.max(u16_of(points)), most.1.max(u16_of(contours.len())));
            simple_glyph(&mut glyf, &contours, bounds);
        }
        loca.push(u32_of(glyf.len()));
        let advance = u16_of(usize::try_from(whole(glyph.advance * UNITS / 1_000.0)).unwrap_or(0));
        metrics.push((advance, bounds.map_or(0, |bounds| bounds.left)));
    }
    if glyf.is_empty() {
        glyf.extend([0; 4]); // an empty table is taken for none
    }
    let count = u16_of(glyphs.len());
    let mut tables = vec![
        (*b"OS/2", os2(characters, &all)),
        (*b"cmap", character_map(characters)),
        (*b"glyf", glyf),
        (*b"head", head(&all)),
        (*b"hhea", hhea(&all, &metrics)),
        (*b"hmtx", words(metrics.iter().flat_map(|(advance, left)| [*advance, bits(*left)]))),
        (*b"loca", loca.iter().flat_map(|offset| offset.to_be_bytes()).collect()),
        (*b"maxp", maxp(count, most)),
        (*b"name", names(name)),
        (*b"post", [&[0, 3, 0, 0][..], &[0; 28]].concat()),
    ];
    tables.sort();
    assemble(&tables)
}

/// Closed contours of points, each on the curve or not.
fn contours(outline: &BezPath) -> Vec<Vec<(i16, i16, bool)>> {
    let mut found: Vec<Vec<(i16, i16, bool)>> = Vec::new();
    let mut count = 0_usize;
    let mut at = Point::ZERO;
    let scaled = kurbo::Affine::scale(UNITS / 1_000.0) * outline;
    for element in scaled.elements() {
        let mut put = |point: Point, on: bool| {
            count = count.saturating_add(1);
            let point = (signed(point.x), signed(point.y), on);
            match found.last_mut() {
                Some(contour) if contour.last() != Some(&point) || !on => contour.push(point),
                _ => {}
            }
        };
        match *element {
            PathEl::MoveTo(point) => {
                count = count.saturating_add(1);
                found.push(vec![(signed(point.x), signed(point.y), true)]);
                at = point;
            }
            PathEl::LineTo(point) => {
                put(point, true);
                at = point;
            }
            PathEl::QuadTo(control, end) => {
                put(control, false);
                put(end, true);
                at = end;
            }
            PathEl::CurveTo(first, second, end) => {
                for (_, _, quad) in kurbo::CubicBez::new(at, first, second, end).to_quads(ACCURACY) {
                    put(quad.p1, false);
                    put(quad.p2, true);
                }
                at = end;
            }
            PathEl::ClosePath => {}
        }
        if count > POINTS {
            break;
        }
    }
    for contour in &mut found {
        // The last point is the first again.
        if contour.len() > 1 && contour.first() == contour.last() {
            contour.pop();
        }
    }
    found.retain(|contour| contour.len() > 1);
    found
}

#[derive(Clone, Copy, Debug, Default)]
struct Bounds {
    left: i16,
    bottom: i16,
    right: i16,
    top: i16,
}

impl Bounds {
    fn of(contours: &[Vec<(i16, i16, bool)>]) -> Option<Self> {
        let mut points = contours.iter().flatten();
        let first = points.next()?;
        let start = Self { left: first.0, bottom: first.1, right: first.0, top: first.1 };
        Some(points.fold(start, |all, (x, y, _)| all.with(Self { left: *x, bottom: *y, right: *x, top: *y })))
    }

    fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            bottom: self.bottom.min(other.bottom),
            right: self.right.max(other.right),
            top: self.top.max(other.top),
        }
    }
}

fn simple_glyph(glyf: &mut Vec<u8>, contours: &[Vec<(i16, i16, bool)>], bounds: Bounds) {
    glyf.extend(u16_of(contours.len()).to_be_bytes());
    for edge in [bounds.left, bounds.bottom, bounds.right, bounds.top] {
        glyf.extend(edge.to_be_bytes());
    }
    let mut end = 0_usize;
    for contour in contours {
        end = end.saturating_add(contour.len());
        glyf.extend(u16_of(end.saturating_sub(1)).to_be_bytes());
    }
    glyf.extend([0, 0]); // no instructions
    let (mut flags, mut xs, mut ys) = (Vec::new(), Vec::new(), Vec::new());
    let (mut last_x, mut last_y) = (0_i16, 0_i16);
    for (x, y, on) in contours.iter().flatten() {
        let x_flags = offset(x.saturating_sub(last_x), 0x02, 0x10, &mut xs);
        let y_flags = offset(y.saturating_sub(last_y), 0x04, 0x20, &mut ys);
        flags.push(u8::from(*on) | x_flags | y_flags);
        (last_x, last_y) = (*x, *y);
    }
    glyf.extend(flags);
    glyf.extend(xs);
    glyf.extend(ys);
    glyf.resize(glyf.len().next_multiple_of(4), 0);
}

/// Writes a step; what the flags say of it.
fn offset(step: i16, short: u8, same: u8, out: &mut Vec<u8>) -> u8 {
    match (step, u8::try_from(step.unsigned_abs())) {
        (0, _) => same,
        (step, Ok(size)) => {
            out.push(size);
            if step > 0 { short | same } else { short }
        }
        (step, Err(_)) => {
            out.extend(step.to_be_bytes());
            0
        }
    }
}

fn head(all: &Bounds) -> Vec<u8> {
    let mut table = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x5f, 0x0f, 0x3c, 0xf5, 0, 0x0b];
    table.extend(2_048_u16.to_be_bytes());
    table.extend([0; 16]); // no dates: the same glyphs give the same file
    for edge in [all.left, all.bottom, all.right, all.top] {
        table.extend(edge.to_be_bytes());
    }
    table.extend([0, 0, 0, 8, 0, 2, 0, 1, 0, 0]);
    table
}

/// Highest and lowest that lines are set for.
fn line(all: &Bounds) -> (i16, i16) {
    (all.top.clamp(1_600, 2_600), all.bottom.clamp(-900, -400))
}

fn hhea(all: &Bounds, metrics: &[(u16, i16)]) -> Vec<u8> {
    let (ascent, descent) = line(all);
    let widest = metrics.iter().map(|(advance, _)| *advance).max().unwrap_or(0);
    let mut table = words([1, 0, bits(ascent), bits(descent), 0, widest, bits(all.left), 0, bits(all.right), 1]);
    table.extend([0; 14]);
    table.extend(u16_of(metrics.len()).to_be_bytes());
    table
}

fn maxp(count: u16, (points, contours): (u16, u16)) -> Vec<u8> {
    let mut table = vec![0, 1, 0, 0];
    table.extend(words([count, points, contours, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
    table
}

fn os2(characters: &[(u32, u16)], all: &Bounds) -> Vec<u8> {
    let (ascent, descent) = line(all);
    let code = |found: Option<&(u32, u16)>| found.map_or(0, |(code, _)| u16::try_from(*code).unwrap_or(u16::MAX));
    // Version 4: average width, weight and stretch of regular, embedding allowed.
    let mut table = words([4, 1_024, 400, 5, 0]);
    table.extend(words([1_331, 1_229, 0, 154, 1_331, 1_229, 0, 717, 102, 530, 0]));
    table.extend([0; 10]); // Panose: any
    table.extend([0; 16]); // ranges: not said
    table.extend(b"ESEA");
    let strong = u16::try_from(ascent).unwrap_or(0);
    let depth = descent.unsigned_abs();
    table.extend(words([0x40, code(characters.first()), code(characters.last()), strong, bits(descent), 0]));
    table.extend(words([strong, depth, 0, 0, 0, 0, 1_024, 1_434, 0, 32, 1]));
    table
}

fn names(name: &str) -> Vec<u8> {
    let (mut records, mut strings) = (Vec::new(), Vec::new());
    for id in NAMES {
        let text = match id {
            2 => "Regular",
            5 => "Version 1.0",
            _ => name,
        };
        let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        records.extend(words([3, 1, 0x409, id, u16_of(text.len()), u16_of(strings.len())]));
        strings.extend(text);
    }
    let head = words([0, u16_of(NAMES.len()), u16_of(records.len().saturating_add(6))]);
    [head, records, strings].concat()
}

/// Formats 4 for old readers and 12 for all characters.
fn character_map(characters: &[(u32, u16)]) -> Vec<u8> {
    let (short, long) = (format_4(characters), format_12(characters));
    let first = 4_usize.saturating_add(3 * 8);
    let second = first.saturating_add(short.len());
    let mut table = words([0, 3]);
    for (platform, encoding, at) in [(0, 4, second), (3, 1, first), (3, 10, second)] {
        table.extend(words([platform, encoding]));
        table.extend(u32_of(at).to_be_bytes());
    }
    table.extend(short);
    table.extend(long);
    table
}

/// Characters up to U+FFFE whose codes and glyphs run on together share a segment.
fn format_4(characters: &[(u32, u16)]) -> Vec<u8> {
    let mut segments: Vec<(u16, u16, u16)> = Vec::new(); // first and last code, first glyph
    for (code, glyph) in characters {
        let Some(code) = u16::try_from(*code).ok().filter(|code| *code < u16::MAX) else { continue };
        match segments.last_mut() {
            Some((first, last, start))
                if last.checked_add(1) == Some(code)
                    && start.checked_add(code.saturating_sub(*first)) == Some(*glyph) =>
            {
                *last = code;
            }
            _ => segments.push((code, code, *glyph)),
        }
    }
    // The length has sixteen bits; what does not fit is in the other format.
    segments.truncate(8_000);
    segments.push((u16::MAX, u16::MAX, 0));
    let count = u16_of(segments.len());
    let length = count.saturating_mul(8).saturating_add(16);
    let (range, selector) = search(count);
    let header = [4, length, 0, count.saturating_mul(2), range.saturating_mul(2), selector];
    let rest = count.saturating_sub(range).saturating_mul(2);
    let delta = |(first, _, start): &(u16, u16, u16)| if *first == u16::MAX { 1 } else { start.wrapping_sub(*first) };
    let lasts = segments.iter().map(|segment| segment.1);
    let firsts = segments.iter().map(|segment| segment.0);
    let deltas = segments.iter().map(delta);
    words(
        header
            .into_iter()
            .chain([rest])
            .chain(lasts)
            .chain([0])
            .chain(firsts)
            .chain(deltas)
            .chain(segments.iter().map(|_| 0)),
    )
}

fn format_12(characters: &[(u32, u16)]) -> Vec<u8> {
    let mut groups: Vec<(u32, u32, u32)> = Vec::new();
    for (code, glyph) in characters {
        let glyph = u32::from(*glyph);
        match groups.last_mut() {
            Some((first, last, start))
                if last.checked_add(1) == Some(*code)
                    && start.checked_add(code.saturating_sub(*first)) == Some(glyph) =>
            {
                *last = *code;
            }
            _ => groups.push((*code, *code, glyph)),
        }
    }
    let length = groups.len().saturating_mul(12).saturating_add(16);
    let mut table = words([12, 0]);
    for word in [u32_of(length), 0, u32_of(groups.len())] {
        table.extend(word.to_be_bytes());
    }
    table.extend(groups.iter().flat_map(|(first, last, start)| [*first, *last, *start]).flat_map(u32::to_be_bytes));
    table
}

/// The largest power of two that fits, and its exponent.
fn search(count: u16) -> (u16, u16) {
    let exponent = count.checked_ilog2().unwrap_or(0);
    (1_u16.checked_shl(exponent).unwrap_or(1), u16::try_from(exponent).unwrap_or(0))
}

fn assemble(tables: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = u16_of(tables.len());
    let (range, selector) = search(count);
    let mut font = vec![0, 1, 0, 0];
    let rest = count.saturating_sub(range).saturating_mul(16);
    font.extend(words([count, range.saturating_mul(16), selector, rest]));
    let mut at = tables.len().saturating_mul(16).saturating_add(12);
    let mut head_at = None;
    for (tag, table) in tables {
        if tag == b"head" {
            head_at = Some(at);
        }
        font.extend(tag);
        for word in [checksum(table), u32_of(at), u32_of(table.len())] {
            font.extend(word.to_be_bytes());
        }
        at = at.saturating_add(table.len().next_multiple_of(4));
    }
    for (_, table) in tables {
        font.extend(table);
        font.resize(font.len().next_multiple_of(4), 0);
    }
    let whole = CHECKSUM.wrapping_sub(checksum(&font));
    if let Some(place) = head_at.and_then(|at| font.get_mut(at.saturating_add(8)..at.saturating_add(12))) {
        place.copy_from_slice(&whole.to_be_bytes());
    }
    font
}

fn checksum(bytes: &[u8]) -> u32 {
    let word = |chunk: &[u8]| chunk.iter().zip([24, 16, 8, 0]).fold(0, |sum, (byte, by)| sum | u32::from(*byte) << by);
    bytes.chunks(4).fold(0, |sum: u32, chunk| sum.wrapping_add(word(chunk)))
}

fn words(values: impl IntoIterator<Item = u16>) -> Vec<u8> {
    values.into_iter().flat_map(u16::to_be_bytes).collect()
}

fn bits(value: i16) -> u16 {
    u16::from_be_bytes(value.to_be_bytes())
}

fn u16_of(value: usize) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

fn u32_of(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use kurbo::Shape as _;
    use skrifa::{FontRef, MetadataProvider, instance::LocationRef, instance::Size};

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut round = BezPath::new();
        round.move_to((0.0, 0.0));
        round.curve_to((0.0, 300.0), (400.0, 700.0), (800.0, 700.0));
        round.quad_to((900.0, 350.0), (800.0, 0.0));
        round.close_path();
        let glyphs = [
            GlyphShape::default(),
            GlyphShape { outline: round.clone(), advance: 900.0 },
            GlyphShape { outline: BezPath::new(), advance: 250.0 },
        ];
        let bytes = write("测试", &glyphs, &[(0x20, 2), (0x41, 1), (0x2_0BB7, 1)]);
        assert_eq!(checksum(&bytes), CHECKSUM);
        let font = FontRef::new(&bytes).unwrap();
        let glyph = font.charmap().map('A').unwrap();
        assert_eq!(font.charmap().map('\u{20BB7}'), Some(glyph));
        assert_eq!(font.charmap().map('B'), None);
        let metrics = font.glyph_metrics(Size::new(1_000.0), LocationRef::default());
        assert!((metrics.advance_width(glyph).unwrap() - 900.0).abs() < 0.5);
        let loaded = crate::font::LoadedFont::embedded(bytes).unwrap();
        let read = loaded.outline(1).unwrap();
        let wanted = (kurbo::Affine::scale_non_uniform(0.001, -0.001) * &round).area();
        assert!((read.area() - wanted).abs() < 1e-3, "{} {wanted}", read.area());
        assert!(loaded.outline(2).unwrap().is_empty());
    }
}
