//! 5-1 to 5-3: the platform signs by itself, for government seals only.

use std::time::Duration;

use eseal_api::{DownloadFile, SignFile, TaskInfo, TaskState, UploadFile};
use eseal_service::tasks;
use eseal_testkit::{ofd, pdf};
use futures::StreamExt;
use serde_json::{Value, json};

use crate::world::{BUSINESS, GOVERNMENT_SEAL, GRANT, OTHER_SYSTEM, SEAL, World, base64, codes, list, rectangle};

async fn upload(world: &World, file: &[u8]) -> Value {
    world.call::<UploadFile>(json!({"file": {"fileB64": base64(file)}})).await.unwrap().1["fileId"].clone()
}

fn ask(world: &World, files: &[Value], fields: Value) -> Value {
    let rows: Value = files.iter().map(|id| json!({"fileId": id, "rules": [rectangle()], "bizNo": "no-1"})).collect();
    let mut content = world.government(json!({
        "fileList": rows, "sealCode": GOVERNMENT_SEAL,
        "operator": {"name": "测试员", "idType": "111", "idNo": "11010519491231002X"},
    }));
    content.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    content
}

/// The final state of a task.
async fn finished(world: &World, id: &str) -> TaskInfo {
    for _ in 0..2_000 {
        let info = tasks::task(&world.app, &world.caller(), id).await.unwrap();
        if info.state.is_final() {
            return info;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the task does not end");
}

#[tokio::test]
async fn files_are_sealed_and_fetched() {
    let world = World::new().await;
    let files = [upload(&world, &pdf(1)).await, upload(&world, &ofd(1)).await];
    let (code, data) = world.call::<SignFile>(ask(&world, &files, json!({}))).await.unwrap();
    let entries = list(data, "fileList");
    assert_eq!((code, codes(&entries)), (200, vec![200, 200]), "{entries:?}");
    for (entry, id) in entries.iter().zip(&files) {
        assert_eq!((&entry["fileId"], &entry["bizNo"]), (id, &json!("no-1")));
        let (_, data) = world.call::<DownloadFile>(json!({"fileId": entry["signedFileId"]})).await.unwrap();
        assert_eq!(data["file"]["sm3"], entry["sm3"]);
        assert_eq!(world.verify(&data["file"]["fileB64"]).await, ("VALID".into(), 1));
    }
    assert_eq!(world.app.store.log_size().await.unwrap(), 2);
}

#[tokio::test]
async fn only_government_seals_with_a_grant_for_it() {
    let world = World::new().await;
    let files = [upload(&world, &pdf(1)).await];
    let business = json!({"organizationCode": BUSINESS, "grantCode": GRANT, "sealCode": SEAL});
    assert_eq!(world.refused::<SignFile>(ask(&world, &files, business)).await.0, 40305);
    for name in ["grantCode", "scene", "operator"] {
        let found = world.refused::<SignFile>(ask(&world, &files, json!({name: null}))).await;
        assert_eq!(found, (40001, Some(format!("/{name}"))));
    }
    let mut grant = world.grant(crate::world::GOVERNMENT_GRANT, &world.government);
    world.app.store.put_grant(&grant).await.unwrap();
    assert_eq!(world.refused::<SignFile>(ask(&world, &files, json!({}))).await, (40302, Some("/grantCode".into())));
    grant.central = true;
    world.app.store.put_grant(&grant).await.unwrap();
    let by_type = ask(&world, &files, json!({"sealCode": null, "sealType": "1"}));
    assert_eq!(world.call::<SignFile>(by_type).await.unwrap().0, 200);
}

#[tokio::test]
async fn a_bad_file_fails_alone() {
    let world = World::new().await;
    let files = [upload(&world, &pdf(1)).await, json!("0".repeat(32)), json!(null)];
    let (code, data) = world.call::<SignFile>(ask(&world, &files, json!({}))).await.unwrap();
    assert_eq!((code, codes(&list(data, "fileList"))), (20700, vec![200, 40403, 40001]));
}

#[tokio::test]
async fn many_files_become_a_task() {
    let world = World::with(|config| config.limits.central_sync_files = 2).await;
    let file = upload(&world, &pdf(1)).await;
    let (_, started) = world.call::<SignFile>(ask(&world, &vec![file; 3], json!({}))).await.unwrap();
    let info = finished(&world, started["taskId"].as_str().unwrap()).await;
    assert_eq!((info.state, info.done, info.total), (TaskState::Done, 3, 3));
    let entries = list(info.result.unwrap(), "fileList");
    assert_eq!(codes(&entries), [200, 200, 200]);
    assert_ne!(entries[0]["signedFileId"], entries[1]["signedFileId"]);
    assert_eq!(world.app.store.log_size().await.unwrap(), 3);
}

#[tokio::test]
async fn a_task_of_one_file_gives_it_by_its_identifier() {
    let world = World::new().await;
    let file = upload(&world, &pdf(1)).await;
    let (_, started) = world.call::<SignFile>(ask(&world, &[file], json!({"async": true}))).await.unwrap();
    finished(&world, started["taskId"].as_str().unwrap()).await;
    let (_, data) = world.call::<DownloadFile>(json!({"taskId": started["taskId"]})).await.unwrap();
    assert_eq!(world.verify(&data["file"]["fileB64"]).await, ("VALID".into(), 1));
    assert_eq!(world.refused::<DownloadFile>(json!({"taskId": "0".repeat(32)})).await, (40404, Some("/taskId".into())));
    let found = tasks::task(&world.app, &world.caller_of(OTHER_SYSTEM), started["taskId"].as_str().unwrap()).await;
    assert_eq!(found.unwrap_err().code().number(), 40404);
}

#[tokio::test]
async fn a_task_goes_on_after_a_restart_and_seals_nothing_twice() {
    let world = World::new().await;
    let files = [upload(&world, &pdf(1)).await, upload(&world, &ofd(1)).await, upload(&world, &pdf(2)).await];
    let (_, started) = world.call::<SignFile>(ask(&world, &files, json!({"async": true}))).await.unwrap();
    let id = started["taskId"].as_str().unwrap().to_owned();
    let first = finished(&world, &id).await;
    // As if the server had been killed before it wrote down that the task was done.
    let mut record = world.app.store.find_task(crate::world::SYSTEM, &id).await.unwrap().unwrap();
    record.id = "0123456789abcdef0123456789abcdef".into();
    record.state = "running".into();
    record.result = None;
    record.done = 1;
    world.app.store.insert_task(&record).await.unwrap();
    let world = world.restarted().await;
    let second = finished(&world, &record.id).await;
    let sums = |info: &TaskInfo| -> Vec<Value> {
        list(info.result.clone().unwrap(), "fileList").iter().map(|entry| entry["signedFileId"].clone()).collect()
    };
    assert_eq!((second.state, sums(&second)), (TaskState::Done, sums(&first)));
    assert_eq!(world.app.store.log_size().await.unwrap(), 3);
}

#[tokio::test]
async fn a_killed_server_in_the_middle_of_a_task_loses_nothing() {
    let world = World::new().await;
    let file = upload(&world, &pdf(1)).await;
    let (_, started) = world.call::<SignFile>(ask(&world, &vec![file; 5], json!({"async": true}))).await.unwrap();
    let id = started["taskId"].as_str().unwrap().to_owned();
    // A second server takes the task up while the first one still works on it.
    let again = tasks::resume(&world.app).await.unwrap();
    let info = finished(&world, &id).await;
    assert!(again <= 1);
    assert_eq!(codes(&list(info.result.unwrap(), "fileList")), [200; 5]);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(world.app.store.log_size().await.unwrap(), 5);
}

#[tokio::test]
async fn a_task_is_watched_and_cancelled() {
    let world = World::with(|config| config.limits.tasks = 1).await;
    let file = upload(&world, &pdf(1)).await;
    let start = async |count: usize| {
        let content = ask(&world, &vec![file.clone(); count], json!({"async": true}));
        world.call::<SignFile>(content).await.unwrap().1["taskId"].as_str().unwrap().to_owned()
    };
    let (first, second) = (start(3).await, start(1).await);
    let canceled = tasks::cancel(&world.app, &world.caller(), &second).await.unwrap();
    assert_eq!(canceled.state, TaskState::Canceled);
    let seen: Vec<TaskInfo> =
        tasks::watch(world.app.clone(), world.caller(), first).map(Result::unwrap).collect().await;
    let last = seen.last().unwrap();
    assert_eq!((last.state, last.done, last.progress), (TaskState::Done, 3, 100.0));
    assert!(seen.windows(2).all(|pair| pair[0].done <= pair[1].done && pair[0] != pair[1]));
    assert_eq!(finished(&world, &second).await.state, TaskState::Canceled);
    assert_eq!(world.app.store.log_size().await.unwrap(), 3, "what was cancelled in time was not sealed");
}

#[tokio::test]
async fn an_upload_must_be_a_document() {
    let world = World::new().await;
    for (file, code) in [(b"text".to_vec(), 41501), (pdf(1)[..100].to_vec(), 42201), (Vec::new(), 40001)] {
        let found = world.refused::<UploadFile>(json!({"file": {"fileB64": base64(&file)}})).await;
        assert_eq!(found.0, code);
    }
    assert_eq!(world.objects(), 0);
    let id = upload(&world, &ofd(3)).await;
    let (_, again) = world.call::<UploadFile>(json!({"file": {"fileId": id}})).await.unwrap();
    assert_eq!((again["pageCount"].as_u64(), &again["fileType"]), (Some(3), &json!("OFD")));
}
