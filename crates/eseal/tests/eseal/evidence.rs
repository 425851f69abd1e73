//! Evidence inside a document: time stamps and revocation data that make a seal good long after it was put there.

use std::sync::Arc;

use eseal::{
    Anchor, ComposeError, Conclusion, Document, Embedded, Evidence, Limits, LongTermError, Policy, SubIndication,
    TimeSource, judge,
};
use eseal_bytes::{Assembly, ByteSource as _};
use eseal_gm::Hash;
use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_pki::{
    Certificate,
    issue::{OcspAnswer, OcspTemplate, Profile, RevokedEntry, SigningAlgorithm, TokenTemplate},
    ocsp::{CertStatus, OcspRequest, ocsp_request},
    time_stamp::TimeStampRequest,
};
use eseal_testkit::{Party, days, now};
use jiff::Timestamp;

use crate::world::{World, at, bytes_of, documents, open, sign};

/// 1.2.156.10197.6.1.4.2.99.1, an invented policy.
const POLICY: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 6, 1, 4, 2, 99, 1];

fn answer(tsa: &Party, request: &[u8], at: Timestamp) -> Vec<u8> {
    let request = TimeStampRequest::from_der(request).unwrap();
    assert!(request.is_sound() && request.wants_certificate);
    let template = TokenTemplate::for_request(&request, POLICY, &[1, 2], at);
    template.signed_by(&tsa.certificate, &[], &|bytes| Ok(tsa.sign(bytes))).unwrap()
}

fn read(assembly: &Assembly) -> Vec<u8> {
    assembly.read_all(1 << 30).unwrap()
}

/// A document time stamp of `tsa`.
fn stamp(bytes: &[u8], tsa: &Party, at: Timestamp) -> Vec<u8> {
    let document = open(bytes);
    let prepared = document.prepare_time_stamp(Hash::Sm3, 4_000).unwrap();
    let token = answer(tsa, &prepared.request(Some(&[1; 8])), at);
    read(&prepared.compose(&document, &token).unwrap())
}

fn conclude(bytes: &[u8], evidence: &Evidence, policy: &Policy, at: Timestamp) -> (Conclusion, Option<SubIndication>) {
    let report = judge(&open(bytes).examine().unwrap(), evidence, policy, at);
    (report.conclusion, report.sub_indication)
}

const VALID: (Conclusion, Option<SubIndication>) = (Conclusion::Valid, None);
const NO_POE: (Conclusion, Option<SubIndication>) = (Conclusion::Indeterminate, Some(SubIndication::OutOfBoundsNoPoe));

/// A world whose seal ends in five days, judged by the default policy.
fn ending() -> World {
    let mut world = World::new();
    world.seal = world.pki.seal_with(|spec| spec.valid_end = now() + days(5));
    world
}

#[test]
fn a_time_stamp_put_in_when_sealing_keeps_the_seal_good_after_it_expired() {
    let mut world = ending();
    let places = [at(1, 20.0, 20.0)];
    let later = now() + days(10);
    for (name, bytes) in documents(1) {
        let prepared = open(&bytes).prepare_with_room(&world.request(&places), 4_000).unwrap();
        let value = sign(&world.pki.signer, &prepared);
        let request = prepared.time_stamp_request(&value, None, Some(&[9; 8])).unwrap();
        let token = answer(&world.pki.tsa, &request, now());
        let compose = |token: Option<&[u8]>| {
            prepared.clone().compose_with_time_stamp(Arc::new(bytes.clone()), &value, None, token)
        };
        let (with, without) = (bytes_of(&compose(Some(&token)).unwrap()), bytes_of(&compose(None).unwrap()));
        assert_eq!(conclude(&with, &world.evidence, &Policy::default(), later), VALID, "{name}");
        assert_eq!(conclude(&without, &world.evidence, &Policy::default(), later), NO_POE, "{name}");
        world.policy = Policy::default();
        let report = world.report_at(&with, later);
        assert_eq!(report.signatures[0].time_source, TimeSource::Timestamp);
        assert!(report.summary.zh.contains("在签章时有效（有时间证明）"), "{}", report.summary.zh);
        assert!(report.summary.en.contains("the seal has expired since"), "{}", report.summary.en);
        world.policy = Policy::gbt38540_claimed_time();
        // A token of something else, a broken one, and none at all are not put in.
        let other =
            answer(&world.pki.tsa, &eseal_pki::time_stamp::time_stamp_request(Hash::Sm3, &[0; 32], None, None), now());
        let mut flipped = token.clone();
        *flipped.last_mut().unwrap() ^= 1;
        for wrong in [&other[..], &flipped, b"0"] {
            assert!(matches!(compose(Some(wrong)), Err(ComposeError::WrongTimeStamp)), "{name}");
        }
    }
}

