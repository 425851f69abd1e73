//! What was lost, replaced or guessed (转换提示).

use std::collections::BTreeMap;

/// Characters that a warning names: enough to recognise a missing font.
const NAMED: usize = 20;

/// Kind of a warning (转换提示类别).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WarningKind {
    /// No font has the character; a box stands for it.
    GlyphMissing,
    /// Something of the source has no counterpart.
    FeatureDropped,
    /// The source departs from the rules of its type.
    NonstandardInput,
    /// The source does not tell its size on paper.
    PageBoxGuessed,
}

impl WarningKind {
    /// As on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GlyphMissing => "GLYPH_MISSING",
            Self::FeatureDropped => "FEATURE_DROPPED",
            Self::NonstandardInput => "NONSTANDARD_INPUT",
            Self::PageBoxGuessed => "PAGE_BOX_GUESSED",
        }
    }
}

/// A warning (转换提示).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Of which kind.
    pub kind: WarningKind,
    /// In words.
    pub detail: String,
}

/// Warnings while they come in: each once, with how often.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    missing: BTreeMap<char, usize>,
    others: BTreeMap<(WarningKind, &'static str), usize>,
}

impl Warnings {
    pub(crate) fn missing(&mut self, character: char) {
        *self.missing.entry(character).or_default() += 1;
    }

    pub(crate) fn add(&mut self, kind: WarningKind, detail: &'static str) {
        *self.others.entry((kind, detail)).or_default() += 1;
    }

    pub(crate) fn finish(self) -> Vec<Warning> {
        let mut list = Vec::new();
        if !self.missing.is_empty() {
            let count: usize = self.missing.values().sum();
            let named: String = self.missing.keys().take(NAMED).collect();
            let more = if self.missing.len() > NAMED { "…" } else { "" };
            let detail = format!("{count} characters are not in the font: {named}{more}");
            list.push(Warning { kind: WarningKind::GlyphMissing, detail });
        }
        list.extend(self.others.into_iter().map(|((kind, detail), count)| {
            let detail = if count > 1 { format!("{detail} ({count} times)") } else { detail.to_owned() };
            Warning { kind, detail }
        }));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_told_once_with_their_number() {
        let mut warnings = Warnings::default();
        for character in "㐂㐂𠮷".chars() {
            warnings.missing(character);
        }
        warnings.add(WarningKind::FeatureDropped, "a control character");
        warnings.add(WarningKind::FeatureDropped, "a control character");
        let told: Vec<String> = warnings.finish().into_iter().map(|warning| warning.detail).collect();
        assert_eq!(told, ["3 characters are not in the font: 㐂𠮷", "a control character (2 times)"]);
    }
}
