//! Fixed times (固定时间).

use jiff::{SignedDuration, Timestamp};

/// The moment at which tests judge, 2026-11-24T08:00:00Z.
///
/// # Panics
/// Never.
#[must_use]
pub fn now() -> Timestamp {
    time("2026-11-24T08:00:00Z")
}

/// A time from its text, RFC 3339.
///
/// # Panics
/// It is none.
#[must_use]
pub fn time(text: &str) -> Timestamp {
    text.parse().expect("tests name real times")
}

/// A number of days, to be added to a time.
#[must_use]
pub const fn days(number: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * number)
}
