//! Nonces (随机数 k), hedged: from fresh randomness, the private key and the digest together.
//!
//! Good randomness alone suffices, and so does a secret key with a digest that was never signed before.
//! A clone of a running machine or a broken generator therefore repeats no nonce on another digest.

use zeroize::Zeroize as _;

use crate::{Sm3, curve::Scalar, declassify, random};

/// Says what the hash is for, so that it can never meet another use of SM3 with the key.
const LABEL: &[u8; 32] = b"eseal-gm SM2 hedged nonce, v1   ";

/// Where nonces of one key come from: SM3 after the block `d ‖ label`.
#[derive(Clone)]
pub(super) struct NonceSource(pub(super) Sm3);

impl NonceSource {
    pub(super) fn new(d: &[u8; 32]) -> Self {
        let mut hash = Sm3::new();
        hash.update(d);
        hash.update(LABEL);
        Self(hash)
    }

    /// Fresh bytes for one signature or one batch; zeros if the system has none, which the digest then makes up for.
    pub(super) fn fresh() -> [u8; 16] {
        random().unwrap_or_default()
    }

    /// The nonce for the digest `e`: `attempt` counts signatures of a batch and retries.
    pub(super) fn nonce(&self, e: &[u8; 32], fresh: &[u8; 16], mut attempt: u32) -> Scalar {
        loop {
            let mut hash = self.0.clone();
            hash.update(e);
            hash.update(fresh);
            hash.update(&attempt.to_be_bytes());
            let mut bytes = hash.finish();
            // A candidate is thrown away with probability 2⁻³², and that says nothing of the one that is kept.
            let nonce = Scalar::from_secret(&bytes).filter(|nonce| !declassify(nonce.is_zero()));
            bytes.zeroize();
            if let Some(nonce) = nonce {
                return nonce;
            }
            attempt = attempt.wrapping_add(1 << 24);
        }
    }
}

impl Drop for NonceSource {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
