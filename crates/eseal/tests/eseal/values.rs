//! Signature values in all the forms that callers send, and wrong ones.

use std::sync::Arc;

use eseal::{ComposeError, SignatureValue};
use eseal_asn1::write;
use eseal_gm::sm2::Signature;

use crate::world::{World, at, documents, sign};

#[test]
fn every_form_of_a_value_gives_the_same_file() {
    let world = World::new();
    for (name, bytes) in documents(1) {
        let prepared = world.prepare(&bytes, &[at(1, 20.0, 20.0)]).unwrap();
        let signature = world.pki.signer.key.sign_prehash(&prepared.e);
        let der = signature.to_der();
        let forms = [
            ("DER", SignatureValue::Bytes(der.clone())),
            ("r‖s", SignatureValue::Bytes(signature.to_raw().to_vec())),
            ("SKF", SignatureValue::Bytes(signature.to_skf().to_vec())),
            ("p7", SignatureValue::SignedData(signed_data(&world.pki.signer.certificate, &der))),
        ];
        let mut files = forms.map(|(form, value)| {
            assert_eq!(prepared.check_value(&value, None).unwrap(), der, "{name} {form}");
            prepared.clone().compose(Arc::new(bytes.clone()), &value, None).unwrap().sm3
        });
        files.sort();
        assert_eq!(files[0], files[3], "{name}");
    }
}

/// GB/T 35275 SignedData without content and attributes.
fn signed_data(certificate: &[u8], value: &[u8]) -> Vec<u8> {
    use eseal_ses::oid;
    let parsed = eseal_pki::Certificate::from_der(certificate).unwrap();
    let algorithm = |content: &[u8]| write::sequence(&[&write::oid(content)]);
    let signer = write::sequence(&[
        &write::integer_i64(1),
        &write::sequence(&[parsed.issuer.raw, &write::integer(parsed.serial)]),
        &algorithm(oid::SM3),
        &algorithm(oid::SM2_SIGN),
        &write::octet_string(value),
    ]);
    let data = write::sequence(&[
        &write::integer_i64(1),
        &write::set(&algorithm(oid::SM3)),
        &write::sequence(&[&write::oid(oid::GM_DATA)]),
        &write::context(0, certificate),
        &write::set(&signer),
    ]);
    write::sequence(&[&write::oid(oid::GM_SIGNED_DATA), &write::context(0, &data)])
}

#[test]
fn a_wrong_value_composes_nothing() {
    let world = World::new();
    for (name, bytes) in documents(1) {
        let prepared = world.prepare(&bytes, &[at(1, 20.0, 20.0)]).unwrap();
        let good = world.pki.signer.key.sign_prehash(&prepared.e);
        let of_another = world.pki.other.key.sign_prehash(&prepared.e).to_der();
        let of_something_else = world.pki.signer.key.sign_prehash(&[7; 32]).to_der();
        let halves_swapped = Signature { r: good.s, s: good.r }.to_der();
        for value in [
            of_another,
            of_something_else,
            halves_swapped,
            Vec::new(),
            vec![0; 64],
            vec![0xFF; 128],
            good.to_der()[..60].to_vec(),
        ] {
            let wrong = prepared.clone().compose(Arc::new(bytes.clone()), &SignatureValue::Bytes(value), None);
            assert!(matches!(wrong, Err(ComposeError::WrongSignature)), "{name}");
        }
    }
}

#[test]
fn the_certificate_that_the_caller_names_must_be_the_prepared_one() {
    let world = World::new();
    let bytes = eseal_testkit::ofd(1);
    let prepared = world.prepare(&bytes, &[at(1, 20.0, 20.0)]).unwrap();
    let value = sign(&world.pki.signer, &prepared);
    let other = prepared.check_value(&value, Some(&world.pki.other.certificate));
    assert!(matches!(other, Err(ComposeError::OtherCertificate)));
}

#[test]
fn another_original_is_refused() {
    let world = World::new();
    for (name, bytes) in documents(2) {
        let prepared = world.prepare(&bytes, &[at(1, 20.0, 20.0)]).unwrap();
        let value = sign(&world.pki.signer, &prepared);
        let mut changed = bytes.clone();
        let middle = changed.len() / 3;
        changed[middle] ^= 1;
        let longer = [&bytes[..], b"\n"].concat();
        for other in [changed, longer] {
            let composed = prepared.clone().compose(Arc::new(other), &value, None);
            assert!(matches!(composed, Err(ComposeError::SelfCheck(_))), "{name}: {:?}", composed.map(|_| ()));
        }
    }
}
