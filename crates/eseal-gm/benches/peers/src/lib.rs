//! The candidates that are measured side by side, and a clock that counts only this thread's processor time.

use std::{hint::black_box, rc::Rc};

use openssl::{
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    pkey_ctx::PkeyCtx,
};
use sm2::dsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use sm3::Digest as _;

const DIGEST: [u8; 32] = [0x42; 32];
const MIB: usize = 1 << 20;

/// Candidates that do the same work; the first is the yardstick.
pub struct Group {
    /// What is done.
    pub name: &'static str,
    /// Whether amounts are bytes, not operations.
    pub bytes: bool,
    /// Who does it.
    pub candidates: Vec<Candidate>,
}

/// One that does the work.
pub struct Candidate {
    /// Who.
    pub name: &'static str,
    /// Operations, or bytes, that one call does.
    pub amount: u64,
    /// One call.
    pub call: Box<dyn FnMut()>,
}

impl Candidate {
    fn new<T>(name: &'static str, amount: usize, mut call: impl FnMut() -> T + 'static) -> Self {
        Self {
            name,
            amount: amount as u64,
            call: Box::new(move || {
                black_box(call());
            }),
        }
    }
}

/// Everything that is measured: signing, verifying, digests.
#[must_use]
pub fn groups() -> Vec<Group> {
    vec![signing(), verifying(), digests()]
}

fn signing() -> Group {
    let ours = Rc::new(ours());
    let (batch, rust, p256, openssl) = (Rc::clone(&ours), rust(), p256(), openssl_key());
    Group {
        name: "sign",
        bytes: false,
        candidates: vec![
            Candidate::new("OpenSSL P-256", 1, move || EcdsaSig::sign(&DIGEST, &p256)),
            Candidate::new("ours", 1, move || ours.sign_prehash(&DIGEST)),
            Candidate::new("ours, batch of 32", 32, move || batch.sign_prehash_batch(&[DIGEST; 32])),
            Candidate::new("RustCrypto", 1, move || rust_sign(&rust)),
            Candidate::new("OpenSSL SM2", 1, move || openssl_sign(&openssl)),
        ],
    }
}

fn verifying() -> Group {
    let (key, p256, rust, openssl) = (ours(), p256(), rust(), openssl_key());
    let (signature, p256_signature) = (key.sign_prehash(&DIGEST), EcdsaSig::sign(&DIGEST, &p256).expect("signs"));
    let (rust_signature, openssl_signature) = (rust_sign(&rust), openssl_sign(&openssl));
    let (cold, cached) = (key.verifying_key().clone(), key.verifying_key().clone());
    let again = signature;
    Group {
        name: "verify",
        bytes: false,
        candidates: vec![
            Candidate::new("OpenSSL P-256", 1, move || {
                assert!(p256_signature.verify(&DIGEST, &p256).expect("verifies"));
            }),
            Candidate::new("ours, cold", 1, move || assert!(cold.verify_prehash_uncached(&DIGEST, &signature))),
            Candidate::new("ours, cached", 1, move || assert!(cached.verify_prehash(&DIGEST, &again))),
            Candidate::new("RustCrypto", 1, move || {
                rust.verifying_key().verify_prehash(&DIGEST, &rust_signature).expect("verifies");
            }),
            Candidate::new("OpenSSL SM2", 1, move || assert!(openssl_verify(&openssl, &openssl_signature))),
        ],
    }
}

fn digests() -> Group {
    let megabyte: &'static [u8] = vec![0x5a; MIB].leak();
    let pieces: Vec<&[u8]> = megabyte.chunks(1024).collect();
    Group {
        name: "digest",
        bytes: true,
        candidates: vec![
            Candidate::new("SM3 RustCrypto, 1 MiB", MIB, move || sm3::Sm3::digest(megabyte)),
            Candidate::new("SM3 ours, 1 MiB", MIB, move || eseal_gm::sm3(megabyte)),
            Candidate::new("SM3 ours, 1024 x 1 KiB", MIB, move || eseal_gm::sm3_many(&pieces)),
            Candidate::new("SM3 OpenSSL, 1 MiB", MIB, move || openssl::hash::hash(MessageDigest::sm3(), megabyte)),
            Candidate::new("SHA-256 RustCrypto, 1 MiB", MIB, move || sha2::Sha256::digest(megabyte)),
        ],
    }
}

fn ours() -> eseal_gm::sm2::SigningKey {
    eseal_gm::sm2::SigningKey::from_bytes(&[0x33; 32]).expect("a key")
}

fn rust() -> sm2::dsa::SigningKey {
    sm2::dsa::SigningKey::from_slice("1234567812345678", &[0x33; 32]).expect("a key")
}

fn rust_sign(key: &sm2::dsa::SigningKey) -> sm2::dsa::Signature {
    key.sign_prehash(&DIGEST).expect("signs")
}

fn p256() -> EcKey<Private> {
    EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256")).expect("a key")
}

fn openssl_key() -> PKey<Private> {
    let key = EcKey::generate(&EcGroup::from_curve_name(Nid::SM2).expect("SM2")).expect("a key");
    PKey::from_ec_key(key).expect("a key")
}

fn openssl_sign(key: &PKey<Private>) -> Vec<u8> {
    let (mut context, mut signature) = (PkeyCtx::new(key).expect("a context"), Vec::new());
    context.sign_init().expect("begins");
    context.sign_to_vec(&DIGEST, &mut signature).expect("signs");
    signature
}

fn openssl_verify(key: &PKey<Private>, signature: &[u8]) -> bool {
    let mut context = PkeyCtx::new(key).expect("a context");
    context.verify_init().expect("begins");
    context.verify(&DIGEST, signature).unwrap_or(false)
}

/// Processor time that this thread has had, in nanoseconds, which other programs on the machine do not lengthen.
#[must_use]
pub fn processor_nanoseconds() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists and `time` is written by the call.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
