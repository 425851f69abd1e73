//! An enrolled phone as it is written down (手机状态存储).

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::Base64;
use eseal_gm::sm2::{SigningKey, VerifyingKey, cosign::{PhoneShare, Refresh}};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Phone, PhoneError, fixed, refresh::Pending};

/// What a phone writes down; d1 and the device key stand in it, so it must be kept under the platform's own protection.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
struct Stored {
    device_id: String,
    device_key: String,
    share: String,
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
        let stored = Stored {
            device_id: self.device_id.clone(),
            device_key: BASE64_STANDARD.encode(self.device_key.to_bytes().as_slice()),
            share: BASE64_STANDARD.encode(self.share.to_bytes().as_slice()),
            pending: self.pending.as_ref().map(|pending| {
                [BASE64_STANDARD.encode(pending.share.to_bytes().as_slice()), BASE64_STANDARD.encode(*pending.factor.0)]
            }),
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
        let pending = match &stored.pending {
            Some([share, factor]) => Some(Pending {
                share: PhoneShare::from_bytes(&Zeroizing::new(fixed(&bytes(share)?, "share")?))?,
                factor: Refresh(Zeroizing::new(fixed(&bytes(factor)?, "factor")?)),
            }),
            None => None,
        };
        Ok(Self {
            pending,
            device_id: stored.device_id.clone(),
            device_key: SigningKey::from_bytes(&Zeroizing::new(fixed(&key, "deviceKey")?)).map_err(|_| wrong())?,
            share: PhoneShare::from_bytes(&Zeroizing::new(fixed(&share, "share")?))?,
            certificate: stored.certificate.0.clone(),
            platform_key: VerifyingKey::from_bytes(&stored.platform_key.0).map_err(|_| wrong())?,
        })
    }
}
