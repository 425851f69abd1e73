//! Signatures that a phone and the server make together, 3-2 (手机签名).

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{
    Base64, ComposeSignature, ErrorCode, GetSignTask, GetSignTaskResult, ScanStatus, SignDigestByMobile,
    SignDigestByMobileResult, SignTaskStatus,
    mobile::{HistoryResult, MySealsResult},
};
use eseal_gm::sm2::{Signature, VerifyingKey};
use eseal_pki::Certificate;
use eseal_service::mobile::{
    PIN_ATTEMPTS,
    phone::{Link, Phone, PhoneError, Shown},
};
use eseal_store::SealRecord;
use serde_json::{Value, json};

use crate::phone_world::{OTHER_SYSTEM, PHONE_SEAL, PIN, Wire, World, code_of, refusal};

/// A phone with the key of a seal.
async fn start() -> (World, Phone, Wire) {
    let world = World::new().await;
    let (phone, wire) = world.phone().await;
    world.seal(PHONE_SEAL, "mobile", &phone.certificate).await;
    (world, phone, wire)
}

async fn new_task(world: &World, list: &[Value]) -> SignDigestByMobileResult {
    let content = world.common(json!({"algo": "SM3withSM2", "dataType": "HASH", "sealDataList": list}));
    world.call::<SignDigestByMobile>(content).await.unwrap()
}

async fn task_of(world: &World, count: u8) -> (SignDigestByMobileResult, Vec<Value>) {
    let list = world.digests(PHONE_SEAL, count).await;
    (new_task(world, &list).await, list)
}

async fn status(world: &World, task: &SignDigestByMobileResult) -> GetSignTaskResult {
    world.call::<GetSignTask>(json!({"signTaskId": task.sign_task_id})).await.unwrap()
}

async fn state(world: &World, task: &SignDigestByMobileResult) -> (SignTaskStatus, ScanStatus) {
    let found = status(world, task).await;
    assert_eq!(found.sign_value_list.is_some(), found.sign_task_status == SignTaskStatus::Signed);
    (found.sign_task_status, found.scan_status)
}

async fn compose(
    world: &World,
    task: &SignDigestByMobileResult,
) -> Result<eseal_api::ComposeSignatureResult, eseal_service::Error> {
    world.call::<ComposeSignature>(world.common(json!({"signTaskId": task.sign_task_id}))).await
}

/// The first message of a round, made by hand.
fn first_message(task: &SignDigestByMobileResult, shown: &Shown, entry: &Value, q1: &[u8]) -> Value {
    json!({
        "qrId": shown.summary.qr_id, "purpose": "sign", "systemID": shown.summary.system_id, "pin": PIN,
        "matchCode": task.match_code,
        "round": {"fileUniqueId": entry["fileUniqueId"], "q1": BASE64_STANDARD.encode(q1), "e": entry["data"]},
    })
}

fn point() -> [u8; 65] {
    eseal_gm::sm2::SigningKey::generate().unwrap().public_key()
}

#[tokio::test]
async fn one_confirmation_signs_the_list_and_it_composes() {
    let (world, mut phone, mut wire) = start().await;
    let (task, list) = task_of(&world, 3).await;
    assert!(task.qr_image.0.starts_with(b"\x89PNG"));
    assert_eq!(state(&world, &task).await, (SignTaskStatus::NotYet, ScanStatus::NotScanned));
    assert_eq!(code_of(compose(&world, &task).await), ErrorCode::NotSignedYet);
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    assert_eq!(shown.summary.documents.len(), 3);
    assert_eq!(shown.summary.documents[0].title, "内容未知");
    assert_eq!(shown.summary.seals.len(), 1);
    assert_eq!(state(&world, &task).await, (SignTaskStatus::NotYet, ScanStatus::Scanned));
    let done = phone.confirm(&mut wire, &shown, &task.match_code, PIN).await.unwrap();
    assert_eq!(done, ScanStatus::Confirmed);
    assert_eq!(wire.sent.iter().filter(|(_, content)| content["pin"].is_string()).count(), 1, "the PIN is sent once");
    let values = status(&world, &task).await.sign_value_list.unwrap();
    let key = Certificate::from_der(&phone.certificate).unwrap().public_key.sm2().unwrap().to_vec();
    let key = VerifyingKey::from_bytes(&key).unwrap();
    for (value, asked) in values.iter().zip(&list) {
        assert_eq!(json!(value.file_unique_id), asked["fileUniqueId"]);
        let (e, value) =
            (BASE64_STANDARD.decode(asked["data"].as_str().unwrap()).unwrap(), value.value.clone().unwrap());
        let signature = Signature::from_der(&value.sign_value.0).unwrap();
        assert!(key.verify_prehash(&e.try_into().unwrap(), &signature));
        assert_eq!(value.cert.0, phone.certificate);
    }
    let files = compose(&world, &task).await.unwrap().file_list;
    assert!(files.iter().all(|file| file.status.code == ErrorCode::Success), "{files:?}");
    assert_eq!(state(&world, &task).await, (SignTaskStatus::Signed, ScanStatus::Used));
    let again = compose(&world, &task).await.unwrap().file_list;
    assert_eq!(
        files.iter().map(|file| &file.composed.as_ref().unwrap().sm3).collect::<Vec<_>>(),
        again.iter().map(|file| &file.composed.as_ref().unwrap().sm3).collect::<Vec<_>>(),
    );
    assert_eq!(refusal(phone.scan(&mut wire, &task.qr_code).await), 41001);
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &task.match_code, PIN).await), 41001);
}

