//! Conversions between numbers, in one place.

/// Size in memory as a file offset.
pub(crate) fn to_u64(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// File offset as a size in memory; saturates where memory ends.
pub(crate) fn to_usize(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// Integer as a coordinate.
#[expect(clippy::as_conversions, reason = "there is no From; coordinates beyond 2^53 lose digits and mean nothing")]
pub(crate) const fn to_f64(value: i64) -> f64 {
    value as f64
}
