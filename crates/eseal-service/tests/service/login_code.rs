//! Login by a code that a phone scans, 2-1 and 2-2 (扫码登录).

use std::time::Duration;

use eseal_api::{
    ErrorCode, GetLoginQrCode, GetLoginQrCodeResult, GetLoginQrStatus, GetLoginQrStatusResult, GetSealList, ScanStatus,
};
use eseal_service::{Error, mobile::phone::Link};
use eseal_testkit::ORGANIZATION_CODE;
use serde_json::json;

use crate::phone_world::{OTHER_SYSTEM, PHONE_SEAL, PIN, SYSTEM, SYSTEM_NAME, World, code_of, refusal, user};

async fn new_code(world: &World) -> GetLoginQrCodeResult {
    world.call::<GetLoginQrCode>(json!({"clientInfo": "浏览器"})).await.unwrap()
}

async fn status(world: &World, code: &GetLoginQrCodeResult) -> Result<GetLoginQrStatusResult, Error> {
    world.call::<GetLoginQrStatus>(json!({"qrId": code.qr_id, "pollToken": code.poll_token})).await
}

async fn state(world: &World, code: &GetLoginQrCodeResult) -> ScanStatus {
    let found = status(world, code).await.unwrap();
    assert!(found.access_token.is_none(), "a token in state {}", found.scan_status);
    found.scan_status
}

fn wrong(code: &GetLoginQrCodeResult, choices: &[String]) -> String {
    choices.iter().find(|choice| **choice != code.match_code).unwrap().clone()
}

#[tokio::test]
async fn a_login_hands_its_token_out_once() {
    let world = World::new().await;
    let (mut phone, mut wire) = world.phone().await;
    let code = new_code(&world).await;
    assert!(code.qr_image.0.starts_with(b"\x89PNG"));
    assert_eq!(state(&world, &code).await, ScanStatus::NotScanned);
    let shown = phone.scan(&mut wire, &code.qr_code).await.unwrap();
    assert_eq!((shown.summary.system.as_str(), shown.summary.system_id.as_str()), (SYSTEM_NAME, SYSTEM));
    assert_eq!(shown.summary.client_info.as_deref(), Some("浏览器"));
    assert!(shown.summary.match_code_choices.contains(&code.match_code));
    assert!(shown.summary.documents.is_empty());
    assert_eq!(state(&world, &code).await, ScanStatus::Scanned);
    phone.scan(&mut wire, &code.qr_code).await.unwrap(); // the same phone may look again
    assert_eq!(state(&world, &code).await, ScanStatus::Scanned);
    let done = phone.confirm(&mut wire, &shown, &code.match_code, PIN).await.unwrap();
    assert_eq!(done, ScanStatus::Confirmed);
    let found = status(&world, &code).await.unwrap();
    let (token, user) = (found.access_token.unwrap(), found.user.unwrap());
    assert_eq!((token.len(), found.scan_status), (64, ScanStatus::Confirmed));
    assert!(!user.id_no.contains("19491231"), "the number is masked");
    assert_eq!(state(&world, &code).await, ScanStatus::Used);
    let content = json!({"organizationCode": ORGANIZATION_CODE, "accessToken": token});
    world.call::<GetSealList>(content.clone()).await.unwrap();
    let other = world.call_as::<GetSealList>(OTHER_SYSTEM, content).await;
    assert_eq!(code_of(other), ErrorCode::BadToken, "a token is for the system that it was given to");
    assert_eq!(refusal(phone.scan(&mut wire, &code.qr_code).await), 41001);
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &code.match_code, PIN).await), 41001);
}

