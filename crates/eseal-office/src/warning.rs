//! What was replaced or left out (转换提示).

use std::collections::BTreeSet;

/// Kind of a warning (转换提示类别).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WarningKind {
    /// Another font stands for the one that the document asks for.
    FontSubstituted,
    /// A picture lies outside the document and was not fetched.
    ImageMissing,
    /// Something of the document is not in the result.
    FeatureDropped,
    /// The document departs from the rules of its kind.
    NonstandardInput,
}

impl WarningKind {
    /// As on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FontSubstituted => "FONT_SUBSTITUTED",
            Self::ImageMissing => "IMAGE_MISSING",
            Self::FeatureDropped => "FEATURE_DROPPED",
            Self::NonstandardInput => "NONSTANDARD_INPUT",
        }
    }
}

/// A warning (转换提示).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// Of which kind.
    pub kind: WarningKind,
    /// In words.
    pub detail: String,
}

/// Warnings that are named at most: a table of ten thousand linked pictures has one cause.
const NAMED: usize = 50;
/// Characters of a name or address that a warning repeats.
const NAME_CHARACTERS: usize = 120;

/// Warnings while they come in: each once, in order.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    list: BTreeSet<Warning>,
    more: usize,
}

impl Warnings {
    pub(crate) fn add(&mut self, kind: WarningKind, detail: impl Into<String>) {
        let warning = Warning { kind, detail: detail.into() };
        if self.list.len() < NAMED || self.list.contains(&warning) {
            self.list.insert(warning);
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn finish(self) -> Vec<Warning> {
        let mut list: Vec<Warning> = self.list.into_iter().collect();
        if self.more > 0 {
            let detail = format!("{} more of such", self.more);
            list.push(Warning { kind: WarningKind::FeatureDropped, detail });
        }
        list
    }
}

/// A name from the document as a warning may repeat it: short, on one line.
pub(crate) fn name(text: &str) -> String {
    let mut name: String = text.chars().filter(|character| !character.is_control()).take(NAME_CHARACTERS).collect();
    if text.chars().count() > NAME_CHARACTERS {
        name.push('…');
    }
    name
}
