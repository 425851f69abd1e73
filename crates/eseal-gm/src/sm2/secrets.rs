//! Secrets as undefined memory: memcheck then reports every branch and every address that depends on one.
//!
//! The test starts its own binary under valgrind, which offers no ADX, so that the portable form is watched.

use std::process::Command;

use super::{SigningKey, encryption, exchange};
use crate::{curve::Point, x86::probe};

/// Set in the process under valgrind, to what it shall do.
const WORK: &str = "ESEAL_GM_WATCHED";

#[test]
fn no_branch_and_no_address_depends_on_a_secret() {
    match std::env::var(WORK).as_deref() {
        Ok("sign") => return sign(),
        Ok("leak") => return leak(),
        _ => {}
    }
    let watch = |work: &str| {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=99", "--track-origins=no"]);
        valgrind.arg(std::env::current_exe().unwrap()).args(["no_branch_and_no_address", "--test-threads=1"]);
        valgrind.env(WORK, work).output()
    };
    let Ok(leak) = watch("leak") else { return println!("skipped: no valgrind") };
    assert_eq!(leak.status.code(), Some(99), "the judge notices a branch on a secret");
    let sign = watch("sign").unwrap();
    assert!(sign.status.success(), "{}", String::from_utf8_lossy(&sign.stderr));
}

/// Every operation with a secret.
fn sign() {
    let mut bytes = [0x55; 32];
    probe::classify(&mut bytes);
    let read = SigningKey::from_bytes(&bytes).unwrap();
    let mut key = SigningKey::from_bytes(&[0x66; 32]).unwrap();
    key.classify();
    for e in [[0; 32], [7; 32], [0xff; 32]] {
        assert!(key.verifying_key().verify_prehash(&e, &key.sign_prehash(&e)));
        for signature in key.sign_prehash_batch(&[e; 5]) {
            assert!(key.verifying_key().verify_prehash(&e, &signature));
        }
    }
    let mut public = Point::generator().mul(key.d()).unwrap().to_bytes();
    probe::declassify(&mut public);
    assert_eq!(public, key.public_key());
    let cipher = encryption::encrypt(key.verifying_key(), b"plaintext").unwrap();
    let _ = encryption::decrypt(&key, &cipher).map(|plaintext| plaintext.len());
    let (ephemeral, public) = exchange::Ephemeral::new().unwrap();
    let _ = ephemeral
        .agree(exchange::Side::Initiator, &key, read.verifying_key(), &public, 32)
        .map(|agreed| agreed.key.len());
}

/// What must be reported.
fn leak() {
    let mut secret = [1_u8; 32];
    probe::classify(&mut secret);
    if std::hint::black_box(secret[3]) > 1 {
        println!("never");
    }
}
