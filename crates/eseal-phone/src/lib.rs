//! The phone's side of the protocol (手机端): enrolment, what is shown, the rounds of a signature.
//!
//! No I/O, no clock and no threads, so that it runs in an app, in a page and in the demo's simulated phone alike: messages
//! go through a [`Link`], which signs requests with the device key and carries them.  A phone believes the platform as
//! little as it can: it checks the summary's signature, recomputes every e from the TBS_Sign it is
//! shown and its own certificate, has one round open at a time, and verifies each signature before it lets it out.

mod confirm;
mod half;
mod refresh;
mod scan;
mod stored;

use async_trait::async_trait;
use eseal_api::{
    Base64, Secret,
    mobile::{EnrolResult, EnrolStarted, FinishEnrol, StartEnrol},
};
use eseal_gm::{
    sm2::{
        SigningKey, VerifyingKey,
        cosign::{CosignError, PhoneKeyStart, PublicShare},
    },
    sm3,
};
use eseal_pki::Certificate;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use half::{Half, Shared};
pub use refresh::{REFRESH_PREFIX, refresh_context};
pub use scan::Shown;

/// First line of every signed summary.
pub const SUMMARY_PREFIX: &[u8] = b"ESEAL-SUMMARY/1\n";
/// First line of what a new device key signs to enrol.
pub const ENROL_PREFIX: &[u8] = b"ESEAL-ENROL/1\n";
/// What a new device key signs: `ESEAL-ENROL/1\n` ‖ SM3(code) ‖ devicePublicKey ‖ keyCommitment.
#[must_use]
pub fn enrol_text(code: &str, device_public_key: &[u8], commitment: &[u8; 32]) -> Vec<u8> {
    [ENROL_PREFIX, &sm3(code.as_bytes()), device_public_key, commitment].concat()
}

/// What the proofs of both shares are bound to.
#[must_use]
pub fn enrol_context(device_public_key: &[u8]) -> Vec<u8> {
    [ENROL_PREFIX, device_public_key].concat()
}

/// First line of what a key signs that a phone holds alone, when it is enrolled.
pub const HELD_PREFIX: &[u8] = b"ESEAL-HELD/1\n";

/// What such a key signs: `ESEAL-HELD/1\n` ‖ enrolId ‖ devicePublicKey ‖ public key.
#[must_use]
pub fn held_text(enrol_id: &str, device_public_key: &[u8], public_key: &[u8; 65]) -> Vec<u8> {
    [HELD_PREFIX, enrol_id.as_bytes(), device_public_key, public_key].concat()
}

