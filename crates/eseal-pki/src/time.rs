//! Times in certificates (时间).

use jiff::{Timestamp, civil, tz::Offset};

use crate::{
    CertificateError,
    der::{Node, tag},
};

/// `Validity` (有效期): both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First moment.
    pub not_before: Timestamp,
    /// Last moment, to the second.
    pub not_after: Timestamp,
}

/// Where a moment lies relative to a validity (有效期判断).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// 在有效期内.
    Within,
    /// 尚未生效.
    NotYet,
    /// 已过期.
    Over,
}

impl Validity {
    pub(crate) fn read(validity: &Node<'_>) -> Result<Self, CertificateError> {
        let mut parts = validity.children();
        let not_before = time(&parts.any("notBefore")?)?;
        let not_after = time(&parts.any("notAfter")?)?;
        Ok(Self { not_before, not_after })
    }

    /// Where `at` lies.  The last second belongs to the validity as a whole.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Period {
        if at < self.not_before {
            Period::NotYet
        } else if at.as_second() > self.not_after.as_second() {
            Period::Over
        } else {
            Period::Within
        }
    }
}

/// UTCTime or GeneralizedTime, with or without seconds, in UTC or with an offset.
pub(crate) fn time(node: &Node<'_>) -> Result<Timestamp, CertificateError> {
    let digits = match node.tag {
        tag::UTC_TIME => 2,
        tag::GENERALIZED_TIME => 4,
        _ => return Err(CertificateError::Time { offset: node.offset }),
    };
    str::from_utf8(node.body)
        .ok()
        .and_then(|text| parse(text, digits))
        .ok_or(CertificateError::Time { offset: node.offset })
}

fn parse(text: &str, year_digits: usize) -> Option<Timestamp> {
    let zone = text.find(['Z', '+', '-'])?;
    let (local, zone) = text.split_at_checked(zone)?;
    let (year, rest) = local.split_at_checked(year_digits)?;
    let year: i16 = number(year)?;
    // RFC 5280, 4.1.2.5.1: two digits mean 1950 to 2049.
    let year = if year_digits == 2 { year.checked_add(if year < 50 { 2000 } else { 1900 })? } else { year };
    let (rest, _fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let pair = |at: usize| rest.get(at..at.checked_add(2)?).and_then(number::<i8>);
    let second = if rest.len() == 8 { 0 } else { pair(8)? };
    let seconds_fit = matches!(rest.len(), 8 | 10);
    let civil = civil::DateTime::new(year, pair(0)?, pair(2)?, pair(4)?, pair(6)?, second, 0).ok()?;
    let at = offset(zone)?.to_timestamp(civil).ok()?;
    seconds_fit.then_some(at)
}

fn offset(zone: &str) -> Option<Offset> {
    if zone == "Z" {
        return Some(Offset::UTC);
    }
    let (sign, digits) = zone.split_at_checked(1)?;
    let (hours, minutes) = digits.split_at_checked(2)?;
    let seconds = number::<i32>(hours)?.checked_mul(3600)?.checked_add(number::<i32>(minutes)?.checked_mul(60)?)?;
    Offset::from_seconds(if sign == "-" { seconds.checked_neg()? } else { seconds }).ok()
}

/// A number of digits and nothing else.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: u8, text: &str) -> Option<String> {
        let node = Node { tag, raw: &[], body: text.as_bytes(), offset: 0 };
        time(&node).ok().map(|time| time.to_string())
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
            (tag::GENERALIZED_TIME, "20260229080910Z", None),
            (tag::GENERALIZED_TIME, "2026112408091Z", None),
            (tag::GENERALIZED_TIME, "20261124080910", None),
            (tag::GENERALIZED_TIME, "2026+124080910Z", None),
            (tag::INTEGER, "20261124080910Z", None),
        ] {
            assert_eq!(read(tag, text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_last_second_belongs_to_the_validity() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let validity = Validity { not_before: at("2026-01-01T00:00:00Z"), not_after: at("2026-12-31T23:59:59Z") };
        assert_eq!(validity.at(at("2025-12-31T23:59:59.999Z")), Period::NotYet);
        assert_eq!(validity.at(at("2026-01-01T00:00:00Z")), Period::Within);
        assert_eq!(validity.at(at("2026-12-31T23:59:59.9Z")), Period::Within);
        assert_eq!(validity.at(at("2027-01-01T00:00:00Z")), Period::Over);
    }
}
