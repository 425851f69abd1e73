//! Public sample files, where they are at hand.

use std::{fs, path::PathBuf};

use eseal_gm::sm2::VerifyingKey;
use eseal_ses::{Deviation, Seal, SealSignature, Version};

fn folder() -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/seal");
    if found.exists() {
        return Some(found);
    }
    println!("skipped: ../shared is absent");
    None
}

/// Public key of an SM2 certificate: the bits behind the curve's name.
fn key(certificate: &[u8]) -> VerifyingKey {
    let curve = [0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D, 0x03, 0x42, 0x00];
    let start = certificate.windows(11).position(|window| window == curve).expect("an SM2 key") + 11;
    VerifyingKey::from_bytes(&certificate[start..start + 65]).expect("a point")
}

fn maker_signature_is_good(seal: &Seal<'_>) -> bool {
    let key = key(seal.maker_certificate().expect("a maker"));
    let (value, _) = seal.maker_signature().and_then(|value| value.sm2()).expect("a value");
    key.verify_prehash(&key.e(&seal.signed_bytes().expect("signed bytes")), &value)
}

#[test]
fn seals_of_a_public_library_are_read_and_verify() {
    let Some(folder) = folder() else { return };
    for (name, version, good, time_stamp) in [
        ("ofdrw__UserV1.esl", Version::V1, true, false),
        ("ofdrw__UserV4.esl", Version::V4, true, false),
        ("ofdrw__UserV5.esl", Version::V5, true, false),
        ("ofdrw__UserV5_ts.esl", Version::V5, true, true),
        ("ofdrw__SESealData.DER", Version::V4, false, false),
    ] {
        let der = fs::read(folder.join(name)).expect(name);
        let seal = Seal::parse(&der).expect(name);
        assert_eq!((seal.version(), seal.raw()), (version, &der[..]), "{name}");
        assert_eq!(maker_signature_is_good(&seal), good, "{name}");
        assert_eq!(seal.time_stamp().is_some(), time_stamp, "{name}");
        assert!(!seal.name().is_empty() && !seal.code().is_empty(), "{name}");
        assert!(seal.info().picture.data.len() > 100 && seal.info().picture.width_mm > 0, "{name}");
        assert!(!seal.cert_list().certificates().is_empty(), "{name}");
        println!("{name}: {:?}", seal.deviations());
    }
}

#[test]
fn seal_signatures_of_a_public_library_are_read_and_verify() {
    let Some(folder) = folder() else { return };
    for (name, version) in [("ofdrw__SignedValueV4.dat", Version::V4), ("ofdrw__SignedValueV5.dat", Version::V5)] {
        let der = fs::read(folder.join(name)).expect(name);
        let signature = SealSignature::parse(&der).expect(name);
        assert_eq!(signature.version(), version, "{name}");
        let key = key(signature.signer_certificate());
        let (value, _) = signature.signature().sm2().expect(name);
        assert!(key.verify_prehash(&key.e(signature.signed_bytes()), &value), "{name}");
        assert!(maker_signature_is_good(signature.seal()), "{name}");
        assert!(signature.seal().cert_list().lists(signature.signer_certificate()), "{name}");
        assert!(signature.data_hash().is_some() && signature.time_info().claimed().is_some(), "{name}");
        assert!(!signature.deviations().contains(&Deviation::TagVariant), "{name}: {:?}", signature.deviations());
    }
}
