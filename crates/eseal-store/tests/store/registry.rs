use eseal_store::{GrantRecord, OrganizationRecord, Registry, SealRecord, SystemRecord, UserRecord};

use crate::samples::{Fresh, at};

fn system(id: &str) -> SystemRecord {
    SystemRecord {
        id: id.into(),
        name: "政务一体化平台".into(),
        active: true,
        hmac_keys: vec![vec![1; 32], vec![2; 32]],
        sm2_keys: vec![vec![4; 65]],
        functions: vec!["sign/composeSignature".into()],
        scenes: vec!["S01".into(), "S02".into()],
        addresses: vec![],
        origins: vec!["http://localhost".into()],
        digest_only: true,
        requests_per_minute: Some(600),
    }
}

fn user(id: &str, id_no: &str) -> UserRecord {
    UserRecord {
        id: id.into(),
        name: "经办".into(),
        id_type: "111".into(),
        id_no: id_no.into(),
        organizations: vec!["914403001922038216".into()],
        active: true,
    }
}

fn seal(code: &str, organization_code: &str, seal_type: &str) -> SealRecord {
    SealRecord {
        code: code.into(),
        name: "合同专用章".into(),
        organization_code: organization_code.into(),
        seal_type: seal_type.into(),
        carrier: "SERVER".into(),
        status: "ACTIVE".into(),
        status_since: None,
        scenes: vec![],
        valid_start: at(0),
        valid_end: at(1000),
        certificates: vec![vec![0x30; 400]],
        der: vec![0x30; 9000],
    }
}

fn grant(id: &str, system_id: &str, remaining: Option<u32>) -> GrantRecord {
    GrantRecord {
        id: id.into(),
        code_hash: format!("hash of {id}"),
        system_id: system_id.into(),
        organization_code: "914403001922038216".into(),
        seal_codes: Some(vec!["4403010000001".into()]),
        scenes: vec!["S02".into()],
        central: true,
        valid_until: Some(at(100)),
        remaining,
        revoked: false,
    }
}

#[tokio::test]
async fn systems_and_organisations_come_back_as_they_were_last_written() {
    let store = Fresh::new().await;
    assert_eq!(store.find_system("A").await.unwrap(), None);
    store.put_system(&system("A")).await.unwrap();
    assert_eq!(store.find_system("A").await.unwrap(), Some(system("A")));
    let changed = SystemRecord { active: false, hmac_keys: vec![], requests_per_minute: None, ..system("A") };
    store.put_system(&changed).await.unwrap();
    assert_eq!(store.find_system("A").await.unwrap(), Some(changed));

    let mut body = OrganizationRecord { code: "11440300".into(), name: "局".into(), is_government: true };
    store.put_organization(&body).await.unwrap();
    body.name = "委".into();
    store.put_organization(&body).await.unwrap();
    assert_eq!(store.find_organization("11440300").await.unwrap(), Some(body));
    assert_eq!(store.find_organization("%").await.unwrap(), None);
}

#[tokio::test]
async fn users_are_found_by_identifier_document_and_certificate() {
    let store = Fresh::new().await;
    store.put_user(&user("u1", "1")).await.unwrap();
    store.put_user(&user("u2", "2")).await.unwrap();
    store.bind_certificate(&[1; 32], "u1").await.unwrap();
    assert_eq!(store.find_user("u1").await.unwrap(), Some(user("u1", "1")));
    assert_eq!(store.find_user_by_document("111", "2").await.unwrap(), Some(user("u2", "2")));
    assert_eq!(store.find_user_by_document("414", "2").await.unwrap(), None);
    assert_eq!(store.find_user_by_certificate(&[1; 32]).await.unwrap(), Some(user("u1", "1")));
    assert_eq!(store.find_user_by_certificate(&[2; 32]).await.unwrap(), None);
    store.bind_certificate(&[1; 32], "u2").await.unwrap();
    assert_eq!(store.find_user_by_certificate(&[1; 32]).await.unwrap(), Some(user("u2", "2")));
}

