//! Reading the fields of a request's `content` (参数读取): lenient about form, exact about what is wrong and where.
//!
//! Requests are not read with serde's `Deserialize`: known clients send numbers as strings and empty strings for what they
//! leave out, and an error must name the field as a JSON pointer (RFC 6901), also below flattened parts.

use std::fmt;

use serde_json::{Map, Value};

use crate::{ErrorCode, Language};

/// Longest text of a field that is neither a file nor a certificate, in characters: ten times the longest title seen.
pub const TEXT_CHARS: usize = 2_000;

/// Where in `content` a value stands.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    parent: Option<&'a Self>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    /// `content` itself.
    pub const ROOT: At<'static> = At { parent: None, step: Step::Root };

    /// A field of the object here.
    #[must_use]
    pub const fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Key(key) }
    }

    /// An entry of the list here.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }

    /// Nothing is here.
    #[must_use]
    pub fn missing(&self) -> FieldError {
        FieldError { pointer: self.to_string(), kind: FieldErrorKind::Missing }
    }

    /// What is here is not what it should be.
    #[must_use]
    pub fn malformed(&self, expected: Expected) -> FieldError {
        FieldError { pointer: self.to_string(), kind: FieldErrorKind::Malformed { expected } }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(f, "/{index}"),
        }
    }
}

/// A field that is missing or wrong (参数错误).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer into `content`.
    pub pointer: String,
    /// What is wrong.
    pub kind: FieldErrorKind,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldErrorKind {
    /// It is required and not there, null or empty.
    Missing,
    /// It is there but not what it should be.
    Malformed {
        /// What it should be.
        expected: Expected,
    },
    /// A list with more entries than are taken at once.
    TooLong {
        /// Entries that are taken.
        limit: usize,
    },
}

/// What a field should have been.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expected {
    /// A text of at most [`TEXT_CHARS`] characters.
    Text,
    /// A whole number in a range.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A finite number.
    Number,
    /// true or false.
    Boolean,
    /// Standard base64.
    Base64,
    /// Standard base64 of so many bytes.
    Base64Bytes(usize),
    /// An object.
    Object,
    /// A list.
    List,
    /// A time with offset, RFC 3339.
    Time,
    /// One of the values of a table.
    OneOf(&'static [&'static str]),
    /// Pages such as `1`, `1-3,5`, `0` or `-1`.
    Pages,
    /// A unified social credit code with the right check character.
    CreditCode,
    /// The value that another party holds, such as the authenticated system or the stored digest.
    Equal(&'static str),
}

impl Eq for Expected {}

impl Expected {
    /// In words, to follow "must be" (应为).
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        let text = |zh: &str, en: &str| language.choose(zh, en).to_owned();
        match self {
            Self::Text => match language {
                Language::Chinese => format!("不超过 {TEXT_CHARS} 个字符的文本"),
                Language::English => format!("a text of at most {TEXT_CHARS} characters"),
            },
            Self::Integer { min, max } => match language {
                Language::Chinese => format!("{min} 至 {max} 的整数"),
                Language::English => format!("a whole number from {min} to {max}"),
            },
            Self::Number => text("数字", "a number"),
            Self::Boolean => text("true 或 false", "true or false"),
            Self::Base64 => text("标准 base64", "standard base64"),
            Self::Base64Bytes(length) => match language {
                Language::Chinese => format!("{length} 字节的标准 base64"),
                Language::English => format!("standard base64 of {length} bytes"),
            },
            Self::Object => text("对象", "an object"),
            Self::List => text("数组", "a list"),
            Self::Time => text("带时区的 RFC 3339 时间", "an RFC 3339 time with offset"),
            Self::OneOf(values) => match language {
                Language::Chinese => format!("下列值之一：{}", values.join("、")),
                Language::English => format!("one of {}", values.join(", ")),
            },
            Self::Pages => {
                text("页码，如 1、1-3,5、0（全部）、-1（末页）", "pages such as 1, 1-3,5, 0 (all) or -1 (last)")
            }
            Self::CreditCode => text(
                "校验正确的 18 位统一社会信用代码",
                "an 18-character unified social credit code with a good check character",
            ),
            Self::Equal(what) => match language {
                Language::Chinese => format!("与 {what} 一致"),
                Language::English => format!("equal to {what}"),
            },
        }
    }
}

