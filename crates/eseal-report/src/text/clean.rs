//! Texts of strangers made fit to be shown (文本净化): bounded, nothing that turns or hides what stands beside it.

use std::fmt::Write as _;

/// Most characters of one value: a distinguished name of a Chinese company has some 200.
const VALUE_CHARS: usize = 600;

/// A value out of a document or a certificate, to be shown.
pub(crate) fn clean(text: &str) -> String {
    clean_to(text, VALUE_CHARS)
}

/// As [`clean`], at most `most` characters and a note of how many were left out.
pub(crate) fn clean_to(text: &str, most: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(most.saturating_mul(4)));
    let mut characters = text.chars();
    let mut count = 0_usize;
    while count < most {
        let Some(character) = characters.next() else { return shown };
        count = count.saturating_add(1);
        if is_unfit(character) {
            // A string takes every character.
            let _ = write!(shown, "〔U+{:04X}〕", u32::from(character));
        } else {
            shown.push(if character.is_whitespace() { ' ' } else { character });
        }
    }
    let left = characters.count();
    if left > 0 {
        let _ = write!(shown, "…（+{left}）");
    }
    shown
}

/// Controls, and formats that change the direction or the look of their surroundings or cannot be seen.
fn is_unfit(character: char) -> bool {
    let is_control = character.is_control() && !matches!(character, '\t' | '\n' | '\r');
    is_control
        || matches!(u32::from(character),
            0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164
            | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF
            | 0xE000..=0xF8FF | 0x1D173..=0x1D17A | 0xE0000..=0x10FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_or_hides_is_shown_as_its_code() {
        for (text, shown) in [
            ("深圳 Ltd.", "深圳 Ltd."),
            ("a\u{202E}fdp.exe", "a〔U+202E〕fdp.exe"),
            ("x\u{2066}y\u{2069}\u{200B}", "x〔U+2066〕y〔U+2069〕〔U+200B〕"),
            ("a\nb\u{0}c\u{1B}", "a b〔U+0000〕c〔U+001B〕"),
            ("\u{E0041}", "〔U+E0041〕"),
            ("𠮷", "𠮷"),
            ("", ""),
        ] {
            assert_eq!(clean(text), shown, "{text:?}");
        }
    }

    #[test]
    fn long_texts_are_cut_and_say_by_how_much() {
        assert_eq!(clean_to("一二三四五", 3), "一二三…（+2）");
        assert_eq!(clean_to("一二三", 3), "一二三");
        let long = clean(&"\u{202E}".repeat(100_000));
        assert!(long.chars().count() < VALUE_CHARS * 9, "bounded");
    }
}
