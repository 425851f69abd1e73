//! The envelope of a trust bundle (信任包签名), and the memory of which one was in use.

use eseal_gm::{sm2::VerifyingKey, sm3};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{BundleError, MAX_BUNDLE_BYTES, TrustBundle, encoding};

/// First line of what is signed, so that this signature can pass for no other.
const SIGNED_TEXT: &[u8] = b"ESEAL-TRUST/1\n";
/// Clocks differ: a bundle may have been issued so much later than now.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Name and version of the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Format {
    #[serde(rename = "eseal-trust-bundle/1")]
    One,
}

/// A bundle with the signature of whoever operates it (已签信任包).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedBundle {
    format: Format,
    #[serde(with = "encoding::bytes")]
    payload: Vec<u8>,
    #[serde(with = "encoding::key")]
    operator: VerifyingKey,
    #[serde(with = "encoding::bytes")]
    signature: Vec<u8>,
}

impl SignedBundle {
    /// Reads the envelope; nothing in it may be believed before [`Self::verify`].
    ///
    /// # Errors
    /// [`BundleError::Format`], [`BundleError::TooLarge`].
    pub fn from_json(json: &[u8]) -> Result<Self, BundleError> {
        if json.len() > MAX_BUNDLE_BYTES {
            return Err(BundleError::TooLarge);
        }
        serde_json::from_slice(json).map_err(|error| BundleError::Format(error.to_string()))
    }

    /// Signs a payload: `sign` gives the SM3withSM2 signature (DER) of the text by `operator`'s key.
    ///
    /// # Errors
    /// The payload is no bundle; the signature does not fit; or whatever `sign` says.
    pub fn sign<E: From<BundleError>>(
        payload: Vec<u8>,
        operator: &VerifyingKey,
        sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
    ) -> Result<Self, E> {
        TrustBundle::from_json(&payload)?;
        let signature = sign(&signed_text(&payload))?;
        let signed = Self { format: Format::One, payload, operator: operator.clone(), signature };
        if signed.is_signed() { Ok(signed) } else { Err(BundleError::Signature.into()) }
    }

    /// The envelope as text.
    ///
    /// # Errors
    /// [`BundleError::Format`], which does not happen.
    pub fn to_json(&self) -> Result<Vec<u8>, BundleError> {
        let mut json = serde_json::to_vec_pretty(self).map_err(|error| BundleError::Format(error.to_string()))?;
        json.push(b'\n');
        Ok(json)
    }

    /// Who says that they signed it.
    #[must_use]
    pub const fn operator(&self) -> &VerifyingKey {
        &self.operator
    }

    /// SM3 of what is signed: two bundles of one version with different ones contradict each other.
    #[must_use]
    pub fn sm3(&self) -> [u8; 32] {
        sm3(&self.payload)
    }

    /// The bundle, if one of `operators` signed it and `now` is in its time.
    ///
    /// # Errors
    /// [`BundleError`]: it is not to be used.
    pub fn verify(&self, operators: &[VerifyingKey], now: Timestamp) -> Result<TrustBundle, BundleError> {
        if !operators.contains(&self.operator) {
            return Err(BundleError::Operator);
        }
        let bundle = self.read()?;
        if bundle.issued > now.saturating_add(CLOCK_TOLERANCE).unwrap_or(now) {
            return Err(BundleError::NotYet { issued: bundle.issued });
        }
        if now >= bundle.next_update {
            return Err(BundleError::Expired { next_update: bundle.next_update });
        }
        Ok(bundle)
    }

    /// The bundle, if the signature fits the key that it names: for looking at it.
    ///
    /// # Errors
    /// [`BundleError::Signature`], or what is wrong with the payload.
    pub fn read(&self) -> Result<TrustBundle, BundleError> {
        if !self.is_signed() {
            return Err(BundleError::Signature);
        }
        TrustBundle::from_json(&self.payload)
    }

    fn is_signed(&self) -> bool {
        self.operator.verify(&signed_text(&self.payload), &self.signature)
    }
}

fn signed_text(payload: &[u8]) -> Vec<u8> {
    [SIGNED_TEXT, payload].concat()
}

/// The newest bundle that was in use (已安装版本): kept beside the data, so that an older one cannot come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Installed {
    /// Its version.
    pub version: u64,
    /// SM3 of its payload, lower-case hex.
    pub sm3: String,
}

impl Installed {
    /// What to remember of a bundle.
    #[must_use]
    pub fn of(signed: &SignedBundle, bundle: &TrustBundle) -> Self {
        let sm3 = signed.sm3().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        Self { version: bundle.version, sm3 }
    }

    /// Whether `next` may follow this one: a higher version, or the very same bundle.
    ///
    /// # Errors
    /// [`BundleError::RolledBack`].
    pub fn check_next(&self, next: &Self) -> Result<(), BundleError> {
        if next.version > self.version || next == self {
            Ok(())
        } else {
            Err(BundleError::RolledBack { version: next.version, installed: self.version })
        }
    }
}
