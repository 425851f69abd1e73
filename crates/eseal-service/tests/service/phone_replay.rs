//! Messages of the phone protocol a second time, rounds that a server would have beside each other (重放与并行轮次).

use std::net::{IpAddr, Ipv4Addr};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{GetSignTask, KeyPurpose, ScanStatus, SignDigestByMobile, SignDigestByMobileResult};
use eseal_gm::sm3;
use eseal_service::{
    Credentials, Identity, authenticate, device_signer,
    mobile::{
        new_enrolment,
        phone::{Link, Phone, PhoneError, Refused},
    },
    signed_text,
};
use eseal_testkit::now;
use serde_json::{Value, json};

use crate::phone_world::{PHONE_SEAL, PIN, USER, Wire, World, refusal};

async fn start() -> (World, Phone, Wire) {
    let world = World::new().await;
    let (phone, wire) = world.phone().await;
    world.seal(PHONE_SEAL, "mobile", &phone.certificate).await;
    (world, phone, wire)
}

async fn task_of(world: &World, count: u8) -> SignDigestByMobileResult {
    let list = world.digests(PHONE_SEAL, count).await;
    let content = world.common(json!({"algo": "SM3withSM2", "dataType": "HASH", "sealDataList": list}));
    world.call::<SignDigestByMobile>(content).await.unwrap()
}

async fn signed(world: &World, task: &SignDigestByMobileResult) -> String {
    let found = world.call::<GetSignTask>(json!({"signTaskId": task.sign_task_id})).await.unwrap();
    format!("{:?} {:?}", found.scan_status, found.sign_value_list)
}

