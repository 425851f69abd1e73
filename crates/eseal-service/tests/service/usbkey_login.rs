//! Login by USBKey, 2-3 and 2-4 (USBKey 登录).

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{
    ErrorCode, GetUsbKeyChallenge, GetUsbKeyChallengeResult, KeyPurpose, LoginByUsbKey, LoginByUsbKeyResult,
};
use eseal_gm::sm3;
use eseal_service::{
    Error,
    tickets::{LOGIN_PREFIX, LoginMessage, TicketError},
};
use eseal_testkit::{Party, now};
use serde_json::json;

use crate::phone_world::{ORIGIN, OTHER_SYSTEM, USER, World, code_of};

async fn challenge(world: &World, key: &Party) -> GetUsbKeyChallengeResult {
    let content = json!({"origin": ORIGIN, "signCert": BASE64_STANDARD.encode(&key.certificate)});
    world.call::<GetUsbKeyChallenge>(content).await.unwrap()
}

async fn answer(world: &World, id: &str, certificate: &[u8], value: &[u8]) -> Result<LoginByUsbKeyResult, Error> {
    let content = json!({
        "challengeId": id, "signCert": BASE64_STANDARD.encode(certificate), "signValue": BASE64_STANDARD.encode(value),
        "algo": "SM3withSM2",
    });
    world.call::<LoginByUsbKey>(content).await
}

/// Everything done right by the key, whatever its certificate.
async fn log_in(world: &World, key: &Party) -> Result<LoginByUsbKeyResult, Error> {
    let asked = challenge(world, key).await;
    answer(world, &asked.challenge_id, &key.certificate, &key.sign(&asked.message.0)).await
}

async fn bind(world: &World, key: &Party) {
    world.store.bind_certificate(&key.certificate_sm3(), USER).await.unwrap();
}

#[tokio::test]
async fn a_key_logs_its_holder_in() {
    let world = World::new().await;
    let key = &world.pki.signer;
    bind(&world, key).await;
    let asked = challenge(&world, key).await;
    let message = &asked.message.0;
    assert!(message.starts_with(LOGIN_PREFIX));
    for part in [&asked.random.0[..], &sm3(&key.certificate), ORIGIN.as_bytes(), asked.challenge_id.as_bytes()] {
        assert!(message.windows(part.len()).any(|window| window == part));
    }
    let platform = world.app.platform_keys.public_key(KeyPurpose::Login);
    let minutes = Duration::from_secs(300);
    let read = LoginMessage::verify(message, &asked.ticket, platform, ORIGIN, now(), minutes).unwrap();
    assert_eq!(read.certificate_sm3, key.certificate_sm3());
    let found = answer(&world, &asked.challenge_id, &key.certificate, &key.sign(message)).await.unwrap();
    assert_eq!((found.access_token.len(), found.user.name.as_str()), (64, "测试用户"));
}

#[tokio::test]
async fn every_form_of_a_signature_value_is_taken() {
    let world = World::new().await;
    let key = &world.pki.signer;
    bind(&world, key).await;
    for form in [eseal_gm::sm2::Signature::to_raw as fn(&_) -> [u8; 64]] {
        let asked = challenge(&world, key).await;
        let signature = eseal_gm::sm2::Signature::from_der(&key.sign(&asked.message.0)).unwrap();
        answer(&world, &asked.challenge_id, &key.certificate, &form(&signature)).await.unwrap();
        let asked = challenge(&world, key).await;
        let signature = eseal_gm::sm2::Signature::from_der(&key.sign(&asked.message.0)).unwrap();
        answer(&world, &asked.challenge_id, &key.certificate, &signature.to_skf()).await.unwrap();
    }
}

#[tokio::test]
async fn a_challenge_is_used_up_by_the_first_answer_good_or_bad() {
    let world = World::new().await;
    let key = &world.pki.signer;
    bind(&world, key).await;
    let asked = challenge(&world, key).await;
    let (good, bad) = (key.sign(&asked.message.0), world.pki.other.sign(&asked.message.0));
    let first = answer(&world, &asked.challenge_id, &key.certificate, &bad).await;
    assert_eq!(code_of(first), ErrorCode::BadSignatureValue);
    let second = answer(&world, &asked.challenge_id, &key.certificate, &good).await;
    assert_eq!(code_of(second), ErrorCode::Expired);
    let asked = challenge(&world, key).await;
    let good = key.sign(&asked.message.0);
    answer(&world, &asked.challenge_id, &key.certificate, &good).await.unwrap();
    let replayed = answer(&world, &asked.challenge_id, &key.certificate, &good).await;
    assert_eq!(code_of(replayed), ErrorCode::Expired);
}