#[test]
fn a_document_time_stamp_proves_what_is_before_it_and_nothing_after() {
    let world = ending();
    let policy = Policy::default();
    let later = now() + days(10);
    let sealed = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 20.0)]);
    let stamped = stamp(&sealed, &world.pki.tsa, now() + days(1));
    let twice = world.seal(&stamped, &[at(1, 100.0, 20.0)]);
    let report = judge(&open(&stamped).examine().unwrap(), &world.evidence, &policy, later);
    assert_eq!((report.conclusion, report.sub_indication), VALID, "{:#?}", report.signatures);
    assert_eq!(report.signatures[0].time_source, TimeSource::Timestamp);
    assert!(report.signatures[1].summary.zh.starts_with("文档时间戳有效"));
    assert_eq!(conclude(&sealed, &world.evidence, &policy, later), NO_POE);
    // The second seal came after the stamp.
    let report = judge(&open(&twice).examine().unwrap(), &world.evidence, &policy, later);
    let conclusions: Vec<_> = report.signatures.iter().map(|signature| signature.conclusion).collect();
    assert_eq!(conclusions, [Conclusion::Valid, Conclusion::Valid, Conclusion::Indeterminate]);
    // A stamp later than the end of the seal proves too little, one of a stranger nothing.
    let late = stamp(&sealed, &world.pki.tsa, now() + days(6));
    assert_eq!(conclude(&late, &world.evidence, &policy, later), NO_POE);
    let strange = stamp(&sealed, &world.pki.stranger, now() + days(1));
    assert_eq!(conclude(&strange, &world.evidence, &policy, later), NO_POE);
    // One changed byte of the page breaks the seal and the stamp.
    let mut changed = stamped;
    let place = changed.windows(8).position(|window| window == b"Contract").unwrap();
    changed[place] = b'K';
    let report = judge(&open(&changed).examine().unwrap(), &world.evidence, &policy, later);
    assert!(report.signatures.iter().all(|signature| signature.conclusion == Conclusion::Invalid));
    assert_eq!(report.sub_indication, Some(SubIndication::HashFailure));
}

#[test]
fn a_revoked_authority_proves_nothing_unless_another_stamped_its_stamp_before() {
    let world = ending();
    let policy = Policy::default();
    let later = now() + days(10);
    let other = world.pki.issue(40, "测试时间戳二", Profile::Tsa);
    let sealed = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 20.0)]);
    let once = stamp(&sealed, &world.pki.tsa, now() + days(1));
    let twice = stamp(&once, &other, now() + days(2));
    let serial = Certificate::from_der(&world.pki.tsa.certificate).unwrap().serial.to_vec();
    // The second stamp proves the seal whatever became of the first; that the first is worth nothing is said all the same.
    for (reason, since, file, expected) in [
        (1, 3, &twice, VALID),
        (1, 3, &once, NO_POE),
        (1, 2, &twice, (Conclusion::Indeterminate, Some(SubIndication::RevokedNoPoe))),
        (4, 3, &once, VALID),
    ] {
        let entry = RevokedEntry { serial: serial.clone(), since: now() + days(since), reason: Some(reason) };
        let crls = vec![world.pki.crl_with(now() + days(8), &[entry])];
        let evidence = Evidence { crls, ..world.evidence.clone() };
        assert_eq!(conclude(file, &evidence, &policy, later), expected, "{reason} {since}");
    }
}

/// A response about `subject`, by the root itself.
fn response(world: &World, subject: &Party, status: CertStatus, at: Timestamp) -> Vec<u8> {
    let root = Certificate::from_der(&world.pki.root.certificate).unwrap();
    let request = ocsp_request(&Certificate::from_der(&subject.certificate).unwrap(), &root, Hash::Sm3, None);
    let request = OcspRequest::from_der(&request).unwrap();
    let answers =
        [OcspAnswer { cert_id: request.certificates[0].raw, status, this_update: at, next_update: Some(at + days(7)) }];
    let template =
        OcspTemplate { produced_at: at, answers: &answers, nonce: None, algorithm: SigningAlgorithm::Sm3WithSm2 };
    template.signed_by(&world.pki.root.certificate, true, &|bytes| Ok(world.pki.root.sign(bytes))).unwrap()
}