fn no_value_was_sent(sent: &[(&'static str, Value)]) -> bool {
    sent.iter().all(|(_, content)| content["round"]["signValue"].is_null())
}

#[tokio::test]
async fn what_the_phone_sent_is_worth_nothing_a_second_time() {
    let world = World::new().await;
    let (code, _) = new_enrolment(&world.app, USER).await.unwrap();
    let key = world.app.platform_keys.public_key(KeyPurpose::Summary).clone();
    let mut joining = world.wire(None);
    let mut phone = Phone::enrol(&mut joining, &code, "手机", PIN, key).await.unwrap();
    for (function, content) in joining.sent.clone() {
        assert_eq!(joining.send(function, content).await.unwrap_err().code, 40302, "{function}");
    }

    world.seal(PHONE_SEAL, "mobile", &phone.certificate).await;
    let mut wire = world.wire(Some(&phone));
    let task = task_of(&world, 3).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let mut repeating = Repeating { wire };
    phone.confirm(&mut repeating, &shown, &task.match_code, PIN).await.unwrap();
    let mut wire = repeating.wire;
    let before = signed(&world, &task).await;
    for (function, content) in wire.sent.clone() {
        let again = wire.send(function, content).await;
        assert_eq!(again.unwrap_err().code, 41001, "{function}: the task is over");
    }
    assert_eq!(signed(&world, &task).await, before);

    phone.begin_refresh().unwrap();
    wire.sent.clear();
    phone.finish_refresh(&mut wire).await.unwrap();
    let share = async || world.store.find_phone(&phone.device_id).await.unwrap().unwrap().key_share;
    let moved = share().await;
    let (function, content) = wire.sent[0].clone();
    wire.send(function, content).await.unwrap();
    assert_eq!(share().await, moved, "it moves nothing");
}

/// After every message sends all earlier ones again: none of them gets a part of a signature, or changes what comes.
struct Repeating {
    wire: Wire,
}

#[async_trait]
impl Link for Repeating {
    async fn send(&mut self, function: &'static str, content: Value) -> Result<Value, Refused> {
        let answer = self.wire.send(function, content).await?;
        let sent = self.wire.sent.clone();
        for (function, content) in &sent {
            if let Ok(again) = self.wire.send(function, content.clone()).await {
                assert!(!again["round"].is_object(), "a part was given twice: {content}");
            }
        }
        self.wire.sent = sent;
        Ok(answer)
    }
}

#[tokio::test]
async fn an_old_part_of_the_server_makes_no_signature() {
    for with_name in [false, true] {
        let (world, mut phone, mut wire) = start().await;
        let task = task_of(&world, 2).await;
        let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
        let mut first: Option<Value> = None;
        wire.meddle = Some(Box::new(move |_, answer| {
            if !answer["round"].is_object() {
                return;
            }
            let Some(old) = &first else { return first = Some(answer["round"].clone()) };
            let name = answer["round"]["fileUniqueId"].clone();
            answer["round"] = old.clone();
            if with_name {
                answer["round"]["fileUniqueId"] = name;
            }
        }));
        let refused = phone.confirm(&mut wire, &shown, &task.match_code, PIN).await.unwrap_err();
        match with_name {
            true => assert!(matches!(refused, PhoneError::Cosign(_)), "{refused}"),
            false => assert!(matches!(refused, PhoneError::Answer("round")), "{refused}"),
        }
        let values = wire.sent.iter().filter(|(_, content)| content["round"]["signValue"].is_string()).count();
        assert_eq!(values, 1, "the first document's and no other");
    }
}

/// A server that says it forgot the round, and keeps its part for the next one.
struct Forgetful {
    wire: Wire,
    /// First messages of the phone.
    asked: Vec<String>,
    /// True if the kept part is the answer to the second one.
    plays_it: bool,
    kept: Option<Value>,
}

#[async_trait]
impl Link for Forgetful {
    async fn send(&mut self, function: &'static str, content: Value) -> Result<Value, Refused> {
        let Some(q1) = content["round"]["q1"].as_str().map(str::to_owned) else {
            return self.wire.send(function, content).await;
        };
        self.asked.push(q1);
        if self.plays_it && self.asked.len() > 1 {
            self.wire.sent.push((function, content));
            return Ok(self.kept.clone().unwrap());
        }
        if self.asked.len() == 1 {
            self.kept = Some(self.wire.send(function, content).await?);
        }
        Err(Refused { code: 42211, message: String::new(), field: Some("/round".to_owned()) })
    }
}

#[tokio::test]
async fn a_server_that_opens_a_second_round_has_the_first_ones_secret_destroyed_and_gets_no_signature() {
    for plays_it in [false, true] {
        let (world, mut phone, mut wire) = start().await;
        let task = task_of(&world, 1).await;
        let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
        let mut server = Forgetful { wire, asked: Vec::new(), plays_it, kept: None };
        let refused = phone.confirm(&mut server, &shown, &task.match_code, PIN).await;
        match plays_it {
            true => assert!(matches!(refused, Err(PhoneError::Cosign(_))), "{refused:?}"),
            false => assert_eq!(refusal(refused), 42211),
        }
        let count = if plays_it { 2 } else { 3 };
        assert_eq!(server.asked.len(), count, "the phone does not try for ever");
        assert!(no_value_was_sent(&server.wire.sent));
        server.asked.sort_unstable();
        server.asked.dedup();
        assert_eq!(server.asked.len(), count, "each round has a number of its own");
    }
}

#[tokio::test]
async fn a_request_of_a_phone_is_its_own_once_and_in_its_time() {
    let (world, phone, _) = start().await;
    let (other, _) = world.phone().await;
    let (body, path) = (sm3(b"{}"), "/api/v1/mobile/confirm");
    let request = |key: &eseal_gm::sm2::SigningKey| {
        let (time, nonce) = (now().as_millisecond().to_string(), eseal_service::random::new_id().unwrap());
        let text = signed_text("POST", path, "", &device_signer(&phone.device_id), &time, &nonce, &body);
        Credentials {
            method: "POST".into(),
            path: path.into(),
            device_id: Some(phone.device_id.clone()),
            timestamp: Some(time),
            nonce: Some(nonce),
            algorithm: Some("SM2".into()),
            signature: Some(BASE64_STANDARD.encode(key.sign(text.as_bytes()))),
            ..Credentials::default()
        }
    };
    let code = async |credentials: &Credentials, body: &[u8; 32]| {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        match authenticate(&world.app, credentials, body, address).await {
            Ok(Identity::Device(device)) => assert_eq!(device.device_id, phone.device_id),
            Ok(_) => panic!("no phone"),
            Err(error) => return error.code().number(),
        }
        200
    };
    let good = request(&phone.device_key);
    assert_eq!(code(&good, &sm3(b"other")).await, 40102, "another body");
    assert_eq!(code(&Credentials { path: "/api/v1/mobile/refuse".into(), ..good.clone() }, &body).await, 40102);
    assert_eq!(code(&Credentials { device_id: Some(other.device_id.clone()), ..good.clone() }, &body).await, 40102);
    assert_eq!(code(&request(&other.device_key), &body).await, 40102, "another phone's key");
    assert_eq!(code(&Credentials { algorithm: Some("HMAC-SM3".into()), ..good.clone() }, &body).await, 40003);
    assert_eq!(code(&good, &body).await, 200);
    assert_eq!(code(&good, &body).await, 40104, "played back");
    let late = request(&phone.device_key);
    world.clock.advance(std::time::Duration::from_secs(301));
    assert_eq!(code(&late, &body).await, 40103);
}

#[tokio::test]
async fn two_copies_of_a_phone_have_one_open_round_between_them() {
    let (world, phone, mut wire) = start().await;
    let task = task_of(&world, 1).await;
    let shown = phone.scan(&mut wire, &task.qr_code).await.unwrap();
    let copy = phone.to_json().unwrap();
    let (mut one, mut two) = (Phone::from_json(&copy).unwrap(), Phone::from_json(&copy).unwrap());
    // The first copy's round stays open while it asks: in the middle of it the second copy begins one.
    let mut second_wire = world.wire(Some(&phone));
    let (code, shown_to_both) = (task.match_code.clone(), &shown);
    let mut between = Between { wire, then: None };
    between.then = Some(Box::new(move || {
        let shown = shown_to_both;
        Box::pin(async move { refusal(two.confirm(&mut second_wire, shown, &code, PIN).await) })
    }));
    assert_eq!(one.confirm(&mut between, &shown, &task.match_code, PIN).await.unwrap(), ScanStatus::Confirmed);
}

type Then<'a> = Box<dyn FnOnce() -> std::pin::Pin<Box<dyn Future<Output = u32> + Send + 'a>> + Send + 'a>;

/// Does something once, after the first answer with a server's part.
struct Between<'a> {
    wire: Wire,
    then: Option<Then<'a>>,
}

#[async_trait]
impl Link for Between<'_> {
    async fn send(&mut self, function: &'static str, content: Value) -> Result<Value, Refused> {
        let answer = self.wire.send(function, content).await?;
        if let (true, Some(then)) = (answer["round"].is_object(), self.then.take()) {
            assert_eq!(then().await, 40904, "the other copy is told to wait");
        }
        Ok(answer)
    }
}
