//! When a signature says it was made (签章时间).

use eseal_asn1::{Children, Error, Node, tag};
use jiff::{Timestamp, civil};

use crate::{Deviation, deviation::Found, field};

/// `timeInfo` (签章时间), a claim of the signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeInfo<'a> {
    /// A time.
    Claimed(Timestamp),
    /// A time stamp, DER; only in V1.
    Token(&'a [u8]),
    /// Something that is no time; only in V1.
    Unreadable(&'a [u8]),
}

impl<'a> TimeInfo<'a> {
    /// The claimed time, if it is one.
    #[must_use]
    pub const fn claimed(&self) -> Option<Timestamp> {
        match self {
            Self::Claimed(at) => Some(*at),
            Self::Token(_) | Self::Unreadable(_) => None,
        }
    }

    /// V4: a GeneralizedTime.
    pub(crate) fn read(fields: &mut Children<'a>, found: &mut Found) -> Result<Self, Error> {
        field::time(fields, tag::GENERALIZED_TIME, "timeInfo", found).map(Self::Claimed)
    }

    /// V1: a BIT STRING that holds a time stamp, an ASN.1 time or text.
    pub(crate) fn read_v1(fields: &mut Children<'a>, found: &mut Found) -> Result<Self, Error> {
        if matches!(fields.peek_tag(), Some(tag::UTC_TIME | tag::GENERALIZED_TIME)) {
            found.note(Deviation::TagVariant);
            return field::time(fields, tag::UTC_TIME, "timeInfo", &mut Found::default()).map(Self::Claimed);
        }
        let node = fields.expect_any(&[tag::BIT_STRING, tag::OCTET_STRING], "timeInfo")?;
        let (_, bytes) = field::bits(&node, found)?;
        Ok(match bytes.first() {
            Some(&tag::SEQUENCE) => Self::Token(crate::time_stamp::token_in(bytes)),
            Some(&(tag::UTC_TIME | tag::GENERALIZED_TIME)) => {
                Node::parse_first(bytes).and_then(|node| node.time()).map_or(Self::Unreadable(bytes), Self::Claimed)
            }
            _ => {
                found.note(Deviation::TimeFreeText);
                str::from_utf8(bytes).ok().and_then(time_in_text).map_or(Self::Unreadable(bytes), Self::Claimed)
            }
        })
    }
}

/// A time as text (文本时间), in the forms that writers of V1 and of OFD use; without a zone it is Chinese time.
#[must_use]
pub fn time_in_text(text: &str) -> Option<Timestamp> {
    let text = text.trim_matches(['\0', ' ']);
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let asn1 = [tag::UTC_TIME, tag::GENERALIZED_TIME].into_iter().find_map(|tag| eseal_asn1::parse_time(tag, text));
    let (local, offset) = match asn1 {
        Some(clock) => (clock.local, clock.offset.unwrap_or(field::CHINA)),
        None => (text.parse::<civil::DateTime>().ok()?, field::CHINA),
    };
    offset.to_timestamp(local).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_text_are_read_in_the_forms_that_writers_use() {
        for (written, expected) in [
            ("2020-01-25T07:31:56.377Z", Some("2020-01-25T07:31:56.377Z")),
            ("2020-01-25 15:31:56", Some("2020-01-25T07:31:56Z")),
            ("240615080000Z", Some("2024-06-15T08:00:00Z")),
            ("20240615080000Z", Some("2024-06-15T08:00:00Z")),
            ("20240615160000", Some("2024-06-15T08:00:00Z")),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(time_in_text(written).map(|at| at.to_string()).as_deref(), expected, "{written}");
        }
    }
}
