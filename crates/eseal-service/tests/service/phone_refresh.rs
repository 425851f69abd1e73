//! Key shares that move, and phones, grants and tokens that are taken back.

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{ErrorCode, GetSealList, ScanStatus, SignDigestByMobile};
use eseal_service::{
    mobile::phone::{Link as _, Phone, PhoneError},
    revocation,
};
use eseal_store::TokenRecord;
use eseal_testkit::{ORGANIZATION_CODE, now};
use serde_json::json;

use crate::phone_world::{PHONE_SEAL, PIN, SYSTEM, USER, Wire, World, code_of, refusal};

async fn start() -> (World, Phone, Wire) {
    let world = World::new().await;
    let (phone, wire) = world.phone().await;
    world.seal(PHONE_SEAL, "mobile", &phone.certificate).await;
    (world, phone, wire)
}

async fn sign(world: &World, phone: &mut Phone, wire: &mut Wire) -> Result<ScanStatus, PhoneError> {
    let list = world.digests(PHONE_SEAL, 1).await;
    let content = world.common(json!({"algo": "SM3withSM2", "dataType": "HASH", "sealDataList": list}));
    let task = world.call::<SignDigestByMobile>(content).await.unwrap();
    let shown = phone.scan(wire, &task.qr_code).await?;
    phone.confirm(wire, &shown, &task.match_code, PIN).await
}

async fn share(world: &World, phone: &Phone) -> Vec<u8> {
    world.store.find_phone(&phone.device_id).await.unwrap().unwrap().key_share
}

#[tokio::test]
async fn both_shares_move_the_key_stays_and_what_was_copied_before_signs_nothing() {
    let (world, mut phone, mut wire) = start().await;
    let stolen = phone.to_json().unwrap();
    let before = share(&world, &phone).await;
    phone.begin_refresh().unwrap();
    phone.finish_refresh(&mut wire).await.unwrap();
    assert_ne!(share(&world, &phone).await, before);
    assert_eq!(sign(&world, &mut phone, &mut wire).await.unwrap(), ScanStatus::Confirmed);
    let mut thief = Phone::from_json(&stolen).unwrap();
    let failed = sign(&world, &mut thief, &mut wire).await;
    assert!(matches!(failed, Err(PhoneError::Cosign(_))), "{failed:?}");
}

#[tokio::test]
async fn a_phone_that_heard_no_answer_finishes_later_even_after_a_restart() {
    let (world, mut phone, mut wire) = start().await;
    phone.begin_refresh().unwrap();
    let written = phone.to_json().unwrap();
    let before = share(&world, &phone).await;
    // The server moves its share, the answer is lost.
    wire.meddle = Some(Box::new(|function, answer| {
        if function == "refreshShare" {
            *answer = json!({});
        }
    }));
    assert!(matches!(phone.finish_refresh(&mut wire).await, Err(PhoneError::Answer(_))));
    let after = share(&world, &phone).await;
    assert_ne!(after, before);
    wire.meddle = None;
    let mut phone = Phone::from_json(&written).unwrap();
    assert_eq!(sign(&world, &mut phone, &mut wire).await.unwrap(), ScanStatus::Confirmed);
    assert_eq!(share(&world, &phone).await, after, "the share did not move twice");
    phone.finish_refresh(&mut wire).await.unwrap();
    assert_eq!(share(&world, &phone).await, after, "there is nothing to finish");
}

