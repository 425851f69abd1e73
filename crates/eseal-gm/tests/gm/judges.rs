//! RustCrypto as judge on random cases, and the cases made with plain integers.

use eseal_gm::sm2::{Signature, SigningKey, VerifyingKey};
use serde_json::Value;
use sm2::dsa::signature::hazmat::{PrehashSigner, PrehashVerifier as _};

/// Random cases in every test run; the long run is `benches/peers`, with OpenSSL as well.
const CASES: u32 = 10_000;

#[test]
fn the_other_implementation_agrees_in_both_directions() {
    for number in 0..CASES / 100 {
        let d = eseal_gm::sm3(&number.to_be_bytes());
        let ours = SigningKey::from_bytes(&d).unwrap();
        let theirs = sm2::dsa::SigningKey::from_slice("1234567812345678", &d).unwrap();
        let digests: Vec<[u8; 32]> =
            (0..100_u32).map(|index| eseal_gm::sm3(&[number, index].map(u32::to_be_bytes).concat())).collect();
        for (index, (e, batch)) in digests.iter().zip(ours.sign_prehash_batch(&digests)).enumerate() {
            // Their signatures and ours take turns, as do single ones and those of a batch.
            let signature = match index % 4 {
                0 => Signature::from_raw64(
                    &PrehashSigner::<sm2::dsa::Signature>::sign_prehash(&theirs, e).unwrap().to_bytes().into(),
                ),
                1 => ours.sign_prehash(e),
                _ => batch,
            };
            assert!(ours.verifying_key().verify_prehash(e, &signature));
            if index % 4 == 0 {
                assert!(ours.verifying_key().verify_prehash_uncached(e, &signature));
            } else {
                let read = sm2::dsa::Signature::from_slice(&signature.to_raw()).unwrap();
                theirs.verifying_key().verify_prehash(e, &read).unwrap();
            }
        }
    }
}

#[test]
fn every_case_at_the_edges_is_judged_as_it_should_be() {
    let cases: Value = serde_json::from_str(include_str!("../../testdata/signature-cases.json")).unwrap();
    let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    for case in cases.as_array().unwrap() {
        let e = bytes(&case["e"]).try_into().unwrap();
        let key = VerifyingKey::from_bytes(&bytes(&case["key"]));
        let signature = Signature::from_der(&bytes(&case["signature"]));
        let valid = match (key, signature) {
            (Ok(key), Ok(signature)) => {
                let answers: Vec<bool> = (0..4).map(|_| key.verify_prehash(&e, &signature)).collect();
                assert_eq!(
                    answers,
                    [key.verify_prehash_uncached(&e, &signature); 4],
                    "{}: cached and not",
                    case["name"]
                );
                answers[0]
            }
            _ => false,
        };
        assert_eq!(valid, case["valid"].as_bool().unwrap(), "{}", case["name"]);
    }
}
