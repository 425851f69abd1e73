//! Trust bundles, regions and the status of seals: who is recognised, what a region accepts, what it says.

use eseal::{
    Conclusion, Evidence, Outcome, Policy, Recognised, Report, SubIndication, Wanted,
    bundle::{BundleError, Installed, KeyAlgorithm, SignedBundle, StatusService, Structure, TrustBundle, TrustRegion},
    judge,
    status::{SealStatement, StatedStatus},
};
use eseal_gm::sm2::{SigningKey, VerifyingKey};
use eseal_pki::issue::Profile;
use eseal_testkit::{Party, days, now};
use jiff::Timestamp;

use crate::world::{World, at, codes, open};

fn operator() -> SigningKey {
    SigningKey::from_bytes(&[41; 32]).unwrap()
}

fn status_key() -> SigningKey {
    SigningKey::from_bytes(&[42; 32]).unwrap()
}

fn region(code: &str, name: &str, root: &[u8]) -> TrustRegion {
    TrustRegion {
        code: code.into(),
        name: name.into(),
        makers: vec![root.to_vec()],
        signers: vec![root.to_vec()],
        time_stamps: vec![root.to_vec()],
        structures: Structure::ALL.to_vec(),
        algorithms: vec![KeyAlgorithm::Sm2],
        status: None,
    }
}

/// 深圳 is the own region and somebody else's root; 广州 is the world's.
fn bundle(world: &World) -> TrustBundle {
    let elsewhere = Party::issue(60, "另一个根证书", Profile::Root, None, |_| {});
    TrustBundle {
        name: "测试信任包".into(),
        version: 7,
        issued: now() - days(1),
        next_update: now() + days(30),
        home: "440300".into(),
        regions: vec![region("440300", "深圳", &elsewhere.certificate), region("440100", "广州", &world.pki.anchor())],
        intermediates: Vec::new(),
        crls: vec![world.pki.crl()],
    }
}

fn signed(bundle: &TrustBundle) -> SignedBundle {
    let (payload, key) = (bundle.to_json().unwrap(), operator());
    SignedBundle::sign(payload, key.verifying_key(), |text| Ok::<_, BundleError>(key.sign(text))).unwrap()
}

fn report(world: &World, sealed: &[u8], evidence: &Evidence) -> Report {
    judge(&open(sealed).examine().unwrap(), evidence, &world.policy, now())
}

#[test]
fn a_bundle_reads_back_and_is_used_by_whoever_knows_its_operator() {
    let bundle = bundle(&World::new());
    let json = signed(&bundle).to_json().unwrap();
    let read = SignedBundle::from_json(&json).unwrap();
    let (operator, other) = (operator(), SigningKey::from_bytes(&[43; 32]).unwrap());
    let check = |operators: &[&VerifyingKey], at: Timestamp, expected: Result<(), BundleError>| {
        let operators: Vec<VerifyingKey> = operators.iter().map(|key| (*key).clone()).collect();
        assert_eq!(read.verify(&operators, at).map(|found| assert_eq!(found, bundle)), expected);
    };
    check(&[operator.verifying_key()], now(), Ok(()));
    check(&[other.verifying_key(), operator.verifying_key()], now(), Ok(()));
    check(&[other.verifying_key()], now(), Err(BundleError::Operator));
    check(&[], now(), Err(BundleError::Operator));
    check(&[operator.verifying_key()], now() - days(2), Err(BundleError::NotYet { issued: now() - days(1) }));
    let next_update = now() + days(30);
    check(&[operator.verifying_key()], next_update, Err(BundleError::Expired { next_update }));
}

