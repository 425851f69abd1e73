//! The phone's paths: for enrolled phones only, but for the enrolment.

use serde_json::json;

use crate::world::{Call, World};

#[tokio::test]
async fn only_enrolled_phones_are_heard() {
    let world = World::new().await;
    for act in ["scan", "confirm", "refuse", "mySeals", "history"] {
        let call = Call::numbered(&format!("mobile/{act}"), "m-1", json!({"qrCode": "x", "qrId": "x"}));
        let stranger = world.send(call.unsigned()).await;
        assert_eq!((stranger.code(), &stranger.json()["reqId"]), (40101, &json!("m-1")), "{act}");
    }
    let unknown =
        Call::numbered("mobile/scan", "m-1", json!({"qrCode": "x"})).header("x-eseal-device-id", "0".repeat(32));
    let mut request = unknown.signed();
    request.headers_mut().remove("x-eseal-system-id");
    assert_eq!(world.send(request).await.code(), 40101);
    let by_system = Call::numbered("mobile/mySeals", "m-1", json!({}));
    assert_eq!(world.send(by_system.signed()).await.code(), 40301);
}

#[tokio::test]
async fn an_enrolment_names_what_it_lacks() {
    let world = World::new().await;
    let answer = world.send(Call::numbered("mobile/enrol", "m-1", json!({})).unsigned()).await;
    assert_eq!((answer.code(), &answer.json()["data"]["field"]), (40001, &json!("/code")));
}
