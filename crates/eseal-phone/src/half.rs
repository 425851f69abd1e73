//! What the phone holds of its signing key (手机端密钥): a share, or all of it.

use eseal_gm::sm2::{
    SigningKey, VerifyingKey,
    cosign::{PhoneShare, Refresh},
};

/// The signing key, as far as the phone has it.
pub(crate) enum Half {
    /// One share; the server holds the other.
    Shared(Box<Shared>),
    /// The whole key.
    Held(Box<SigningKey>),
}

/// A share, and the one that it is about to become.
pub(crate) struct Shared {
    pub(crate) share: PhoneShare,
    pub(crate) pending: Option<Pending>,
}

/// A refresh that the server may have carried out, or not yet.
pub(crate) struct Pending {
    pub(crate) share: PhoneShare,
    pub(crate) factor: Refresh,
}

impl Half {
    /// The key that the certificate is over.
    pub(crate) fn verifying_key(&self) -> &VerifyingKey {
        match self {
            Self::Shared(shared) => shared.share.verifying_key(),
            Self::Held(key) => key.verifying_key(),
        }
    }

    /// The same, `04 ‖ x ‖ y`.
    pub(crate) fn public_key(&self) -> [u8; 65] {
        self.verifying_key().to_bytes()
    }
}
