//! Interface 2-3, 获取 USBKey 登录挑战.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{Base64, Expected, GetUsbKeyChallenge, GetUsbKeyChallengeResult, KeyPurpose};
use eseal_gm::sm3;
use eseal_pki::Certificate;
use eseal_store::ChallengeRecord;

use crate::{
    App, Caller, Error, Result,
    random::{new_id, random_bytes},
    seconds,
    tickets::LoginMessage,
};

/// Makes the message that the key is to sign, and the platform's ticket for it, without which the agent signs nothing.
///
/// # Errors
/// 40002 for an origin that is not registered for the system, or a certificate that cannot be read or has no SM2 key.
pub async fn usbkey_challenge(
    app: &Arc<App>,
    caller: &Caller,
    request: GetUsbKeyChallenge,
) -> Result<GetUsbKeyChallengeResult> {
    let system = caller.system()?;
    if !system.origins.contains(&request.origin) {
        return Err(Error::malformed("/origin", Expected::Equal("an origin registered for the system")));
    }
    let has_sm2_key = Certificate::from_der(&request.sign_cert.0).is_ok_and(|found| found.public_key.sm2().is_some());
    if !has_sm2_key {
        return Err(Error::bad("/signCert", "not a certificate with an SM2 key"));
    }
    let now = app.clock.now();
    let login = LoginMessage {
        server: app.config.server.base_url.clone(),
        origin: request.origin,
        challenge_id: new_id()?,
        random: random_bytes()?,
        certificate_sm3: sm3(&request.sign_cert.0),
        time: now,
    };
    let message = login.to_bytes()?;
    let ticket = app
        .platform_keys
        .sign(&app.pool, KeyPurpose::Login, LoginMessage::ticket_text(&message, &login.origin)?)
        .await?;
    let record = ChallengeRecord {
        id: login.challenge_id.clone(),
        system_id: system.system_id.clone(),
        cert_sm3: login.certificate_sm3,
        message: message.clone(),
        expires: now + seconds(app.config.times.challenge),
    };
    app.store.insert_challenge(&record).await?;
    Ok(GetUsbKeyChallengeResult {
        challenge_id: record.id,
        random: Base64(login.random.to_vec()),
        expire_time: record.expires.into(),
        message: Base64(message),
        ticket: BASE64_STANDARD.encode(ticket),
    })
}
