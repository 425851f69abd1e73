//! Where a line may end (断行): words of letters stay whole, punctuation keeps to its side (避头尾).

/// Not at the beginning of a line.
const NOT_FIRST: &str = "，。、；：？！）】》」』〉〕］｝…—～·,.;:?!)]}>%％‰℃\u{2019}\u{201D}々ー";
/// Not at the end of a line.
const NOT_LAST: &str = "（【《「『〈〔［｛([{<￥$#\u{2018}\u{201C}";

/// Whether a line may end between two characters.
pub(super) fn may_break(before: char, after: char) -> bool {
    if after == ' ' || NOT_FIRST.contains(after) || NOT_LAST.contains(before) {
        return false;
    }
    before == ' ' || before == '-' || is_wide(before) || is_wide(after)
}

/// Characters of East Asian writing, which are words by themselves.
fn is_wide(character: char) -> bool {
    character >= '\u{2E80}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_punctuation_stay_where_they_belong() {
        for (before, after, expected) in [
            ('中', '文', true),
            ('中', '。', false),
            ('（', '中', false),
            ('a', 'b', false),
            ('a', '中', true),
            ('a', ' ', false),
            (' ', 'b', true),
            ('-', 'b', true),
        ] {
            assert_eq!(may_break(before, after), expected, "{before}|{after}");
        }
    }
}