impl FieldError {
    /// The code that answers it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self.kind {
            FieldErrorKind::Missing => ErrorCode::MissingParameter,
            FieldErrorKind::Malformed { .. } => ErrorCode::BadParameter,
            FieldErrorKind::TooLong { .. } => ErrorCode::ListTooLong,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self, language: Language) -> String {
        let pointer = &self.pointer;
        match (&self.kind, language) {
            (FieldErrorKind::Missing, Language::Chinese) => format!("请填写 {pointer}。"),
            (FieldErrorKind::Missing, Language::English) => format!("Give {pointer}."),
            (FieldErrorKind::Malformed { expected }, Language::Chinese) => {
                format!("{pointer} 应为 {}。", expected.describe(language))
            }
            (FieldErrorKind::Malformed { expected }, Language::English) => {
                format!("{pointer} must be {}.", expected.describe(language))
            }
            (FieldErrorKind::TooLong { limit }, Language::Chinese) => {
                format!("{pointer} 每次最多 {limit} 条，请分批调用。")
            }
            (FieldErrorKind::TooLong { limit }, Language::English) => {
                format!("{pointer} takes at most {limit} entries: call several times.")
            }
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hint(Language::English))
    }
}

impl std::error::Error for FieldError {}

/// Something that can be read out of a request.
pub trait Field: Sized {
    /// Reads what is there.
    ///
    /// # Errors
    /// Names the field at fault.
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError>;

    /// What it is if nothing is there: an error unless overridden.
    ///
    /// # Errors
    /// [`FieldErrorKind::Missing`].
    fn absent(at: &At<'_>) -> Result<Self, FieldError> {
        Err(at.missing())
    }
}

impl<T: Field> Field for Option<T> {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        T::parse(value, at).map(Some)
    }

    fn absent(_at: &At<'_>) -> Result<Self, FieldError> {
        Ok(None)
    }
}

impl Field for String {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(at.malformed(Expected::Text)),
        };
        // A text of that many bytes has no more characters, so that most are not counted.
        if text.len() > TEXT_CHARS && text.chars().count() > TEXT_CHARS {
            return Err(at.malformed(Expected::Text));
        }
        Ok(text)
    }
}

impl Field for bool {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        match value {
            Value::Bool(value) => Ok(*value),
            Value::String(text) if text.eq_ignore_ascii_case("true") || text == "1" => Ok(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") || text == "0" => Ok(false),
            _ => Err(at.malformed(Expected::Boolean)),
        }
    }

    fn absent(_at: &At<'_>) -> Result<Self, FieldError> {
        Ok(false)
    }
}

impl Field for f64 {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number: &Self| number.is_finite()).ok_or_else(|| at.malformed(Expected::Number))
    }
}

/// A whole number from `min` to `max`, sent as a number or a string.
fn integer(value: &Value, at: &At<'_>, min: i64, max: i64) -> Result<i64, FieldError> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| (min..=max).contains(number)).ok_or_else(|| at.malformed(Expected::Integer { min, max }))
}

impl Field for u32 {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let error = || at.malformed(Expected::Integer { min: 0, max: i64::from(Self::MAX) });
        integer(value, at, 0, i64::from(Self::MAX)).and_then(|number| Self::try_from(number).map_err(|_| error()))
    }
}

impl Field for i32 {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let (min, max) = (i64::from(Self::MIN), i64::from(Self::MAX));
        integer(value, at, min, max)
            .and_then(|number| Self::try_from(number).map_err(|_| at.malformed(Expected::Integer { min, max })))
    }
}

/// A list that is read as a whole: the first bad entry spoils it.
impl<T: Field> Field for Vec<T> {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let entries = value.as_array().ok_or_else(|| at.malformed(Expected::List))?;
        entries.iter().enumerate().map(|(index, entry)| T::parse(entry, &at.index(index))).collect()
    }
}

