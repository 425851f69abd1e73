//! SM3 (密码杂凑算法), GB/T 32905—2016.

use sm3::digest::Digest as _;

/// A digest in the making (SM3 杂凑), GB/T 32905.
#[derive(Clone, Debug, Default)]
pub struct Sm3(sm3::Sm3);

impl Sm3 {
    /// Nothing hashed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all that was added.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// SM3 of one message (SM3 杂凑值).
#[must_use]
pub fn sm3(message: &[u8]) -> [u8; 32] {
    sm3::Sm3::digest(message).into()
}
