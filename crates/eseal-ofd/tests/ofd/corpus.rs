//! Public sample files; skipped where they are not at hand.

use std::{fs, path::PathBuf};

use eseal_ofd::{Examination, ReferenceOutcome, SealFile};

use crate::made::{request, sealed, stamp, try_open};

fn folder(name: &str) -> Option<Vec<PathBuf>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus").join(name);
    let Ok(files) = fs::read_dir(path) else {
        println!("skipped: ../shared is absent");
        return None;
    };
    Some(files.map(|file| file.unwrap().path()).collect())
}

fn examine(name: &str) -> Option<Examination> {
    let file = folder("ofd-sealed")?.into_iter().find(|path| path.ends_with(name))?;
    Some(try_open(fs::read(file).unwrap()).unwrap().examine())
}

#[test]
fn odd_packages_open_and_take_seals() {
    for file in folder("ofd-plain").unwrap_or_default() {
        let bytes = fs::read(&file).unwrap();
        let ofd = try_open(bytes.clone()).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(!ofd.pages().is_empty(), "{}", file.display());
        for number in 1..=ofd.pages().len() {
            let size = ofd.page_size(number).unwrap();
            assert!(size.width > 0.0 && size.height > 0.0, "{}", file.display());
        }
        let once = sealed(bytes, &request(&[stamp(1, 10.0)]));
        let twice = sealed(once, &request(&[stamp(1, 60.0)]));
        let examination = try_open(twice).unwrap().examine();
        assert_eq!(examination.signatures.len(), 2, "{}", file.display());
        for signature in &examination.signatures {
            assert!(
                signature.references.iter().all(|found| found.outcome == ReferenceOutcome::Good),
                "{}",
                file.display()
            );
        }
        assert_eq!(examination.uncovered_by_all().count(), 0, "{}", file.display());
    }
}

#[test]
fn sealed_samples_are_as_described() {
    for (name, good, locked, stamps) in [
        ("ofdrw__SESV4SignDoc.ofd", vec![true], vec![false], 1),
        ("ofdrw__V4RideRight.ofd", vec![true], vec![true], 5),
        ("ofdrw__allprotected.ofd", vec![true], vec![true], 1),
        ("ofdrw__h.ofd", vec![false, true], vec![true, false], 5),
        ("ofdrw__DigitalSign.ofd", vec![true], vec![false], 0),
        ("ofdrw__hello-integrity.ofd", vec![], vec![], 0),
    ] {
        let Some(examination) = examine(name) else { continue };
        let found: Vec<bool> = examination
            .signatures
            .iter()
            .map(|signature| signature.references.iter().all(|found| found.outcome == ReferenceOutcome::Good))
            .collect();
        assert_eq!(found, good, "{name}");
        let found: Vec<bool> = examination.signatures.iter().map(|signature| signature.covers_signature_list).collect();
        assert_eq!(found, locked, "{name}");
        assert_eq!(examination.signatures.first().map_or(0, |signature| signature.stamps.len()), stamps, "{name}");
        for signature in &examination.signatures {
            assert!(signature.signed_value.is_some() && signature.error.is_none(), "{name}");
            assert!(signature.stamps.iter().all(|stamp| stamp.boxes.is_some()), "{name}");
            assert_eq!(matches!(signature.seal, SealFile::Found { .. }), signature.is_seal, "{name}");
        }
        assert_eq!(examination.has_integrity_entries, name.contains("integrity"), "{name}");
    }
}

#[test]
fn a_cross_page_seal_is_placed_as_known() {
    let Some(examination) = examine("ofdrw__h.ofd") else { return };
    for (index, stamp) in examination.signatures[0].stamps.iter().enumerate() {
        let (_, visible) = stamp.boxes.unwrap();
        assert_eq!(stamp.page, Some(index + 1));
        assert_eq!((visible.left, visible.bottom, visible.right, visible.top), (202.0, 128.5, 210.0, 168.5));
    }
    let bad: Vec<_> =
        examination.signatures[0].references.iter().filter(|found| found.outcome != ReferenceOutcome::Good).collect();
    assert_eq!(bad[0].file_ref, "/Doc_0/Signs/Signatures.xml");
    assert_eq!(examination.signatures[1].covers_signatures, [0]);
}