#[tokio::test]
async fn the_server_moves_its_share_only_to_where_the_phone_proves_to_be() {
    let (world, mut phone, mut wire) = start().await;
    let before = share(&world, &phone).await;
    phone.begin_refresh().unwrap();
    phone.finish_refresh(&mut wire).await.unwrap();
    let (_, good) = wire.sent.iter().find(|(function, _)| *function == "refreshShare").unwrap().clone();
    let after = share(&world, &phone).await;
    assert_ne!(before, after);
    let proof = BASE64_STANDARD.decode(good["keyShare"].as_str().unwrap()).unwrap();
    let mut broken = proof.clone();
    broken[128] ^= 1;
    for content in [
        json!({"factor": BASE64_STANDARD.encode([7; 32]), "keyShare": BASE64_STANDARD.encode(&broken)}),
        json!({"factor": BASE64_STANDARD.encode([0; 32]), "keyShare": BASE64_STANDARD.encode(&broken)}),
        json!({"factor": BASE64_STANDARD.encode([255; 32]), "keyShare": BASE64_STANDARD.encode(&broken)}),
        json!({"factor": "?", "keyShare": good["keyShare"]}),
        json!({"factor": good["factor"], "keyShare": "AAAA"}),
    ] {
        let refused = wire.send("refreshShare", content).await.unwrap_err();
        assert_eq!(refused.code, 40002);
    }
    // Played back, it proves what is so, and moves nothing.
    wire.send("refreshShare", good).await.unwrap();
    assert_eq!(share(&world, &phone).await, after);
    // A server that proves nothing is not believed: the phone keeps its share.
    phone.begin_refresh().unwrap();
    let written = phone.to_json().unwrap();
    wire.meddle = Some(Box::new(|function, answer| {
        if function == "refreshShare" {
            let mut share = BASE64_STANDARD.decode(answer["keyShare"].as_str().unwrap()).unwrap();
            share[100] ^= 1;
            answer["keyShare"] = json!(BASE64_STANDARD.encode(share));
        }
    }));
    assert!(matches!(phone.finish_refresh(&mut wire).await, Err(PhoneError::Cosign(_))));
    assert_eq!(*phone.to_json().unwrap(), *written);
}

#[tokio::test]
async fn a_share_is_replaced_only_in_the_place_of_the_one_that_was_read() {
    let (world, phone, _) = start().await;
    let now = share(&world, &phone).await;
    assert!(!world.store.replace_key_share(&phone.device_id, b"other", b"new").await.unwrap());
    assert_eq!(share(&world, &phone).await, now);
    assert!(world.store.replace_key_share(&phone.device_id, &now, b"new").await.unwrap());
    assert!(!world.store.replace_key_share(&phone.device_id, &now, b"newer").await.unwrap());
}

#[tokio::test]
async fn a_phone_that_was_taken_back_signs_nothing_and_its_share_is_gone() {
    let (world, mut phone, mut wire) = start().await;
    assert!(revocation::revoke_phone(&*world.store, now(), &phone.device_id).await.unwrap());
    assert!(!revocation::revoke_phone(&*world.store, now(), &phone.device_id).await.unwrap(), "once");
    assert!(share(&world, &phone).await.is_empty());
    assert_eq!(refusal(sign(&world, &mut phone, &mut wire).await), 40302);
}

#[tokio::test]
async fn grants_and_tokens_that_were_taken_back_count_no_more() {
    let world = World::new().await;
    let (phone, _) = world.phone().await;
    world.seal(PHONE_SEAL, "mobile", &phone.certificate).await;
    let list = async |content| code_of(world.call::<GetSealList>(content).await);
    let token = "a".repeat(64);
    let record = TokenRecord {
        hash: eseal_service::secret_hash(&token),
        system_id: SYSTEM.into(),
        user_id: USER.into(),
        used: now(),
        idle_seconds: 600,
        expires: now() + std::time::Duration::from_secs(3600),
    };
    world.store.insert_token(&record).await.unwrap();
    let by_token = json!({"organizationCode": ORGANIZATION_CODE, "accessToken": token});
    assert!(world.call::<GetSealList>(by_token.clone()).await.is_ok());
    assert_eq!(revocation::revoke_tokens(&*world.store, now(), USER).await.unwrap(), 1);
    assert_eq!(list(by_token).await, ErrorCode::BadToken);

    assert!(world.call::<GetSealList>(world.common(json!({}))).await.is_ok());
    assert!(revocation::revoke_grant(&*world.store, now(), "grant-1").await.unwrap());
    assert!(!revocation::revoke_grant(&*world.store, now(), "grant-1").await.unwrap());
    assert_eq!(list(world.common(json!({}))).await, ErrorCode::NotGranted);
}
