//! Evidence over HTTP: another region's word on its seals, lists from distribution points, our own word on ours.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use eseal::{
    bundle::{KeyAlgorithm, StatusService, Structure, TrustBundle, TrustRegion},
    status::{SealStatement, StatedStatus, StatusQuestion},
};
use eseal_api::{AskSealStatus, Request as _, VerifyFile, VerifySeal};
use eseal_gm::{sm2::SigningKey, sm3};
use eseal_pki::issue::Profile;
use eseal_service::{AtSealing, SealChange, change_seal, seal_status};
use eseal_testkit::{Party, days, now};
use serde_json::{Value, json};

use crate::world::{SEAL, World, base64, sealed};

/// What the other region's service does.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Says(StatedStatus),
    RevokedLater,
    IsSilent,
    SignsWithAnotherKey,
    RepeatsItself,
    AnswersAnother,
    SaysItLongAgo,
    IsBroken,
}

struct Region {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<AtomicUsize>,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

impl Region {
    fn start(crl: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (mood, asked) = (Arc::new(Mutex::new(Mood::Says(StatedStatus::Active))), Arc::new(AtomicUsize::new(0)));
        let (moody, counted) = (mood.clone(), asked.clone());
        thread::spawn(move || {
            let mut first = None;
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                let mood = *moody.lock().unwrap();
                answer(&mut stream.unwrap(), mood, &mut first, &crl);
            }
        });
        Self { port, mood, asked }
    }

