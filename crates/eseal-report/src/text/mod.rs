//! What reports say in words (报告用语), as tables: complete for every conclusion, sub-indication, check and deviation.

mod checks;
mod clean;
mod indications;

pub use checks::{CheckWords, check_words};
pub(crate) use checks::{deviation_words, title_of};
pub(crate) use clean::{clean, clean_to};
pub use indications::{Advice, conclusion_advice, sub_indication_advice};
pub(crate) use indications::{deciding_advice, seal_conclusion_advice};

use eseal_api::Language;

/// A fixed text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Both {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Both {
    pub(crate) const fn of(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }

    /// The one that is in this language.
    #[must_use]
    pub const fn in_language(self, language: Language) -> &'static str {
        language.choose(self.zh, self.en)
    }
}