#[tokio::test]
async fn whoever_waits_hears_of_the_confirmation_at_once() {
    let world = World::new().await;
    let (mut phone, mut wire) = world.phone().await;
    let code = new_code(&world).await;
    let shown = phone.scan(&mut wire, &code.qr_code).await.unwrap();
    let content = json!({"qrId": code.qr_id, "pollToken": code.poll_token, "waitSeconds": "20"});
    let started = std::time::Instant::now();
    let (found, _) = tokio::join!(world.call::<GetLoginQrStatus>(content), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        phone.confirm(&mut wire, &shown, &code.match_code, PIN).await.unwrap()
    });
    assert!(found.unwrap().access_token.is_some());
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_login_is_confirmed_once() {
    let world = World::new().await;
    let (mut phone, mut wire) = world.phone().await;
    let code = new_code(&world).await;
    let shown = phone.scan(&mut wire, &code.qr_code).await.unwrap();
    phone.confirm(&mut wire, &shown, &code.match_code, PIN).await.unwrap();
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &code.match_code, PIN).await), 41001, "before it is fetched");
    assert_eq!(refusal(phone.refuse(&mut wire, &shown, None).await), 41001);
    assert!(status(&world, &code).await.unwrap().access_token.is_some());
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &code.match_code, PIN).await), 41001, "and after");
}

#[tokio::test]
async fn a_second_phone_cannot_take_a_code_over() {
    let world = World::new().await;
    let (first, mut first_wire) = world.phone().await;
    let (mut second, mut second_wire) = world.phone().await;
    let code = new_code(&world).await;
    let shown = first.scan(&mut first_wire, &code.qr_code).await.unwrap();
    assert_eq!(refusal(second.scan(&mut second_wire, &code.qr_code).await), 40302);
    assert_eq!(refusal(second.confirm(&mut second_wire, &shown, &code.match_code, PIN).await), 40302);
    assert_eq!(refusal(second.refuse(&mut second_wire, &shown, None).await), 40302);
    assert_eq!(state(&world, &code).await, ScanStatus::Scanned);
}

#[tokio::test]
async fn of_two_phones_at_the_same_moment_one_has_the_code() {
    let world = World::new().await;
    let (first, mut first_wire) = world.phone().await;
    let (second, mut second_wire) = world.phone().await;
    for _ in 0..5 {
        let code = new_code(&world).await;
        let scans =
            tokio::join!(first.scan(&mut first_wire, &code.qr_code), second.scan(&mut second_wire, &code.qr_code));
        assert!(scans.0.is_ok() != scans.1.is_ok());
    }
}

#[tokio::test]
async fn a_wrong_match_code_ends_the_code() {
    let world = World::new().await;
    let (mut phone, mut wire) = world.phone().await;
    let code = new_code(&world).await;
    let shown = phone.scan(&mut wire, &code.qr_code).await.unwrap();
    let other = wrong(&code, &shown.summary.match_code_choices);
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &other, PIN).await), 42211);
    assert_eq!(state(&world, &code).await, ScanStatus::Failed);
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &code.match_code, PIN).await), 42211);
    assert_eq!(state(&world, &code).await, ScanStatus::Failed);
}

#[tokio::test]
async fn a_refusal_is_final() {
    let world = World::new().await;
    let (mut phone, mut wire) = world.phone().await;
    let code = new_code(&world).await;
    let shown = phone.scan(&mut wire, &code.qr_code).await.unwrap();
    phone.refuse(&mut wire, &shown, Some("不是我")).await.unwrap();
    assert_eq!(state(&world, &code).await, ScanStatus::Canceled);
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &code.match_code, PIN).await), 42214);
}

#[tokio::test]
async fn a_code_has_its_time() {
    let world = World::new().await;
    let (mut phone, mut wire) = world.phone().await;
    let late = new_code(&world).await;
    world.clock.advance(Duration::from_secs(181));
    assert_eq!(state(&world, &late).await, ScanStatus::Expired);
    assert_eq!(refusal(phone.scan(&mut wire, &late.qr_code).await), 41001);
    let slow = new_code(&world).await;
    let shown = phone.scan(&mut wire, &slow.qr_code).await.unwrap();
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &slow.match_code, PIN).await), 41001);
    let forgotten = new_code(&world).await;
    let shown = phone.scan(&mut wire, &forgotten.qr_code).await.unwrap();
    phone.confirm(&mut wire, &shown, &forgotten.match_code, PIN).await.unwrap();
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(state(&world, &forgotten).await, ScanStatus::Expired, "a login that nobody fetches is over");
}

