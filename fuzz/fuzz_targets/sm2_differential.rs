//! SM2 of eseal-gm beside RustCrypto: keys, points, signatures and verdicts have to agree.
//!
//! Input: d (32 bytes) ‖ e (32) ‖ r ‖ s (64) ‖ a public key in any form (rest).  Short input is padded with zeros.

use eseal_gm::sm2::{Signature, SigningKey, VerifyingKey};
use sm2::dsa::signature::hazmat::PrehashVerifier as _;

const ID: &str = "1234567812345678";

pub(crate) fn check(data: &[u8]) {
    let mut fixed = [0; 128];
    let (head, point) = data.split_at(data.len().min(128));
    fixed[..head.len()].copy_from_slice(head);
    let part = |index: usize| -> [u8; 32] { fixed[32 * index..32 * index + 32].try_into().expect("32 bytes") };
    let (d, e, signature) = (part(0), part(1), Signature { r: part(2), s: part(3) });

    let (ours, theirs) = (SigningKey::from_bytes(&d), sm2::dsa::SigningKey::from_slice(ID, &d));
    if let (Ok(ours), Ok(theirs)) = (&ours, &theirs) {
        assert_eq!(theirs.verifying_key().to_sec1_bytes()[..], ours.public_key());
        compare(ours.verifying_key(), theirs.verifying_key(), &e, &signature);
        let own = ours.sign_prehash(&e);
        compare(ours.verifying_key(), theirs.verifying_key(), &e, &own);
        assert!(ours.verifying_key().verify_prehash(&e, &own));
        assert_eq!(Signature::from_der(&own.to_der()), Ok(own));
        assert_eq!(Signature::read_any(&own.to_skf()).expect("read back").0, own);
    }
    // They accept d = n − 1, which cannot sign; everything else is the same.
    assert!(ours.is_err() || theirs.is_ok(), "a key that only we take");

    let ours = VerifyingKey::from_bytes(point);
    let theirs = sm2::dsa::VerifyingKey::from_sec1_bytes(ID, point);
    if let (Ok(ours), Ok(theirs)) = (&ours, &theirs) {
        compare(ours, theirs, &e, &signature);
    }
    let common = matches!((point.first(), point.len()), (Some(4), 65) | (Some(2 | 3), 33));
    assert_eq!(ours.is_ok(), common && theirs.is_ok(), "a point that only one of us takes");

    if let Ok(read) = Signature::from_der(data) {
        assert_eq!(read.to_der(), data, "DER has one form");
    }
}

fn compare(ours: &VerifyingKey, theirs: &sm2::dsa::VerifyingKey, e: &[u8; 32], signature: &Signature) {
    let verdict = sm2::dsa::Signature::from_slice(&signature.to_raw());
    let verdict = verdict.is_ok_and(|signature| theirs.verify_prehash(e, &signature).is_ok());
    assert_eq!(ours.verify_prehash(e, signature), verdict);
    assert_eq!(ours.verify_prehash_uncached(e, signature), verdict);
}
