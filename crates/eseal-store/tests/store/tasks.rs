use eseal_store::{OperationRecord, TaskRecord, Tasks};

use crate::samples::{Fresh, at};

fn task(id: &str, created: i64) -> TaskRecord {
    TaskRecord {
        id: id.into(),
        system_id: "A".into(),
        kind: "central/signFile".into(),
        state: "queued".into(),
        done: 0,
        total: 10,
        input: "{}".into(),
        result: None,
        created: at(created),
        expires: at(1000),
    }
}

async fn found(store: &Fresh, id: &str) -> TaskRecord {
    store.find_task("A", id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_task_runs_reports_and_is_finished() {
    let store = Fresh::new().await;
    store.insert_task(&task("t", 0)).await.unwrap();
    assert_eq!(store.find_task("B", "t").await.unwrap(), None);
    assert!(!store.report_task("t", 1).await.unwrap()); // not begun
    assert!(store.begin_task("t").await.unwrap());
    assert!(store.report_task("t", 4).await.unwrap());
    store.finish_task("t", "done", r#"{"fileList":[]}"#).await.unwrap();
    let done = TaskRecord { state: "done".into(), done: 4, result: Some(r#"{"fileList":[]}"#.into()), ..task("t", 0) };
    assert_eq!(found(&store, "t").await, done);
    assert!(!store.begin_task("t").await.unwrap());
    assert!(!store.cancel_task("t").await.unwrap());
    store.finish_task("t", "failed", "{}").await.unwrap();
    assert_eq!(found(&store, "t").await, done);
}

#[tokio::test]
async fn a_cancelled_task_stays_cancelled_but_keeps_what_was_done() {
    let store = Fresh::new().await;
    store.insert_task(&task("t", 0)).await.unwrap();
    assert!(store.begin_task("t").await.unwrap());
    assert!(store.cancel_task("t").await.unwrap());
    assert!(!store.report_task("t", 2).await.unwrap());
    assert!(!store.begin_task("t").await.unwrap());
    store.finish_task("t", "done", "{}").await.unwrap();
    let task = found(&store, "t").await;
    assert_eq!((task.state.as_str(), task.result.as_deref()), ("cancelled", Some("{}")));
}

#[tokio::test]
async fn after_a_restart_unfinished_tasks_are_found_the_oldest_first() {
    let store = Fresh::new().await;
    for (id, created) in [("late", 3), ("early", 1), ("finished", 0), ("cancelled", 2)] {
        store.insert_task(&task(id, created)).await.unwrap();
    }
    store.begin_task("early").await.unwrap();
    store.begin_task("finished").await.unwrap();
    store.finish_task("finished", "failed", "{}").await.unwrap();
    store.cancel_task("cancelled").await.unwrap();
    let again = store.reopened().await;
    let unfinished = again.unfinished_tasks().await.unwrap();
    assert_eq!(unfinished.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["early", "late"]);
    assert!(again.begin_task("early").await.unwrap()); // taken up again
}

#[tokio::test]
async fn who_ordered_a_job_is_written_down_once() {
    let store = Fresh::new().await;
    let operation = OperationRecord {
        job_id: "t".into(),
        operator_name: "经*".into(),
        operator_id_type: "111".into(),
        operator_id: "4***1".into(),
        time: at(0),
    };
    store.insert_operation(&operation).await.unwrap();
    store.insert_operation(&operation).await.unwrap();
}
