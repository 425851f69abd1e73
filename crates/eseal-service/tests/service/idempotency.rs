//! (systemID, function, reqId): nothing is done twice.

use std::time::Duration;

use eseal_api::{GenerateDigest, GetLoginQrCode, GetSealList, UploadFile};
use eseal_service::files::{Purpose, Stated, Upload};
use eseal_testkit::pdf;
use serde_json::json;

use crate::world::{BUSINESS, GRANT, OTHER_SYSTEM, World, base64, refusal, sealed};

#[tokio::test]
async fn a_creating_function_answers_again_and_does_nothing_twice() {
    let world = World::new().await;
    let (caller, content) = (world.caller(), world.business(json!({"sealDataList": [sealed(&pdf(1), "PDF")]})));
    let first = world.call_as::<GenerateDigest>(&caller, content.clone()).await.unwrap();
    let objects = world.objects();
    assert_eq!(world.call_as::<GenerateDigest>(&caller, content.clone()).await.unwrap(), first);
    let world = world.restarted().await;
    assert_eq!(world.call_as::<GenerateDigest>(&caller, content.clone()).await.unwrap(), first);
    assert_eq!(world.objects(), objects);
    world.clock.advance(Duration::from_secs(86_401));
    assert_ne!(world.call_as::<GenerateDigest>(&caller, content).await.unwrap(), first, "remembered for a day");
}

#[tokio::test]
async fn other_content_under_the_same_number_is_refused() {
    let world = World::new().await;
    let caller = world.caller();
    world.call_as::<GetSealList>(&caller, world.business(json!({}))).await.unwrap();
    world.call_as::<GetSealList>(&caller, world.business(json!({}))).await.unwrap();
    let other = world.call_as::<GetSealList>(&caller, world.business(json!({"pageSize": 1}))).await;
    assert_eq!(refusal(other), (40903, None));
    // Another function, another system: another request.
    let content = world.business(json!({"sealDataList": [sealed(&pdf(1), "PDF")]}));
    world.call_as::<GenerateDigest>(&caller, content).await.unwrap();
    let stranger = eseal_service::Caller { req_id: caller.req_id.clone(), ..world.caller_of(OTHER_SYSTEM) };
    let refused = world.call_as::<GetSealList>(&stranger, json!({"grantCode": "x"})).await;
    assert_eq!(refusal(refused).0, 40302);
}

#[tokio::test]
async fn rights_are_checked_again() {
    let world = World::new().await;
    let (caller, content) = (world.caller(), world.business(json!({"sealDataList": [sealed(&pdf(1), "PDF")]})));
    world.call_as::<GenerateDigest>(&caller, content.clone()).await.unwrap();
    let mut grant = world.grant(GRANT, BUSINESS);
    grant.seal_codes = Some(Vec::new());
    world.app.store.put_grant(&grant).await.unwrap();
    assert_eq!(refusal(world.call_as::<GenerateDigest>(&caller, content.clone()).await).0, 40402);
    grant.revoked = true;
    world.app.store.put_grant(&grant).await.unwrap();
    assert_eq!(refusal(world.call_as::<GenerateDigest>(&caller, content).await).0, 40302);
}

#[tokio::test]
async fn a_twin_waits() {
    let world = World::new().await;
    let (caller, content) = (world.caller(), world.business(json!({"sealDataList": [sealed(&pdf(3), "PDF")]})));
    let (one, two) = tokio::join!(
        world.call_as::<GenerateDigest>(&caller, content.clone()),
        world.call_as::<GenerateDigest>(&caller, content.clone())
    );
    let refused: Vec<u32> = [one, two].into_iter().filter_map(Result::err).map(|error| error.code().number()).collect();
    assert_eq!(refused, [40904]);
    assert_eq!(world.objects(), 1);
}

#[tokio::test]
async fn a_refused_request_may_be_sent_again_when_the_reason_is_gone() {
    let world = World::new().await;
    let (caller, content) = (world.caller(), world.business(json!({"sealDataList": [sealed(&pdf(1), "PDF")]})));
    let mut grant = world.grant(GRANT, BUSINESS);
    grant.revoked = true;
    world.app.store.put_grant(&grant).await.unwrap();
    assert_eq!(refusal(world.call_as::<GenerateDigest>(&caller, content.clone()).await).0, 40302);
    let other = world.business(json!({"sealDataList": [sealed(&pdf(2), "PDF")]}));
    assert_eq!(refusal(world.call_as::<GenerateDigest>(&caller, other).await).0, 40903, "still the same request");
    grant.revoked = false;
    world.app.store.put_grant(&grant).await.unwrap();
    assert_eq!(world.call_as::<GenerateDigest>(&caller, content).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_request_that_died_with_its_server_may_be_sent_again() {
    let world = World::new().await;
    let caller = world.caller();
    let content = world.business(json!({"sealDataList": [sealed(&pdf(1), "PDF")]}));
    let key = eseal_store::RequestKey {
        system_id: crate::world::SYSTEM.into(),
        function: "sign/generateDigest".into(),
        req_id: caller.req_id.clone(),
    };
    // As the killed server left it.
    let now = eseal_testkit::now();
    world.app.store.begin_request(&key, &[0; 32], now, now + Duration::from_secs(86_400)).await.unwrap();
    assert_eq!(refusal(world.call_as::<GenerateDigest>(&caller, content.clone()).await).0, 40903);
    let world = world.restarted().await;
    assert_eq!(world.call_as::<GenerateDigest>(&caller, content).await.unwrap().0, 200);
}

#[tokio::test]
async fn tokens_are_never_kept_in_an_answer() {
    let world = World::new().await;
    let caller = world.caller();
    let (_, first) = world.call_as::<GetLoginQrCode>(&caller, json!({})).await.unwrap();
    let (_, second) = world.call_as::<GetLoginQrCode>(&caller, json!({})).await.unwrap();
    assert_ne!(first["pollToken"], second["pollToken"]);
    let key = eseal_store::RequestKey {
        system_id: crate::world::SYSTEM.into(),
        function: "login/getLoginQrCode".into(),
        req_id: caller.req_id.clone(),
    };
    let content = json!({"systemID": crate::world::SYSTEM});
    let text = serde_json::to_vec(&content).unwrap();
    let now = eseal_testkit::now();
    let found = world.app.store.begin_request(&key, &eseal_gm::sm3(&text), now, now).await.unwrap();
    assert_eq!(found, eseal_store::Earlier::Answered(String::new()));
}

#[tokio::test]
async fn an_upload_is_kept_once() {
    let world = World::new().await;
    let caller = world.caller();
    let content = json!({"file": {"fileB64": base64(&pdf(1)), "fileType": "PDF"}});
    let first = world.call_as::<UploadFile>(&caller, content.clone()).await.unwrap();
    assert_eq!(world.call_as::<UploadFile>(&caller, content).await.unwrap(), first);
    assert_eq!(world.objects(), 1);

    let caller = world.caller();
    let mut kept = Vec::new();
    for (bytes, expected) in [(pdf(2), 200), (pdf(2), 200), (pdf(3), 40903)] {
        let mut upload = Upload::begin(&world.app, &caller).await.unwrap();
        upload.write(bytes.into()).await.unwrap();
        let done = upload.finish_once(&caller, "files", Stated::default(), Purpose::Any).await;
        assert_eq!(done.as_ref().map_or_else(|error| error.code().number(), |_| 200), expected);
        kept.extend(done.ok().map(|file| file.file_id));
    }
    assert_eq!(kept[0], kept[1]);
    assert_eq!(world.objects(), 2);
}
