//! Personal numbers masked (脱敏).

/// Masks identity card numbers (居民身份证号) in a text: 18 or 15 characters with a date of birth inside, GB 11643.
#[must_use]
pub fn mask_numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| character.is_ascii_alphanumeric()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        masked.push_str(before);
        masked.push_str(&mask_word(word));
        rest = after;
    }
    masked.push_str(rest);
    masked
}

fn mask_word(word: &str) -> String {
    // Numbers stand alone or behind letters, as in `CN=110105…` and `SF110105…`.
    let digits = word.trim_start_matches(|character: char| character.is_ascii_alphabetic());
    let (letters, body) = word.split_at(word.len() - digits.len());
    if is_identity_number(body) { format!("{letters}{}", mask_id(body)) } else { word.to_owned() }
}

fn is_identity_number(text: &str) -> bool {
    let (date, head) = match text.len() {
        18 => (text.get(10..14), text.get(..17)),
        15 => (text.get(8..12), Some(text)),
        _ => return false,
    };
    let number = |range: Option<&str>| range.and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    let (month, day) = (number(date.and_then(|date| date.get(..2))), number(date.and_then(|date| date.get(2..))));
    head.is_some_and(|head| head.bytes().all(|byte| byte.is_ascii_digit()))
        && text.bytes().last().is_some_and(|last| last.is_ascii_digit() || matches!(last, b'X' | b'x'))
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
}

/// A personal number with its middle masked: what is left tells people apart, but does not identify them.
#[must_use]
pub fn mask_id(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    let shown =
        if characters.len() >= 15 { (3, 2) } else { (1.min(characters.len()), usize::from(characters.len() > 4)) };
    let last = characters.len().saturating_sub(shown.1);
    characters
        .iter()
        .enumerate()
        .map(|(index, character)| if index < shown.0 || index >= last { *character } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_numbers_are_masked_and_credit_codes_are_not() {
        let check = |text: &str, masked: &str| assert_eq!(mask_numbers(text), masked);
        check("CN=张三, SERIALNUMBER=11010519491231002X", "CN=张三, SERIALNUMBER=110*************2X");
        check("SF110105491231002", "SF110**********02");
        check("OU=91440300MA5DA1234H", "OU=91440300MA5DA1234H");
        check("serial 00a1b2c3d4e5f60718", "serial 00a1b2c3d4e5f60718");
        check("", "");
    }

    #[test]
    fn short_numbers_keep_their_ends_only() {
        assert_eq!(mask_id("E12345678"), "E*******8");
        assert_eq!(mask_id("12"), "1*");
        assert_eq!(mask_id(""), "");
    }
}