#[test]
fn a_bundle_with_one_byte_changed_is_not_used() {
    let bundle = bundle(&World::new());
    let json: serde_json::Value = serde_json::from_slice(&signed(&bundle).to_json().unwrap()).unwrap();
    let operators = [operator().verifying_key().clone()];
    let check = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut json = json.clone();
        change(&mut json);
        let read = SignedBundle::from_json(json.to_string().as_bytes());
        assert!(read.and_then(|read| read.verify(&operators, now())).is_err(), "{json}");
    };
    let mut longer = bundle;
    longer.next_update = now() + days(60);
    let other = serde_json::to_value(signed(&longer)).unwrap();
    check(&|json| json["payload"] = other["payload"].clone());
    check(&|json| json["signature"] = other["signature"].clone());
    check(&|json| json["format"] = "eseal-trust-bundle/2".into());
    check(&|json| json["note"] = "x".into());
    check(&|json| json["operator"] = "04".into());
    check(&|json| json["signature"] = "".into());
    assert_eq!(SignedBundle::from_json(b"{}").unwrap_err().to_string().split(':').next(), Some("no trust bundle"));
}

#[test]
fn a_bundle_that_contradicts_itself_is_refused() {
    let world = World::new();
    let check = |field: &str, change: &dyn Fn(&mut TrustBundle)| {
        let mut bundle = bundle(&world);
        change(&mut bundle);
        match bundle.to_json() {
            Err(BundleError::Content { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{field}: {other:?}"),
        }
    };
    check("version", &|bundle| bundle.version = 0);
    check("nextUpdate", &|bundle| bundle.next_update = bundle.issued);
    check("nextUpdate", &|bundle| bundle.next_update = bundle.issued + days(401));
    check("home", &|bundle| bundle.home = "310000".into());
    check("regions", &|bundle| bundle.regions.clear());
    check("regions[1]", &|bundle| bundle.regions[1] = bundle.regions[0].clone());
    check("regions[0].code", &|bundle| bundle.regions[0].code = "4403".into());
    check("regions[1].name", &|bundle| bundle.regions[1].name = "北京".into());
    check("regions[1].name", &|bundle| bundle.regions[1].code = "310000".into());
    check("regions[0].makers[0]", &|bundle| bundle.regions[0].makers[0].push(0));
    check("regions[0].makers[1]", &|bundle| bundle.regions[0].makers = vec![bundle.regions[0].makers[0].clone(); 2]);
    check("regions[0].structures", &|bundle| bundle.regions[0].structures.clear());
    check("regions[0].status.url", &|bundle| {
        let key = status_key().verifying_key().clone();
        bundle.regions[0].status = Some(StatusService { url: "file:///etc/passwd".into(), key });
    });
    check("crls[0]", &|bundle| bundle.crls[0].truncate(20));
    let json = String::from_utf8(bundle(&world).to_json().unwrap()).unwrap();
    let unknown = json.replacen("\"version\"", "\"validFrom\": 1, \"version\"", 1);
    assert!(matches!(TrustBundle::from_json(unknown.as_bytes()), Err(BundleError::Format(_))));
}

#[test]
fn an_older_bundle_does_not_come_back() {
    let made = bundle(&World::new());
    let mark = |version: u64, name: &str| {
        let bundle = TrustBundle { version, name: name.into(), ..made.clone() };
        Installed::of(&signed(&bundle), &bundle)
    };
    let check = |next: Installed, expected: bool| assert_eq!(mark(7, "甲").check_next(&next).is_ok(), expected);
    check(mark(7, "甲"), true);
    check(mark(8, "甲"), true);
    check(mark(6, "甲"), false);
    check(mark(7, "乙"), false);
}

#[test]
fn a_report_says_which_region_recognises_a_seal() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 30.0)]);
    let check = |change: &dyn Fn(&mut TrustBundle), region: &str, recognised: Recognised, conclusion: Conclusion| {
        let mut bundle = bundle(&world);
        change(&mut bundle);
        let report = report(&world, &sealed, &bundle.evidence());
        let signature = &report.signatures[0];
        let found = (signature.region.as_str(), signature.recognised, signature.conclusion);
        assert_eq!(found, (region, recognised, conclusion), "{:#?}", signature.checks);
    };
    check(&|_| {}, "广州", Recognised::Partner, Conclusion::Valid);
    check(&|bundle| bundle.home = "440100".into(), "广州", Recognised::Issuer, Conclusion::Valid);
    check(&|bundle| drop(bundle.regions.remove(1)), "", Recognised::Unknown, Conclusion::Indeterminate);
    // A certificate that is trusted for signers only makes no seals.
    check(&|bundle| bundle.regions[1].makers.clear(), "", Recognised::Unknown, Conclusion::Indeterminate);
    check(&|bundle| bundle.regions[1].signers.clear(), "广州", Recognised::Partner, Conclusion::Indeterminate);
    // What the own region lists too is its own.
    check(
        &|bundle| bundle.regions[0].makers.push(world.pki.anchor()),
        "深圳",
        Recognised::Issuer,
        Conclusion::Indeterminate,
    );
}

