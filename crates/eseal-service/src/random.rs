//! Identifiers and secrets (标识与令牌): fresh random bits, written as hex.

use crate::{Error, Result};

/// `N` random bytes from the operating system.
///
/// # Errors
/// [`Error::Internal`] if the system gives none.
pub fn random_bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(bytes)
}

/// A public identifier: 128 random bits as 32 hex digits.
///
/// # Errors
/// [`Error::Internal`] if the system gives no random bits.
pub fn new_id() -> Result<String> {
    Ok(hex::encode(random_bytes::<16>()?))
}

/// A secret: 256 random bits as 64 hex digits.
///
/// # Errors
/// [`Error::Internal`] if the system gives no random bits.
pub fn new_token() -> Result<String> {
    Ok(hex::encode(random_bytes::<32>()?))
}

/// True for an identifier as [`new_id`] makes them; anything else cannot exist.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
