//! UTCTime and GeneralizedTime (时间).

use jiff::{civil, tz::Offset};

use crate::tag;

/// What a time says (时间): local time, and the zone if one is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Local time, whole seconds.
    pub local: civil::DateTime,
    /// Offset from UTC.
    pub offset: Option<Offset>,
}

/// Reads the text of a UTCTime or GeneralizedTime (by tag), leniently: seconds may be missing, fractions are dropped.
#[must_use]
pub fn parse_time(tag: u8, text: &str) -> Option<Clock> {
    let year_digits = match tag {
        tag::UTC_TIME => 2,
        tag::GENERALIZED_TIME => 4,
        _ => return None,
    };
    let (local, zone) = text.split_at_checked(text.find(['Z', '+', '-']).unwrap_or(text.len()))?;
    let offset = if zone.is_empty() { None } else { Some(offset(zone)?) };
    let (year, rest) = local.split_at_checked(year_digits)?;
    let year: i16 = number(year)?;
    // RFC 5280, 4.1.2.5.1: two digits mean 1950 to 2049.
    let year = if year_digits == 2 { year.checked_add(if year < 50 { 2000 } else { 1900 })? } else { year };
    let (rest, fraction) = rest.split_once(['.', ',']).unwrap_or((rest, ""));
    let pair = |at: usize| rest.get(at..at.checked_add(2)?).and_then(number::<i8>);
    let second = match rest.len() {
        8 => 0,
        10 => pair(8)?,
        _ => return None,
    };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let local = civil::DateTime::new(year, pair(0)?, pair(2)?, pair(4)?, pair(6)?, second, 0).ok()?;
    Some(Clock { local, offset })
}

fn offset(zone: &str) -> Option<Offset> {
    if zone == "Z" {
        return Some(Offset::UTC);
    }
    let (sign, digits) = zone.split_at_checked(1)?;
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { number::<i32>(minutes)? };
    let seconds = number::<i32>(hours)?.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
    Offset::from_seconds(if sign == "-" { seconds.checked_neg()? } else { seconds }).ok()
}

/// A number of digits and nothing else.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{Error, Node, write};

    fn read(tag: u8, text: &str) -> Result<Timestamp, Error> {
        Node::parse(&write::element(tag, &[text.as_bytes()])).expect("an element").time()
    }

    #[test]
    fn times_are_read_in_every_form_that_certificates_have() {
        for (tag, text, expected) in [
            (tag::UTC_TIME, "261124080910Z", Some("2026-11-24T08:09:10Z")),
            (tag::UTC_TIME, "500101000000Z", Some("1950-01-01T00:00:00Z")),
            (tag::UTC_TIME, "2611240809Z", Some("2026-11-24T08:09:00Z")),
            (tag::UTC_TIME, "261124080910+0800", Some("2026-11-24T00:09:10Z")),
            (tag::GENERALIZED_TIME, "20501124080910Z", Some("2050-11-24T08:09:10Z")),
            (tag::GENERALIZED_TIME, "20501124080910.5Z", Some("2050-11-24T08:09:10Z")),
            (tag::GENERALIZED_TIME, "20501124080910.xZ", None),
            (tag::GENERALIZED_TIME, "20260229080910Z", None),
            (tag::GENERALIZED_TIME, "2026112408091Z", None),
            (tag::GENERALIZED_TIME, "20261124080910", None),
            (tag::GENERALIZED_TIME, "2026+124080910Z", None),
            (tag::GENERALIZED_TIME, "", None),
            (tag::INTEGER, "20261124080910Z", None),
        ] {
            assert_eq!(read(tag, text).ok().map(|time| time.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_taken_in_the_given_one_and_says_so() {
        let east = Offset::constant(8);
        for (text, expected) in
            [("20261124080910", ("2026-11-24T00:09:10Z", false)), ("20261124080910Z", ("2026-11-24T08:09:10Z", true))]
        {
            let der = write::element(tag::GENERALIZED_TIME, &[text.as_bytes()]);
            let (at, stated) = Node::parse(&der).expect("an element").time_or(east).expect("a time");
            assert_eq!((at.to_string().as_str(), stated), expected);
        }
    }
}