#[test]
fn a_seal_of_a_kind_that_its_region_does_not_accept_is_named() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 30.0)]);
    let check = |change: &dyn Fn(&mut TrustRegion), expected: Option<SubIndication>| {
        let mut bundle = bundle(&world);
        change(&mut bundle.regions[1]);
        let report = report(&world, &sealed, &bundle.evidence());
        assert_eq!(report.sub_indication, expected);
        let unknown = codes(&report, 0, Outcome::Unknown);
        assert_eq!(unknown, if expected.is_some() { vec!["REGION_ACCEPTS"] } else { Vec::new() });
        assert_eq!(
            (report.signatures[0].region.as_str(), report.signatures[0].recognised),
            ("广州", Recognised::Partner)
        );
    };
    check(&|_| {}, None);
    check(&|region| region.structures = vec![Structure::V1, Structure::V5], Some(SubIndication::SigConstraintsFailure));
    check(&|region| region.algorithms = vec![KeyAlgorithm::Rsa], Some(SubIndication::CryptoConstraintsFailure));
}

#[test]
fn a_region_that_must_be_asked_must_have_said_that_the_seal_is_usable() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 30.0)]);
    let mut bundle = bundle(&world);
    let key = status_key().verifying_key().clone();
    bundle.regions[1].status = Some(StatusService { url: "https://status.example".into(), key });
    let evidence = bundle.evidence();
    let wanted = open(&sealed).examine().unwrap().wanted(&evidence, now());
    let [Wanted::SealStatus { region, service, seal_code, seal_sm3 }] = &wanted[..] else { panic!("{wanted:?}") };
    assert_eq!((region.as_str(), service.url.as_str()), ("广州", "https://status.example"));
    assert_eq!(*seal_sm3, eseal_gm::sm3(&world.seal));
    let stated = |status, since| SealStatement {
        region: region.clone(),
        seal_code: seal_code.clone(),
        seal_sm3: Some(*seal_sm3),
        status,
        since,
        this_update: now(),
        next_update: now() + days(1),
        nonce: [0; 16],
    };
    let check = |statement: Option<SealStatement>, conclusion: Conclusion, sub: Option<SubIndication>| {
        let evidence = Evidence { seal_statuses: statement.into_iter().collect(), ..evidence.clone() };
        let report = report(&world, &sealed, &evidence);
        assert_eq!((report.conclusion, report.sub_indication), (conclusion, sub), "{:?}", evidence.seal_statuses);
    };
    use Conclusion::{Indeterminate, Invalid, Valid};
    check(None, Indeterminate, Some(SubIndication::TryLater));
    check(Some(stated(StatedStatus::Active, None)), Valid, None);
    check(Some(stated(StatedStatus::Unknown, None)), Indeterminate, Some(SubIndication::TryLater));
    // Since when is not known: perhaps it was usable then.
    check(Some(stated(StatedStatus::Revoked, None)), Indeterminate, Some(SubIndication::RevokedNoPoe));
    check(Some(stated(StatedStatus::Revoked, Some(now() - days(1)))), Invalid, Some(SubIndication::Revoked));
    check(Some(stated(StatedStatus::Frozen, Some(now() - days(1)))), Invalid, Some(SubIndication::Revoked));
    check(Some(stated(StatedStatus::Revoked, Some(now() + days(1)))), Valid, None);
    check(Some(stated(StatedStatus::Uncollected, None)), Invalid, Some(SubIndication::SigConstraintsFailure));
    let other = SealStatement { region: "深圳".into(), ..stated(StatedStatus::Active, None) };
    check(Some(other), Indeterminate, Some(SubIndication::TryLater));
    let other = SealStatement { seal_sm3: Some([0; 32]), ..stated(StatedStatus::Active, None) };
    check(Some(other), Indeterminate, Some(SubIndication::TryLater));
}

