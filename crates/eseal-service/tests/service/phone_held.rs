//! A phone that holds its whole key, where the platform allows it: the same approval, the same answers.

use eseal_api::{ComposeSignature, KeyPurpose, ScanStatus, SignDigestByMobile};
use eseal_service::mobile::{
    new_enrolment,
    phone::{Link as _, Phone, PhoneError},
};
use serde_json::json;

use crate::phone_world::{PHONE_SEAL, PIN, USER, Wire, World, refusal};

async fn start() -> (World, Phone, Wire) {
    let world = World::new().await;
    let (code, _) = new_enrolment(&world.app, USER).await.unwrap();
    let key = world.app.platform_keys.public_key(KeyPurpose::Summary).clone();
    let phone = Phone::enrol_held(&mut world.wire(None), &code, "手机", PIN, key).await.unwrap();
    let wire = world.wire(Some(&phone));
    world.seal(PHONE_SEAL, "mobile", &phone.certificate).await;
    (world, phone, wire)
}

#[tokio::test]
async fn it_signs_a_list_after_one_confirmation_and_the_server_holds_no_share() {
    let (world, phone, mut wire) = start().await;
    let record = world.store.find_phone(&phone.device_id).await.unwrap().unwrap();
    assert_eq!((record.key_profile.as_str(), record.key_share.len()), ("held", 0));
    let mut phone = Phone::from_json(&phone.to_json().unwrap()).unwrap();
    phone.begin_refresh().unwrap();
    phone.finish_refresh(&mut wire).await.unwrap();
    let list = world.digests(PHONE_SEAL, 3).await;
    let content = world.common(json!({"algo": "SM3withSM2", "dataType": "HASH", "sealDataList": list}));
    let task = world.call::<SignDigestByMobile>(content).await.unwrap();
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &task.match_code, "000000").await), 40302, "a wrong PIN");
    let confirmed = phone.confirm(&mut wire, &shown, &task.match_code, PIN).await.unwrap();
    assert_eq!(confirmed, ScanStatus::Confirmed);
    let composed = world.common(json!({"signTaskId": task.sign_task_id}));
    assert_eq!(world.call::<ComposeSignature>(composed).await.unwrap().file_list.len(), 3);
}

#[tokio::test]
async fn where_it_is_not_allowed_no_phone_holds_its_key_and_none_that_did_signs_on() {
    let (world, mut phone, mut wire) = start().await;
    let list = world.digests(PHONE_SEAL, 1).await;
    let content = world.common(json!({"algo": "SM3withSM2", "dataType": "HASH", "sealDataList": list}));
    let task = world.call::<SignDigestByMobile>(content).await.unwrap();
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let world = world.restarted_without_held_keys();
    let (code, _) = new_enrolment(&world.app, USER).await.unwrap();
    let key = world.app.platform_keys.public_key(KeyPurpose::Summary).clone();
    match Phone::enrol_held(&mut world.wire(None), &code, "手机", PIN, key.clone()).await {
        Err(PhoneError::Refused(refused)) => {
            assert_eq!((refused.code, refused.field.as_deref()), (40002, Some("/keyProfile")));
        }
        other => panic!("{other:?}"),
    }
    Phone::enrol(&mut world.wire(None), &code, "手机", PIN, key).await.expect("the code was not spent");
    wire.reconnect(&world);
    assert_eq!(refusal(phone.confirm(&mut wire, &shown, &task.match_code, PIN).await), 40302, "switched off since");
    assert!(!eseal_service::Config::default().phones.held_keys, "off unless it is said");
}

#[tokio::test]
async fn nothing_is_signed_with_another_key_without_a_pin_or_by_the_protocol_of_shares() {
    let (world, mut phone, mut wire) = start().await;
    let list = world.digests(PHONE_SEAL, 1).await;
    let content = world.common(json!({"algo": "SM3withSM2", "dataType": "HASH", "sealDataList": list}));
    let task = world.call::<SignDigestByMobile>(content).await.unwrap();
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let message = |pin: serde_json::Value, round: serde_json::Value| {
        json!({
            "qrId": shown.summary.qr_id, "purpose": "sign", "systemID": shown.summary.system_id,
            "matchCode": task.match_code, "pin": pin, "round": round,
        })
    };
    let id = &list[0]["fileUniqueId"];
    let other = eseal_gm::sm2::SigningKey::generate().unwrap();
    let forged = eseal_api::Base64(other.sign_prehash(&[1; 32]).to_der());
    let round = json!({"fileUniqueId": id, "signValue": forged});
    assert_eq!(wire.send("confirm", message(json!(null), round.clone())).await.unwrap_err().code, 40001, "no PIN");
    assert_eq!(wire.send("confirm", message(json!(PIN), round)).await.unwrap_err().code, 42206, "another key");
    let q1 = eseal_api::Base64(other.public_key().to_vec());
    let round = json!({"fileUniqueId": id, "q1": q1, "e": list[0]["data"]});
    assert_eq!(wire.send("confirm", message(json!(null), round)).await.unwrap_err().code, 40002, "no share");
    assert_eq!(phone.confirm(&mut wire, &shown, &task.match_code, PIN).await.unwrap(), ScanStatus::Confirmed);
}