#[tokio::test]
async fn another_phone_is_shown_nothing_and_the_code_stays_free() {
    let (world, mut phone, mut wire) = start().await;
    let (other, mut other_wire) = world.phone().await;
    let (task, _) = task_of(&world, 1).await;
    assert_eq!(refusal(other.scan(&mut other_wire, &task.qr_code).await), 40302);
    assert_eq!(state(&world, &task).await.1, ScanStatus::NotScanned);
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let mut other = other;
    assert_eq!(refusal(other.confirm(&mut other_wire, &shown, &task.match_code, PIN).await), 40302);
    phone.confirm(&mut wire, &shown, &task.match_code, PIN).await.unwrap();
}

#[tokio::test]
async fn the_phone_refuses_what_it_was_not_shown() {
    let (world, phone, mut wire) = start().await;
    let (task, _) = task_of(&world, 1).await;
    let answer: Arc<Mutex<Option<Value>>> = Arc::default();
    let kept = answer.clone();
    wire.meddle = Some(Box::new(move |_, answer| *kept.lock().unwrap() = Some(answer.clone())));
    phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let answer: eseal_api::mobile::ScanResult =
        serde_json::from_value(answer.lock().unwrap().clone().unwrap()).unwrap();
    for position in (0..answer.summary.0.len()).step_by(97) {
        let mut altered = answer.clone();
        altered.summary.0[position] ^= 1;
        assert!(matches!(phone.check(&altered), Err(PhoneError::SummarySignature)), "byte {position}");
    }
    // Even a platform that signs it cannot show one document and have another signed.
    let key = eseal_gm::sm2::SigningKey::from_bytes(&[3; 32]).unwrap();
    for change in [
        |summary: &mut eseal_api::mobile::ScanSummary| summary.documents[0].data_hash = Base64(vec![0; 32]),
        |summary: &mut eseal_api::mobile::ScanSummary| summary.documents[0].seal_code = "44030000000999".into(),
        |summary: &mut eseal_api::mobile::ScanSummary| summary.documents[0].tbs = Base64(vec![0x30, 0]),
    ] {
        let mut altered = answer.clone();
        change(&mut altered.shown);
        let json = serde_json::to_vec(&altered.shown).unwrap();
        altered.summary = Base64([b"ESEAL-SUMMARY/1\n", &json[..]].concat());
        altered.summary_signature = Base64(key.sign(&altered.summary.0));
        assert!(matches!(phone.check(&altered), Err(PhoneError::OtherDocument { index: 0 })));
    }
}

#[tokio::test]
async fn a_server_that_answers_for_another_digest_gets_no_signature() {
    let (world, mut phone, mut wire) = start().await;
    let (task, _) = task_of(&world, 1).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    wire.meddle = Some(Box::new(|_, answer| {
        if let Some(round) = answer.get_mut("round").filter(|round| round.is_object()) {
            let mut r: Base64 = serde_json::from_value(round["r"].clone()).unwrap();
            r.0[31] ^= 1;
            round["r"] = json!(r);
        }
    }));
    let refused = phone.confirm(&mut wire, &shown, &task.match_code, PIN).await;
    assert!(matches!(refused, Err(PhoneError::Cosign(_))), "{refused:?}");
    assert!(wire.sent.iter().all(|(_, content)| content["round"]["signValue"].is_null()), "nothing was released");
    // The round was given up, so that the next try finds the key free.
    wire.meddle = None;
    phone.confirm(&mut wire, &shown, &task.match_code, PIN).await.unwrap();
}

