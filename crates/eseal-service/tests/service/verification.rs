//! 4-1 and 4-2, for systems and for the public.

use eseal_api::{Request, VerifyFile, VerifySeal};
use eseal_service::{Caller, Error, Identity, verification};
use eseal_testkit::{ofd, pdf};
use serde_json::{Value, json};

use crate::world::{SEAL, World, base64, sealed};

fn public(world: &World) -> Caller {
    Caller { identity: Identity::Public, ..world.caller() }
}

async fn sealed_file(world: &World, file: &[u8]) -> Value {
    let files = world.compose(&world.sign(&world.digests(json!([sealed(file, "")])).await).await).await;
    files[0]["fileB64"].clone()
}

#[tokio::test]
async fn a_file_without_signatures_is_indeterminate_and_rubbish_is_an_error() {
    let world = World::new().await;
    let content = json!({"file": {"fileB64": base64(&pdf(1))}});
    let (_, data) = world.call::<VerifyFile>(content).await.unwrap();
    assert_eq!((&data["conclusion"], &data["subIndication"]), (&json!("INDETERMINATE"), &json!("NO_SIGNATURE_FOUND")));
    let rubbish = json!({"file": {"fileB64": base64(b"rubbish")}});
    assert_eq!(world.refused::<VerifyFile>(rubbish).await.0, 41501);
    let policy = json!({"file": {"fileB64": base64(&pdf(1))}, "policy": "whatever"});
    assert_eq!(world.refused::<VerifyFile>(policy).await, (40002, Some("/policy".into())));
}

#[tokio::test]
async fn a_changed_byte_makes_it_invalid() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let world = World::new().await;
    let file = sealed_file(&world, &pdf(1)).await;
    let mut bytes = BASE64_STANDARD.decode(file.as_str().unwrap()).unwrap();
    let place = bytes.windows(8).position(|window| window == b"MediaBox").unwrap();
    bytes[place] ^= 1;
    let (_, data) = world.call::<VerifyFile>(json!({"file": {"fileB64": base64(&bytes)}})).await.unwrap();
    assert_eq!(data["conclusion"], "INVALID");
    let failed = |check: &Value| check["code"] == "DOCUMENT_DIGEST" && check["outcome"] == "failed";
    assert!(data["signatures"][0]["checks"].as_array().unwrap().iter().any(failed));
}

#[tokio::test]
async fn the_level_decides_how_much_is_told() {
    let world = World::new().await;
    let file = sealed_file(&world, &ofd(1)).await;
    for (level, reason, certificate) in [("simple", false, false), ("detailed", true, false), ("full", true, true)] {
        let content = json!({"file": {"fileB64": file}, "level": level});
        let (_, data) = world.call::<VerifyFile>(content).await.unwrap();
        let found = &data["signatures"][0];
        assert_eq!(found["checks"][0]["reason"].is_string(), reason, "{level}");
        assert_eq!(
            (found["certificate"].is_object(), found["sealPicture"].is_string()),
            (certificate, certificate),
            "{level}"
        );
        assert_eq!(found["sealCode"], SEAL);
    }
}

#[tokio::test]
async fn the_public_sees_no_pictures_and_no_certificates() {
    let world = World::new().await;
    let file = sealed_file(&world, &pdf(1)).await;
    let content = json!({"file": {"fileB64": file}, "level": "full"});
    let request = VerifyFile::from_content(&content).unwrap();
    let answer = verification::verify_file_publicly(&world.app, &public(&world), request).await.unwrap();
    let data = serde_json::to_value(answer).unwrap();
    assert_eq!(data["conclusion"], "VALID");
    assert!(data["signatures"][0]["sealPicture"].is_null() && data["signatures"][0]["certificate"]["cert"].is_null());
    let by_id = VerifyFile::from_content(&json!({"file": {"fileId": "0".repeat(32)}})).unwrap();
    let refused = verification::verify_file_publicly(&world.app, &public(&world), by_id).await.unwrap_err();
    assert_eq!(refused.code().number(), 40403);
}

#[tokio::test]
async fn a_seal_named_by_its_code_alone_tells_no_more_than_its_status() {
    let world = World::new().await;
    let (_, data) = world.call::<VerifySeal>(json!({"sealCode": SEAL})).await.unwrap();
    assert_eq!((&data["conclusion"], &data["status"]), (&json!("VALID"), &json!("ACTIVE")));
    assert!(
        data["seal"].is_null() && data["checks"].as_array().unwrap().iter().all(|check| check["evidence"].is_null())
    );
    let (_, data) = world.call::<VerifySeal>(world.business(json!({"sealCode": SEAL}))).await.unwrap();
    assert!(data["seal"]["sealImg"].is_string(), "a grant that reaches the seal tells everything");
    assert_eq!(world.refused::<VerifySeal>(json!({"sealCode": "0"})).await, (40402, Some("/sealCode".into())));
}

#[tokio::test]
async fn seal_data_are_judged_and_the_public_learns_only_that() {
    let world = World::new().await;
    let der = world.app.store.find_seal(SEAL).await.unwrap().unwrap().der;
    let (_, data) = world.call::<VerifySeal>(json!({"sealData": base64(&der)})).await.unwrap();
    assert_eq!((&data["conclusion"], &data["seal"]["sealCode"]), (&json!("VALID"), &json!(SEAL)));
    let mut forged = der.clone();
    *forged.last_mut().unwrap() ^= 1;
    let (_, data) = world.call::<VerifySeal>(json!({"sealData": base64(&forged)})).await.unwrap();
    assert_eq!(data["conclusion"], "INVALID");
    let both = json!({"sealData": base64(&forged), "sealCode": SEAL});
    assert_eq!(world.refused::<VerifySeal>(both).await, (40002, Some("/sealData".into())));
    let request = VerifySeal::from_content(&json!({"sealData": base64(&der)})).unwrap();
    let answer = verification::verify_seal(&world.app, &public(&world), request).await.unwrap();
    assert!(answer.conclusion == "VALID" && answer.seal.is_none());
    let refused = world.call_as::<VerifySeal>(&Caller { req_id: "r".into(), ..world.caller() }, json!({})).await;
    assert!(matches!(refused, Err(Error::Field(_))));
}
