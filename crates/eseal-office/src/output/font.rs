//! Embedded Type 1 fonts (嵌入字体): LibreOffice numbers them from one on as long as it lives, in plain and in cipher.
//!
//! The number tells fonts apart in a printer's memory, so it is made from the font itself.

use eseal_gm::sm3;

const NAME: &[u8] = b"/UniqueID ";
/// Numbers that anybody may use, Adobe Type 1 Font Format 2.6: 4000000 to 4999999.
const FIRST: u32 = 4_000_000;
const COUNT: u32 = 1_000_000;
const DIGITS: usize = 7;
/// Key of the font's second part, Adobe Type 1 Font Format 7.1.
const KEY: u16 = 55_665;

/// A font whose number depends on nothing else; `None` if it has none.
pub(super) fn numbered_by_content(mut font: Vec<u8>, plain: usize, cipher: usize) -> Option<Vec<u8>> {
    let mut private = decrypted(font.get(plain..plain.checked_add(cipher)?)?);
    let places = [number_at(font.get(..plain)?)?, number_at(&private)?];
    font.get_mut(places[0]..places[0] + DIGITS)?.fill(b'0');
    private.get_mut(places[1]..places[1] + DIGITS)?.fill(b'0');
    let digest = sm3(&[font.get(..plain)?, &private].concat());
    let number = FIRST + u32::from_be_bytes(digest.get(..4)?.try_into().ok()?) % COUNT;
    let number = number.to_string();
    font.get_mut(places[0]..places[0] + DIGITS)?.copy_from_slice(number.as_bytes());
    private.get_mut(places[1]..places[1] + DIGITS)?.copy_from_slice(number.as_bytes());
    font.get_mut(plain..plain + cipher)?.copy_from_slice(&encrypted(&private));
    Some(font)
}

/// Where the number begins.
fn number_at(text: &[u8]) -> Option<usize> {
    let at = super::find(text, NAME)? + NAME.len();
    let is_number = text.get(at..at + DIGITS)?.iter().all(u8::is_ascii_digit);
    (is_number && text.get(at + DIGITS) == Some(&b' ')).then_some(at)
}

fn next(key: u16, cipher: u8) -> u16 {
    key.wrapping_add(cipher.into()).wrapping_mul(52_845).wrapping_add(22_719)
}

fn decrypted(cipher: &[u8]) -> Vec<u8> {
    let mut key = KEY;
    let plain = |byte: &u8| {
        let [high, _] = key.to_be_bytes();
        key = next(key, *byte);
        byte ^ high
    };
    cipher.iter().map(plain).collect()
}

fn encrypted(plain: &[u8]) -> Vec<u8> {
    let mut key = KEY;
    let cipher = |byte: &u8| {
        let [high, _] = key.to_be_bytes();
        let cipher = byte ^ high;
        key = next(key, cipher);
        cipher
    };
    plain.iter().map(cipher).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn font(number: u32, name: &str) -> (Vec<u8>, usize, usize) {
        let plain = format!("/FontName /{name} def /UniqueID {number} def eexec\n");
        let private = encrypted(format!("seed/UniqueID {number} def").as_bytes());
        ([plain.as_bytes(), &private, b"zeros"].concat(), plain.len(), private.len())
    }

    #[test]
    fn the_number_depends_on_the_font_alone() {
        let made = [font(4_100_001, "A"), font(4_100_777, "A"), font(4_100_001, "B")]
            .map(|(bytes, plain, cipher)| numbered_by_content(bytes, plain, cipher).unwrap());
        assert_eq!(made[0], made[1]);
        assert_ne!(made[0], made[2]);
        assert!(made[0].ends_with(b"zeros"));
        assert_eq!(numbered_by_content(b"no font".to_vec(), 3, 3), None);
    }
}
