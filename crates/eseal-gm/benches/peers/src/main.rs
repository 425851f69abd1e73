//! All peers in one run, one thread, in turns: `cargo run --release [rounds]`.
//!
//! Machines under load measure little in absolute terms, so each round gives every candidate its turn, and what
//! counts is the best of each and the ratios.

use openssl::{
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    nid::Nid,
    pkey::PKey,
    pkey_ctx::PkeyCtx,
};
use sm2::dsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use sm3::Digest as _;

/// A candidate: its name, how many operations (or bytes) one call does, and the call.
type Candidate<'a> = (&'a str, f64, Box<dyn FnMut() + 'a>);

fn main() {
    let rounds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20);
    let (digest, digests) = ([0x42; 32], [[0x42; 32]; 32]);
    let ours = eseal_gm::sm2::SigningKey::from_bytes(&[0x33; 32]).expect("a key");
    let signature = ours.sign_prehash(&digest);
    let rust = sm2::dsa::SigningKey::from_slice("1234567812345678", &[0x33; 32]).expect("a key");
    let rust_signature: sm2::dsa::Signature = rust.sign_prehash(&digest).expect("signs");

    let p256 = EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256")).expect("a key");
    let p256_signature = EcdsaSig::sign(&digest, &p256).expect("signs");
    let openssl = PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(Nid::SM2).expect("SM2")).expect("a key"));
    let openssl = openssl.expect("a key");
    let mut openssl_signature = Vec::new();
    openssl_sign(&openssl, &digest, &mut openssl_signature);

    let megabyte = vec![0x5a; 1 << 20];
    let kibibytes: Vec<Vec<u8>> = (0..1024_u32).map(|number| vec![number.to_le_bytes()[0]; 1024]).collect();
    let many: Vec<&[u8]> = kibibytes.iter().map(Vec::as_slice).collect();
    let mib = 1.048_576;

    let mut candidates: Vec<Candidate<'_>> = vec![
        ("sign OpenSSL P-256", 1.0, Box::new(|| drop(EcdsaSig::sign(&digest, &p256)))),
        (
            "sign ours",
            1.0,
            Box::new(|| {
                std::hint::black_box(ours.sign_prehash(&digest));
            }),
        ),
        (
            "sign ours, batch of 32",
            32.0,
            Box::new(|| {
                std::hint::black_box(ours.sign_prehash_batch(&digests));
            }),
        ),
        (
            "sign RustCrypto",
            1.0,
            Box::new(|| drop(std::hint::black_box::<Result<sm2::dsa::Signature, _>>(rust.sign_prehash(&digest)))),
        ),
        ("sign OpenSSL SM2", 1.0, Box::new(|| openssl_sign(&openssl, &digest, &mut Vec::new()))),
        ("verify OpenSSL P-256", 1.0, Box::new(|| assert!(p256_signature.verify(&digest, &p256).expect("verifies")))),
        (
            "verify ours, cold",
            1.0,
            Box::new(|| assert!(ours.verifying_key().verify_prehash_uncached(&digest, &signature))),
        ),
        ("verify ours, cached", 1.0, Box::new(|| assert!(ours.verifying_key().verify_prehash(&digest, &signature)))),
        (
            "verify RustCrypto",
            1.0,
            Box::new(|| rust.verifying_key().verify_prehash(&digest, &rust_signature).expect("verifies")),
        ),
        ("verify OpenSSL SM2", 1.0, Box::new(|| assert!(openssl_verify(&openssl, &digest, &openssl_signature)))),
        (
            "SM3 ours, 1 MiB (MB)",
            mib,
            Box::new(|| {
                std::hint::black_box(eseal_gm::sm3(&megabyte));
            }),
        ),
        (
            "SM3 ours, 1024 × 1 KiB (MB)",
            mib,
            Box::new(|| {
                std::hint::black_box(eseal_gm::sm3_many(&many));
            }),
        ),
        (
            "SM3 RustCrypto (MB)",
            mib,
            Box::new(|| {
                std::hint::black_box(sm3::Sm3::digest(&megabyte));
            }),
        ),
        (
            "SM3 OpenSSL (MB)",
            mib,
            Box::new(|| drop(openssl::hash::hash(openssl::hash::MessageDigest::sm3(), &megabyte))),
        ),
        (
            "SHA-256 RustCrypto (MB)",
            mib,
            Box::new(|| {
                std::hint::black_box(sha2::Sha256::digest(&megabyte));
            }),
        ),
    ];
    let mut best = vec![0.0_f64; candidates.len()];
    for _ in 0..rounds {
        for (best, (_, amount, call)) in best.iter_mut().zip(&mut candidates) {
            *best = best.max(*amount * rate(call));
        }
    }
    let yardstick = |name: &str| match name.split(' ').next() {
        Some("sign") => 0,
        Some("verify") => 5,
        _ => 10,
    };
    for (index, (name, ..)) in candidates.iter().enumerate() {
        let beside = yardstick(name);
        println!("{name:32} {:12.0}/s  {:6.2} × {}", best[index], best[index] / best[beside], candidates[beside].0);
    }
}

/// Calls per second of processor time, over some milliseconds.
fn rate(call: &mut dyn FnMut()) -> f64 {
    let (start, mut calls) = (processor_seconds(), 0.0);
    loop {
        for _ in 0..8 {
            call();
        }
        calls += 8.0;
        let spent = processor_seconds() - start;
        if spent > 0.02 {
            return calls / spent;
        }
    }
}

/// Time that this thread has had, which other programs on the machine do not lengthen.
fn processor_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists and `time` is written by the call.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn openssl_sign(key: &PKey<openssl::pkey::Private>, digest: &[u8], signature: &mut Vec<u8>) {
    let mut context = PkeyCtx::new(key).expect("a context");
    context.sign_init().expect("begins");
    context.sign_to_vec(digest, signature).expect("signs");
}

fn openssl_verify(key: &PKey<openssl::pkey::Private>, digest: &[u8], signature: &[u8]) -> bool {
    let mut context = PkeyCtx::new(key).expect("a context");
    context.verify_init().expect("begins");
    context.verify(digest, signature).unwrap_or(false)
}
