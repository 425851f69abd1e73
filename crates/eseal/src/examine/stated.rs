//! What a document says beside the signature value (文件所述): compared, and named where it disagrees.

use eseal_ses::{Deviation, time_in_text};
use jiff::{SignedDuration, Timestamp};

use crate::value::Value;

/// How far a stated time may be from the signed one: clocks and rounding (formats.md §11.2).
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Chinese time labelled as UTC, or the other way round (formats.md Q11).
const ZONE: SignedDuration = SignedDuration::from_hours(8);

/// How a time beside the value disagrees with the one inside, if it does.
pub(super) fn time(stated: Option<Timestamp>, value: &Value) -> Option<Deviation> {
    let apart = stated?.duration_since(claimed(value)?).abs();
    if apart <= TOLERANCE {
        None
    } else if apart.saturating_sub(ZONE).abs() <= TOLERANCE {
        Some(Deviation::TimeZoneDoubt)
    } else {
        Some(Deviation::StatedTime)
    }
}

fn claimed(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Ses(facts) => facts.time,
        Value::Cms(facts) => facts.signers.first()?.claimed,
        Value::Raw(_) | Value::Unreadable(_) => None,
    }
}

/// Whether the kind that a list of signatures states is another than the value's.
pub(super) fn kind(is_seal: bool, value: &Value) -> Option<Deviation> {
    let differs = match value {
        Value::Ses(_) => !is_seal,
        Value::Cms(_) | Value::Raw(_) => is_seal,
        Value::Unreadable(_) => false,
    };
    differs.then_some(Deviation::SignatureType)
}

/// A date of PDF: `D:YYYYMMDDHHmmSSOHH'mm'`, ISO 32000-2, 7.9.4; without a zone it is Chinese time.
pub(super) fn pdf_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(digits)?;
    if clock.len() < 4 {
        return None; // a year is the least that a date says
    }
    // What is left out at the end has the least value.
    let filled = format!("{clock}{}", "00000101000000".get(clock.len()..)?);
    let zone: String = zone.chars().filter(|c| *c != '\'').collect();
    let zone = match zone.as_str() {
        "Z" | "Z0000" | "Z00" => "Z".to_owned(),
        zone if zone.len() == 3 => format!("{zone}00"),
        zone => zone.to_owned(),
    };
    time_in_text(&format!("{filled}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_pdf_are_read() {
        for (text, expected) in [
            ("D:20261124160000+08'00'", Some("2026-11-24T08:00:00Z")),
            ("D:20261124160000+08'00", Some("2026-11-24T08:00:00Z")),
            ("D:20261124080000Z", Some("2026-11-24T08:00:00Z")),
            ("D:20261124160000", Some("2026-11-24T08:00:00Z")),
            ("20261124160000+08", Some("2026-11-24T08:00:00Z")),
            ("D:20261124", Some("2026-11-23T16:00:00Z")),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(pdf_date(text).map(|at| at.to_string()).as_deref(), expected, "{text}");
        }
    }
}
