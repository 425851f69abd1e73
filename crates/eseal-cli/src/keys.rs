//! Keys of the development authority and of `eseal sign` (开发用密钥): files as OpenSSL reads and writes them.

use std::path::Path;

use anyhow::{Context, Result};
use eseal_gm::sm2::SigningKey;

/// What the signing of certificates may fail with.
type SignError = Box<dyn std::error::Error + Send + Sync>;

/// A new key.
pub(crate) fn generate() -> Result<SigningKey> {
    SigningKey::generate().context("no random numbers")
}

/// Signs the bytes of a certificate or a CRL; DER.
pub(crate) fn sign(key: &SigningKey, tbs: &[u8]) -> Result<Vec<u8>, SignError> {
    Ok(key.sign(tbs))
}

/// Writes a key, readable by its owner alone.
pub(crate) fn write(path: &Path, key: &SigningKey) -> Result<()> {
    Ok(eseal_device::write_key(path, key)?)
}

/// Reads a key.
pub(crate) fn read(path: &Path) -> Result<SigningKey> {
    Ok(eseal_device::read_key(path)?)
}