/// The fields of one object.
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    value: &'a Value,
    at: At<'a>,
}

impl<'a> Fields<'a> {
    /// Looks into an object.
    ///
    /// # Errors
    /// If it is none.
    pub fn of(value: &'a Value, at: &At<'a>) -> Result<Self, FieldError> {
        let map = value.as_object().ok_or_else(|| at.malformed(Expected::Object))?;
        Ok(Self { map, value, at: *at })
    }

    /// The value of a field; null, an empty string and an empty list count as absent.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(entries) => !entries.is_empty(),
            _ => true,
        })
    }

    /// Reads a field by its name or, failing that, by an older one.
    ///
    /// # Errors
    /// If it is required and absent, or malformed.
    pub fn take<T: Field>(&self, names: &[&'static str]) -> Result<T, FieldError> {
        match names.iter().find_map(|name| self.find(name).map(|value| (name, value))) {
            Some((name, value)) => T::parse(value, &self.at.key(name)),
            None => T::absent(&self.at.key(names.first().copied().unwrap_or_default())),
        }
    }

    /// Reads a part whose fields stand in this object.
    ///
    /// # Errors
    /// Those of the part.
    pub fn flattened<T: Field>(&self) -> Result<T, FieldError> {
        T::parse(self.value, &self.at)
    }

    /// Demands a field that is optional elsewhere.
    ///
    /// # Errors
    /// If it is absent.
    pub fn require(&self, name: &'static str) -> Result<(), FieldError> {
        if self.find(name).is_some() { Ok(()) } else { Err(self.at.key(name).missing()) }
    }

    /// The error of an absent field.
    #[must_use]
    pub fn missing(&self, name: &'static str) -> FieldError {
        self.at.key(name).missing()
    }
}

/// Declares the content of a request: its fields once, with their names on the wire and older ones.
macro_rules! request {
    ($(#[$meta:meta])* struct $name:ident $(, $common:ident)? $(, require $($required:literal)+)? $(, list $list:ident $list_wire:literal)? {
        $($(#[$doc:meta])* $field:ident: $type:ty = $wire:tt $(or $alias:tt)*,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            $(
                /// Fields that most requests carry.
                #[serde(flatten)]
                pub $common: crate::Common,
            )?
            $($(#[$doc])* #[serde(rename = $wire)] pub $field: $type,)*
        }

        impl crate::Field for $name {
            fn parse(value: &serde_json::Value, at: &crate::At<'_>) -> Result<Self, crate::FieldError> {
                let fields = crate::Fields::of(value, at)?;
                let _ = &fields;
                $($(fields.require($required)?;)+)?
                Ok(Self {
                    $($common: fields.flattened()?,)?
                    $($field: fields.take(&[$wire $(, $alias)*])?,)*
                })
            }
        }

        impl crate::Request for $name {
            $(
                fn longest_list(&self) -> Option<(&'static str, usize)> {
                    Some(($list_wire, crate::field::list_len(&self.$list)))
                }
            )?
        }
    };
}
pub(crate) use request;

/// The content of a request, or a part of it.
pub trait Request: Field {
    /// Reads `content`.
    ///
    /// # Errors
    /// Names the field at fault.
    fn from_content(content: &Value) -> Result<Self, FieldError> {
        Self::parse(content, &At::ROOT)
    }

    /// Name and length of the list whose length is limited, if there is one.
    fn longest_list(&self) -> Option<(&'static str, usize)> {
        None
    }
}

/// Length of a list field, for [`Request::longest_list`].
pub(crate) trait ListLength {
    fn list_length(&self) -> usize;
}

impl<T> ListLength for crate::Entries<T> {
    fn list_length(&self) -> usize {
        self.0.len()
    }
}

impl<T> ListLength for Option<crate::Entries<T>> {
    fn list_length(&self) -> usize {
        self.as_ref().map_or(0, |entries| entries.0.len())
    }
}

pub(crate) fn list_len(list: &impl ListLength) -> usize {
    list.list_length()
}
