use std::{fs, process::Command};

use eseal_gm::sm2::{
    SigningKey,
    encryption::{Ciphertext, EncryptError, PLAINTEXT_MAX_BYTES, decrypt, encrypt},
    envelope,
    exchange::{Ephemeral, Side},
};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).unwrap()
}

#[test]
fn every_length_opens_again_in_both_forms_and_every_flip_is_noticed() {
    for len in [1, 31, 32, 33, 100, 4096] {
        let plaintext = vec![0x77; len];
        let cipher = encrypt(key(3).verifying_key(), &plaintext).unwrap();
        assert_eq!(Ciphertext::from_der(&cipher.to_der()).unwrap(), cipher);
        assert_eq!(Ciphertext::from_c1c3c2(&cipher.to_c1c3c2()).unwrap(), cipher);
        assert_eq!(*decrypt(&key(3), &cipher).unwrap(), plaintext);
        assert!(decrypt(&key(4), &cipher).is_err());
    }
    let bytes = encrypt(key(3).verifying_key(), b"secret").unwrap().to_c1c3c2();
    for position in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[position] ^= 1;
        assert!(Ciphertext::from_c1c3c2(&bad).and_then(|cipher| decrypt(&key(3), &cipher)).is_err(), "{position}");
    }
    for len in 0..=97 {
        assert!(Ciphertext::from_c1c3c2(&bytes[..len]).is_err());
    }
    assert_eq!(encrypt(key(3).verifying_key(), b""), Err(EncryptError::Length));
    assert_eq!(encrypt(key(3).verifying_key(), &vec![0; PLAINTEXT_MAX_BYTES + 1]), Err(EncryptError::Length));
}

#[test]
fn an_enveloped_key_opens_for_its_holder_only() {
    let der = envelope::wrap(key(1).verifying_key(), &key(2)).unwrap();
    assert_eq!(*envelope::unwrap(&key(1), &der).unwrap().to_bytes(), [2; 32]);
    assert!(envelope::unwrap(&key(2), &der).is_err());
    for position in 0..der.len() {
        let mut bad = der.clone();
        bad[position] ^= 0x40;
        assert!(envelope::unwrap(&key(1), &bad).is_err(), "byte {position}");
    }
    assert!(envelope::unwrap(&key(1), &der[..der.len() - 1]).is_err());
}

#[test]
fn two_sides_agree_and_a_third_does_not() {
    let ((a, ra), (b, rb), (c, _)) = (Ephemeral::new().unwrap(), Ephemeral::new().unwrap(), Ephemeral::new().unwrap());
    let at_a = a.agree(Side::Initiator, &key(1), key(2).verifying_key(), &rb, 48).unwrap();
    let at_b = b.agree(Side::Responder, &key(2), key(1).verifying_key(), &ra, 48).unwrap();
    let at_c = c.agree(Side::Responder, &key(3), key(1).verifying_key(), &ra, 48).unwrap();
    assert_eq!((&at_a.key, at_a.confirmation), (&at_b.key, at_b.expected));
    assert_ne!(at_a.key, at_c.key);
    assert_ne!(at_a.expected, at_c.confirmation);
}

#[test]
fn openssl_opens_our_ciphertexts_and_we_open_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let openssl = |line: &str| Command::new("openssl").current_dir(&folder).args(line.split(' ')).output();
    fs::write(folder.path().join("key.der"), crate::signatures::ec_private_key(&key(9))).unwrap();
    match openssl("pkey -inform DER -in key.der -out key.pem") {
        Ok(output) if output.status.success() => {}
        _ => return println!("skipped: no openssl with SM2"),
    }
    let cipher = encrypt(key(9).verifying_key(), b"for openssl").unwrap();
    fs::write(folder.path().join("cipher"), cipher.to_der()).unwrap();
    assert_eq!(openssl("pkeyutl -decrypt -inkey key.pem -in cipher").unwrap().stdout, b"for openssl");
    fs::write(folder.path().join("plain"), b"from openssl").unwrap();
    assert!(openssl("pkeyutl -encrypt -inkey key.pem -in plain -out cipher").unwrap().status.success());
    let cipher = Ciphertext::from_der(&fs::read(folder.path().join("cipher")).unwrap()).unwrap();
    assert_eq!(decrypt(&key(9), &cipher).unwrap().as_slice(), b"from openssl");
}
