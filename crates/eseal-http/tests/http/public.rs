//! What anyone may ask, and how often.

use eseal_testkit::{SEAL_CODE, pdf};
use serde_json::json;

use crate::world::{Call, World, base64, form};

#[tokio::test]
async fn anyone_verifies_a_file_as_form_or_envelope() {
    let world = World::new().await;
    let file = pdf(1);
    let envelope = Call::numbered("public/verifyFile", "p-1", json!({"file": {"fileB64": base64(&file)}}));
    for call in [form("/api/v1/public/verifyFile", &[("file", &file)]), envelope] {
        let answer = world.send(call.unsigned()).await;
        let data = &answer.json()["data"];
        assert_eq!(
            (answer.code(), &data["conclusion"], &data["subIndication"]),
            (200, &json!("INDETERMINATE"), &json!("NO_SIGNATURE_FOUND"))
        );
    }
    let stored = Call::numbered("public/verifyFile", "p-2", json!({"file": {"fileId": "0".repeat(32)}}));
    assert_eq!(world.send(stored.unsigned()).await.code(), 40403);
    assert_eq!(world.send(Call::post("/api/v1/public/verifyFile", "{").unsigned()).await.code(), 40000);
    assert_eq!(world.send(form("/api/v1/public/verifyFile", &[("file", b"hello")]).unsigned()).await.code(), 41501);
}

#[tokio::test]
async fn anyone_verifies_a_seal_but_has_no_picture_of_it() {
    let world = World::new().await;
    let data = world.pki.seal();
    for call in [
        form("/api/v1/public/verifySeal", &[("file", &data)]),
        Call::numbered("public/verifySeal", "p-1", json!({"sealData": base64(&data)})),
        Call::numbered("public/verifySeal", "p-2", json!({"sealCode": SEAL_CODE})),
    ] {
        let answer = world.send(call.unsigned()).await;
        assert_eq!((answer.code(), &answer.json()["data"]["conclusion"]), (200, &json!("VALID")), "{}", answer.line());
        for secret in ["sealImg", "sealData", "\"cert\""] {
            assert!(!answer.line().contains(secret), "{secret}");
        }
    }
    let neither = Call::numbered("public/verifySeal", "p-3", json!({}));
    let refused = world.send(neither.unsigned()).await;
    assert_eq!((refused.code(), &refused.json()["data"]["field"]), (40001, &json!("/sealData")));
}

#[tokio::test]
async fn keys_and_the_log_are_open() {
    let world = World::new().await;
    let keys = world.send(Call::get("/api/v1/public/keys").unsigned()).await;
    assert_eq!((keys.code(), keys.json()["data"]["keys"].as_array().unwrap().len()), (200, 5));
    let checkpoint = world.send(Call::get("/api/v1/public/log/checkpoint").unsigned()).await;
    assert_eq!((checkpoint.code(), &checkpoint.json()["data"]["treeSize"]), (200, &json!(0)));
    for (target, code, field) in [
        ("log/consistency", 40001, "/first"),
        ("log/consistency?first=1", 40001, "/second"),
        ("log/consistency?first=-1&second=1", 40002, "/first"),
        ("log/inclusion?index=0&size=5", 40002, "/size"),
    ] {
        let answer = world.send(Call::get(&format!("/api/v1/public/{target}")).unsigned()).await;
        assert_eq!((answer.code(), &answer.json()["data"]["field"]), (code, &json!(field)), "{target}");
    }
}

#[tokio::test]
async fn the_public_is_counted_by_address_and_apart_from_systems() {
    let world = World::with(|config| {
        config.limits.public_requests_per_minute = 2;
        config.server.trusted_proxies = vec!["127.0.0.1".into()];
    })
    .await;
    let ask = |from: &str| Call::get("/api/v1/public/keys").header("x-forwarded-for", from).unsigned();
    for code in [200, 200, 42901] {
        let answer = world.send(ask("198.51.100.7")).await;
        assert_eq!((answer.code(), answer.header("retry-after").is_empty()), (code, code == 200));
    }
    assert_eq!(world.send(ask("198.51.100.8")).await.code(), 200);
    let flood =
        Call::numbered("public/verifyFile", "p-1", json!({})).header("x-forwarded-for", "198.51.100.7").unsigned();
    let refused = world.send(flood).await;
    assert_eq!((refused.code(), &refused.json()["reqId"]), (42901, &json!("p-1")));
    world.call("basic/getSealList", world.content(json!({}))).await;
}
