//! Request signatures: every refusal in its place.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{Function, GetSealList};
use eseal_gm::{hmac_sm3, sm3};
use eseal_service::{Credentials, Error, Identity, authenticate, check_rate, signed_text};
use eseal_store::SystemRecord;
use eseal_testkit::now;
use serde_json::json;

use crate::world::{HMAC_KEY, SYSTEM, World, request_key, system_record};

const BODY: &[u8] = br#"{"reqId":"1","content":{}}"#;
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

/// Credentials as a caller sends them, signed after `change`.
fn credentials(algorithm: &str, change: impl FnOnce(&mut Credentials)) -> Credentials {
    let mut credentials = Credentials {
        method: "POST".into(),
        path: "/api/v1/basic/getSealList".into(),
        query: "b=2&a=1".into(),
        system_id: Some(SYSTEM.into()),
        device_id: None,
        timestamp: Some(now().as_millisecond().to_string()),
        nonce: Some(eseal_service::random::new_id().unwrap()),
        algorithm: Some(algorithm.into()),
        signature: None,
    };
    change(&mut credentials);
    let text = text_of(&credentials);
    let signature = match algorithm {
        "SM2" => request_key().sign(text.as_bytes()),
        _ => hmac_sm3(&HMAC_KEY, text.as_bytes()).to_vec(),
    };
    credentials.signature.get_or_insert(BASE64_STANDARD.encode(signature));
    credentials
}

/// The text by the contract, written out here once more.
fn text_of(credentials: &Credentials) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    [
        "POST",
        "/api/v1/basic/getSealList",
        "a=1&b=2",
        &part(&credentials.system_id),
        &part(&credentials.timestamp),
        &part(&credentials.nonce),
        &hex::encode(sm3(BODY)),
    ]
    .join("\n")
}

async fn check(world: &World, credentials: &Credentials, expected: u32) {
    let found = authenticate(&world.app, credentials, &sm3(BODY), ADDRESS).await;
    let code = found.map_or_else(|error| error.code().number(), |_| 200);
    assert_eq!(code, expected, "{credentials:?}");
}

async fn put(world: &World, change: impl FnOnce(&mut SystemRecord)) {
    let mut record = system_record(SYSTEM);
    change(&mut record);
    world.app.store.put_system(&record).await.unwrap();
}

#[tokio::test]
async fn both_algorithms_are_accepted() {
    let world = World::new().await;
    for algorithm in ["HMAC-SM3", "SM2"] {
        let credentials = credentials(algorithm, |_| {});
        let found = authenticate(&world.app, &credentials, &sm3(BODY), ADDRESS).await.unwrap();
        let Identity::System(system) = found else { panic!("no system") };
        assert_eq!((system.system_id.as_str(), system.functions.len()), (SYSTEM, Function::ALL.len()));
    }
    let empty = signed_text("GET", "/x", "", "s", "1", "n", &[0; 32]);
    assert_eq!(empty, format!("GET\n/x\n\ns\n1\nn\n{}", "0".repeat(64)));
}

#[tokio::test]
async fn whatever_is_not_as_signed_is_refused() {
    let world = World::new().await;
    for algorithm in ["HMAC-SM3", "SM2"] {
        let changes: [fn(&mut Credentials); 5] = [
            |found| found.method = "GET".into(),
            |found| found.path = "/api/v1/basic/convertFile".into(),
            |found| found.query = "a=1&b=3".into(),
            |found| found.nonce = Some("another-nonce-0123".into()),
            |found| found.signature = Some(BASE64_STANDARD.encode([0; 32])),
        ];
        for change in changes {
            let mut credentials = credentials(algorithm, |_| {});
            change(&mut credentials);
            check(&world, &credentials, 40102).await;
        }
        let other_body = authenticate(&world.app, &credentials(algorithm, |_| {}), &sm3(b"other"), ADDRESS).await;
        assert!(matches!(other_body, Err(Error::BadRequestSignature)));
    }
    check(&world, &Credentials { algorithm: Some("SM2".into()), ..credentials("HMAC-SM3", |_| {}) }, 40102).await;
}

#[tokio::test]
async fn refusals_come_in_the_order_of_trust() {
    let world = World::new().await;
    put(&world, |system| system.addresses = vec!["203.0.113.0/24".into()]).await;
    // Everything is wrong; then one thing after another is put right.
    let mut wrong = credentials("HMAC-SM3", |found| {
        found.system_id = Some("NOBODY".into());
        found.algorithm = Some("MD5".into());
        found.timestamp = Some("0".into());
    });
    wrong.signature = None;
    check(&world, &wrong, 40101).await;
    wrong.system_id = Some(SYSTEM.into());
    check(&world, &wrong, 40003).await;
    wrong.algorithm = Some("HMAC-SM3".into());
    check(&world, &wrong, 40103).await;
    wrong.timestamp = Some(now().as_millisecond().to_string());
    check(&world, &wrong, 40102).await;
    let nonce = wrong.nonce.clone();
    let right = credentials("HMAC-SM3", |found| found.nonce = nonce);
    check(&world, &right, 40306).await;
    put(&world, |system| system.addresses = vec!["203.0.113.0/24".into(), "198.51.100.7".into()]).await;
    check(&world, &right, 200).await; // none of the refusals used the nonce up
    check(&world, &right, 40104).await;
}

