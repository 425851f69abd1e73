//! 页码 of rules and conversions.

use serde::Serialize;
use serde_json::Value;
use utoipa::{PartialSchema, ToSchema, openapi};

use crate::{At, Expected, Field, FieldError};

/// 页码 of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pages {
    /// Every page.
    All,
    /// First and last page of each range; -1 is the last page of the document.
    Ranges(Vec<(i64, i64)>),
}

/// Most ranges in one list of pages: every other page of a thick volume.
const PAGE_RANGES: usize = 10_000;

impl Pages {
    /// Reads `1`, `1-3,5`, `0` or `-1`.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        if text.trim() == "0" {
            return Some(Self::All);
        }
        let ranges = text.split([',', '，']).take(PAGE_RANGES).map(range).collect::<Option<Vec<_>>>()?;
        Some(Self::Ranges(ranges))
    }
}

/// `7`, `-1`, `2-5` or `2--1`.
fn range(text: &str) -> Option<(i64, i64)> {
    let text = text.trim();
    let page = |text: &str| text.trim().parse().ok().filter(|&page: &i64| page >= 1 || page == -1);
    if let Some(single) = page(text) {
        return Some((single, single));
    }
    let (first, last) = text.split_once('-')?;
    let (first, last) = (page(first)?, page(last)?);
    (first > 0 && (last == -1 || first <= last)).then_some((first, last))
}

impl Field for Pages {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let error = || at.malformed(Expected::Pages);
        match value {
            Value::String(text) => Self::find(text),
            Value::Number(number) => Self::find(&number.to_string()),
            _ => None,
        }
        .ok_or_else(error)
    }
}

impl std::fmt::Display for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::Ranges(ranges) = self else {
            return f.write_str("0");
        };
        for (index, (first, last)) in ranges.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            if first == last { write!(f, "{comma}{first}")? } else { write!(f, "{comma}{first}-{last}")? }
        }
        Ok(())
    }
}

impl Serialize for Pages {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl PartialSchema for Pages {
    fn schema() -> openapi::RefOr<openapi::schema::Schema> {
        openapi::ObjectBuilder::new()
            .schema_type(openapi::schema::Type::String)
            .description(Some("页码: 1, 1-3,5, 0 = all, -1 = last"))
            .examples(["1", "1-3,5", "0", "-1"])
            .into()
    }
}

impl ToSchema for Pages {
    fn name() -> std::borrow::Cow<'static, str> {
        "Pages".into()
    }
}
