//! Judgements kept as JSON and judged again.

use eseal::{Conclusion, Evidence, JudgementRecord, Policy, RecordError, Report, SubIndication, judge};
use eseal_pki::issue::RevokedEntry;
use eseal_testkit::{CmsSpec, days, now, signed_ofd, signed_pdf};

use crate::world::{World, at, open};

fn record(bytes: &[u8], world: &World) -> (Report, JudgementRecord) {
    let examination = open(bytes).examine().unwrap();
    let report = judge(&examination, &world.evidence, &world.policy, now());
    let record = JudgementRecord::new(&examination, &world.evidence, &world.policy, now());
    (report, JudgementRecord::from_json(&record.to_json().unwrap()).unwrap())
}

/// JSON keeps places to a tiny fraction of a millimetre, and no better.
fn rounded(mut report: Report) -> Report {
    for place in report.signatures.iter_mut().flat_map(|signature| &mut signature.placements) {
        for edge in [&mut place.left_mm, &mut place.bottom_mm, &mut place.right_mm, &mut place.top_mm] {
            *edge = (*edge * 1e6).round();
        }
    }
    report
}

#[test]
fn what_is_kept_is_judged_as_the_document_was() {
    let world = World::new();
    let pdf = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 20.0)]);
    let twice = world.seal(&pdf, &[at(1, 100.0, 20.0)]);
    let mut changed = twice.clone();
    let place = changed.windows(8).position(|window| window == b"Contract").unwrap();
    changed[place] = b'K';
    let ofd = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    let cms = |document: &[u8]| CmsSpec::new(document).signed_by(&[&world.pki.other]);
    let digest = |document: &[u8]| CmsSpec::of_digest(document).signed_by(&[&world.pki.other]);
    for (name, bytes) in [
        ("a PDF", pdf),
        ("two seals", twice),
        ("changed", changed),
        ("an OFD", ofd),
        ("SignedData in a PDF", signed_pdf("adbe.pkcs7.detached", cms)),
        ("SignedData in an OFD", signed_ofd("Sign", digest)),
        ("no signature value", signed_pdf("adbe.pkcs7.detached", |_| vec![0; 40])),
        ("a bare value", signed_ofd("Sign", |document| world.pki.signer.sign(document))),
        ("no signature", eseal_testkit::ofd(1)),
    ] {
        let (report, record) = record(&bytes, &world);
        let judged = judge(&record.examination().unwrap(), &record.evidence(), &world.policy, now());
        let again = record.rejudge(&world.policy, &Evidence::default(), now()).unwrap();
        let report = rounded(report);
        assert!(rounded(judged) == report && rounded(again) == report, "{name}");
        assert_eq!((record.judged_at, &record.policy), (now(), &world.policy));
    }
}

#[test]
fn another_policy_later_evidence_and_another_time_count() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    let (report, record) = record(&sealed, &world);
    assert_eq!(report.conclusion, Conclusion::Valid);
    let nothing = Evidence::default();
    let strict = Policy { require_time_stamp: true, ..Policy::default() };
    let judged = record.rejudge(&strict, &nothing, now()).unwrap();
    assert_eq!(judged.sub_indication, Some(SubIndication::NoPoe));
    let serial = eseal_pki::Certificate::from_der(&world.pki.signer.certificate).unwrap().serial.to_vec();
    let entry = RevokedEntry { serial, since: now() + days(1), reason: Some(1) };
    let later = Evidence { crls: vec![world.pki.crl_with(now() + days(2), &[entry])], ..nothing.clone() };
    let judged = record.rejudge(&Policy::default(), &later, now() + days(3)).unwrap();
    assert_eq!(judged.sub_indication, Some(SubIndication::RevokedNoPoe));
    assert_eq!(record.rejudge(&Policy::default(), &nothing, now()).unwrap().conclusion, Conclusion::Valid);
}

#[test]
fn a_record_that_was_altered_is_refused_or_judged_by_what_it_says() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    let (_, record) = record(&sealed, &world);
    let json = String::from_utf8(record.to_json().unwrap()).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        JudgementRecord::from_json(json.replacen(from, to, 1).as_bytes())
    };
    assert!(matches!(changed("eseal-judgement/1", "eseal-judgement/2"), Err(RecordError::Format(_))));
    assert!(matches!(changed("\"judgedAt\"", "\"judged\""), Err(RecordError::Format(_))));
    // The value is verified again: one character of it is one too many.
    let position = json.find("\"der\":\"").unwrap() + 400;
    let mut bytes = json.clone().into_bytes();
    bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
    let judged = JudgementRecord::from_json(&bytes)
        .and_then(|record| record.rejudge(&Policy::gbt38540_claimed_time(), &Evidence::default(), now()));
    assert!(judged.is_err() || judged.is_ok_and(|report| report.conclusion != Conclusion::Valid));
    assert_eq!(record.file_sm3().len(), 64);
}
