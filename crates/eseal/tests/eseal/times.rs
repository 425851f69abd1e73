//! Certificates and seals that expire or are revoked after signing: belief, proof, or neither.

use eseal::{Conclusion, Evidence, Outcome, Policy, SubIndication, judge};
use eseal_pki::issue::RevokedEntry;
use eseal_testkit::{days, now};
use jiff::Timestamp;

use crate::world::{World, at, codes, open};

/// Judges as of `at`, by the default policy or by the one that believes the signer.
fn conclude(sealed: &[u8], evidence: &Evidence, believes: bool, at: Timestamp) -> (Conclusion, Option<SubIndication>) {
    let policy = if believes { Policy::gbt38540_claimed_time() } else { Policy::default() };
    let report = judge(&open(sealed).examine().unwrap(), evidence, &policy, at);
    (report.conclusion, report.sub_indication)
}

#[test]
fn an_expired_seal_needs_proof_of_time_or_belief() {
    let mut world = World::new();
    world.seal = world.pki.seal_with(|spec| spec.valid_end = now() + days(5));
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    let later = now() + days(10);
    let open_case = (Conclusion::Indeterminate, Some(SubIndication::OutOfBoundsNoPoe));
    assert_eq!(conclude(&sealed, &world.evidence, false, later), open_case);
    assert_eq!(conclude(&sealed, &world.evidence, true, later), (Conclusion::Valid, None));
    let proof = vec![(eseal_gm::sm3(&sealed), now() + days(1))];
    let proven = Evidence { known_at: proof, ..world.evidence };
    assert_eq!(conclude(&sealed, &proven, false, later), (Conclusion::Valid, None));
}

#[test]
fn a_log_entry_of_an_earlier_state_of_a_pdf_proves_its_time() {
    let mut world = World::new();
    world.seal = world.pki.seal_with(|spec| spec.valid_end = now() + days(5));
    let first = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 20.0)]);
    world.seal = world.pki.seal();
    let second = world.seal(&first, &[at(1, 100.0, 20.0)]);
    let proven = Evidence { known_at: vec![(eseal_gm::sm3(&first), now())], ..world.evidence };
    assert_eq!(conclude(&second, &proven, false, now() + days(10)), (Conclusion::Valid, None));
}

#[test]
fn a_revocation_counts_by_when_it_was() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 20.0)]);
    let serial = eseal_pki::Certificate::from_der(&world.pki.signer.certificate).unwrap().serial.to_vec();
    let revoked = |since: Timestamp| {
        let entry = RevokedEntry { serial: serial.clone(), since, reason: Some(1) };
        Evidence { crls: vec![world.pki.crl_with(now() + days(3), &[entry])], ..world.evidence.clone() }
    };
    let later = now() + days(4);
    let (before, after) = (revoked(now() - days(1)), revoked(now() + days(2)));
    for believes in [true, false] {
        let found = conclude(&sealed, &before, believes, later);
        assert_eq!(found, (Conclusion::Invalid, Some(SubIndication::Revoked)));
    }
    assert_eq!(conclude(&sealed, &after, true, later), (Conclusion::Valid, None));
    let unproven = (Conclusion::Indeterminate, Some(SubIndication::RevokedNoPoe));
    assert_eq!(conclude(&sealed, &after, false, later), unproven);
    let proven = Evidence { known_at: vec![(eseal_gm::sm3(&sealed), now() + days(1))], ..after };
    assert_eq!(conclude(&sealed, &proven, false, later), (Conclusion::Valid, None));
}

#[test]
fn without_revocation_data_or_anchor_nothing_is_valid() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    let no_crl = Evidence { crls: Vec::new(), ..world.evidence };
    let later = (Conclusion::Indeterminate, Some(SubIndication::TryLater));
    assert_eq!(conclude(&sealed, &no_crl, true, now()), later);
    let nothing = (Conclusion::Indeterminate, Some(SubIndication::NoCertificateChainFound));
    assert_eq!(conclude(&sealed, &Evidence::default(), true, now()), nothing);
}

#[test]
fn a_time_in_the_future_is_not_believed() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    let report = world.report_at(&sealed, now() - days(2));
    assert_eq!(report.conclusion, Conclusion::Invalid);
    assert!(codes(&report, 0, Outcome::Failed).contains(&"SIGN_TIME_NOT_FUTURE"));
}

#[test]
fn a_seal_is_judged_by_itself() {
    let world = World::new();
    let policy = Policy::default();
    let judge = |der: &[u8], at| eseal::judge_seal(&eseal::examine_seal(der), &world.evidence, &policy, at);
    let good = judge(&world.seal, now());
    assert_eq!((good.conclusion, &*good.region, good.recognised.as_str()), (Conclusion::Valid, "深圳", "issuer"));
    let over = judge(&world.pki.seal_with(|spec| spec.valid_end = now() - days(1)), now());
    assert_eq!((over.conclusion, over.sub_indication), (Conclusion::Invalid, Some(SubIndication::Expired)));
    let garbage = judge(b"garbage", now());
    assert_eq!((garbage.conclusion, garbage.sub_indication), (Conclusion::Invalid, Some(SubIndication::FormatFailure)));
    assert!(garbage.seal.is_none());
}
