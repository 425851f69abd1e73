//! Tasks: asked for, watched, canceled.

use eseal_http::axum;
use eseal_testkit::{SEAL_CODE, pdf};
use serde_json::{Value, json};

use crate::world::{Call, OTHER_SYSTEM, World, base64, operator, rectangle};

async fn start(world: &World) -> String {
    let file = world
        .call("central/uploadFile", world.content(json!({"file": {"fileB64": base64(&pdf(1)), "fileType": "PDF"}})))
        .await;
    let fields = json!({
        "fileList": [{"fileId": file["fileId"], "rules": [rectangle()]}],
        "sealCode": SEAL_CODE, "operator": operator(), "async": true,
    });
    world.call("central/signFile", world.content(fields)).await["taskId"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_watched_until_it_is_done() {
    let world = World::new().await;
    let target = format!("/api/v1/tasks/{}", start(&world).await);
    let watched = world.send(Call::get(&target).header("accept", "text/event-stream").signed()).await;
    assert_eq!((watched.status, watched.header("content-type")), (200, "text/event-stream"));
    let text = String::from_utf8(watched.body.to_vec()).unwrap();
    let events: Vec<Value> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let last = events.last().unwrap();
    assert_eq!((&last["state"], last["progress"].as_f64()), (&json!("done"), Some(100.0)), "{text}");
    assert_eq!(last["result"]["fileList"][0]["code"], 200);
    let asked = world.send(Call::get(&target).signed()).await;
    assert_eq!((asked.code(), &asked.json()["data"]), (200, last));
    let canceled = world.send(Call { method: axum::http::Method::DELETE, ..Call::get(&target) }.signed()).await;
    assert_eq!((canceled.code(), &canceled.json()["data"]["state"]), (200, &json!("done")));
}

#[tokio::test]
async fn a_task_of_nobody_is_told_by_an_envelope_even_to_those_who_watch() {
    let world = World::new().await;
    let target = format!("/api/v1/tasks/{}", "0".repeat(32));
    for accept in ["application/json", "text/event-stream"] {
        let answer = world.send(Call::get(&target).header("accept", accept).signed()).await;
        assert_eq!(answer.code(), 40404);
    }
    let task = format!("/api/v1/tasks/{}", start(&world).await);
    let foreign = Call::get(&task).with(|call| call.system = OTHER_SYSTEM.into());
    assert_eq!(world.send(foreign.signed()).await.code(), 40404);
    assert_eq!(world.send(Call::get(&task).unsigned()).await.code(), 40101);
    assert_eq!(world.send(Call::post(&task, "{}").signed()).await.code(), 40400);
}
