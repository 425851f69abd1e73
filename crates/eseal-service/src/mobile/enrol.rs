//! `enrol` 登记手机: a phone joins a user's account, and phone and server make a key together.
//!
//! The phone commits to its public share before it sees the server's; each proves that it knows its own.  The one-time
//! code is used up by the first step, whatever comes of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use eseal_api::{
    Base64,
    mobile::{Enrol, EnrolResult, EnrolStarted, Enrolled, FinishEnrol, StartEnrol},
};
use eseal_gm::{
    equal,
    sm2::{
        VerifyingKey,
        cosign::{Commitment, PublicShare, ServerKeyStart, ServerShare},
    },
    sm3,
};
use eseal_pki::Certificate;
use eseal_store::{EnrolmentRecord, PhoneRecord, UserRecord};
use jiff::Timestamp;

use super::{
    phone::{enrol_context, enrol_text, held_text},
    pin::{PIN_ATTEMPTS, check_new_pin, hash_pin},
};
use crate::{
    App, Caller, Error, Result,
    login::{active_user, audit, user_info},
    random::{new_id, random_bytes},
    secret_hash,
    signing::digest::check_certificate,
};

/// How long an enrolment code lives: time to install the app and find the menu.
const CODE: Duration = Duration::from_secs(900);
/// How long the second step may take: two messages of a program, not of a person.
const STEP: Duration = Duration::from_secs(60);
/// `key_profile` of a phone that holds its whole key.
pub(super) const HELD: &str = "held";
/// Longest name of a phone in bytes.
const NAME_BYTES: usize = 128;

/// Enrolments between their two steps, by identifier.
#[derive(Default)]
pub(crate) struct Enrolments(Mutex<HashMap<String, Pending>>);

struct Pending {
    start: Start,
    phone: PhoneRecord,
    until: Timestamp,
}

/// The signing key in the making.
enum Start {
    /// Shared with the server.
    Shared(Box<ServerKeyStart>),
    /// Held by the phone alone; the commitment to its public key.
    Held(Commitment),
}

impl Enrolments {
    /// Only whoever had a one-time code gets here, so that there are never many.
    fn insert(&self, id: String, pending: Pending, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, other| other.until >= now);
        all.insert(id, pending);
    }

    fn take(&self, id: &str, now: Timestamp) -> Option<Pending> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(id).filter(|pending| pending.until >= now)
    }
}

/// A one-time code that lets one phone join the user's account, and when it ends; only its hash is kept.
///
/// # Errors
/// [`Error::NotGranted`] if there is no such active user.
pub async fn new_enrolment(app: &App, user_id: &str) -> Result<(String, Timestamp)> {
    let (user, code) = (active_user(app, user_id).await?, new_id()?);
    let expires = app.clock.now() + CODE;
    let record = EnrolmentRecord { code_hash: secret_hash(&code), user_id: user.id, certificates: Vec::new(), expires };
    app.store.insert_enrolment(&record).await?;
    Ok((code, expires))
}

/// Either step of the enrolment.  Anybody may ask: the code is the right to it.
///
/// # Errors
/// [`Error::NotGranted`] for a code that is unknown, used or late; 40002 for a key, share or PIN that cannot be used;
/// [`Error::DeviceUnavailable`] if this server certifies no phones.
pub async fn enrol(app: &Arc<App>, _caller: &Caller, request: Enrol) -> Result<EnrolResult> {
    match request {
        Enrol::Start(request) => start(app, request).await.map(EnrolResult::Started),
        Enrol::Finish(request) => finish(app, request).await.map(EnrolResult::Enrolled),
    }
}

async fn start(app: &Arc<App>, request: StartEnrol) -> Result<EnrolStarted> {
    let is_held = is_held(app, request.key_profile.as_deref())?;
    app.phones.share_key()?;
    let commitment = check_start(&request)?;
    let now = app.clock.now();
    let refused = || Error::NotGranted.at("/code");
    let enrolment = app.store.take_enrolment(&secret_hash(&request.code.0)).await?.ok_or_else(refused)?;
    // Certificates that were issued for some other key cannot be this one's.
    if enrolment.expires < now || !enrolment.certificates.is_empty() {
        return Err(refused());
    }
    let user = active_user(app, &enrolment.user_id).await.map_err(|error| error.at("/code"))?;
    let salt = random_bytes::<16>()?;
    let pin_hash = hash_pin(app, &request.pin.0, &salt).await?;
    let phone = PhoneRecord {
        id: new_id()?,
        user_id: user.id,
        name: request.device_name.unwrap_or_default(),
        device_public_key: request.device_public_key.0,
        certificates: Vec::new(),
        key_profile: if is_held { HELD } else { "shared" }.into(),
        key_share: Vec::new(),
        pin_salt: salt.to_vec(),
        pin_hash: pin_hash.to_vec(),
        pin_attempts_left: PIN_ATTEMPTS,
        active: true,
        created: now,
    };
    let (start, public) = if is_held {
        (Start::Held(commitment), Vec::new())
    } else {
        let (start, public) = ServerKeyStart::new(&enrol_context(&phone.device_public_key), commitment)
            .map_err(|error| Error::Internal(error.to_string()))?;
        (Start::Shared(Box::new(start)), public.0.to_vec())
    };
    let id = new_id()?;
    app.phones.enrolments.insert(id.clone(), Pending { start, phone, until: now + STEP }, now);
    Ok(EnrolStarted { enrol_id: eseal_api::Secret(id), key_share: Base64(public) })
}

