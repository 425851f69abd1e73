//! What is refused before anything is written.

use eseal::{Conclusion, Limits, OpenError, PageSelection, Placement, PlacementError, Policy, PrepareError};
use eseal_pki::issue::{Profile, RevokedEntry};
use eseal_testkit::{days, now};

use crate::world::{World, at, documents, open};

type IsExpected = fn(&PrepareError) -> bool;

fn refuse(name: &str, world: &World, is_expected: IsExpected) {
    for (kind, bytes) in documents(1) {
        let found = world.prepare(&bytes, &[at(1, 20.0, 20.0)]);
        assert!(matches!(&found, Err(error) if is_expected(error)), "{name} {kind}: {:?}", found.map(|_| ()));
    }
    let found = eseal::prepare_detached([1; 32], "x", &world.request(&[]));
    assert!(matches!(&found, Err(error) if is_expected(error)), "{name} digest: {:?}", found.map(|_| ()));
}

#[test]
fn signers_must_be_listed_trusted_and_good() {
    let pki = eseal_testkit::Pki::new();
    let cases: [(&str, &eseal_testkit::Party, IsExpected); 6] = [
        ("not listed", &pki.other, |error| matches!(error, PrepareError::SignerNotListed)),
        ("expired", &pki.expired, |error| matches!(error, PrepareError::SignerOutsidePeriod)),
        ("not yet", &pki.not_yet, |error| matches!(error, PrepareError::SignerOutsidePeriod)),
        ("revoked", &pki.revoked, |error| matches!(error, PrepareError::SignerRevoked)),
        ("stranger", &pki.stranger, |error| matches!(error, PrepareError::NotTrusted)),
        ("encryption", &pki.encryption, |error| matches!(error, PrepareError::NotTrusted)),
    ];
    for (name, signer, is_expected) in cases {
        let mut world = World::new();
        if name != "not listed" {
            world.seal = world.pki.seal_with(|spec| spec.listed = vec![signer.certificate.clone()]);
        }
        world.pki.signer = signer.clone();
        refuse(name, &world, is_expected);
    }
}

#[test]
fn a_signer_whose_status_is_not_known_is_refused_unless_the_policy_allows_it() {
    let mut world = World::new();
    world.evidence.crls.clear();
    refuse("no CRL", &world, |error| matches!(error, PrepareError::SealNotGood { .. }));
    world.policy = Policy { require_revocation: false, ..world.policy };
    world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
}

#[test]
fn seals_must_be_genuine_trusted_and_valid() {
    let mut world = World::new();
    world.seal = world.pki.seal_with(|spec| spec.valid_end = now() - days(1));
    refuse("expired", &world, |error| matches!(error, PrepareError::SealOutsideValidity));
    world.seal = world.pki.seal_with(|spec| spec.valid_start = now() + days(1));
    refuse("not yet", &world, |error| matches!(error, PrepareError::SealOutsideValidity));

    let mut forged = world.pki.seal();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    world.seal = forged;
    refuse("forged", &world, |error| matches!(error, PrepareError::SealNotGood { .. }));
    world.seal = b"no seal".to_vec();
    refuse("garbage", &world, |error| matches!(error, PrepareError::SealNotGood { .. }));

    world.seal = eseal_testkit::SealSpec::of(&world.pki.signer).made_by(&world.pki.stranger);
    refuse("unknown maker", &world, |error| matches!(error, PrepareError::NotTrusted));

    let maker = world.pki.issue(40, "被吊销的制章人", Profile::SealMaker);
    let serial = eseal_pki::Certificate::from_der(&maker.certificate).unwrap().serial.to_vec();
    world.evidence.crls =
        vec![world.pki.crl_with(now() - days(1), &[RevokedEntry { serial, since: now() - days(2), reason: None }])];
    world.seal = eseal_testkit::SealSpec::of(&world.pki.signer).made_by(&maker);
    refuse("revoked maker", &world, |error| matches!(error, PrepareError::SealNotGood { .. }));
}

#[test]
fn a_locked_document_takes_no_further_seal() {
    for (name, bytes) in documents(2) {
        let mut world = World::new();
        let first = world.seal(&bytes, &[at(1, 20.0, 20.0)]);
        world.lock = true;
        let locked = world.seal(&first, &[at(2, 20.0, 20.0)]);
        assert_eq!(world.report(&locked).conclusion, Conclusion::Valid, "{name}: {:#?}", world.report(&locked));
        let refused = world.prepare(&locked, &[at(1, 100.0, 100.0)]);
        assert!(matches!(refused, Err(PrepareError::Locked)), "{name}: {:?}", refused.map(|_| ()));
    }
}

