//! Two-party signing against plain SM2: over whole numbers, and with OpenSSL as judge (协同签名代数).

use std::{fs, process::Command};

use eseal_gm::{
    sm2::{
        SigningKey,
        cosign::{PhoneKeyStart, PhoneShare, ServerKeyStart, ServerShare},
    },
    sm3,
};
use num_bigint::BigUint;

const CONTEXT: &[u8] = b"algebra";
/// Random keys, with some signatures and a refresh each.
const KEYS: u32 = 40;

fn order() -> BigUint {
    BigUint::parse_bytes(b"FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123", 16).unwrap()
}

fn shares() -> (PhoneShare, ServerShare) {
    let (phone, commitment) = PhoneKeyStart::new(CONTEXT).unwrap();
    let (server, public) = ServerKeyStart::new(CONTEXT, commitment).unwrap();
    let (phone, phone_public) = phone.finish(&public).unwrap();
    (phone, server.finish(&phone_public).unwrap())
}

fn bytes(number: &BigUint) -> [u8; 32] {
    let digits = number.to_bytes_be();
    let mut bytes = [0; 32];
    bytes[32 - digits.len()..].copy_from_slice(&digits);
    bytes
}

/// The key that exists nowhere: d = (d1·d2)⁻¹ − 1.
fn whole(phone: &PhoneShare, server: &ServerShare) -> BigUint {
    let n = order();
    let [d1, d2] = [phone.to_bytes(), server.to_bytes()].map(|share| BigUint::from_bytes_be(&share[..32]));
    let inverse = (d1 * d2).modpow(&(&n - 2_u32), &n);
    (inverse + &n - 1_u32) % &n
}

#[test]
fn shares_make_an_ordinary_key_and_ordinary_signatures_whatever_they_are() {
    let n = order();
    for number in 0..KEYS {
        let (mut phone, mut server) = shares();
        let d = whole(&phone, &server);
        let plain = SigningKey::from_bytes(&bytes(&d)).unwrap();
        assert_eq!(plain.public_key(), phone.public_key(), "P = [d]G");
        for round in 0..3_u32 {
            let e = sm3(&[number, round].map(u32::to_be_bytes).concat());
            let (open, first) = phone.begin(&e).unwrap();
            let signature = open.finish(&server.answer(&e, &first).unwrap()).unwrap();
            assert!(plain.verifying_key().verify_prehash(&e, &signature));
            // s = (1+d)⁻¹(k − r·d) with r = e + x([k]G): solved for k, the equation of GB/T 32918.2 must hold.
            let [r, s] = [signature.r, signature.s].map(|part| BigUint::from_bytes_be(&part));
            let k = (&s * (&d + 1_u32) + &r * &d) % &n;
            let point = SigningKey::from_bytes(&bytes(&k)).unwrap().public_key();
            let x = BigUint::from_bytes_be(&point[1..33]);
            assert_eq!((BigUint::from_bytes_be(&e) + x) % &n, r);
            // Refreshed shares are others, for the same key.
            let (moved, factor) = phone.refresh().unwrap();
            (phone, server) = (moved, server.refresh(&factor).unwrap());
            assert_eq!(whole(&phone, &server), d);
        }
    }
}

#[test]
fn openssl_verifies_what_phone_and_server_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (mut phone, server) = shares();
    let message = b"signed by two, verified by a third";
    let e = phone.verifying_key().e(message);
    let (round, first) = phone.begin(&e).unwrap();
    let signature = round.finish(&server.answer(&e, &first).unwrap()).unwrap();
    // SubjectPublicKeyInfo of an SM2 key: id-ecPublicKey, sm2p256v1.
    let head = hex::decode("3059301306072a8648ce3d020106082a811ccf5501822d034200").unwrap();
    fs::write(path("key.der"), [&head[..], &phone.public_key()].concat()).unwrap();
    fs::write(path("message"), message).unwrap();
    for (value, good) in [(signature.to_der(), true), (phone_sign_other(&mut phone, &server), false)] {
        fs::write(path("signature"), value).unwrap();
        let run = Command::new("openssl")
            .args(["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey"])
            .arg(path("key.der"))
            .args(["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-in"])
            .arg(path("message"))
            .arg("-sigfile")
            .arg(path("signature"))
            .output();
        let Ok(run) = run else {
            println!("skipped: openssl is not installed");
            return;
        };
        let text = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        assert_eq!(text.contains("Signature Verified Successfully"), good, "{text}");
    }
}

/// A signature of something else.
fn phone_sign_other(phone: &mut PhoneShare, server: &ServerShare) -> Vec<u8> {
    let (round, first) = phone.begin(&[7; 32]).unwrap();
    round.finish(&server.answer(&[7; 32], &first).unwrap()).unwrap().to_der()
}