/// Whether the phone is to hold the whole key; only where the platform allows it.
fn is_held(app: &App, profile: Option<&str>) -> Result<bool> {
    match profile {
        None | Some("shared") => Ok(false),
        Some(HELD) if app.phones.allows_held_keys => Ok(true),
        Some(_) => Err(Error::bad("/keyProfile", "not a way in which this platform lets keys be held")),
    }
}

/// What can be said before the code is spent.
fn check_start(request: &StartEnrol) -> Result<Commitment> {
    check_new_pin(&request.pin.0)?;
    if request.device_name.as_ref().is_some_and(|name| name.len() > NAME_BYTES) {
        return Err(Error::bad("/deviceName", format!("at most {NAME_BYTES} bytes")));
    }
    let commitment = <[u8; 32]>::try_from(request.key_commitment.0.as_slice())
        .map_err(|_| Error::bad("/keyCommitment", "32 bytes"))?;
    let point = &request.device_public_key.0;
    let key = VerifyingKey::from_bytes(point).ok().filter(|_| point.len() == 65);
    let key = key.ok_or_else(|| Error::bad("/devicePublicKey", "not 04 ‖ x ‖ y of a point on the curve"))?;
    if key.verify(&enrol_text(&request.code.0, point, &commitment), &request.device_proof.0) {
        Ok(Commitment(commitment))
    } else {
        Err(Error::WrongSignatureValue.at("/deviceProof"))
    }
}

async fn finish(app: &Arc<App>, request: FinishEnrol) -> Result<Enrolled> {
    let now = app.clock.now();
    let pending = app.phones.enrolments.take(&request.enrol_id.0, now);
    let Pending { start, mut phone, .. } = pending.ok_or_else(|| Error::NotGranted.at("/enrolId"))?;
    let unusable = || Error::bad("/keyShare", "not the public share that was committed to");
    let (share, public_key) = match start {
        Start::Shared(start) => {
            let public = <[u8; 129]>::try_from(request.key_share.0.as_slice()).map_err(|_| unusable())?;
            let share = start.finish(&PublicShare(public)).map_err(|_| unusable())?;
            let public_key = share.public_key();
            (Some(share), public_key)
        }
        Start::Held(commitment) => {
            (None, held_key(&request, &commitment, &phone.device_public_key).ok_or_else(unusable)?)
        }
    };
    let user = active_user(app, &phone.user_id).await?;
    let certificate = issue(app, user.clone(), public_key).await?;
    complete(app, &mut phone, share.as_ref(), &certificate)?;
    app.store.insert_phone(&phone).await?;
    app.store.bind_certificate(&sm3(&certificate), &user.id).await?;
    audit(app, "phone.enrol", None, Some(&user.id), Some(&phone.id), Ok(())).await?;
    tracing::info!(device.id = %phone.id, "Enrolled the phone {}", phone.id);
    Ok(Enrolled {
        device_id: phone.id,
        public_key: Base64(public_key.to_vec()),
        cert: Base64(certificate),
        user: user_info(app, &user).await?,
    })
}

/// The public key that the phone committed to, if it has shown that it can sign with it.
fn held_key(request: &FinishEnrol, commitment: &Commitment, device_public_key: &[u8]) -> Option<[u8; 65]> {
    let (point, proof) = request.key_share.0.split_first_chunk::<65>()?;
    let key = VerifyingKey::from_bytes(point).ok()?;
    let proven = key.verify(&held_text(&request.enrol_id.0, device_public_key, point), proof);
    (proven && equal(&sm3(point), &commitment.0)).then_some(*point)
}

fn complete(app: &App, phone: &mut PhoneRecord, share: Option<&ServerShare>, certificate: &[u8]) -> Result<()> {
    if let Some(share) = share {
        phone.key_share = app.phones.share_key()?.seal(&phone.id, share)?;
    }
    phone.certificates = vec![certificate.to_vec()];
    Ok(())
}

/// Has the key certified; believes it only if it is that key's, and good for signing.
async fn issue(app: &Arc<App>, user: UserRecord, public_key: [u8; 65]) -> Result<Vec<u8>> {
    let unavailable = |problem: &str| Error::DeviceUnavailable(format!("certificate of a phone: {problem}"));
    let issuer = app.phones.issuer.clone().ok_or_else(|| unavailable("no issuer is configured"))?;
    let shared = app.clone();
    app.pool
        .run(move || {
            let certificate = issuer.issue(&user, &public_key).map_err(|error| unavailable(&error.to_string()))?;
            match Certificate::from_der(&certificate) {
                Ok(read) if read.public_key.sm2() == Some(&public_key[..]) => {}
                _ => return Err(unavailable("it is not for that key")),
            }
            // What nobody here would accept is found out now, and not at the first signature.
            check_certificate(&shared, &certificate).map_err(|error| unavailable(&error.to_string()))?;
            Ok(certificate)
        })
        .await
}
