//! Policies as data: what each field asks, and what happens where it is not met.

use eseal::{AnchorUse, Conclusion, Evidence, Outcome, Policy, PolicyError, SubIndication, judge};
use eseal_testkit::now;

use crate::world::{World, at, codes, open};

#[test]
fn a_policy_is_read_back_as_it_was_and_nothing_unknown_is_passed_over() {
    for policy in [Policy::default(), Policy::gbt38540_claimed_time()] {
        let json = serde_json::to_vec(&policy).unwrap();
        assert_eq!(Policy::from_json(&json).unwrap(), policy);
    }
    let strict = Policy::from_json(
        br#"{"name":"archive","sealValidityAt":"now","requireTimeStamp":true,"revocationExempt":["timeStamp"],
            "algorithms":["SM2"],"minRsaBits":3072,"regions":["x"],"toleratedDeviations":[],"maxClockSkewS":60,
            "budgets":{"certificates":9}}"#,
    )
    .unwrap();
    assert_eq!((strict.min_rsa_bits, strict.budgets.certificates, strict.budgets.revocation_lists), (3072, 9, 512));
    assert!(strict.requires_revocation(AnchorUse::Maker) && !strict.requires_revocation(AnchorUse::TimeStamp));
    for wrong in [&br#"{"nam":"x"}"#[..], b"[]", br#"{"budgets":{"signatures":1}}"#, br#"{"sealValidityAt":"never"}"#] {
        assert!(matches!(Policy::from_json(wrong), Err(PolicyError::Format(_))));
    }
    let unknown = Policy::from_json(br#"{"algorithms":["SM4"]}"#);
    assert_eq!(unknown, Err(PolicyError::Unknown { field: "algorithms", value: "SM4".into() }));
}

#[test]
fn each_field_that_is_not_met_is_one_check_more_and_nothing_is_valid() {
    let world = World::new();
    let base = Policy::gbt38540_claimed_time();
    let list = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    let examination = open(&sealed).examine().unwrap();
    for (policy, code, sub) in [
        (Policy { algorithms: list(&["SM2"]), ..base.clone() }, None, None),
        (
            Policy { algorithms: list(&["RSA"]), ..base.clone() },
            Some("POLICY_ALGORITHM"),
            Some(SubIndication::CryptoConstraintsFailure),
        ),
        (Policy { regions: list(&["深圳"]), ..base.clone() }, None, None),
        (
            Policy { regions: list(&["广东"]), ..base.clone() },
            Some("POLICY_REGION"),
            Some(SubIndication::SigConstraintsFailure),
        ),
        (Policy { tolerated_deviations: list(&[]), ..base.clone() }, None, None),
        (Policy { require_time_stamp: true, ..base.clone() }, Some("SIG_TIMESTAMP"), Some(SubIndication::NoPoe)),
        (Policy { min_rsa_bits: 4_096, ..base }, None, None),
    ] {
        let report = judge(&examination, &world.evidence, &policy, now());
        let expected = if code.is_none() { Conclusion::Valid } else { Conclusion::Indeterminate };
        assert_eq!((report.conclusion, report.sub_indication), (expected, sub), "{policy:?}");
        assert_eq!(codes(&report, 0, Outcome::Unknown), Vec::from_iter(code), "{policy:?}");
    }
}

#[test]
fn what_is_beyond_a_budget_proves_nothing() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    let examination = open(&sealed).examine().unwrap();
    let mut policy = Policy::gbt38540_claimed_time();
    policy.budgets.revocation_lists = 0;
    let report = judge(&examination, &world.evidence, &policy, now());
    assert_eq!(report.sub_indication, Some(SubIndication::TryLater));
    // Whose certificates need no information are still not good if there is some that says otherwise.
    let exempt =
        Policy { revocation_exempt: vec![AnchorUse::Maker, AnchorUse::Signer], ..Policy::gbt38540_claimed_time() };
    let bare = Evidence { crls: Vec::new(), ..world.evidence.clone() };
    assert_eq!(judge(&examination, &bare, &exempt, now()).conclusion, Conclusion::Valid);
    let serial = eseal_pki::Certificate::from_der(&world.pki.signer.certificate).unwrap().serial.to_vec();
    let entry = eseal_pki::issue::RevokedEntry { serial, since: now() - eseal_testkit::days(1), reason: None };
    let revoked = Evidence { crls: vec![world.pki.crl_with(now(), &[entry])], ..bare };
    assert_eq!(judge(&examination, &revoked, &exempt, now()).conclusion, Conclusion::Invalid);
}
