use eseal_store::{AuditRecord, ChallengeRecord, Earlier, Registry, RequestKey, Sessions, TokenRecord, UserRecord};

use crate::samples::{Fresh, at};

async fn with_token(idle_seconds: u32) -> Fresh {
    let store = Fresh::new().await;
    let user = UserRecord { id: "u".into(), active: true, ..UserRecord::default() };
    store.put_user(&user).await.unwrap();
    let token = TokenRecord {
        hash: "t".into(),
        system_id: "A".into(),
        user_id: "u".into(),
        used: at(0),
        idle_seconds,
        expires: at(1000),
    };
    store.insert_token(&token).await.unwrap();
    store
}

#[tokio::test]
async fn a_token_lives_while_it_is_used_and_ends_in_any_case() {
    let store = with_token(100).await;
    for second in [50, 140, 230, 320, 410, 500, 590, 680, 770, 860, 950, 1000] {
        assert!(store.find_token_user("A", "t", at(second)).await.unwrap().is_some(), "second {second}");
    }
    assert_eq!(store.find_token_user("A", "t", at(1001)).await.unwrap(), None);
}

#[tokio::test]
async fn a_token_that_rested_too_long_is_dead() {
    let store = with_token(100).await;
    assert_eq!(store.find_token_user("A", "t", at(101)).await.unwrap(), None);
}

#[tokio::test]
async fn a_token_belongs_to_its_system_and_its_active_user() {
    let store = with_token(100).await;
    assert_eq!(store.find_token_user("B", "t", at(1)).await.unwrap(), None);
    assert_eq!(store.find_token_user("A", "x", at(1)).await.unwrap(), None);
    assert!(store.find_token_user("A", "t", at(1)).await.unwrap().is_some());
    store.put_user(&UserRecord { id: "u".into(), active: false, ..UserRecord::default() }).await.unwrap();
    assert_eq!(store.find_token_user("A", "t", at(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_revoked_token_is_dead_and_is_revoked_once() {
    let store = with_token(100).await;
    assert!(!store.revoke_token("B", "t").await.unwrap());
    assert!(store.revoke_token("A", "t").await.unwrap());
    assert!(!store.revoke_token("A", "t").await.unwrap());
    assert_eq!(store.find_token_user("A", "t", at(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_challenge_is_taken_once_and_by_its_system() {
    let store = Fresh::new().await;
    let challenge = ChallengeRecord {
        id: "c".into(),
        system_id: "A".into(),
        cert_sm3: [1; 32],
        message: b"ESEAL-LOGIN/1\n".to_vec(),
        expires: at(60),
    };
    store.insert_challenge(&challenge).await.unwrap();
    assert_eq!(store.take_challenge("B", "c").await.unwrap(), None);
    let takers = futures::future::join_all((0..10).map(|_| store.take_challenge("A", "c"))).await;
    let taken: Vec<_> = takers.into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(taken, [challenge]);
}

#[tokio::test]
async fn a_nonce_is_new_once_per_system() {
    let store = Fresh::new().await;
    let tries = futures::future::join_all((0..10).map(|_| store.insert_nonce("A", "n", at(600)))).await;
    assert_eq!(tries.into_iter().filter(|new| *new.as_ref().unwrap()).count(), 1);
    assert!(store.insert_nonce("B", "n", at(600)).await.unwrap());
}

#[tokio::test]
async fn a_request_is_remembered_with_its_content_and_its_answer() {
    let store = Fresh::new().await;
    let key = |system_id: &str| RequestKey {
        system_id: system_id.into(),
        function: "central/signFile".into(),
        req_id: "r-1".into(),
    };
    let begin = async |system_id: &str, content: u8, now: i64| {
        store.begin_request(&key(system_id), &[content; 32], at(now), at(now + 100)).await.unwrap()
    };
    assert_eq!(begin("A", 1, 0).await, Earlier::New);
    assert_eq!(begin("A", 1, 0).await, Earlier::Running);
    assert_eq!(begin("A", 2, 0).await, Earlier::Different);
    assert_eq!(begin("B", 2, 0).await, Earlier::New);

    store.finish_request(&key("A"), r#"{"taskId":"1"}"#).await.unwrap();
    store.finish_request(&key("A"), "later answers change nothing").await.unwrap();
    store.forget_request(&key("A")).await.unwrap(); // only running ones are forgotten
    assert_eq!(begin("A", 1, 50).await, Earlier::Answered(r#"{"taskId":"1"}"#.into()));
    assert_eq!(begin("A", 1, 101).await, Earlier::New); // a day later it may be used again

    store.forget_request(&key("A")).await.unwrap();
    assert_eq!(begin("A", 3, 102).await, Earlier::New);
    assert_eq!(store.forget_running_requests().await.unwrap(), 2);
    assert_eq!(begin("B", 1, 102).await, Earlier::New);
}

#[tokio::test]
async fn audit_events_are_written() {
    let store = Fresh::new().await;
    let event = AuditRecord {
        time: at(0),
        event: "login.usbkey".into(),
        system_id: Some("A".into()),
        user_id: None,
        subject: None,
        outcome: "ok".into(),
    };
    store.insert_audit(&event).await.unwrap();
}