#[tokio::test]
async fn a_challenge_belongs_to_one_system_one_certificate_and_its_time() {
    let world = World::new().await;
    let key = &world.pki.signer;
    bind(&world, key).await;
    bind(&world, &world.pki.other).await;
    let asked = challenge(&world, key).await;
    let other = &world.pki.other;
    let swapped = answer(&world, &asked.challenge_id, &other.certificate, &other.sign(&asked.message.0)).await;
    assert_eq!(code_of(swapped), ErrorCode::ChallengeMismatch);
    let asked = challenge(&world, key).await;
    let content = json!({
        "challengeId": asked.challenge_id, "signCert": BASE64_STANDARD.encode(&key.certificate),
        "signValue": BASE64_STANDARD.encode(key.sign(&asked.message.0)),
    });
    let stolen = world.call_as::<LoginByUsbKey>(OTHER_SYSTEM, content).await;
    assert_eq!(code_of(stolen), ErrorCode::Expired);
    let asked = challenge(&world, key).await;
    world.clock.advance(Duration::from_secs(121));
    let late = answer(&world, &asked.challenge_id, &key.certificate, &key.sign(&asked.message.0)).await;
    assert_eq!(code_of(late), ErrorCode::Expired);
    let nonsense = answer(&world, "../x", &key.certificate, b"x").await;
    assert_eq!(code_of(nonsense), ErrorCode::Expired);
}

#[tokio::test]
async fn a_bad_certificate_logs_nobody_in() {
    let world = World::new().await;
    let pki = &world.pki;
    for (name, key, expected) in [
        ("revoked", &pki.revoked, ErrorCode::CertificateRevoked),
        ("expired", &pki.expired, ErrorCode::CertificateOutsideValidity),
        ("not yet valid", &pki.not_yet, ErrorCode::CertificateOutsideValidity),
        ("for encryption", &pki.encryption, ErrorCode::CertificateNotTrusted),
        ("unknown issuer", &pki.stranger, ErrorCode::CertificateNotTrusted),
        ("forged", &pki.impostor, ErrorCode::CertificateNotTrusted),
    ] {
        bind(&world, key).await;
        assert_eq!(code_of(log_in(&world, key).await), expected, "{name}");
    }
    assert_eq!(code_of(log_in(&world, &pki.other).await), ErrorCode::NotGranted, "nobody's certificate");
}

#[tokio::test]
async fn without_news_of_revocation_nobody_logs_in() {
    let world = World::new().await;
    bind(&world, &world.pki.signer).await;
    log_in(&world, &world.pki.signer).await.unwrap();
    let evidence = world.app.trust.evidence();
    world.app.trust.replace(eseal::Evidence { crls: Vec::new(), ..(*evidence).clone() });
    assert_eq!(code_of(log_in(&world, &world.pki.signer).await), ErrorCode::CertificateRevoked);
}

#[tokio::test]
async fn who_is_switched_off_cannot_log_in() {
    let world = World::new().await;
    bind(&world, &world.pki.signer).await;
    let off = eseal_store::UserRecord { active: false, ..crate::phone_world::user() };
    world.store.put_user(&off).await.unwrap();
    assert_eq!(code_of(log_in(&world, &world.pki.signer).await), ErrorCode::NotGranted);
}

#[tokio::test]
async fn a_challenge_is_only_made_for_a_registered_page_and_an_sm2_key() {
    let world = World::new().await;
    let certificate = BASE64_STANDARD.encode(&world.pki.signer.certificate);
    for content in [
        json!({"origin": "https://evil.example", "signCert": certificate}),
        json!({"origin": ORIGIN.to_uppercase(), "signCert": certificate}),
        json!({"origin": ORIGIN, "signCert": "AAAA"}),
    ] {
        assert_eq!(code_of(world.call::<GetUsbKeyChallenge>(content).await), ErrorCode::BadParameter);
    }
}

#[tokio::test]
async fn the_agent_believes_no_altered_message_or_ticket() {
    let world = World::new().await;
    let asked = challenge(&world, &world.pki.signer).await;
    let platform = world.app.platform_keys.public_key(KeyPurpose::Login);
    let minutes = Duration::from_secs(300);
    let check = |message: &[u8], ticket: &str, origin: &str, at| {
        LoginMessage::verify(message, ticket, platform, origin, at, minutes).unwrap_err()
    };
    for position in LOGIN_PREFIX.len()..asked.message.0.len() {
        let mut message = asked.message.0.clone();
        message[position] ^= 1;
        let error = check(&message, &asked.ticket, ORIGIN, now());
        assert!(matches!(error, TicketError::Shape { .. } | TicketError::WrongSignature), "byte {position}");
    }
    let message = &asked.message.0;
    assert_eq!(check(message, &asked.ticket, "https://evil.example", now()), TicketError::OtherOrigin);
    assert_eq!(check(message, &asked.ticket, ORIGIN, now() + minutes * 2), TicketError::Expired);
    assert_eq!(check(message, "AAAA", ORIGIN, now()), TicketError::WrongSignature);
    // The summary's key is not the login's.
    let other = world.app.platform_keys.public_key(KeyPurpose::Summary);
    let wrong_key = LoginMessage::verify(message, &asked.ticket, other, ORIGIN, now(), minutes);
    assert_eq!(wrong_key, Err(TicketError::WrongSignature));
}