#[tokio::test]
async fn a_key_has_one_open_round_and_values_are_not_replayed() {
    let (world, mut phone, mut wire) = start().await;
    let (task, list) = task_of(&world, 2).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let q1 = point();
    wire.send("confirm", first_message(&task, &shown, &list[0], &q1)).await.unwrap();
    for entry in &list {
        let second = wire.send("confirm", first_message(&task, &shown, entry, &point())).await.unwrap_err();
        assert_eq!((second.code, second.field.as_deref()), (40904, Some("/round")));
    }
    let replayed = wire.send("confirm", first_message(&task, &shown, &list[0], &q1)).await.unwrap_err();
    assert_eq!(replayed.code, 40904);
    // A value that is none ends the round; there is no second try in it.
    let mut value = first_message(&task, &shown, &list[0], &q1);
    value["round"] = json!({"fileUniqueId": list[0]["fileUniqueId"], "signValue": BASE64_STANDARD.encode([1; 64])});
    assert_eq!(wire.send("confirm", value.clone()).await.unwrap_err().code, 42206);
    assert_eq!(wire.send("confirm", value).await.unwrap_err().code, 42211);
    phone.confirm(&mut wire, &shown, &task.match_code, PIN).await.unwrap();
    assert_eq!(state(&world, &task).await.0, SignTaskStatus::Signed);
}

#[tokio::test]
async fn the_server_signs_only_the_digests_of_the_task() {
    let (world, phone, mut wire) = start().await;
    let (task, list) = task_of(&world, 1).await;
    let other = &world.digests(PHONE_SEAL, 2).await[1..];
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let foreign = wire.send("confirm", first_message(&task, &shown, &other[0], &point())).await.unwrap_err();
    assert_eq!(foreign.code, 40403);
    let mut entry = list[0].clone();
    entry["data"] = other[0]["data"].clone();
    let swapped = wire.send("confirm", first_message(&task, &shown, &entry, &point())).await.unwrap_err();
    assert_eq!((swapped.code, swapped.field.as_deref()), (40002, Some("/round/e")));
    let off_curve = wire.send("confirm", first_message(&task, &shown, &list[0], &[4; 65])).await.unwrap_err();
    assert_eq!((off_curve.code, off_curve.field.as_deref()), (40002, Some("/round/q1")));
}

#[tokio::test]
async fn a_wrong_match_code_ends_the_task() {
    let (world, mut phone, mut wire) = start().await;
    let (task, _) = task_of(&world, 1).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let wrong = shown.summary.match_code_choices.iter().find(|choice| **choice != task.match_code).unwrap().clone();
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &wrong, PIN).await), 42211);
    assert_eq!(state(&world, &task).await, (SignTaskStatus::Failed, ScanStatus::Failed));
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &task.match_code, PIN).await), 42211);
    assert_eq!(code_of(compose(&world, &task).await), ErrorCode::ChallengeMismatch);
}

#[tokio::test]
async fn a_refusal_and_an_expiry_end_the_task() {
    let (world, phone, mut wire) = start().await;
    let (task, _) = task_of(&world, 1).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    phone.refuse(&mut wire, &shown, Some("金额不对")).await.unwrap();
    assert_eq!(state(&world, &task).await, (SignTaskStatus::Refused, ScanStatus::Canceled));
    assert_eq!(code_of(compose(&world, &task).await), ErrorCode::RefusedBySigner);
    let (late, _) = task_of(&world, 1).await;
    world.clock.advance(Duration::from_secs(601));
    assert_eq!(state(&world, &late).await, (SignTaskStatus::Expired, ScanStatus::Expired));
    assert_eq!(refusal(phone.scan(&mut wire, &late.qr_code).await), 41001);
    assert_eq!(code_of(compose(&world, &late).await), ErrorCode::Expired);
}

#[tokio::test]
async fn the_pin_counter_outlives_a_restart_and_locks_the_key() {
    let (mut world, mut phone, mut wire) = start().await;
    let (task, _) = task_of(&world, 1).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    for _ in 1..PIN_ATTEMPTS {
        assert_eq!(refusal(phone.confirm(&mut wire, &shown, &task.match_code, "000000").await), 40302);
        assert_eq!(state(&world, &task).await.1, ScanStatus::Scanned);
        world = world.restarted();
        wire.reconnect(&world);
    }
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &task.match_code, "000000").await), 40302);
    assert_eq!(state(&world, &task).await, (SignTaskStatus::Failed, ScanStatus::Failed));
    let (next, _) = task_of(&world, 1).await;
    let shown = phone.scan(&mut wire, &next.qr_code).await.unwrap();
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &next.match_code, PIN).await), 40302, "locked");
    assert_eq!(state(&world, &next).await.1, ScanStatus::Failed);
}

#[tokio::test]
async fn a_right_pin_gives_all_attempts_back() {
    let (world, mut phone, mut wire) = start().await;
    for _ in 0..2 {
        let (task, _) = task_of(&world, 1).await;
        let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
        for _ in 1..PIN_ATTEMPTS {
            assert_eq!(refusal(phone.confirm(&mut wire, &shown, &task.match_code, "000000").await), 40302);
        }
        phone.confirm(&mut wire, &shown, &task.match_code, PIN).await.unwrap();
    }
}

