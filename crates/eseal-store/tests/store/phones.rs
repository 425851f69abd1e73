use eseal_store::{CodeChange, CodeRecord, EnrolmentRecord, PhoneRecord, Phones};

use crate::samples::{Fresh, at};

fn code(id: &str, created: i64) -> CodeRecord {
    CodeRecord {
        id: id.into(),
        purpose: "sign".into(),
        system_id: "A".into(),
        organization_code: Some("914403001922038216".into()),
        state: "0".into(),
        match_code: "42".into(),
        choices: vec!["17".into(), "42".into(), "88".into()],
        poll_token_hash: None,
        client_info: Some("浏览器".into()),
        payload: "{}".into(),
        device_id: None,
        user_id: None,
        result: None,
        created: at(created),
        expires: at(created + 100),
    }
}

fn phone() -> PhoneRecord {
    PhoneRecord {
        id: "p".into(),
        user_id: "u".into(),
        name: "手机".into(),
        device_public_key: vec![4; 65],
        certificates: vec![vec![0x30, 1], vec![0x30, 2]],
        key_profile: "phone".into(),
        key_share: vec![7; 125],
        pin_salt: vec![1; 16],
        pin_hash: vec![2; 32],
        pin_attempts_left: 3,
        active: true,
        created: at(0),
    }
}

fn to(state: &str, device_id: Option<&str>) -> CodeChange {
    CodeChange { state: state.into(), device_id: device_id.map(str::to_owned), ..CodeChange::default() }
}

#[tokio::test]
async fn a_code_is_seen_by_phones_and_by_its_own_system() {
    let store = Fresh::new().await;
    store.insert_code(&code("q", 0)).await.unwrap();
    assert_eq!(store.find_code("q").await.unwrap(), Some(code("q", 0)));
    assert_eq!(store.find_code_of("A", "q").await.unwrap(), Some(code("q", 0)));
    assert_eq!(store.find_code_of("B", "q").await.unwrap(), None);
    assert_eq!(store.find_code("x").await.unwrap(), None);
}

#[tokio::test]
async fn of_many_phones_one_gets_the_code_and_the_others_change_nothing() {
    let store = Fresh::new().await;
    store.insert_code(&code("q", 0)).await.unwrap();
    let names: Vec<String> = (0..30).map(|number| format!("p{number}")).collect();
    let changes: Vec<CodeChange> = names.iter().map(|name| to("1", Some(name))).collect();
    let tries = futures::future::join_all(changes.iter().map(|change| store.change_code("q", "0", change))).await;
    let winners: Vec<_> =
        tries.into_iter().zip(&names).filter(|(won, _)| *won.as_ref().unwrap()).map(|(_, name)| name.clone()).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(store.find_code("q").await.unwrap().unwrap().device_id, winners.into_iter().next());
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name() {
    let store = Fresh::new().await;
    store.insert_code(&code("q", 0)).await.unwrap();
    assert!(store.change_code("q", "0", &to("1", Some("p"))).await.unwrap());
    let confirmed = CodeChange { result: Some("[]".into()), expires: Some(at(900)), ..to("2", None) };
    assert!(store.change_code("q", "1", &confirmed).await.unwrap());
    assert!(!store.change_code("q", "1", &to("3", None)).await.unwrap());
    let found = store.find_code("q").await.unwrap().unwrap();
    let expected = CodeRecord {
        state: "2".into(),
        device_id: Some("p".into()),
        result: Some("[]".into()),
        expires: at(900),
        ..code("q", 0)
    };
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_history_of_a_phone_is_paged_from_the_latest() {
    let store = Fresh::new().await;
    for (number, id) in ["a", "b", "c", "d"].into_iter().enumerate() {
        store.insert_code(&code(id, i64::try_from(number).unwrap())).await.unwrap();
        let device = if id == "b" { "other" } else { "p" };
        store.change_code(id, "0", &to("1", Some(device))).await.unwrap();
    }
    let (count, page) = store.codes_of_device("p", 1, 5).await.unwrap();
    assert_eq!((count, page.iter().map(|code| code.id.as_str()).collect::<Vec<_>>()), (3, vec!["c", "a"]));
    assert_eq!(store.codes_of_device("nobody", 0, 5).await.unwrap(), (0, vec![]));
}

#[tokio::test]
async fn pin_attempts_run_out_under_parallel_guesses_and_stay_out() {
    let store = Fresh::new().await;
    store.insert_phone(&phone()).await.unwrap();
    assert_eq!(store.find_phone("p").await.unwrap(), Some(phone()));
    let guesses = futures::future::join_all((0..10).map(|_| store.take_pin_attempt("p"))).await;
    let mut left: Vec<_> = guesses.into_iter().filter_map(Result::unwrap).collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2]);
    assert_eq!(store.take_pin_attempt("p").await.unwrap(), None);
    store.reset_pin_attempts("p", 5).await.unwrap();
    assert_eq!(store.take_pin_attempt("p").await.unwrap(), Some(4));
    assert_eq!(store.take_pin_attempt("unknown").await.unwrap(), None);
    assert_eq!(store.find_phone("unknown").await.unwrap(), None);
}

#[tokio::test]
async fn an_enrolment_code_enrols_one_phone() {
    let store = Fresh::new().await;
    let enrolment = EnrolmentRecord {
        code_hash: "h".into(),
        user_id: "u".into(),
        certificates: vec![vec![0x30, 1]],
        expires: at(100),
    };
    store.insert_enrolment(&enrolment).await.unwrap();
    assert_eq!(store.take_enrolment("h").await.unwrap(), Some(enrolment));
    assert_eq!(store.take_enrolment("h").await.unwrap(), None);
}
