//! The same reqId again, over HTTP.

use eseal_testkit::pdf;
use serde_json::json;

use crate::world::{Call, World, base64};

#[tokio::test]
async fn a_repeated_request_is_answered_as_before_and_another_one_refused() {
    let world = World::new().await;
    let upload = |pages| {
        let file = json!({"fileB64": base64(&pdf(pages)), "fileType": "PDF"});
        Call::numbered("central/uploadFile", "r-1", world.content(json!({"file": file})))
    };
    let first = world.send(upload(1).signed()).await;
    assert_eq!(first.code(), 200, "{}", first.line());
    let objects = world.objects();
    let again = world.send(upload(1).signed()).await;
    assert_eq!((again.line(), world.objects()), (first.line(), objects));
    let other = world.send(upload(2).signed()).await;
    assert_eq!((other.code(), world.objects()), (40903, objects));
}

#[tokio::test]
async fn a_list_fails_as_its_entries_do() {
    let world = World::new().await;
    let good = world
        .call("central/uploadFile", world.content(json!({"file": {"fileB64": base64(&pdf(1)), "fileType": "PDF"}})))
        .await;
    let sign = |ids: &[&str]| {
        let files: Vec<_> = ids.iter().map(|id| json!({"fileId": id, "rules": [crate::world::rectangle()]})).collect();
        let fields =
            json!({"fileList": files, "sealCode": eseal_testkit::SEAL_CODE, "operator": crate::world::operator()});
        Call::function("central/signFile", world.content(fields))
    };
    let (known, unknown) = (good["fileId"].as_str().unwrap(), "0".repeat(32));
    let mixed = world.send(sign(&[known, &unknown]).signed()).await;
    assert_eq!((mixed.code(), mixed.status), (20700, 207), "{}", mixed.line());
    let failed = world.send(sign(&[&unknown, &unknown]).signed()).await;
    let data = &failed.json()["data"];
    assert_eq!(
        (failed.code(), data["hint"].is_string(), data["field"].is_string()),
        (40403, true, true),
        "{}",
        failed.line()
    );
    assert_eq!(data["fileList"].as_array().unwrap().len(), 2);
}
