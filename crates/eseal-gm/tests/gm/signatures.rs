use std::{fs, process::Command};

use eseal_gm::sm2::{Signature, SigningKey, VerifyingKey};

const N: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
const P: &str = "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff";

fn number(hex: &str) -> [u8; 32] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

/// `hex` plus a small number, which must not carry out of the last byte.
fn plus(hex: &str, small: i16) -> [u8; 32] {
    let mut bytes = number(hex);
    bytes[31] = u8::try_from(i16::from(bytes[31]) + small).unwrap();
    bytes
}

#[test]
fn keys_outside_their_range_are_refused() {
    let zero = [0; 32];
    for bad in [zero, plus(N, -1), number(N), plus(N, 1), number(P), [0xff; 32]] {
        assert!(SigningKey::from_bytes(&bad).is_err(), "{}", hex::encode(bad));
    }
    let one = std::array::from_fn(|index| u8::from(index == 31));
    for good in [one, plus(N, -2), plus(N, -3), [1; 32]] {
        let key = SigningKey::from_bytes(&good).unwrap();
        assert_eq!(*key.to_bytes(), good);
        assert!(key.verifying_key().verify(b"m", &key.sign(b"m")));
    }
}

#[test]
fn points_off_the_curve_infinity_and_large_coordinates_are_refused() {
    let key = SigningKey::from_bytes(&[7; 32]).unwrap();
    let good = key.public_key();
    let read = VerifyingKey::from_bytes;
    assert_eq!(read(&good).unwrap(), *key.verifying_key());
    let mut compressed = good[..33].to_vec();
    compressed[0] = 2 + (good[64] & 1);
    assert_eq!(read(&compressed).unwrap().to_bytes(), good);
    compressed[0] ^= 1;
    let negated = read(&compressed).unwrap().to_bytes();
    assert!(negated[..33] == good[..33] && negated[33..] != good[33..]);
    for position in 0..65 {
        let mut bad = good;
        bad[position] ^= 0x10;
        assert!(read(&bad).is_err(), "byte {position}");
    }
    let off = (0..=255_u8).filter(|x| read(&[&[2][..], &[0; 31], &[*x]].concat()).is_err()).count();
    assert!((90..166).contains(&off), "half of all x have no point: {off}");
    for bad in [
        vec![],
        vec![0],
        vec![4],
        good[..64].to_vec(),
        [&good[..], &[0]].concat(),
        [&[4][..], &[0; 64]].concat(),
        [&[2][..], &number(P)].concat(),
        [&[2][..], &[0xff; 32]].concat(),
        [&[6][..], &good[1..]].concat(),
        good[1..].to_vec(),
    ] {
        assert!(read(&bad).is_err(), "{}", hex::encode(bad));
    }
}

#[test]
fn numbers_out_of_range_never_verify() {
    let key = SigningKey::from_bytes(&[9; 32]).unwrap();
    let e = key.verifying_key().e(b"m");
    let good = key.sign_prehash(&e);
    let verify = |signature: &Signature| {
        let prepared = key.verifying_key();
        let answer = prepared.verify_prehash(&e, signature);
        assert_eq!(prepared.verify_prehash_uncached(&e, signature), answer);
        answer
    };
    assert!(verify(&good));
    for bad in [[0; 32], plus(N, -1), number(N), plus(N, 1), number(P), [0xff; 32], [1; 32]] {
        assert!(!verify(&Signature { r: bad, ..good }), "r {}", hex::encode(bad));
        assert!(!verify(&Signature { s: bad, ..good }), "s {}", hex::encode(bad));
    }
    assert!(!verify(&Signature { r: good.s, s: good.r }));
    for bit in 0..256 {
        let (mut r, mut s) = (good, good);
        r.r[bit / 8] ^= 1 << (bit % 8);
        s.s[bit / 8] ^= 1 << (bit % 8);
        assert!(!verify(&r) && !verify(&s), "bit {bit}");
    }
}