#[tokio::test]
async fn unsigned_and_switched_off_systems_are_refused() {
    let world = World::new().await;
    check(&world, &Credentials::default(), 40101).await;
    put(&world, |system| system.active = false).await;
    check(&world, &credentials("HMAC-SM3", |_| {}), 40101).await;
}

#[tokio::test]
async fn the_window_is_five_minutes_to_both_sides() {
    let world = World::new().await;
    for (seconds, expected) in [(-301, 40103), (-300, 200), (300, 200), (301, 40103)] {
        let timestamp = (now().as_millisecond() + seconds * 1000).to_string();
        check(&world, &credentials("HMAC-SM3", |found| found.timestamp = Some(timestamp)), expected).await;
    }
    for rubbish in ["", "-1", "now", "99999999999999999", "1.5"] {
        check(&world, &credentials("HMAC-SM3", |found| found.timestamp = Some(rubbish.into())), 40103).await;
    }
}

#[tokio::test]
async fn a_nonce_is_accepted_once_and_after_a_restart_too() {
    let world = World::new().await;
    let first = credentials("HMAC-SM3", |_| {});
    check(&world, &first, 200).await;
    check(&world, &first, 40104).await;
    let world = world.restarted().await;
    check(&world, &first, 40104).await;
    let other = Credentials { system_id: Some(crate::world::OTHER_SYSTEM.into()), signature: None, ..first };
    let other = credentials("HMAC-SM3", |found| *found = other);
    check(&world, &other, 200).await; // each system has its own
    for rubbish in ["short", "", "has blanks in its middle", &"x".repeat(65)] {
        check(&world, &credentials("HMAC-SM3", |found| found.nonce = Some(rubbish.into())), 40102).await;
    }
}

#[tokio::test]
async fn two_keys_are_live_while_one_replaces_the_other() {
    let world = World::new().await;
    put(&world, |system| {
        system.hmac_keys.insert(0, vec![8; 32]);
        system.sm2_keys.insert(0, world.pki.phone.key.public_key().to_vec());
    })
    .await;
    check(&world, &credentials("HMAC-SM3", |_| {}), 200).await;
    check(&world, &credentials("SM2", |_| {}), 200).await;
    put(&world, |system| system.hmac_keys = vec![vec![8; 32]]).await;
    check(&world, &credentials("HMAC-SM3", |_| {}), 40102).await;
    put(&world, |system| system.hmac_keys.clear()).await;
    check(&world, &credentials("HMAC-SM3", |_| {}), 40102).await;
}

#[tokio::test]
async fn a_system_may_call_what_it_is_allowed_to_and_no_more() {
    let world = World::new().await;
    put(&world, |system| system.functions = vec!["verify/verifyFile".into(), "no/such".into()]).await;
    let identity = authenticate(&world.app, &credentials("SM2", |_| {}), &sm3(BODY), ADDRESS).await.unwrap();
    let caller = eseal_service::Caller { identity, ..world.caller() };
    let refused = world.call_as::<GetSealList>(&caller, json!({})).await;
    assert!(matches!(refused, Err(Error::FunctionNotAllowed)));
}

#[tokio::test]
async fn the_system_identifier_is_the_authenticated_one() {
    let world = World::new().await;
    let of = |id: serde_json::Value| world.business(json!({"systemID": id}));
    assert_eq!(world.refused::<GetSealList>(of(json!("SYS2"))).await, (40002, Some("/systemID".into())));
    assert_eq!(world.refused::<GetSealList>(of(json!(""))).await, (40001, Some("/systemID".into())));
    assert_eq!(world.refused::<GetSealList>(of(json!(null))).await, (40001, Some("/systemID".into())));
    world.call::<GetSealList>(of(json!(SYSTEM))).await.unwrap();
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let world = World::with(|config| config.limits.system_requests_per_minute = 2).await;
    let identity = authenticate(&world.app, &credentials("SM2", |_| {}), &sm3(BODY), ADDRESS).await.unwrap();
    let caller = eseal_service::Caller { identity, ..world.caller() };
    check_rate(&world.app, &caller).unwrap();
    check_rate(&world.app, &caller).unwrap();
    let Err(Error::TooManyRequests { retry_after }) = check_rate(&world.app, &caller) else { panic!("let through") };
    assert_eq!(retry_after, Duration::from_secs(30));
    world.clock.advance(retry_after);
    check_rate(&world.app, &caller).unwrap();
}
