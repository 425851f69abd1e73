//! RustCrypto and OpenSSL as judges on random cases, in both directions: `cargo run --release --bin judge [cases]`.
//!
//! The n-th case is the same in every run (but for the nonces), so that a case that fails can be repeated.

use eseal_gm::sm2::{Signature, SigningKey};
use openssl::{
    bn::{BigNum, BigNumContext},
    ec::{EcGroup, EcKey, EcPoint, PointConversionForm},
    nid::Nid,
    pkey::{PKey, Private},
    pkey_ctx::PkeyCtx,
};
use sm2::dsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use sm2::elliptic_curve::sec1::ToSec1Point as _;

/// Cases of one key: enough that its table is built, so that both ways of verifying are judged.
const CASES_OF_A_KEY: u64 = 50;

fn main() {
    let cases: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let group = EcGroup::from_curve_name(Nid::SM2).expect("SM2");
    let mut done = 0;
    while done < cases {
        let d = eseal_gm::sm3(&[b"key".as_slice(), &done.to_be_bytes()].concat());
        let Ok(ours) = SigningKey::from_bytes(&d) else { continue };
        let rust = sm2::dsa::SigningKey::from_slice("1234567812345678", &d).expect("the judge takes the key");
        let openssl = openssl_key(&group, &ours);
        assert_eq!(rust.verifying_key().as_affine().to_sec1_point(false).as_bytes(), ours.public_key(), "key {done}");
        let end = cases.min(done + CASES_OF_A_KEY);
        let digests: Vec<[u8; 32]> = (done..end).map(digest).collect();
        for (e, signature) in digests.iter().zip(ours.sign_prehash_batch(&digests)) {
            check(done, &ours, &rust, &openssl, e, &signature);
            done += 1;
        }
        if done % 10_000 == 0 {
            println!("{done} cases: all agree");
        }
    }
    println!("{done} cases: all agree");
}

/// Digests of case numbers; every 64th is at an edge.
fn digest(number: u64) -> [u8; 32] {
    match number % 256 {
        0 => [0; 32],
        64 => [0xff; 32],
        128 => std::array::from_fn(|index| if index < 4 { 0xff } else { 0 }),
        _ => eseal_gm::sm3(&number.to_be_bytes()),
    }
}

fn check(
    case: u64,
    ours: &SigningKey,
    rust: &sm2::dsa::SigningKey,
    openssl: &PKey<Private>,
    e: &[u8; 32],
    batch: &Signature,
) {
    let single = ours.sign_prehash(e);
    let theirs: sm2::dsa::Signature = rust.sign_prehash(e).expect("RustCrypto signs");
    let theirs = Signature::from_raw64(&theirs.to_bytes().into());
    let mut context = PkeyCtx::new(openssl).expect("a context");
    context.sign_init().expect("begins");
    let mut der = Vec::new();
    context.sign_to_vec(e, &mut der).expect("OpenSSL signs");
    let from_openssl = Signature::from_der(&der).expect("strict DER");

    let by_rust = |signature: &Signature| {
        let read = sm2::dsa::Signature::from_slice(&signature.to_raw());
        read.is_ok_and(|signature| rust.verifying_key().verify_prehash(e, &signature).is_ok())
    };
    let by_openssl = |signature: &Signature| {
        let mut context = PkeyCtx::new(openssl).expect("a context");
        context.verify_init().expect("begins");
        context.verify(e, &signature.to_der()).unwrap_or(false)
    };
    let by_us = |signature: &Signature| {
        let key = ours.verifying_key();
        let cached = key.verify_prehash(e, signature);
        assert_eq!(key.verify_prehash_uncached(e, signature), cached, "case {case}: cached and not");
        cached
    };
    assert!(by_us(&single) && by_us(batch) && by_us(&theirs) && by_us(&from_openssl), "case {case}: ours");
    assert!(by_openssl(&single) && by_rust(batch), "case {case}: judges");
    let mut flipped = single;
    let bit = usize::try_from(case % 512).expect("small");
    let half = if bit < 256 { &mut flipped.r } else { &mut flipped.s };
    half[bit % 256 / 8] ^= 1 << (bit % 8);
    assert!(!by_us(&flipped), "case {case}: a flipped bit");
    if case.is_multiple_of(16) {
        assert!(!by_rust(&flipped) && !by_openssl(&flipped), "case {case}: judges on a flipped bit");
    }
}

fn openssl_key(group: &EcGroup, key: &SigningKey) -> PKey<Private> {
    let mut context = BigNumContext::new().expect("a context");
    let point = EcPoint::from_bytes(group, &key.public_key(), &mut context).expect("a point");
    let number = BigNum::from_slice(key.to_bytes().as_slice()).expect("a number");
    let ec = EcKey::from_private_components(group, &number, &point).expect("a key");
    let ours = ec.public_key().to_bytes(group, PointConversionForm::UNCOMPRESSED, &mut context);
    assert_eq!(ours.expect("bytes"), key.public_key());
    ec.check_key().expect("the judge computes the same public key");
    PKey::from_ec_key(ec).expect("a key")
}