#[test]
fn a_seal_that_was_taken_away_later_is_judged_by_proof_of_time() {
    use Conclusion::{Indeterminate, Invalid, Valid};
    let mut world = World::new();
    world.policy = Policy::default();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 30.0)]);
    let examination = open(&sealed).examine().unwrap();
    let [(seal_code, seal_sm3)] = &examination.seals()[..] else { panic!("one seal") };
    // Judged ten days later; no bundle asks anybody, the issuer's own records speak.
    let later = now() + days(10);
    let check = |status, since: Option<i64>, proven: Option<i64>, conclusion, sub| {
        let statement = SealStatement {
            region: "深圳".into(),
            seal_code: seal_code.clone(),
            seal_sm3: Some(*seal_sm3),
            status,
            since: since.map(|day| now() + days(day)),
            this_update: later,
            next_update: later,
            nonce: [0; 16],
        };
        let evidence = Evidence {
            seal_statuses: vec![statement],
            known_at: proven.map(|day| (examination.sm3(), now() + days(day))).into_iter().collect(),
            crls: vec![world.pki.crl_at(later)],
            ..world.evidence.clone()
        };
        let report = judge(&examination, &evidence, &world.policy, later);
        assert_eq!((report.conclusion, report.sub_indication), (conclusion, sub), "{status:?} {since:?} {proven:?}");
        let told = report.signatures[0].summary.en.ends_with("only after the signature was made.");
        assert_eq!(told, conclusion == Valid && since.is_some(), "{}", report.signatures[0].summary.en);
    };
    let (revoked, no_poe) = (Some(SubIndication::Revoked), Some(SubIndication::RevokedNoPoe));
    for status in [StatedStatus::Frozen, StatedStatus::Revoked] {
        check(status, Some(5), Some(1), Valid, None);
        check(status, Some(5), None, Indeterminate, no_poe);
        check(status, Some(5), Some(6), Indeterminate, no_poe);
        check(status, Some(-5), Some(1), Invalid, revoked);
        check(status, Some(-5), None, Invalid, revoked);
        check(status, None, Some(1), Indeterminate, no_poe);
    }
    // Nothing against it is no confirmation, and needs none.
    check(StatedStatus::Active, None, None, Valid, None);
    check(StatedStatus::Unknown, None, None, Valid, None);
}

#[test]
fn only_certificates_with_a_trusted_chain_are_heard_on_where_to_ask() {
    let mut world = World::new();
    let url = "http://crl.example/a.crl";
    let signer = Party::issue(61, "44030000000061", Profile::Signer, Some(&world.pki.root), |template| {
        template.crl_url = Some(url);
    });
    world.seal = world.pki.seal_with(|spec| spec.listed = vec![signer.certificate.clone()]);
    world.pki.signer = signer;
    let sealed = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 30.0)]);
    let examination = open(&sealed).examine().unwrap();
    let none = Evidence { crls: Vec::new(), ..world.evidence.clone() };
    match &examination.wanted(&none, now())[..] {
        [Wanted::Revocation { certificate, issuer, crl_urls, ocsp_urls }] => {
            assert_eq!((certificate, issuer), (&world.pki.signer.certificate, &world.pki.root.certificate));
            assert_eq!((&crl_urls[..], ocsp_urls.len()), (&[url.to_owned()][..], 0));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(examination.wanted(&world.evidence, now()), Vec::new());
    assert_eq!(examination.wanted(&Evidence::default(), now()), Vec::new());
}