#[tokio::test]
async fn a_second_user_with_the_same_document_is_refused_and_replaces_nobody() {
    let store = Fresh::new().await;
    store.put_user(&user("u1", "1")).await.unwrap();
    store.put_user(&user("u2", "1")).await.unwrap_err();
    assert_eq!(store.find_user_by_document("111", "1").await.unwrap(), Some(user("u1", "1")));
}

#[tokio::test]
async fn seals_are_listed_by_holder_type_and_code() {
    let store = Fresh::new().await;
    for (code, holder, kind) in [("3", "A", "04"), ("2", "A", "01"), ("1", "A", "04"), ("0", "B", "01")] {
        store.put_seal(&seal(code, holder, kind)).await.unwrap();
    }
    let listed = store.list_seals("A").await.unwrap();
    assert_eq!(listed, [seal("2", "A", "01"), seal("1", "A", "04"), seal("3", "A", "04")]);
    let frozen = SealRecord { status: "FROZEN".into(), ..seal("2", "A", "01") };
    store.put_seal(&frozen).await.unwrap();
    assert_eq!(store.find_seal("2").await.unwrap(), Some(frozen));
    assert_eq!(store.list_seals("C").await.unwrap(), []);
}

#[tokio::test]
async fn a_seal_remembers_since_when_it_is_of_no_use_and_revoked_is_for_good() {
    let store = Fresh::new().await;
    store.put_seal(&seal("1", "A", "01")).await.unwrap();
    for (status, moment, is_done, expected) in [
        ("ACTIVE", 1, false, ("ACTIVE", None)),
        ("FROZEN", 2, true, ("FROZEN", Some(2))),
        ("FROZEN", 3, false, ("FROZEN", Some(2))),
        ("ACTIVE", 4, true, ("ACTIVE", Some(4))),
        ("FROZEN", 5, true, ("FROZEN", Some(5))),
        ("REVOKED", 6, true, ("REVOKED", Some(5))),
        ("ACTIVE", 7, false, ("REVOKED", Some(5))),
    ] {
        assert_eq!(store.set_seal_status("1", status, at(moment)).await.unwrap(), is_done, "{status} {moment}");
        let found = store.find_seal("1").await.unwrap().unwrap();
        assert_eq!((&found.status[..], found.status_since), (expected.0, expected.1.map(at)), "{status} {moment}");
    }
    assert!(!store.set_seal_status("2", "FROZEN", at(1)).await.unwrap());
}

#[tokio::test]
async fn a_grant_is_found_by_its_own_system_only() {
    let store = Fresh::new().await;
    let record = GrantRecord { seal_codes: None, valid_until: None, ..grant("g", "A", None) };
    store.put_grant(&record).await.unwrap();
    assert_eq!(store.find_grant("A", "hash of g").await.unwrap(), Some(record.clone()));
    assert_eq!(store.find_grant("B", "hash of g").await.unwrap(), None);
    assert_eq!(store.find_grant_by_id("g").await.unwrap(), Some(record));
    assert_eq!(store.find_grant_by_id("h").await.unwrap(), None);
}

#[tokio::test]
async fn a_grant_is_used_as_often_as_it_says_and_not_once_more() {
    let store = Fresh::new().await;
    store.put_grant(&grant("counted", "A", Some(3))).await.unwrap();
    store.put_grant(&grant("free", "A", None)).await.unwrap();
    store.put_grant(&GrantRecord { revoked: true, ..grant("revoked", "A", None) }).await.unwrap();
    let uses = futures::future::join_all((0..20).map(|_| store.use_grant("counted"))).await;
    assert_eq!(uses.into_iter().filter(|used| *used.as_ref().unwrap()).count(), 3);
    assert_eq!(store.find_grant_by_id("counted").await.unwrap().unwrap().remaining, Some(0));
    assert!(store.use_grant("free").await.unwrap());
    assert!(!store.use_grant("revoked").await.unwrap());
    assert!(!store.use_grant("unknown").await.unwrap());
}
