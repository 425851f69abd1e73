//! Lines (断行): where a text ends on one line and goes on on the next.

use super::font::Letter;

/// Not at the beginning of a line.
const NOT_FIRST: &str = "，。、；：？！）】》」』〉〕…—,.;:?!)]}>%\u{201D}\u{2019}";
/// Not at the end of a line.
const NOT_LAST: &str = "（【《「『〈〔([{<\u{201C}\u{2018}";

/// Breaks letters into lines of at most `width`, in type sizes; there is at least one line.
pub(super) fn lines(mut rest: &[Letter], width: f32) -> Vec<&[Letter]> {
    let mut lines = Vec::new();
    loop {
        let (line, later) = rest.split_at(end(rest, width));
        let blank = line.iter().rev().take_while(|letter| letter.character == ' ').count();
        lines.push(line.get(..line.len().saturating_sub(blank)).unwrap_or(line));
        let blanks = later.iter().take_while(|letter| letter.character == ' ').count();
        rest = later.get(blanks..).unwrap_or_default();
        if rest.is_empty() {
            return lines;
        }
    }
}

/// Width of letters, in type sizes.
pub(super) fn width(letters: &[Letter]) -> f32 {
    letters.iter().map(|letter| letter.advance).sum()
}

fn end(letters: &[Letter], width: f32) -> usize {
    let (mut x, mut last_break, mut before) = (0.0, None, None);
    for (index, letter) in letters.iter().enumerate() {
        if before.is_some_and(|before| may_break(before, letter.character)) {
            last_break = Some(index);
        }
        x += letter.advance;
        if x > width && letter.character != ' ' && index > 0 {
            return last_break.unwrap_or(index);
        }
        before = Some(letter.character);
    }
    letters.len()
}

fn may_break(before: char, after: char) -> bool {
    if after == ' ' || NOT_FIRST.contains(after) || NOT_LAST.contains(before) {
        return false;
    }
    matches!(before, ' ' | '-' | '_' | '/') || before >= '\u{2E80}' || after >= '\u{2E80}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str, width: f32) -> Vec<String> {
        let letters: Vec<Letter> = text.chars().map(|character| Letter { character, glyph: 1, advance: 1.0 }).collect();
        lines(&letters, width).iter().map(|line| line.iter().map(|letter| letter.character).collect()).collect()
    }

    #[test]
    fn nothing_is_lost_at_the_end_of_a_line() {
        assert_eq!(broken("一二三四。五", 4.0), ["一二三", "四。五"]);
        assert_eq!(broken("ab cd", 3.0), ["ab", "cd"]);
        assert_eq!(broken("abcdefgh", 3.0), ["abc", "def", "gh"]);
        assert_eq!(broken("", 3.0), [""]);
    }
}
