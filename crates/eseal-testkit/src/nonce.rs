//! SM2 signatures that are the same every time (可重现的签名): k = SM3(d ‖ e ‖ counter) mod (n − 1) + 1.
//!
//! For tests only: arithmetic of arbitrary size, in no constant time, over keys that everybody knows.

use eseal_gm::{
    sm2::{Signature, SigningKey},
    sm3,
};
use num_bigint::BigUint;

/// Order of the curve's group (GB/T 32918.5).
const N: &str = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";

/// Signs `e`; the counter is raised until `is_wanted` likes the value.
pub(crate) fn sign_prehash(key: &SigningKey, e: &[u8; 32], is_wanted: impl Fn(&Signature) -> bool) -> Signature {
    let n = order();
    let one = BigUint::from(1_u8);
    let secret = key.to_bytes();
    let d = BigUint::from_bytes_be(&secret[..]);
    let inverse = (&d + &one).modpow(&(&n - 2_u8), &n);
    for counter in 0_u32.. {
        let seed = sm3(&[&secret[..], e, &counter.to_be_bytes()].concat());
        let k = BigUint::from_bytes_be(&seed) % (&n - 1_u8) + &one;
        let Ok(nonce) = SigningKey::from_bytes(&bytes(&k)) else { continue };
        let x = BigUint::from_bytes_be(&nonce.public_key()[1..33]);
        let r = (BigUint::from_bytes_be(e) + x) % &n;
        let s = &inverse * (&k + &n * &n - &r * &d) % &n;
        let zero = BigUint::default();
        let signature = Signature { r: bytes(&r), s: bytes(&s) };
        if r != zero && s != zero && &r + &k != n && is_wanted(&signature) {
            return signature;
        }
    }
    unreachable!("one of 2³² values is wanted")
}

/// n, big-endian.
pub(crate) fn order() -> BigUint {
    BigUint::parse_bytes(N.as_bytes(), 16).expect("a number")
}

pub(crate) fn bytes(number: &BigUint) -> [u8; 32] {
    let digits = number.to_bytes_be();
    let mut out = [0; 32];
    out[32 - digits.len()..].copy_from_slice(&digits);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_verify_and_are_the_same_every_time() {
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
        let e = sm3(b"message");
        let value = sign_prehash(&key, &e, |_| true);
        assert_eq!(value, sign_prehash(&key, &e, |_| true));
        assert!(key.verifying_key().verify_prehash(&e, &value));
        let odd = sign_prehash(&key, &e, |value| value.s[31] == 0);
        assert!(odd.s[31] == 0 && key.verifying_key().verify_prehash(&e, &odd));
    }
}
