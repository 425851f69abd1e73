//! Values that occur in many places: bytes, secrets, times, lists (公共数据类型).

use std::{borrow::Cow, fmt};

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::{Timestamp, civil::DateTime, tz::Offset};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;
use utoipa::{PartialSchema, ToSchema, openapi};

use crate::{At, Expected, Field, FieldError};

/// Offset of all times that leave: Beijing time (北京时间).
const BEIJING: Offset = Offset::constant(8);

/// Gives a newtype the schema of a string.
macro_rules! string_schema {
    ($($type:ident $description:literal $(format $format:literal)?;)*) => {$(
        impl PartialSchema for $type {
            fn schema() -> openapi::RefOr<openapi::schema::Schema> {
                openapi::ObjectBuilder::new()
                    .schema_type(openapi::schema::Type::String)
                    .description(Some($description))
                    $(.format(Some(openapi::schema::SchemaFormat::Custom($format.into()))))?
                    .into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                stringify!($type).into()
            }
        }
    )*};
}

string_schema! {
    Base64 "standard base64" format "byte";
    Digest "standard base64 of 32 bytes" format "byte";
    Secret "secret text";
    Time "RFC 3339 time with offset" format "date-time";
    CreditCode "统一社会信用代码, 18 characters with check character (GB 32100)";
}

/// Bytes as standard base64.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Base64(pub Vec<u8>);

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl<T: Into<Vec<u8>>> From<T> for Base64 {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl Field for Base64 {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let error = || at.malformed(Expected::Base64);
        let text = value.as_str().ok_or_else(error)?;
        // Older Java encoders break lines after 76 characters.
        let text = if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
            Cow::Owned(text.split_ascii_whitespace().collect::<String>())
        } else {
            Cow::Borrowed(text)
        };
        BASE64_STANDARD.decode(text.as_bytes()).map(Self).map_err(|_| error())
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BASE64_STANDARD.decode(String::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

/// 32 bytes as standard base64: a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "Base64")]
pub struct Digest(pub [u8; 32]);

impl From<Digest> for Base64 {
    fn from(digest: Digest) -> Self {
        Self(digest.0.to_vec())
    }
}

impl Field for Digest {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let bytes = Base64::parse(value, at)?.0;
        <[u8; 32]>::try_from(bytes).map(Self).map_err(|_| at.malformed(Expected::Base64Bytes(32)))
    }
}

/// A token, code or personal number: not shown when printed for debugging.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Field for Secret {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        String::parse(value, at).map(Self)
    }
}

/// A moment: RFC 3339 with offset; leaves as Beijing time with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Timestamp);

impl From<Timestamp> for Time {
    fn from(time: Timestamp) -> Self {
        Self(time)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = Timestamp::from_millisecond(self.0.as_millisecond()).unwrap_or(self.0);
        whole.display_with_offset(BEIJING).fmt(f)
    }
}

impl Field for Time {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let text = value.as_str().ok_or_else(|| at.malformed(Expected::Time))?;
        // Known clients send `yyyy-MM-dd HH:mm:ss` and mean Beijing time.
        let local = || text.parse::<DateTime>().ok().and_then(|time| BEIJING.to_timestamp(time).ok());
        text.parse().ok().or_else(local).map(Self).ok_or_else(|| at.malformed(Expected::Time))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

/// 统一社会信用代码 of an organization, GB 32100: 18 characters, the last one a check character.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CreditCode(String);

impl CreditCode {
    /// Characters of a code in the order of their values: digits and capitals without I, O, S, V, Z.
    const ALPHABET: &'static str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// Takes a code whose check character is right; small letters become capitals.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let code = code.trim().to_ascii_uppercase();
        let (body, check) = (code.get(..17)?, code.get(17..)?);
        (check.chars().eq(Self::check_character(body))).then_some(Self(code))
    }

    /// The 18th character for the first 17: 31 − Σ value·3^i mod 31.
    #[must_use]
    pub fn check_character(body: &str) -> Option<char> {
        let mut weight = 1;
        let mut sum = 0;
        for character in body.chars() {
            sum = (sum + Self::ALPHABET.find(character)? * weight) % 31;
            weight = weight * 3 % 31;
        }
        Self::ALPHABET.chars().nth((31 - sum) % 31)
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Field for CreditCode {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        value.as_str().and_then(Self::new).ok_or_else(|| at.malformed(Expected::CreditCode))
    }
}

/// A list whose entries are read one by one: a malformed entry fails alone.
#[derive(Clone, Debug)]
pub struct Entries<T>(pub Vec<Result<T, FieldError>>);

impl<T> Entries<T> {
    /// The entries if all are well-formed, for functions that answer the list as a whole.
    ///
    /// # Errors
    /// The first malformed entry.
    pub fn all(&self) -> Result<Vec<&T>, FieldError> {
        self.0.iter().map(|entry| entry.as_ref().map_err(Clone::clone)).collect()
    }
}

impl<T: Field> Field for Entries<T> {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let entries = value.as_array().ok_or_else(|| at.malformed(Expected::List))?;
        Ok(Self(entries.iter().enumerate().map(|(index, entry)| T::parse(entry, &at.index(index))).collect()))
    }
}

impl<T: Serialize> Serialize for Entries<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|entry| entry.as_ref().ok()))
    }
}
