//! What is signed, and what is refused with which code.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_gm::{
    sm2::{Signature, SigningKey},
    sm3,
};
use serde_json::{Value, json};

use crate::world::{ORIGIN, PIN, World, get, post, rename, scripted, send, start};

fn verifies(world: &World, value: &Value, e: &[u8; 32]) -> bool {
    let der = BASE64_STANDARD.decode(value.as_str().expect("text")).expect("base64");
    world.key.verifying_key().verify_prehash(e, &Signature::from_der(&der).expect("a signature"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_page_lists_keys_logs_in_and_signs_a_batch_with_one_confirmation() {
    let world = World::new();
    let dialog = scripted(&[Some(PIN)]);
    let address = start(world.agent(dialog.clone(), &[ORIGIN])).await;

    let keys = get(address, "/v1/keys", ORIGIN).await;
    assert!(keys.head.contains("access-control-allow-origin: https://seals.example"), "{}", keys.head);
    let keys = keys.json();
    assert_eq!(keys[0]["certSm3"], hex::encode(sm3(&world.certificate)));
    assert_eq!((&keys[0]["subject"], keys.as_array().map(Vec::len)), (&json!("USBKey holder"), Some(1)));
    assert!(keys[0]["notAfter"].is_string() && dialog.asked.lock().expect("unlocked").is_empty());

    let (message, ticket) = world.login(ORIGIN);
    let signed = post(address, "/v1/login", ORIGIN, &json!({"message": message, "ticket": ticket})).await;
    assert_eq!(signed.status, 200, "{}", signed.body);
    let e = world.key.verifying_key().e(&BASE64_STANDARD.decode(message).expect("base64"));
    assert!(verifies(&world, &signed.json()["signValue"], &e));

    let signed = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 5)})).await;
    let signed = signed.json();
    let list = signed["signValueList"].as_array().expect("a list");
    for (number, entry) in (0_u8..).zip(list) {
        assert_eq!(entry["fileUniqueId"], format!("{number:032x}"));
        assert!(verifies(&world, &entry["signValue"], &sm3(&[number])));
        assert_eq!(entry["cert"], BASE64_STANDARD.encode(&world.certificate));
    }
    let asked = dialog.asked.lock().expect("unlocked");
    assert_eq!((list.len(), asked.len(), asked[1].count), (5, 2, 5), "one question for the batch");
    assert_eq!((asked[1].documents[4].title.as_str(), asked[1].system.as_str()), ("合同 4", "示例系统 (SYSTEM)"));
    assert_eq!(asked[0].system, "https://platform.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_ticket_that_is_not_right_is_refused_with_its_code_before_anybody_is_asked() {
    let world = World::new();
    let dialog = scripted(&[Some(PIN)]);
    let other = "https://other.example";
    let address = start(world.agent(dialog.clone(), &[ORIGIN, other])).await;
    let code = async |body: Value| post(address, "/v1/sign", ORIGIN, &body).await.code();

    assert_eq!(code(json!({})).await, 40001);
    assert_eq!(code(json!({"ticket": 7})).await, 40002);
    assert_eq!(code(json!({"ticket": "AAAA"})).await, 40002);
    assert_eq!(code(json!(["ticket"])).await, 40000);
    let good = world.ticket(ORIGIN, 2);
    for at in [30, good.len() / 2, good.len() - 10] {
        let mut altered = good.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let got = code(json!({"ticket": String::from_utf8(altered).expect("text")})).await;
        assert!([40002, 40302].contains(&got), "{at}: {got}");
    }
    let text = world.ticket_of(ORIGIN, 1).to_bytes().expect("written");
    for key in [SigningKey::generate().expect("a key"), world.login_key.clone(), world.key.clone()] {
        let forged = eseal_ticket::SignTicket::assemble(&text, &key.sign(&text)).expect("written");
        assert_eq!(code(json!({"ticket": forged})).await, 40302);
    }
    let mut late = world.ticket_of(ORIGIN, 1);
    late.expires = world.now() - Duration::from_secs(1);
    assert_eq!(code(json!({"ticket": world.signed(&late)})).await, 41001);
    assert_eq!(code(json!({"ticket": world.ticket(other, 1)})).await, 40306);
    let mut foreign = world.ticket_of(ORIGIN, 1);
    foreign.certificate_sm3 = [7; 32];
    assert_eq!(code(json!({"ticket": world.signed(&foreign)})).await, 50301);

    // A text of another kind under the same key is no ticket: the policy itself.
    let policy = std::fs::read_to_string(world.path("policy")).expect("read");
    assert_eq!(code(json!({"ticket": policy})).await, 40002);
    let (message, ticket) = world.login(ORIGIN);
    assert_eq!(code(json!({"ticket": format!("{message}.{ticket}")})).await, 40002);
    assert!(dialog.asked.lock().expect("unlocked").is_empty());

    assert_eq!(post(address, "/v1/sign", ORIGIN, &json!({"ticket": good})).await.status, 200);
    assert_eq!(code(json!({"ticket": good})).await, 40104, "used");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_message_needs_its_ticket_its_page_and_its_time() {
    let world = World::new();
    let dialog = scripted(&[Some(PIN)]);
    let address = start(world.agent(dialog.clone(), &[ORIGIN])).await;
    let code = async |body: Value| post(address, "/v1/login", ORIGIN, &body).await.code();
    let (message, ticket) = world.login(ORIGIN);
    assert_eq!(code(json!({"message": message})).await, 40001);
    assert_eq!(code(json!({"ticket": ticket})).await, 40001);
    assert_eq!(code(json!({"message": "?", "ticket": ticket})).await, 40002);
    let (other_message, other_ticket) = world.login(ORIGIN);
    assert_eq!(code(json!({"message": message, "ticket": other_ticket})).await, 40302);
    let (foreign, foreign_ticket) = world.login("https://evil.example");
    assert_eq!(code(json!({"message": foreign, "ticket": foreign_ticket})).await, 40306);
    // A digest of a stranger's choice, or a TBS_Sign, is no login message.
    assert_eq!(code(json!({"message": BASE64_STANDARD.encode([0x30; 200]), "ticket": ticket})).await, 40002);
    assert!(dialog.asked.lock().expect("unlocked").is_empty());
    let body = json!({"message": message, "ticket": ticket});
    assert_eq!(post(address, "/v1/login", ORIGIN, &body).await.status, 200);
    assert_eq!(code(body).await, 40104);
    world.advance(Duration::from_secs(301));
    assert_eq!(code(json!({"message": other_message, "ticket": other_ticket})).await, 41001);
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_and_origins_are_compared_byte_for_byte() {
    let world = World::new();
    let address = start(world.agent(scripted(&[Some(PIN)]), &[ORIGIN])).await;
    let port = address.port();
    let run = move |host: String, origin: &'static str| {
        let origin = format!("Origin: {origin}");
        let mut head = vec!["GET /v1/keys HTTP/1.1", &host];
        if origin.len() > 8 {
            head.push(&origin);
        }
        send(address, &head, "")
    };
    let check = async |host: String, origin: &'static str| {
        tokio::task::spawn_blocking(move || run(host, origin)).await.expect("no panic")
    };
    for name in ["127.0.0.1", "localhost", "[::1]"] {
        assert_eq!(check(format!("Host: {name}:{port}"), ORIGIN).await.status, 200, "{name}");
    }
    for host in [
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("127.0.0.2:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("127.0.0.1:{port}\r\nHost: evil.example"),
        String::new(),
    ] {
        let got = check(format!("Host: {host}"), ORIGIN).await;
        assert!(got.code() == 40306 || got.status == 400, "{host:?}: {} {}", got.status, got.body);
        assert!(!got.head.contains("access-control-allow-origin"));
    }
    for origin in [
        "",
        "null",
        "https://evil.example",
        "http://seals.example",
        "https://seals.example:444",
        "https://SEALS.example",
    ] {
        let got = check(format!("Host: 127.0.0.1:{port}"), origin).await;
        assert_eq!(got.code(), 40306, "{origin:?}");
        assert!(!got.head.contains("access-control-allow-origin"), "{origin:?} could read the answer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_told_what_they_ask_before_they_let_an_allowed_page_call() {
    let world = World::new();
    let address = start(world.agent(scripted(&[Some(PIN)]), &[ORIGIN])).await;
    let preflight = move |origin: &'static str| {
        let (host, origin) = (format!("Host: {address}"), format!("Origin: {origin}"));
        let asked = "Access-Control-Request-Private-Network: true";
        send(address, &["OPTIONS /v1/sign HTTP/1.1", &host, &origin, "Access-Control-Request-Method: POST", asked], "")
    };
    let got = tokio::task::spawn_blocking(move || preflight(ORIGIN)).await.expect("no panic");
    assert_eq!(got.status, 204);
    for line in [
        "access-control-allow-origin: https://seals.example",
        "access-control-allow-private-network: true",
        "access-control-allow-headers: content-type",
        "vary: origin",
    ] {
        assert!(got.head.contains(line), "{line}: {}", got.head);
    }
    assert!(!got.head.contains("allow-credentials"));
    let got = tokio::task::spawn_blocking(move || preflight("https://evil.example")).await.expect("no panic");
    assert_eq!((got.code(), got.head.contains("access-control")), (40306, false));

    // A form or a text needs no question of the browser: neither is read.
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let body = json!({"ticket": world.ticket(ORIGIN, 1)}).to_string();
        let got = tokio::task::spawn_blocking(move || {
            let (host, origin, kind) =
                (format!("Host: {address}"), format!("Origin: {ORIGIN}"), format!("Content-Type: {kind}"));
            send(address, &["POST /v1/sign HTTP/1.1", &host, &origin, &kind], &body)
        });
        assert_eq!(got.await.expect("no panic").code(), 40000);
    }
    for (path, code) in [("/v1/other", 40400), ("/", 40400)] {
        assert_eq!(post(address, path, ORIGIN, &json!({})).await.code(), code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_is_asked_for_again_three_times_and_the_lock_outlives_the_agent() {
    let world = World::new();
    let dialog = scripted(&[Some("000000"), Some(PIN)]);
    let address = start(world.agent(dialog.clone(), &[ORIGIN])).await;
    let signed = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 1)})).await;
    assert_eq!(signed.status, 200);
    assert_eq!(dialog.asked.lock().expect("unlocked")[1].attempts_left, Some(19));

    let address = start(world.agent(scripted(&[None]), &[ORIGIN])).await;
    let refused = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 1)})).await;
    assert_eq!((refused.code(), refused.status), (42214, 422));

    let address = start(world.agent(scripted(&[Some("000000")]), &[ORIGIN])).await;
    for round in 1..=6 {
        let wrong = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 1)})).await;
        assert_eq!((wrong.code(), wrong.json()["attemptsLeft"].as_u64()), (42214, Some(20 - 3 * round)));
    }
    let wrong = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 1)})).await;
    assert_eq!(wrong.code(), 50301, "the twentieth locks");
    let address = start(world.agent(scripted(&[Some(PIN)]), &[ORIGIN])).await;
    let locked = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 1)})).await;
    assert_eq!(locked.code(), 50301);
}