#[tokio::test]
async fn polling_needs_the_token_of_the_same_system() {
    let world = World::new().await;
    let code = new_code(&world).await;
    let content = |token: &str| json!({"qrId": code.qr_id, "pollToken": token});
    let other_token = world.call::<GetLoginQrStatus>(content(&"0".repeat(64))).await;
    assert_eq!(code_of(other_token), ErrorCode::BadToken);
    let other_system = world.call_as::<GetLoginQrStatus>(OTHER_SYSTEM, content(&code.poll_token)).await;
    assert_eq!(code_of(other_system), ErrorCode::TaskNotFound);
}

#[tokio::test]
async fn a_login_code_signs_nothing() {
    let world = World::new().await;
    let (phone, mut wire) = world.phone().await;
    let code = new_code(&world).await;
    let shown = phone.scan(&mut wire, &code.qr_code).await.unwrap();
    let content = json!({
        "qrId": shown.summary.qr_id, "purpose": "sign", "systemID": SYSTEM, "matchCode": code.match_code, "pin": PIN,
        "round": {"fileUniqueId": "0".repeat(32), "q1": "BAAA", "e": "A".repeat(43) + "="},
    });
    let refused = wire.send("confirm", content).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (40002, Some("/purpose")));
    let task = world.call::<eseal_api::GetSignTask>(json!({"signTaskId": code.qr_id})).await;
    assert_eq!(code_of(task), ErrorCode::TaskNotFound);
    assert_eq!(state(&world, &code).await, ScanStatus::Scanned);
}

#[tokio::test]
async fn a_signing_code_logs_nobody_in() {
    let world = World::new().await;
    let (phone, mut wire) = world.phone().await;
    world.seal(PHONE_SEAL, "mobile", &phone.certificate).await;
    let list = world.digests(PHONE_SEAL, 1).await;
    let content = world.common(json!({"algo": "SM3withSM2", "dataType": "HASH", "sealDataList": list}));
    let task = world.call::<eseal_api::SignDigestByMobile>(content).await.unwrap();
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let content = json!({
        "qrId": shown.summary.qr_id, "purpose": "login", "systemID": SYSTEM, "matchCode": task.match_code, "pin": PIN,
    });
    let refused = wire.send("confirm", content).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (40002, Some("/purpose")));
    for token in ["", &task.sign_task_id, &"0".repeat(64)] {
        let content = json!({"qrId": shown.summary.qr_id, "pollToken": token});
        let polled = world.call::<GetLoginQrStatus>(content).await;
        assert!(matches!(code_of(polled), ErrorCode::TaskNotFound | ErrorCode::MissingParameter), "{token}");
    }
}

#[tokio::test]
async fn only_codes_of_this_server_are_looked_at() {
    let world = World::new().await;
    let (phone, mut wire) = world.phone().await;
    let id = "0".repeat(32);
    for (text, expected) in [
        (format!("http://127.0.0.1:8080/q/{id}"), 40404),
        (format!("http://127.0.0.1:8080.evil.example/q/{id}"), 40002),
        (format!("https://evil.example/q/{id}"), 40002),
        ("http://127.0.0.1:8080/q/../../x".into(), 40002),
        (id, 40002),
        ("文".repeat(400), 40002),
    ] {
        assert_eq!(refusal(phone.scan(&mut wire, &text).await), expected, "{text}");
    }
}

#[tokio::test]
async fn who_is_switched_off_cannot_log_in() {
    let world = World::new().await;
    let (mut phone, mut wire) = world.phone().await;
    let code = new_code(&world).await;
    let shown = phone.scan(&mut wire, &code.qr_code).await.unwrap();
    phone.confirm(&mut wire, &shown, &code.match_code, PIN).await.unwrap();
    world.store.put_user(&eseal_store::UserRecord { active: false, ..user() }).await.unwrap();
    assert_eq!(code_of(status(&world, &code).await), ErrorCode::NotGranted);
    assert_eq!(refusal(phone.scan(&mut wire, &new_code(&world).await.qr_code).await), 40302);
}