#[tokio::test]
async fn a_restart_in_the_middle_begins_the_round_again() {
    let (world, mut phone, mut wire) = start().await;
    let (task, _) = task_of(&world, 3).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let restarted = Arc::new(Mutex::new(Some(world.restarted().app)));
    // After the second server part the server is killed: approval and open round are gone, what was signed is not.
    let (mut wire, seen) = (Restarting { wire, next: restarted, parts: 0 }, task.match_code.clone());
    let done = phone.confirm(&mut wire, &shown, &seen, PIN).await.unwrap();
    assert_eq!(done, ScanStatus::Confirmed);
    assert_eq!(status(&world, &task).await.sign_value_list.unwrap().len(), 3);
    let pins = wire.wire.sent.iter().filter(|(_, content)| content["pin"].is_string()).count();
    assert_eq!(pins, 2, "the new server asks again");
}

/// Goes on with another server after the second server part.
struct Restarting {
    wire: Wire,
    next: Arc<Mutex<Option<Arc<eseal_service::App>>>>,
    parts: u32,
}

#[async_trait::async_trait]
impl Link for Restarting {
    async fn send(
        &mut self,
        function: &'static str,
        content: Value,
    ) -> Result<Value, eseal_service::mobile::phone::Refused> {
        let answer = self.wire.send(function, content).await?;
        if answer["round"].is_object() {
            self.parts += 1;
            if let Some(app) = self.next.lock().unwrap().take_if(|_| self.parts == 2) {
                self.wire.reconnect_to(app);
            }
        }
        Ok(answer)
    }
}

#[tokio::test]
async fn what_is_not_good_any_more_is_not_signed() {
    let (world, mut phone, mut wire) = start().await;
    let (task, _) = task_of(&world, 1).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    world.revoke(&phone.certificate);
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &task.match_code, PIN).await), 42209);
    assert_eq!(state(&world, &task).await.1, ScanStatus::Failed);
}

#[tokio::test]
async fn a_frozen_seal_is_not_used() {
    let (world, mut phone, mut wire) = start().await;
    let (task, _) = task_of(&world, 1).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let seal = world.store.find_seal(PHONE_SEAL).await.unwrap().unwrap();
    world.store.put_seal(&SealRecord { status: "FROZEN".into(), ..seal }).await.unwrap();
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &task.match_code, PIN).await), 40911);
    assert_eq!(state(&world, &task).await.1, ScanStatus::Failed);
}

#[tokio::test]
async fn a_task_belongs_to_its_system_and_is_for_one_certificate() {
    let (world, ..) = start().await;
    let (other, _) = world.phone().await;
    world.seal("44030000000104", "mobile", &other.certificate).await;
    let (mine, others) = (world.digests(PHONE_SEAL, 1).await, world.digests("44030000000104", 1).await);
    let ask = async |content: Value| code_of(world.call::<SignDigestByMobile>(world.common(content)).await);
    assert_eq!(ask(json!({"sealDataList": [mine[0], others[0]]})).await, ErrorCode::BadParameter);
    assert_eq!(ask(json!({"sealDataList": mine, "expiryDate": "2020-01-01T00:00:00Z"})).await, ErrorCode::BadParameter);
    let task = new_task(&world, &mine).await;
    let foreign = world.call_as::<GetSignTask>(OTHER_SYSTEM, json!({"signTaskId": task.sign_task_id})).await;
    assert_eq!(code_of(foreign), ErrorCode::TaskNotFound);
    world.seal("44030000000105", "usbkey", &world.pki.signer.certificate).await;
    let key = world.digests("44030000000105", 1).await;
    assert_eq!(ask(json!({"sealDataList": key})).await, ErrorCode::WrongCarrier);
}

#[tokio::test]
async fn the_phone_lists_its_seals_and_its_history() {
    let (world, mut phone, mut wire) = start().await;
    let (task, _) = task_of(&world, 2).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    phone.confirm(&mut wire, &shown, &task.match_code, PIN).await.unwrap();
    let seals: MySealsResult = serde_json::from_value(wire.send("mySeals", json!({})).await.unwrap()).unwrap();
    assert_eq!(seals.seal_list.iter().map(|seal| seal.seal_code.as_str()).collect::<Vec<_>>(), [PHONE_SEAL]);
    let history: HistoryResult = serde_json::from_value(wire.send("history", json!({})).await.unwrap()).unwrap();
    assert_eq!((history.total, history.records[0].titles.len()), (1, 2));
    assert_eq!(history.records[0].scan_status, ScanStatus::Confirmed);
    let (other, mut other_wire) = world.phone().await;
    let history: HistoryResult = serde_json::from_value(other_wire.send("history", json!({})).await.unwrap()).unwrap();
    assert_eq!(history.total, 0, "{other:?} sees its own only");
    assert_eq!(wire.send("history", json!({"page": 0})).await.unwrap_err().code, 40002);
}
