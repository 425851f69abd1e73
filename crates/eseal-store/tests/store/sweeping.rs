use eseal_bytes::ByteSource;
use eseal_store::{
    ChallengeRecord, CodeChange, CodeRecord, Documents, EnrolmentRecord, Objects, Phones, Sessions, Store, TaskRecord,
    Tasks, TokenRecord, remove_orphans, sweep,
};
use jiff::Timestamp;

use crate::samples::{Fresh, at, composition, digest, file};

const DAY: i64 = 86_400;

#[tokio::test]
async fn an_object_goes_with_the_last_record_that_names_it() {
    let store = Fresh::new().await;
    store.insert_file(&file("f", "A", "files/o", at(10))).await.unwrap();
    store.insert_file(&file("g", "A", "files/g", at(10))).await.unwrap();
    store.insert_digest(&digest("d", "A", Some("files/o"), at(20))).await.unwrap();
    assert_eq!(store.sweep(at(10), 100).await.unwrap().records, 0);
    // The file is gone, but what is prepared from it can still be composed.
    let swept = store.sweep(at(11), 100).await.unwrap();
    assert_eq!((swept.objects, swept.records), (vec!["files/g".to_owned()], 2));
    assert_eq!(store.find_file("A", "f").await.unwrap(), None);
    // An expired digest is known for a day, so that it is answered as expired.
    assert_eq!(store.sweep(at(20 + DAY), 100).await.unwrap().records, 0);
    assert_eq!(store.sweep(at(21 + DAY), 100).await.unwrap().objects, ["files/o"]);
    assert_eq!(store.find_digest("A", "d").await.unwrap(), None);
}

#[tokio::test]
async fn a_composed_digest_lives_as_long_as_its_result() {
    let store = Fresh::new().await;
    store.insert_digest(&digest("d", "A", None, at(20))).await.unwrap();
    store.commit_composition("d", &composition(1, None), None).await.unwrap();
    store.sweep(at(DAY), 100).await.unwrap();
    assert!(store.find_digest("A", "d").await.unwrap().is_some());
}

#[tokio::test]
async fn no_more_than_the_limit_goes_at_once() {
    let store = Fresh::new().await;
    for number in 0..5 {
        store.insert_nonce("A", &number.to_string(), at(0)).await.unwrap();
    }
    assert_eq!(store.sweep(at(1), 2).await.unwrap().records, 2);
    assert_eq!(store.sweep(at(1), 2).await.unwrap().records, 2);
    assert_eq!(store.sweep(at(1), 2).await.unwrap().records, 1);
    assert!(store.insert_nonce("A", "0", at(9)).await.unwrap());
}

#[tokio::test]
async fn sessions_codes_and_finished_tasks_go_when_their_time_has_come() {
    let store = Fresh::new().await;
    let token = TokenRecord {
        hash: "t".into(),
        system_id: "A".into(),
        user_id: "u".into(),
        used: at(0),
        idle_seconds: 9,
        expires: at(0),
    };
    store.insert_token(&token).await.unwrap();
    let challenge =
        ChallengeRecord { id: "c".into(), system_id: "A".into(), cert_sm3: [0; 32], message: vec![], expires: at(0) };
    store.insert_challenge(&challenge).await.unwrap();
    let enrolment =
        EnrolmentRecord { code_hash: "e".into(), user_id: "u".into(), certificates: vec![], expires: at(0) };
    store.insert_enrolment(&enrolment).await.unwrap();
    for (id, state) in [("done", "done"), ("running", "running")] {
        let task = TaskRecord {
            id: id.into(),
            system_id: "A".into(),
            kind: String::new(),
            state: state.into(),
            done: 0,
            total: 1,
            input: String::new(),
            result: None,
            created: at(0),
            expires: at(0),
        };
        store.insert_task(&task).await.unwrap();
    }
    for id in ["scanned", "unseen"] {
        let code = CodeRecord {
            id: id.into(),
            purpose: "login".into(),
            system_id: "A".into(),
            organization_code: None,
            state: "0".into(),
            match_code: "1".into(),
            choices: vec![],
            poll_token_hash: None,
            client_info: None,
            payload: "{}".into(),
            device_id: None,
            user_id: None,
            result: None,
            created: at(0),
            expires: at(0),
        };
        store.insert_code(&code).await.unwrap();
    }
    let scanned = CodeChange { state: "1".into(), device_id: Some("p".into()), ..CodeChange::default() };
    store.change_code("scanned", "0", &scanned).await.unwrap();

    assert_eq!(store.sweep(at(1), 100).await.unwrap().records, 4); // token, challenge, enrolment, task that is done
    assert_eq!(store.sweep(at(1 + DAY), 100).await.unwrap().records, 1); // the code that nobody scanned
    assert!(store.find_code("scanned").await.unwrap().is_some());
    assert_eq!(store.sweep(at(1 + 90 * DAY), 100).await.unwrap().records, 1);
    assert!(store.find_task("A", "running").await.unwrap().is_some());
}

#[tokio::test]
async fn objects_of_expired_files_and_of_killed_servers_are_removed() {
    let store = Fresh::new().await;
    let folder = store.folder.path().join("objects");
    let objects = Objects::open(&folder).unwrap();
    let put = async |name: &str| {
        let source: std::sync::Arc<dyn ByteSource> = std::sync::Arc::new(vec![1, 2, 3]);
        objects.put(name, source).await.unwrap();
    };
    for name in ["files/expired", "files/kept", "files/prepared", "files/nobody"] {
        put(name).await;
    }
    store.insert_file(&file("f", "A", "files/expired", at(0))).await.unwrap();
    store.insert_file(&file("g", "A", "files/kept", at(100))).await.unwrap();
    store.insert_digest(&digest("d", "A", Some("files/prepared"), at(100))).await.unwrap();
    std::fs::write(folder.join("files/killed#1"), "half").unwrap();

    assert_eq!(sweep(&*store, &objects, at(1), 100).await.unwrap().objects, ["files/expired"]);
    assert!(objects.source("files/expired").await.is_err());

    let past = Timestamp::now() - jiff::SignedDuration::from_hours(1);
    assert_eq!(remove_orphans(&*store, &objects, past).await.unwrap(), 0); // an upload may still be running
    let future = Timestamp::now() + jiff::SignedDuration::from_hours(1);
    assert_eq!(remove_orphans(&*store, &objects, future).await.unwrap(), 2);
    assert!(objects.source("files/nobody").await.is_err());
    assert!(objects.source("files/kept").await.is_ok() && objects.source("files/prepared").await.is_ok());
    assert!(!folder.join("files/killed#1").exists());
}

#[tokio::test]
async fn a_store_that_works_says_so() {
    Fresh::new().await.check().await.unwrap();
}
