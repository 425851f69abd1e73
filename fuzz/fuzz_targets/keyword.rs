//! Any characters anywhere on a page, and any keyword: matches lie on the page and are as many as asked for.

use eseal_text::{BoxMm, PositionedChar, SearchOrder, find_in_page, select};

/// Keyword, then characters of three bytes each: two choose the place, one the character.
pub(crate) fn check(data: &[u8]) {
    let Some((length, rest)) = data.split_first() else { return };
    let (keyword, places) = rest.split_at(rest.len().min(usize::from(*length)));
    let keyword = String::from_utf8_lossy(keyword);
    let chars: Vec<PositionedChar> =
        places.chunks_exact(3).map(|place| positioned(place[0], place[1], place[2])).collect();
    let found = find_in_page(1, &chars, &keyword);
    assert!(found.len() <= chars.len());
    let all = select(found.clone(), SearchOrder::Backward, 0);
    assert_eq!(all.len(), found.len());
    assert!(select(found, SearchOrder::Forward, 1).len() <= 1);
}

fn positioned(x: u8, y: u8, code: u8) -> PositionedChar {
    let (left, bottom) = (f64::from(x), f64::from(y & !3));
    let text = match code {
        0..0x80 => char::from(code),
        0x80..0xC0 => char::from_u32(0xFF00 + u32::from(code)).unwrap_or('　'),
        _ => char::from_u32(0x7AE0 + u32::from(code & 0x1F)).unwrap_or('章'),
    };
    PositionedChar {
        text,
        bounds: BoxMm { left, bottom, right: left + 4.0, top: bottom + 4.0 },
        origin: (left, bottom),
        advance_mm: 4.0,
        size_mm: 4.0,
        direction: if y & 2 == 0 { 0.0 } else { -90.0 },
        hidden: y & 1 == 1,
        run: usize::from(x / 64),
    }
}
