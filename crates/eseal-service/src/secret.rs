//! Secrets are looked up by their hash (令牌与授权码): the store never sees them.

/// What the store keeps of a token or grant code: SM3, lower-case hex.
///
/// They carry at least 128 random bits, so that a plain hash cannot be turned back.
#[must_use]
pub fn secret_hash(secret: &str) -> String {
    hex::encode(eseal_gm::sm3(secret.as_bytes()))
}