    fn feels(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn answer(stream: &mut TcpStream, mood: Mood, first: &mut Option<Value>, crl: &[u8]) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let target = head.split(' ').nth(1).unwrap_or_default();
    if target.ends_with(".crl") {
        return send(stream, "200 OK", "application/pkix-crl", crl);
    }
    let query: HashMap<&str, &str> =
        target.split_once('?').unwrap_or_default().1.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let mut statement = SealStatement {
        region: "广州".into(),
        seal_code: query["sealCode"].into(),
        seal_sm3: Some(hex::decode(query["sealSm3"]).unwrap().try_into().unwrap()),
        status: StatedStatus::Active,
        since: None,
        this_update: now(),
        next_update: now() + Duration::from_secs(600),
        nonce: hex::decode(query["nonce"]).unwrap().try_into().unwrap(),
    };
    let mut signer = key(71);
    match mood {
        Mood::Says(status) => {
            statement.status = status;
            statement.since = (status == StatedStatus::Revoked).then(|| now() - days(1));
        }
        Mood::RevokedLater => {
            statement.status = StatedStatus::Revoked;
            statement.since = Some(now() + days(1));
        }
        Mood::SignsWithAnotherKey => signer = key(72),
        Mood::AnswersAnother => statement.seal_code = "44010000000009".into(),
        Mood::SaysItLongAgo => {
            statement.this_update = now() - days(2);
            statement.next_update = now() - days(1);
        }
        Mood::IsSilent => return thread::sleep(Duration::from_millis(3_300)),
        Mood::IsBroken => return send(stream, "500 Internal Server Error", "application/json", b"{}"),
        Mood::RepeatsItself => {}
    }
    let text = statement.to_text();
    let signature = base64(&signer.sign(text.as_bytes()));
    let mut said = json!({"code": 200, "data": {"statement": text, "signature": signature}});
    if mood == Mood::RepeatsItself {
        said = first.clone().unwrap();
    }
    first.get_or_insert_with(|| said.clone());
    send(stream, "200 OK", "application/json", said.to_string().as_bytes());
}

fn send(stream: &mut TcpStream, status: &str, kind: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

/// A bundle by which the world's own root speaks for 广州.
fn bundle(world: &World, region: &Region) -> TrustBundle {
    let elsewhere = Party::issue(60, "另一个根证书", Profile::Root, None, |_| {});
    let of = |code: &str, name: &str, root: &[u8], status| TrustRegion {
        code: code.into(),
        name: name.into(),
        makers: vec![root.to_vec()],
        signers: vec![root.to_vec()],
        time_stamps: Vec::new(),
        structures: vec![Structure::V4],
        algorithms: vec![KeyAlgorithm::Sm2],
        status,
    };
    let status = StatusService { url: region.origin() + "/status", key: key(71).verifying_key().clone() };
    TrustBundle {
        name: "测试信任包".into(),
        version: 1,
        issued: now() - days(1),
        next_update: now() + days(30),
        home: "440300".into(),
        regions: vec![
            of("440300", "深圳", &elsewhere.certificate, None),
            of("440100", "广州", &world.pki.anchor(), Some(status)),
        ],
        intermediates: Vec::new(),
        crls: vec![world.pki.crl()],
    }
}

async fn sealed_file(world: &World) -> Value {
    let digests = world.digests(json!([sealed(&eseal_testkit::ofd(1), "OFD")])).await;
    let values = world.sign(&digests).await;
    world.compose(&values).await[0]["fileB64"].clone()
}

async fn judged(world: &World, file: &Value) -> (String, String, String, String) {
    let (_, data) = world.call::<VerifyFile>(json!({"file": {"fileB64": file}})).await.unwrap();
    let signature = &data["signatures"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let sub = text(&data["subIndication"]);
    (text(&data["conclusion"]), sub, text(&signature["region"]), text(&signature["recognised"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_regions_word_on_its_seal_decides_and_silence_is_never_good() {
    let region = Region::start(Vec::new());
    let world = World::with(|config| config.evidence.allow = vec![region.origin()]).await;
    let file = sealed_file(&world).await;
    let bundle = bundle(&world, &region).evidence();
    let check = async |mood: Mood, conclusion: &str, sub: &str| {
        region.feels(mood);
        world.app.trust.replace(bundle.clone()); // and what was said before is forgotten
        let before = region.asked.load(Ordering::SeqCst);
        let found = judged(&world, &file).await;
        assert_eq!(found, (conclusion.into(), sub.into(), "广州".into(), "partner".into()));
        assert!(region.asked.load(Ordering::SeqCst) > before, "it was asked");
    };
    check(Mood::Says(StatedStatus::Active), "VALID", "").await;
    // What it said is good for a while.
    let asked = region.asked.load(Ordering::SeqCst);
    assert_eq!(judged(&world, &file).await.0, "VALID");
    assert_eq!(region.asked.load(Ordering::SeqCst), asked);
    check(Mood::Says(StatedStatus::Revoked), "INVALID", "REVOKED").await;
    check(Mood::RevokedLater, "VALID", "").await;
    check(Mood::Says(StatedStatus::Unknown), "INDETERMINATE", "TRY_LATER").await;
    check(Mood::Says(StatedStatus::Uncollected), "INVALID", "SIG_CONSTRAINTS_FAILURE").await;
    check(Mood::SignsWithAnotherKey, "INDETERMINATE", "TRY_LATER").await;
    check(Mood::RepeatsItself, "INDETERMINATE", "TRY_LATER").await;
    check(Mood::AnswersAnother, "INDETERMINATE", "TRY_LATER").await;
    check(Mood::SaysItLongAgo, "INDETERMINATE", "TRY_LATER").await;
    check(Mood::IsBroken, "INDETERMINATE", "TRY_LATER").await;
    check(Mood::IsSilent, "INDETERMINATE", "TRY_LATER").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_who_is_not_listed() {
    let region = Region::start(Vec::new());
    let world = World::new().await;
    let file = sealed_file(&world).await;
    world.app.trust.replace(bundle(&world, &region).evidence());
    assert_eq!(judged(&world, &file).await.0, "INDETERMINATE");
    assert_eq!(region.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_by_itself_is_asked_about_too() {
    let region = Region::start(Vec::new());
    let world = World::with(|config| config.evidence.allow = vec![region.origin()]).await;
    world.app.trust.replace(bundle(&world, &region).evidence());
    let seal = world.app.store.find_seal(SEAL).await.unwrap().unwrap();
    let content = json!({"sealData": base64(&seal.der)});
    let ask = async || {
        let (_, data) = world.call::<VerifySeal>(content.clone()).await.unwrap();
        (data["conclusion"].clone(), data["region"].clone())
    };
    assert_eq!(ask().await, (json!("VALID"), json!("广州")));
    region.feels(Mood::Says(StatedStatus::Frozen));
    world.app.trust.replace(bundle(&world, &region).evidence());
    assert_eq!(ask().await, (json!("INVALID"), json!("广州")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_fetched_for_verifying_and_sealing_and_kept() {
    let list = eseal_testkit::Pki::new().crl();
    let region = Region::start(list);
    let url: &'static str = Box::leak(format!("{}/root.crl", region.origin()).into_boxed_str());
    let mut world = World::with(|config| config.evidence.allow = vec![region.origin()]).await;
    // A maker whose certificate names the list; nothing else is known of revocation.
    world.pki.maker = Party::issue(61, "制章人", Profile::SealMaker, Some(&world.pki.root), |template| {
        template.crl_url = Some(url);
    });
    let seal = world.seal(SEAL, crate::world::BUSINESS, "server", &world.pki.signer);
    world.app.store.put_seal(&seal).await.unwrap();
    let file = sealed_file(&world).await; // by the list of the world
    let mut without = (*world.app.trust.evidence()).clone();
    without.crls.clear();
    world.app.trust.replace(without.clone());
    let judge = async || {
        let (_, data) = world.call::<VerifyFile>(json!({"file": {"fileB64": file}})).await.unwrap();
        data["conclusion"].as_str().unwrap().to_owned()
    };
    // The maker's certificate leads to the list, which is the signer's issuer's too.
    assert_eq!(judge().await, "VALID");
    assert_eq!(region.asked.load(Ordering::SeqCst), 1);
    assert_eq!(judge().await, "VALID");
    assert_eq!(region.asked.load(Ordering::SeqCst), 1, "kept");
    assert_eq!(world.app.trust.evidence().crls.len(), 1);
    sealed_file(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_service_says_what_state_a_seal_is_in() {
    let world = World::new().await;
    let der = world.app.store.find_seal(SEAL).await.unwrap().unwrap().der;
    let platform = world.app.platform_keys.public_key(eseal_api::KeyPurpose::Status).clone();
    let check = async |code: &str, seal_sm3: [u8; 32], expected: StatedStatus| {
        let question = StatusQuestion { region: "深圳".into(), seal_code: code.into(), seal_sm3, nonce: [9; 16] };
        let content = json!({"sealCode": code, "sealSm3": hex::encode(seal_sm3), "nonce": hex::encode([9; 16])});
        let answer = seal_status(&world.app, AskSealStatus::from_content(&content).unwrap()).await.unwrap();
        let read = SealStatement::verify(&answer.statement, &answer.signature.0, &platform, &question, now());
        let read = read.unwrap();
        assert_eq!((read.status, answer.status.as_str()), (expected, expected.as_str()));
        assert_eq!(read.next_update, now() + Duration::from_secs(600));
        read.since
    };
    check(SEAL, sm3(&der), StatedStatus::Active).await;
    check(SEAL, [0; 32], StatedStatus::Unknown).await;
    check("44030000099999", sm3(&der), StatedStatus::Unknown).await;
    let change = async |days_ago: i64, change, expected: bool| {
        let done = change_seal(&*world.app.store, now() - days(days_ago), SEAL, change).await.unwrap();
        assert_eq!(done, expected, "{change:?}");
    };
    change(9, SealChange::Release, false).await;
    change(8, SealChange::Freeze, true).await;
    assert_eq!(check(SEAL, sm3(&der), StatedStatus::Frozen).await, Some(now() - days(8)));
    change(7, SealChange::Release, true).await;
    check(SEAL, sm3(&der), StatedStatus::Active).await;
    change(6, SealChange::Freeze, true).await;
    change(5, SealChange::Revoke, true).await;
    change(4, SealChange::Release, false).await;
    assert_eq!(check(SEAL, sm3(&der), StatedStatus::Revoked).await, Some(now() - days(6)));
    for wrong in [
        json!({"sealCode": SEAL, "nonce": "00"}),
        json!({"sealCode": SEAL, "nonce": "0".repeat(31) + "A"}),
        json!({"sealCode": "", "nonce": "0".repeat(32)}),
        json!({"sealCode": "x\ny", "nonce": "0".repeat(32)}),
        json!({"sealCode": SEAL, "nonce": "0".repeat(32), "sealSm3": "12"}),
    ] {
        let asked = AskSealStatus::from_content(&wrong);
        assert!(
            match asked {
                Ok(asked) => seal_status(&world.app, asked).await.is_err(),
                Err(_) => true,
            },
            "{wrong}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_that_we_froze_makes_no_earlier_file_bad_if_its_time_is_proven() {
    for (at_sealing, proven, since, conclusion, sub) in [
        (AtSealing::Required, "timestamp", 2, "VALID", ""),
        (AtSealing::Nothing, "claimed", 2, "INDETERMINATE", "REVOKED_NO_POE"),
        (AtSealing::Required, "timestamp", -1, "INVALID", "REVOKED"),
        (AtSealing::Nothing, "claimed", -1, "INVALID", "REVOKED"),
    ] {
        let world = sealing(at_sealing, Stamps::Well).await;
        let file = sealed_file(&world).await;
        let at = now() + Duration::from_secs(3_600);
        change_seal(&*world.app.store, now() + jiff::SignedDuration::from_mins(since), SEAL, SealChange::Freeze)
            .await
            .unwrap();
        let content = json!({"file": {"fileB64": file}, "policy": "default", "at": at.to_string()});
        let (_, data) = world.call::<VerifyFile>(content).await.unwrap();
        assert_eq!(data["signatures"][0]["timeSource"], proven, "{data:#}");
        let sub_found = data["subIndication"].as_str().unwrap_or_default();
        assert_eq!((data["conclusion"].as_str().unwrap(), sub_found), (conclusion, sub), "{data:#}");
    }
}

/// What the time-stamp authority does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stamps {
    Well,
    AnotherNonce,
    SomethingElse,
    Yesterday,
    Refuses,
    Html,
}

fn time_stamp_authority(mood: Stamps) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let tsa = eseal_testkit::Pki::new().tsa;
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut sent = Vec::new();
            let mut byte = [0];
            while !sent.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                sent.push(byte[0]);
            }
            let head = String::from_utf8(sent).unwrap().to_ascii_lowercase();
            assert!(head.contains("content-type: application/timestamp-query"));
            let length = head.split("content-length: ").nth(1).unwrap().split('\r').next().unwrap().parse().unwrap();
            let mut request = vec![0; length];
            stream.read_exact(&mut request).unwrap();
            if mood == Stamps::Html {
                send(&mut stream, "200 OK", "text/html", b"<html>");
                continue;
            }
            let answer = stamped(&tsa, &request, mood);
            send(&mut stream, "200 OK", "application/timestamp-reply", &answer);
        }
    });
    origin
}

fn stamped(tsa: &Party, request: &[u8], mood: Stamps) -> Vec<u8> {
    use eseal_pki::{
        issue::{TokenTemplate, time_stamp_granted, time_stamp_rejected},
        time_stamp::{TimeStampFailure, TimeStampRequest},
    };
    if mood == Stamps::Refuses {
        return time_stamp_rejected(TimeStampFailure::BAD_REQUEST, "not today");
    }
    let request = TimeStampRequest::from_der(request).unwrap();
    let at = if mood == Stamps::Yesterday { now() - days(1) } else { now() };
    let mut template = TokenTemplate::for_request(&request, &[0x2A, 3], &[7], at);
    let (nonce, imprint) = ([9; 16], [9; 32]);
    if mood == Stamps::AnotherNonce {
        template.nonce = Some(&nonce);
    }
    if mood == Stamps::SomethingElse {
        template.imprint = &imprint;
    }
    let token = template.signed_by(&tsa.certificate, &[], &|tbs| Ok(tsa.sign(tbs))).unwrap();
    time_stamp_granted(&token)
}

async fn sealing(at_sealing: AtSealing, mood: Stamps) -> World {
    let origin = time_stamp_authority(mood);
    World::with(|config| {
        config.evidence.allow = vec![origin.clone()];
        config.evidence.time_stamp_url = origin + "/";
        config.evidence.at_sealing = at_sealing;
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_stamp_at_sealing_proves_the_time_and_a_pdf_carries_what_it_needs() {
    let world = sealing(AtSealing::Required, Stamps::Well).await;
    for (bytes, kind) in [(eseal_testkit::ofd(1), "OFD"), (eseal_testkit::pdf(1), "PDF")] {
        let digests = world.digests(json!([sealed(&bytes, kind)])).await;
        let composed = world.compose(&world.sign(&digests).await).await;
        let file = composed[0]["fileB64"].clone();
        let content = json!({"file": {"fileB64": file}, "policy": "default"});
        let (_, data) = world.call::<VerifyFile>(content).await.unwrap();
        let signature = &data["signatures"][0];
        assert_eq!(data["conclusion"], "VALID", "{kind} {:#}", data);
        assert_eq!(signature["timeSource"], "timestamp", "{kind}");
        assert_eq!(data["sm3"], composed[0]["sm3"], "{kind}");
        let file = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, file.as_str().unwrap()).unwrap();
        let has = |word: &[u8]| file.windows(word.len()).any(|window| window == word);
        let has_store = has(b"/DSS") && has(b"/VRI");
        assert_eq!(has_store, kind == "PDF");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_time_stamp_is_none_and_then_a_required_one_stops_the_sealing() {
    for mood in [Stamps::AnotherNonce, Stamps::SomethingElse, Stamps::Yesterday, Stamps::Refuses, Stamps::Html] {
        let world = sealing(AtSealing::Required, mood).await;
        let digests = world.digests(json!([sealed(&eseal_testkit::ofd(1), "OFD")])).await;
        let values = world.sign(&digests).await;
        let content = world.business(json!({"sealDataList": values}));
        let (code, data) = world.call::<eseal_api::ComposeSignature>(content).await.unwrap();
        assert!(code >= 40_000 && data["fileList"][0]["fileB64"].is_null(), "{mood:?} {data}");
    }
    for mood in [Stamps::AnotherNonce, Stamps::SomethingElse] {
        let world = sealing(AtSealing::Optional, mood).await;
        let file = sealed_file(&world).await;
        let (_, data) = world.call::<VerifyFile>(json!({"file": {"fileB64": file}})).await.unwrap();
        assert_eq!((&data["conclusion"], &data["signatures"][0]["timeSource"]), (&json!("VALID"), &json!("claimed")));
    }
}
