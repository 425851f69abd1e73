//! An enrolled phone as it is written down (手机状态存储).

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::Base64;
use eseal_gm::sm2::{
    SigningKey, VerifyingKey,
    cosign::{PhoneShare, Refresh},
};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{
    Phone, PhoneError, fixed,
    half::{Half, Pending, Shared},
};

/// What a phone writes down; d1 and the device key stand in it, so it must be kept under the platform's own protection.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
struct Stored {
    device_id: String,
    device_key: String,
    /// d1, or the whole key.
    share: String,
    /// The phone holds the whole key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[zeroize(skip)]
    held: bool,
    /// New share and ρ of a refresh that is not finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<[String; 2]>,
    #[zeroize(skip)]
    certificate: Base64,
    #[zeroize(skip)]
    platform_key: Base64,
}

impl Phone {
    /// Everything of the phone, JSON; holds its secrets.
    ///
    /// # Errors
    /// Never for a phone that was enrolled.
    pub fn to_json(&self) -> Result<Zeroizing<String>, PhoneError> {
        let encode = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
        let (share, held, pending) = match &self.half {
            Half::Shared(shared) => (encode(&*shared.share.to_bytes()), false, shared.pending.as_ref()),
            Half::Held(key) => (encode(&*key.to_bytes()), true, None),
        };
        let stored = Stored {
            device_id: self.device_id.clone(),
            device_key: encode(&*self.device_key.to_bytes()),
            share,
            held,
            pending: pending.map(|pending| [encode(&*pending.share.to_bytes()), encode(&*pending.factor.0)]),
            certificate: Base64(self.certificate.clone()),
            platform_key: Base64(self.platform_key.to_bytes().to_vec()),
        };
        serde_json::to_string(&stored).map(Zeroizing::new).map_err(|_| PhoneError::Answer("stored phone"))
    }

    /// Reads what [`Self::to_json`] wrote.
    ///
    /// # Errors
    /// [`PhoneError::Answer`].
    pub fn from_json(text: &str) -> Result<Self, PhoneError> {
        let wrong = || PhoneError::Answer("stored phone");
        let stored: Stored = serde_json::from_str(text).map_err(|_| wrong())?;
        let bytes = |text: &str| BASE64_STANDARD.decode(text).map(Zeroizing::new).map_err(|_| wrong());
        let (key, share) = (bytes(&stored.device_key)?, bytes(&stored.share)?);
        let half = match (&stored.pending, stored.held) {
            (None, true) => {
                let key = SigningKey::from_bytes(&Zeroizing::new(fixed(&share, "share")?));
                Half::Held(Box::new(key.map_err(|_| wrong())?))
            }
            (Some(_), true) => return Err(wrong()),
            (pending, false) => {
                let read = |share: &[u8]| -> Result<PhoneShare, PhoneError> {
                    Ok(PhoneShare::from_bytes(&Zeroizing::new(fixed(share, "share")?))?)
                };
                let pending = match pending {
                    Some([share, factor]) => Some(Pending {
                        share: read(&bytes(share)?)?,
                        factor: Refresh(Zeroizing::new(fixed(&bytes(factor)?, "factor")?)),
                    }),
                    None => None,
                };
                Half::Shared(Box::new(Shared { share: read(&share)?, pending }))
            }
        };
        Ok(Self {
            device_id: stored.device_id.clone(),
            device_key: SigningKey::from_bytes(&Zeroizing::new(fixed(&key, "deviceKey")?)).map_err(|_| wrong())?,
            half,
            certificate: stored.certificate.0.clone(),
            platform_key: VerifyingKey::from_bytes(&stored.platform_key.0).map_err(|_| wrong())?,
        })
    }
}