/// Carries the phone's messages to the platform (通信通道).
#[async_trait]
pub trait Link: Send {
    /// Sends `content` to the function `mobile/…` and gives the answer's `data`.
    async fn send(&mut self, function: &'static str, content: Value) -> Result<Value, Refused>;
}

/// The platform answered with an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} {message}")]
pub struct Refused {
    /// 返回码; 0 if there was no answer.
    pub code: u32,
    /// 返回信息.
    pub message: String,
    /// The field at fault.
    pub field: Option<String>,
}

/// Why the phone does not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// The platform refused.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The platform's answer is not what it should be.
    #[error("the platform's answer cannot be read: {0}")]
    Answer(&'static str),
    /// The summary is not signed with the pinned platform key.
    #[error("the summary is not signed by the platform")]
    SummarySignature,
    /// A document's TBS_Sign does not say what the summary says.
    #[error("document {index} is not what the summary shows")]
    OtherDocument {
        /// Which document, from 0.
        index: usize,
    },
    /// The other side did not keep to the protocol of two-party signing, or the random numbers ran out.
    #[error(transparent)]
    Cosign(#[from] CosignError),
    /// The certificate is not one over the joint key.
    #[error("the certificate is not for this phone's key")]
    OtherCertificate,
    /// Random numbers are missing.
    #[error(transparent)]
    Random(#[from] eseal_gm::RandomError),
}

/// An enrolled phone (已登记手机).
pub struct Phone {
    /// 设备标识, for `X-Eseal-Device-Id`.
    pub device_id: String,
    /// Signs the phone's requests.
    pub device_key: SigningKey,
    /// 签章人证书 over the joint key, DER.
    pub certificate: Vec<u8>,
    /// The platform's summary key, pinned when the phone was enrolled.
    pub platform_key: VerifyingKey,
    half: Half,
}

impl Phone {
    /// Enrols a phone with a new device key and a new signing key, of which it holds one share.
    ///
    /// # Errors
    /// See [`PhoneError`].
    pub async fn enrol(
        link: &mut dyn Link,
        code: &str,
        device_name: &str,
        pin: &str,
        platform_key: VerifyingKey,
    ) -> Result<Self, PhoneError> {
        let device_key = SigningKey::generate()?;
        let (start, commitment) = PhoneKeyStart::new(&enrol_context(&device_key.public_key()))?;
        let request = start_request(&device_key, code, device_name, pin, commitment.0);
        let answer = begin(link, &request).await?;
        let (share, public) = start.finish(&PublicShare(fixed(&answer.key_share.0, "keyShare")?))?;
        let half = Half::Shared(Box::new(Shared { share, pending: None }));
        finish(link, answer.enrol_id, public.0.to_vec(), device_key, half, platform_key).await
    }

    /// Enrols a phone that holds its whole signing key itself (手机自持密钥): for platforms that allow it, with phones
    /// whose own protection of keys is good enough.  Everything else is as with a shared key: the server checks the PIN
    /// and allows each signature, but could not keep a stolen key from signing elsewhere.
    ///
    /// # Errors
    /// See [`PhoneError`].
    pub async fn enrol_held(
        link: &mut dyn Link,
        code: &str,
        device_name: &str,
        pin: &str,
        platform_key: VerifyingKey,
    ) -> Result<Self, PhoneError> {
        let (device_key, key) = (SigningKey::generate()?, SigningKey::generate()?);
        let point = key.public_key();
        let request = start_request(&device_key, code, device_name, pin, sm3(&point));
        let request = StartEnrol { key_profile: Some("held".to_owned()), ..request };
        let answer = begin(link, &request).await?;
        let proof = key.sign(&held_text(&answer.enrol_id.0, &device_key.public_key(), &point));
        let public = [&point[..], &proof].concat();
        finish(link, answer.enrol_id, public, device_key, Half::Held(Box::new(key)), platform_key).await
    }
}

fn start_request(
    device_key: &SigningKey,
    code: &str,
    device_name: &str,
    pin: &str,
    commitment: [u8; 32],
) -> StartEnrol {
    let point = device_key.public_key();
    StartEnrol {
        code: Secret(code.to_owned()),
        device_public_key: Base64(point.to_vec()),
        device_name: Some(device_name.to_owned()),
        device_proof: Base64(device_key.sign(&enrol_text(code, &point, &commitment))),
        key_commitment: Base64(commitment.to_vec()),
        key_profile: None,
        pin: Secret(pin.to_owned()),
    }
}

async fn begin(link: &mut dyn Link, request: &StartEnrol) -> Result<EnrolStarted, PhoneError> {
    match ask(link, "enrol", request).await? {
        EnrolResult::Started(answer) => Ok(answer),
        EnrolResult::Enrolled(_) => Err(PhoneError::Answer("enrol")),
    }
}

/// The second step; the certificate must be one over the key that was made.
async fn finish(
    link: &mut dyn Link,
    enrol_id: Secret,
    public: Vec<u8>,
    device_key: SigningKey,
    half: Half,
    platform_key: VerifyingKey,
) -> Result<Phone, PhoneError> {
    let request = FinishEnrol { enrol_id, key_share: Base64(public) };
    let EnrolResult::Enrolled(enrolled) = ask(link, "enrol", &request).await? else {
        return Err(PhoneError::Answer("enrol"));
    };
    let certificate = Certificate::from_der(&enrolled.cert.0).map_err(|_| PhoneError::OtherCertificate)?;
    if certificate.public_key.sm2() != Some(&half.public_key()[..]) {
        return Err(PhoneError::OtherCertificate);
    }
    Ok(Phone { device_id: enrolled.device_id, device_key, certificate: enrolled.cert.0, platform_key, half })
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Phone").field("device_id", &self.device_id).finish_non_exhaustive()
    }
}

async fn ask<T: DeserializeOwned>(
    link: &mut dyn Link,
    function: &'static str,
    request: &(impl Serialize + Sync),
) -> Result<T, PhoneError> {
    let content = serde_json::to_value(request).map_err(|_| PhoneError::Answer(function))?;
    let data = link.send(function, content).await?;
    serde_json::from_value(data).map_err(|_| PhoneError::Answer(function))
}

fn fixed<const N: usize>(bytes: &[u8], what: &'static str) -> Result<[u8; N], PhoneError> {
    bytes.try_into().map_err(|_| PhoneError::Answer(what))
}