#[tokio::test(flavor = "multi_thread")]
async fn used_tickets_are_remembered_over_a_restart_and_questions_come_one_by_one() {
    let world = World::new();
    let ticket = world.ticket(ORIGIN, 1);
    let address = start(world.agent(scripted(&[Some(PIN)]), &[ORIGIN])).await;
    assert_eq!(post(address, "/v1/sign", ORIGIN, &json!({"ticket": ticket})).await.status, 200);
    let address = start(world.agent(scripted(&[Some(PIN)]), &[ORIGIN])).await;
    assert_eq!(post(address, "/v1/sign", ORIGIN, &json!({"ticket": ticket})).await.code(), 40104);

    struct Slow;
    impl eseal_agent::Dialog for Slow {
        fn ask(&self, _question: &eseal_agent::Question) -> eseal_agent::Answer {
            std::thread::sleep(Duration::from_millis(800));
            eseal_agent::Answer::Refused
        }
    }
    let address = start(world.agent(std::sync::Arc::new(Slow), &[ORIGIN])).await;
    let (one, two) = (json!({"ticket": world.ticket(ORIGIN, 1)}), json!({"ticket": world.ticket(ORIGIN, 1)}));
    let (one, two) = tokio::join!(post(address, "/v1/sign", ORIGIN, &one), post(address, "/v1/sign", ORIGIN, &two));
    let mut codes = [one.code(), two.code()];
    codes.sort_unstable();
    assert_eq!(codes, [40904, 42214]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_and_go_while_a_page_waits() {
    let world = World::new();
    let address = start(world.agent(scripted(&[Some(PIN)]), &[ORIGIN])).await;
    let (inside, outside) = (world.path("token.skf"), world.path("token.out"));
    let waiting = tokio::spawn(async move { get(address, "/v1/keys?wait=20", ORIGIN).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    rename(&inside, &outside);
    assert_eq!(waiting.await.expect("no panic").body, "[]");
    let unplugged = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 1)})).await;
    assert_eq!(unplugged.code(), 50301);
    let waiting = tokio::spawn(async move { get(address, "/v1/keys?wait=20", ORIGIN).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    rename(&outside, &inside);
    assert_eq!(waiting.await.expect("no panic").json().as_array().map(Vec::len), Some(1));
    assert_eq!(post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 1)})).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_asks_too_often_waits() {
    let world = World::new();
    let address = start(world.agent(scripted(&[Some(PIN)]), &[ORIGIN])).await;
    let mut refused = None;
    for _ in 0..70 {
        let got = post(address, "/v1/sign", ORIGIN, &json!({})).await;
        if got.code() == 42901 {
            refused = Some(got);
            break;
        }
    }
    assert!(refused.expect("refused at last").head.contains("retry-after"));
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_and_software_keys_count_as_the_configuration_says() {
    let world = World::new();
    let config = world.config(&[ORIGIN]);
    let clock = |now| std::sync::Arc::new(move || now);
    let late = config.build_with(scripted(&[None]), clock(world.now() + Duration::from_secs(3601)));
    assert!(late.is_err(), "the policy has expired");
    std::fs::write(world.path("policy"), "AAAA.AAAA").expect("written");
    assert!(config.build_with(scripted(&[None]), clock(world.now())).is_err());

    // Outside development a token in software is no key, and no PIN stands in a file.
    let mut config = world.config(&[ORIGIN]);
    config.development = false;
    let agent = config.build_with(scripted(&[Some(PIN)]), clock(world.now())).expect("built");
    let address = start(agent).await;
    let refused = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 1)})).await;
    assert!(refused.code() == 50301 && refused.body.contains("development"), "{}", refused.body);
    config.pin = Some(eseal_agent::Secret::new(PIN));
    assert!(config.build().is_err());
    assert!(eseal_agent::bind("0.0.0.0:0".parse().expect("an address")).await.is_err(), "loopback only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_crashes_or_hangs_ends_a_request_and_the_agent_goes_on() {
    for fault in ["crash", "sleep:60000"] {
        let world = World::new();
        let mut config = world.config(&[ORIGIN]);
        config.environment.insert("ESEAL_SOFTSKF_FAULT".to_owned(), fault.to_owned());
        config.call_timeout_ms = 4_000;
        let now = world.now();
        let agent = config.build_with(scripted(&[Some(PIN)]), std::sync::Arc::new(move || now)).expect("built");
        let address = start(agent).await;
        let begun = std::time::Instant::now();
        let ended = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 1)})).await;
        assert_eq!(ended.code(), 50301, "{fault}: {}", ended.body);
        assert!(begun.elapsed() < Duration::from_secs(30), "{fault}");
        let keys = get(address, "/v1/keys", ORIGIN).await;
        assert_eq!((keys.status, keys.json().as_array().map(Vec::len)), (200, Some(1)), "{fault}: {}", keys.body);
    }
}