#[test]
fn digests_at_and_above_n_are_taken_modulo_n() {
    let key = SigningKey::from_bytes(&[5; 32]).unwrap();
    let public = key.verifying_key();
    for (large, small) in [(number(N), [0; 32]), (plus(N, 1), std::array::from_fn(|index| u8::from(index == 31)))] {
        let signature = key.sign_prehash(&large);
        assert!(public.verify_prehash(&large, &signature) && public.verify_prehash(&small, &signature));
    }
    for e in [[0; 32], [0xff; 32], number(P), plus(N, -1)] {
        assert!(public.verify_prehash(&e, &key.sign_prehash(&e)));
    }
}

#[test]
fn batches_give_what_single_calls_give_at_every_length() {
    let key = SigningKey::from_bytes(&[3; 32]).unwrap();
    for len in [0, 1, 2, 31, 32, 33, 70] {
        let messages: Vec<Vec<u8>> = (0..len).map(|index| vec![u8::try_from(index).unwrap(); index]).collect();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let signatures = key.sign_batch(&messages);
        let mut items: Vec<(&[u8], &[u8])> =
            messages.iter().copied().zip(signatures.iter().map(Vec::as_slice)).collect();
        assert_eq!(key.verifying_key().verify_batch(&items), vec![true; len]);
        let mut distinct: Vec<_> = signatures.iter().map(|der| Signature::from_der(der).unwrap().r).collect();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), len, "every nonce is another");
        if let [first, .., last] = items.as_mut_slice() {
            std::mem::swap(&mut first.1, &mut last.1);
            let answers = key.verifying_key().verify_batch(&items);
            assert_eq!(answers.iter().filter(|good| !**good).count(), 2);
            assert!(!answers[0] && !answers[len - 1]);
        }
    }
}

#[test]
fn the_same_digest_signed_twice_uses_two_nonces() {
    let key = SigningKey::from_bytes(&[3; 32]).unwrap();
    assert_ne!(key.sign_prehash(&[1; 32]).r, key.sign_prehash(&[1; 32]).r);
    let batch = key.sign_prehash_batch(&[[1; 32]; 40]);
    assert!(batch.iter().enumerate().all(|(index, one)| batch[..index].iter().all(|other| other.r != one.r)));
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let key = SigningKey::from_bytes(&[3; 32]).unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey(…)");
}

#[test]
fn openssl_accepts_our_signatures_and_we_accept_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let openssl = |arguments: &[&str]| Command::new("openssl").args(arguments).output();
    let key = SigningKey::from_bytes(&[0x21; 32]).unwrap();
    fs::write(path("key.der"), ec_private_key(&key)).unwrap();
    match openssl(&["pkey", "-inform", "DER", "-in", &path("key.der"), "-out", &path("key.pem")]) {
        Ok(output) if output.status.success() => {}
        _ => return println!("skipped: no openssl with SM2"),
    }
    assert!(openssl(&["pkey", "-in", &path("key.pem"), "-pubout", "-out", &path("pub.pem")]).unwrap().status.success());
    let (message, signature) = (path("message"), path("signature"));
    let raw = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"];
    for text in [&b""[..], b"message", &[0xa5; 1000]] {
        fs::write(&message, text).unwrap();
        fs::write(&signature, key.sign(text)).unwrap();
        let verify =
            ["pkeyutl", "-verify", "-pubin", "-inkey", &path("pub.pem"), "-in", &message, "-sigfile", &signature];
        let output = openssl(&[&verify[..], &raw].concat()).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let sign = ["pkeyutl", "-sign", "-inkey", &path("key.pem"), "-in", &message, "-out", &signature];
        assert!(openssl(&[&sign[..], &raw].concat()).unwrap().status.success());
        assert!(key.verifying_key().verify(text, &fs::read(&signature).unwrap()));
    }
}

/// PKCS#8 with an ECPrivateKey inside.
pub(crate) fn ec_private_key(key: &SigningKey) -> Vec<u8> {
    let mut inner = hex::decode("306b0201010420").unwrap();
    inner.extend(*key.to_bytes());
    inner.extend(hex::decode("a144034200").unwrap());
    inner.extend(key.public_key());
    let mut der = hex::decode("308187020100301306072a8648ce3d020106082a811ccf5501822d046d").unwrap();
    der.extend(inner);
    der
}
