//! Interface 2-4, USBKey 登录.

use std::sync::Arc;

use eseal_api::{LoginByUsbKey, LoginByUsbKeyResult};
use eseal_gm::{sm2, sm3};
use eseal_pki::{Certificate, KeyUsage};
use eseal_store::{ChallengeRecord, UserRecord};
use subtle::ConstantTimeEq;

use crate::{
    App, Caller, Error, Expired, Result,
    login::{audit, new_access_token, user_info},
    random::is_id,
    signing::digest::check_certificate,
};

/// Logs in whoever signed the challenge with a good certificate of a holder.
///
/// The challenge is used up first, whatever comes of it: nobody tries twice.
///
/// # Errors
/// [`Error::Expired`] for a used, foreign or late challenge; [`Error::ChallengeMismatch`] for another certificate than it
/// was made for; [`Error::WrongSignatureValue`]; those of the certificate; [`Error::NotGranted`] if nobody holds it.
pub async fn usbkey_login(app: &Arc<App>, caller: &Caller, request: LoginByUsbKey) -> Result<LoginByUsbKeyResult> {
    let system_id = caller.system()?.system_id.clone();
    let subject = is_id(&request.challenge_id).then(|| request.challenge_id.clone());
    let result = holder(app, &system_id, request).await;
    let user_id = result.as_ref().ok().map(|user| user.id.as_str());
    let outcome = result.as_ref().map(|_| ());
    audit(app, "login.usbkey", Some(&system_id), user_id, subject.as_deref(), outcome).await?;
    let user = result?;
    let (access_token, expires_in) = new_access_token(app, &system_id, &user.id).await?;
    Ok(LoginByUsbKeyResult { user: user_info(app, &user).await?, access_token, expires_in })
}

/// The user whose key answered the challenge.
async fn holder(app: &Arc<App>, system_id: &str, request: LoginByUsbKey) -> Result<UserRecord> {
    let challenge = take_challenge(app, system_id, &request.challenge_id).await?;
    let certificate_sm3 = check(app, challenge, request.sign_cert.0, request.sign_value.0).await?;
    find_holder(app, &certificate_sm3).await
}

async fn take_challenge(app: &App, system_id: &str, id: &str) -> Result<ChallengeRecord> {
    let over = || Error::Expired { what: Expired::Challenge }.at("/challengeId");
    let found = if is_id(id) { app.store.take_challenge(system_id, id).await? } else { None };
    let challenge = found.ok_or_else(over)?;
    if challenge.expires < app.clock.now() { Err(over()) } else { Ok(challenge) }
}

/// Signature, then certificate, off the event loop; gives the certificate's SM3.
async fn check(app: &Arc<App>, challenge: ChallengeRecord, certificate: Vec<u8>, value: Vec<u8>) -> Result<[u8; 32]> {
    let digest = sm3(&certificate);
    if !bool::from(digest.ct_eq(&challenge.cert_sm3)) {
        return Err(Error::ChallengeMismatch.at("/signCert"));
    }
    let shared = app.clone();
    app.pool
        .run(move || {
            // The message is the one that is kept; what the caller may have signed instead does not matter.
            check_signature(&certificate, &challenge.message, &value)?;
            check_login_certificate(&shared, &certificate).map_err(|error| error.at("/signCert"))
        })
        .await?;
    Ok(digest)
}

fn check_signature(certificate: &[u8], message: &[u8], value: &[u8]) -> Result<()> {
    let wrong = || Error::WrongSignatureValue.at("/signValue");
    let certificate = Certificate::from_der(certificate).map_err(|_| Error::CertificateNotTrusted.at("/signCert"))?;
    let point = certificate.public_key.sm2().ok_or_else(|| Error::CertificateNotTrusted.at("/signCert"))?;
    let key = sm2::VerifyingKey::from_bytes(point).map_err(|_| wrong())?;
    let (signature, _form) = sm2::Signature::read_any(value).map_err(|_| wrong())?;
    if key.verify_prehash(&key.e(message), &signature) { Ok(()) } else { Err(wrong()) }
}

/// As for signing, and strictly for it: of the two certificates of a key, the one with digitalSignature logs in.
fn check_login_certificate(app: &App, der: &[u8]) -> Result<()> {
    check_certificate(app, der)?;
    let certificate = Certificate::from_der(der).map_err(|_| Error::CertificateNotTrusted)?;
    let usage = certificate.extensions.key_usage;
    let signs = usage.is_some_and(|usage| usage.any(KeyUsage::DIGITAL_SIGNATURE));
    if signs { Ok(()) } else { Err(Error::CertificateNotTrusted) }
}

async fn find_holder(app: &App, certificate_sm3: &[u8; 32]) -> Result<UserRecord> {
    let found = app.store.find_user_by_certificate(certificate_sm3).await?;
    found.filter(|user| user.active).ok_or_else(|| Error::NotGranted.at("/signCert"))
}
