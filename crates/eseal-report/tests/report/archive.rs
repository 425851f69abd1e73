//! Archives: what was judged once is judged again from what is inside, and nothing in it can be changed unseen.

use std::sync::Arc;

use eseal::Limits;
use eseal_api::Language;
use eseal_gm::sm2::SigningKey;
use eseal_report::{ArchiveInput, ArchiveSignature, Checked, Rejudged, UnsignedArchive, check_archive};

use crate::world::{World, sample};

fn archive(name: &str, with_file: bool, key: Option<&SigningKey>) -> Vec<u8> {
    let (world, bytes) = (World::new(), sample(name));
    let judged = world.judge(&bytes);
    let unsigned = UnsignedArchive::new(&ArchiveInput {
        report: &judged.report,
        policy: &world.policy,
        evidence: &world.evidence,
        judged_at: world.at,
        software: "eseal test",
        file_name: Some(name),
        file_size: u64::try_from(bytes.len()).unwrap(),
        file: with_file.then_some(bytes.as_slice()),
        language: Language::Chinese,
    })
    .unwrap();
    match key {
        Some(key) => {
            let value = key.sign(&unsigned.to_be_signed());
            unsigned.signed(&key.public_key(), &value).unwrap()
        }
        None => unsigned.unsigned().unwrap(),
    }
}

fn check(archive: Vec<u8>, given: Option<Vec<u8>>) -> Result<Checked, String> {
    let given = given.map(|bytes| -> Arc<dyn eseal_bytes::ByteSource> { Arc::new(bytes) });
    check_archive(Arc::new(archive), given, &Limits::default()).map_err(|error| error.to_string())
}

#[test]
fn an_archive_is_judged_again_with_the_same_outcome_and_the_same_bytes() {
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    for name in ["sealed.pdf", "sealed.ofd", "text-changed.ofd", "revoked-before.pdf", "plain.pdf"] {
        for (with_file, given) in [(true, None), (false, Some(sample(name)))] {
            let checked = check(archive(name, with_file, Some(&key)), given).unwrap();
            assert!(checked.is_confirmed(), "{name}: {checked:?}");
            assert!(matches!(checked.rejudged, Rejudged::Done { same_bytes: true, .. }), "{name}");
            assert!(matches!(checked.signature, ArchiveSignature::Good { .. }));
        }
    }
}

#[test]
fn without_its_file_or_with_another_one_nothing_is_confirmed() {
    let checked = check(archive("sealed.pdf", false, None), None).unwrap();
    assert!(matches!(checked.rejudged, Rejudged::WithoutFile) && !checked.is_confirmed());
    assert_eq!(checked.signature, ArchiveSignature::Unsigned);
    let checked = check(archive("sealed.pdf", true, None), Some(sample("plain.pdf"))).unwrap();
    assert!(matches!(checked.rejudged, Rejudged::OtherFile) && !checked.is_confirmed());
    assert!(check(sample("sealed.ofd"), None).is_err(), "another package");
    assert!(check(b"PK".to_vec(), None).is_err());
}

#[test]
fn no_byte_of_an_entry_changes_unseen() {
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    let good = archive("sealed.pdf", true, Some(&key));
    let mut seen = 0;
    for at in (0..good.len()).step_by(good.len() / 97) {
        let mut bad = good.clone();
        bad[at] ^= 0x20;
        match check(bad, None) {
            Err(_) => seen += 1,
            Ok(checked) if !checked.is_confirmed() => seen += 1,
            // Times, attributes and versions of ZIP entries are nobody's content.
            Ok(checked) => assert!(checked.damaged.is_empty(), "{at}"),
        }
    }
    assert!(seen > 85, "{seen} of 97");
}

#[test]
fn a_signature_of_another_text_is_bad() {
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    let (world, bytes) = (World::new(), sample("plain.pdf"));
    let judged = world.judge(&bytes);
    let input = ArchiveInput {
        report: &judged.report,
        policy: &world.policy,
        evidence: &world.evidence,
        judged_at: world.at,
        software: "eseal test",
        file_name: None,
        file_size: 0,
        file: Some(&bytes),
        language: Language::English,
    };
    let unsigned = UnsignedArchive::new(&input).unwrap();
    let without_domain = key.sign(&unsigned.to_be_signed()[17..]);
    let checked = check(unsigned.signed(&key.public_key(), &without_domain).unwrap(), None).unwrap();
    assert_eq!((checked.signature.clone(), checked.is_confirmed()), (ArchiveSignature::Bad, false));
}