#[test]
fn a_broken_signature_takes_no_further_seal() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(2), &[at(1, 20.0, 20.0)]);
    let broken = eseal_testkit::zip_altered(&sealed, "Doc_0/Pages/Page_0/Content.xml", |bytes| {
        let text = bytes.windows(9).position(|window| window == "合同正".as_bytes()).unwrap();
        bytes[text..text + 9].copy_from_slice("合同副".as_bytes());
    });
    let refused = world.prepare(&broken, &[at(1, 100.0, 100.0)]);
    assert!(matches!(refused, Err(PrepareError::EarlierSignatureBroken { index: 0 })), "{:?}", refused.map(|_| ()));

    let mut broken = world.seal(&eseal_testkit::pdf(2), &[at(1, 20.0, 20.0)]);
    let at_text = broken.windows(8).position(|window| window == b"Contract").unwrap();
    broken[at_text] = b'K';
    let refused = world.prepare(&broken, &[at(1, 100.0, 100.0)]);
    assert!(matches!(refused, Err(PrepareError::EarlierSignatureBroken { index: 0 })), "{:?}", refused.map(|_| ()));
}

#[test]
fn places_that_lead_nowhere_name_their_rule() {
    let world = World::new();
    let keyword = |keyword: &str| {
        Placement::Keyword(eseal::KeywordRule {
            keyword: keyword.into(),
            pages: PageSelection::All,
            number: 0,
            order: eseal::SearchOrder::Forward,
            move_type: eseal::MoveType::Over,
            move_right_mm: 0.0,
            move_up_mm: 0.0,
        })
    };
    let everywhere =
        Placement::Rectangle { pages: PageSelection::All, left_mm: 1.0, bottom_mm: 1.0, right_mm: None, top_mm: None };
    for (name, bytes) in documents(3) {
        for (rule, is_expected) in [
            (
                at(1, 5000.0, 5000.0),
                (|error| matches!(error, PlacementError::OffPage { .. })) as fn(&PlacementError) -> bool,
            ),
            (at(9, 20.0, 20.0), |error| matches!(error, PlacementError::NoSuchPage { page: 9, pages: 3 })),
            (at(i64::MAX, 20.0, 20.0), |error| matches!(error, PlacementError::NoSuchPage { .. })),
            (keyword("no such word"), |error| matches!(error, PlacementError::KeywordNotFound { found: 0 })),
            (keyword(" "), |error| matches!(error, PlacementError::Nonsense(_))),
        ] {
            match world.prepare(&bytes, &[at(1, 20.0, 20.0), rule]) {
                Err(PrepareError::Placement { index: 1, error }) => assert!(is_expected(&error), "{name}: {error:?}"),
                other => panic!("{name}: {:?}", other.map(|_| ())),
            }
        }
        let limits = Limits { placements: 2, ..Limits::default() };
        let document = eseal::Document::open(std::sync::Arc::new(bytes), &limits).unwrap();
        let many = document.prepare(&world.request(std::slice::from_ref(&everywhere)));
        let is_many =
            matches!(many, Err(PrepareError::Placement { error: PlacementError::TooMany { found: 3, limit: 2 }, .. }));
        assert!(is_many, "{name}");
        assert!(document.prepare(&world.request(&[])).is_err());
    }
}

#[test]
fn other_files_are_not_opened() {
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("text", b"hello".to_vec()),
        ("docx", eseal_testkit::zip(&[("word/document.xml", b"<w/>")])),
    ] {
        let opened = eseal::Document::open(std::sync::Arc::new(bytes), &Limits::default());
        assert!(matches!(opened, Err(OpenError::UnknownType)), "{name}");
    }
    let small = Limits { file_bytes: 10, ..Limits::default() };
    let opened = eseal::Document::open(std::sync::Arc::new(eseal_testkit::pdf(1)), &small);
    assert!(matches!(opened, Err(OpenError::TooLarge { limit: 10, .. })));
    assert_eq!(open(&eseal_testkit::ofd(1)).page_count(), 1);
}
