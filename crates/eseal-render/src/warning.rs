//! What was lost, replaced or guessed (呈现提示).

use std::collections::BTreeMap;

/// Kind of a warning (提示类别).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// A font is not embedded, or cannot be used: another stands in.
    FontSubstituted,
    /// No font has the character; a box stands for it.
    GlyphMissing,
    /// Something that the page asks for is not drawn.
    FeatureDropped,
    /// A picture is absent or cannot be decoded.
    ImageMissing,
    /// An attachment is not carried over.
    AttachmentDropped,
    /// The file departs from its standard.
    NonstandardInput,
    /// The page does not tell its size.
    PageBoxGuessed,
    /// The page is too large for the resolution that was asked for.
    ResolutionReduced,
}

impl WarningKind {
    /// As on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FontSubstituted => "FONT_SUBSTITUTED",
            Self::GlyphMissing => "GLYPH_MISSING",
            Self::FeatureDropped => "FEATURE_DROPPED",
            Self::ImageMissing => "IMAGE_MISSING",
            Self::AttachmentDropped => "ATTACHMENT_DROPPED",
            Self::NonstandardInput => "NONSTANDARD_INPUT",
            Self::PageBoxGuessed => "PAGE_BOX_GUESSED",
            Self::ResolutionReduced => "RESOLUTION_REDUCED",
        }
    }
}

/// A warning (提示).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// Of which kind.
    pub kind: WarningKind,
    /// Page, from 1.
    pub page: usize,
    /// In words, with the object where there is one.
    pub detail: String,
    /// How often.
    pub count: usize,
}

/// Most different warnings of one page: more would not be read.
const MOST: usize = 200;

/// Warnings while they come in: each once, with how often.
#[derive(Clone, Debug, Default)]
pub(crate) struct Warnings {
    found: BTreeMap<(WarningKind, String), usize>,
}

impl Warnings {
    pub(crate) fn add(&mut self, kind: WarningKind, detail: impl Into<String>) {
        let key = (kind, detail.into());
        if let Some(count) = self.found.get_mut(&key) {
            *count = count.saturating_add(1);
        } else if self.found.len() < MOST {
            self.found.insert(key, 1);
        }
    }

    pub(crate) fn finish(self, page: usize) -> Vec<Warning> {
        let warnings = self.found.into_iter();
        warnings.map(|((kind, detail), count)| Warning { kind, page, detail, count }).collect()
    }
}
