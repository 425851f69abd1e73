//! Numbers of one kind as another (数值转换), each with what is lost.

/// Millimetres of an inch.
pub(crate) const MM_PER_INCH: f64 = 25.4;

/// Coordinates on paper and colors need no more than 24 bits.
#[expect(clippy::as_conversions, reason = "lossy on purpose")]
pub(crate) fn single(value: f64) -> f32 {
    value as f32
}

/// The nearest whole number from 0 on; NaN is 0.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
pub(crate) fn whole(value: f64) -> u64 {
    value.round() as u64
}

/// The nearest number of pixels; NaN is 0.
pub(crate) fn pixels(value: f64) -> u32 {
    u32::try_from(whole(value)).unwrap_or(u32::MAX)
}

/// A part of a color, 0 to 1, as byte.
pub(crate) fn byte(value: f64) -> u8 {
    u8::try_from(whole(value.clamp(0.0, 1.0) * 255.0)).unwrap_or(u8::MAX)
}

/// A count as a number to compute with; exact below 2^53.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts are small")]
pub(crate) fn float(value: u64) -> f64 {
    value as f64
}

/// A length in memory as a number of the same value.
pub(crate) fn long(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// The nearest whole number of 16 bits; NaN is 0.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "saturates")]
pub(crate) fn signed(value: f64) -> i16 {
    value.round() as i16
}
