//! Languages of messages (语言).

/// Language of `msg`, hints and reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// 中文, the default.
    #[default]
    Chinese,
    /// English, on `Accept-Language: en`.
    English,
}

impl Language {
    /// Chooses by the first language of an `Accept-Language` header that is one of ours.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Self {
        header
            .split(',')
            .map(str::trim)
            .find_map(|part| {
                let tag = part.split([';', '-']).next().unwrap_or(part).trim();
                if tag.eq_ignore_ascii_case("en") {
                    Some(Self::English)
                } else if tag.eq_ignore_ascii_case("zh") {
                    Some(Self::Chinese)
                } else {
                    None
                }
            })
            .unwrap_or_default()
    }

    /// The one of two texts that is in this language.
    #[must_use]
    pub const fn choose<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Chinese => zh,
            Self::English => en,
        }
    }
}