#[test]
fn what_is_needed_is_put_in_and_found_again_without_asking_anybody() {
    let world = World::new();
    let policy = Policy::default();
    let sealed = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 20.0)]);
    let bare = Evidence { crls: Vec::new(), ..world.evidence.clone() };
    let examination = open(&sealed).examine().unwrap();
    let good = |party| response(&world, party, CertStatus::Good, now());
    let ocsps = vec![good(&world.pki.signer), good(&world.pki.maker), good(&world.pki.other)];
    let full = Evidence { ocsps, ..bare.clone() };
    let needed = examination.needed(&full, now());
    assert_eq!((needed.certificates.len(), needed.crls.len(), needed.ocsps.len()), (3, 0, 2));
    let kept = read(&open(&sealed).add_evidence(&needed).unwrap().unwrap());
    assert!(open(&kept).add_evidence(&needed).unwrap().is_none());
    // With an entry for the signature in /VRI: the same values, found again.
    let listed = read(&open(&sealed).add_needed_evidence(&full, now()).unwrap().unwrap());
    assert!(open(&listed).add_needed_evidence(&full, now()).unwrap().is_none());
    assert_eq!(conclude(&listed, &bare, &policy, now()), VALID);
    let pdf = PdfDocument::open(Arc::new(listed), &PdfLimits::default()).unwrap();
    let (found, signature) = (pdf.dss().unwrap(), &pdf.signatures().unwrap()[0]);
    assert_eq!(found.vri, [eseal_pdf::vri_key(&signature.contents)]);
    assert_eq!((found.certificates, found.ocsps), (needed.certificates.clone(), needed.ocsps.clone()));
    let unknown = (Conclusion::Indeterminate, Some(SubIndication::TryLater));
    assert_eq!(conclude(&sealed, &bare, &policy, now()), unknown);
    assert_eq!(conclude(&kept, &bare, &policy, now()), VALID);
    // What comes along is not trusted: without the anchor it is nothing.
    let nobody = Evidence::default();
    let no_path = (Conclusion::Indeterminate, Some(SubIndication::NoCertificateChainFound));
    assert_eq!(conclude(&kept, &nobody, &policy, now()), no_path);
    // An embedded good answer does not outweigh a later list.
    let serial = Certificate::from_der(&world.pki.signer.certificate).unwrap().serial.to_vec();
    let entry = RevokedEntry { serial, since: now() - days(1), reason: Some(1) };
    let revoked = Evidence { crls: vec![world.pki.crl_with(now(), &[entry])], ..bare.clone() };
    assert_eq!(conclude(&kept, &revoked, &policy, now()).0, Conclusion::Invalid);
    // A forged answer is nothing.
    let forged = Embedded { ocsps: vec![forge(&needed.ocsps[0]), forge(&needed.ocsps[1])], ..Embedded::default() };
    let forged = read(&open(&sealed).add_evidence(&forged).unwrap().unwrap());
    assert_eq!(conclude(&forged, &bare, &policy, now()), unknown);
    // An OFD has no place: the same evidence is handed in.
    let ofd = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    assert!(matches!(open(&ofd).add_evidence(&needed), Err(LongTermError::NoPlace)));
    assert_eq!(conclude(&ofd, &full, &policy, now()), VALID);
}

/// The last bit of a response's signature is another one.
fn forge(response: &[u8]) -> Vec<u8> {
    let mut forged = response.to_vec();
    *forged.last_mut().unwrap() ^= 1;
    forged
}

#[test]
fn a_locked_document_takes_evidence_and_no_time_stamp() {
    let mut world = World::new();
    world.lock = true;
    let sealed = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 20.0)]);
    let document = Document::open(Arc::new(sealed), &Limits::default()).unwrap();
    assert!(matches!(document.prepare_time_stamp(Hash::Sm3, 4_000), Err(LongTermError::Locked)));
    let evidence = Embedded { certificates: vec![world.pki.anchor()], crls: vec![world.pki.crl()], ocsps: Vec::new() };
    let kept = read(&document.add_evidence(&evidence).unwrap().unwrap());
    let bare = Evidence {
        anchors: vec![Anchor { certificate: world.pki.anchor(), region: String::new(), own: true }],
        ..Evidence::default()
    };
    assert_eq!(conclude(&kept, &bare, &Policy::default(), now()), VALID);
}
