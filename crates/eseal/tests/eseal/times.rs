//! Certificates and seals that expire or are revoked after signing: belief, proof, or neither.

use eseal::{Conclusion, Evidence, Outcome, Policy, SubIndication, TimeSource, judge};
use eseal_pki::issue::RevokedEntry;
use eseal_testkit::{Party, days, now};
use jiff::Timestamp;

use crate::world::{World, at, codes, entries, open, packed};

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

/// The sealed OFD with a time stamp of `tsa` at its signature.
fn stamped(world: &World, sealed: &[u8], tsa: &Party, over: Option<&[u8]>, at: Timestamp) -> Vec<u8> {
    let mut all = entries(sealed);
    let (_, bytes) = all.iter_mut().find(|(name, _)| name.ends_with("SignedValue.dat")).unwrap();
    let read = eseal_ses::SealSignature::parse(bytes).unwrap();
    let value = read.signature().bytes.to_vec();
    let token = eseal_testkit::time_stamp(tsa, over.unwrap_or(&value), at);
    let certificate = &world.pki.signer.certificate;
    *bytes = eseal_ses::v4::signature(read.signed_bytes(), certificate, &value, Some(&token)).unwrap();
    packed(&all)
}

#[test]
fn a_time_stamp_of_a_trusted_authority_proves_the_time() {
    let mut world = World::new();
    world.seal = world.pki.seal_with(|spec| spec.valid_end = now() + days(5));
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    world.policy = Policy::default();
    let soon = now() + days(1);
    let check = |bytes: &[u8], conclusion, sub: Option<SubIndication>, source| {
        let report = world.report_at(bytes, now() + days(10));
        assert_eq!((report.conclusion, report.sub_indication), (conclusion, sub), "{:#?}", report.signatures[0].checks);
        assert_eq!(report.signatures[0].time_source, source);
    };
    let (tsa, signer) = (&world.pki.tsa, &world.pki.signer);
    check(&stamped(&world, &sealed, tsa, None, soon), Conclusion::Valid, None, TimeSource::Timestamp);
    let claimed = TimeSource::Claimed;
    let elsewhere = stamped(&world, &sealed, tsa, Some(b"something else"), soon);
    check(&elsewhere, Conclusion::Invalid, Some(SubIndication::HashFailure), claimed);
    let early = stamped(&world, &sealed, tsa, None, now() - days(1));
    check(&early, Conclusion::Invalid, Some(SubIndication::SigConstraintsFailure), claimed);
    let not_for_stamps = stamped(&world, &sealed, signer, None, soon);
    check(&not_for_stamps, Conclusion::Invalid, Some(SubIndication::ChainConstraintsFailure), claimed);
    // Unknown to anybody, it proves nothing: the expired seal is what is told first.
    let stranger = stamped(&world, &sealed, &world.pki.stranger, None, soon);
    check(&stranger, Conclusion::Indeterminate, Some(SubIndication::OutOfBoundsNoPoe), claimed);
}
