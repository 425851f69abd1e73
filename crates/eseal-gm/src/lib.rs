//! SM2, SM3 and SM4 (商用密码算法): the one door to cryptography.
//!
//! | module | what |
//! |---|---|
//! | [`sm2`] | keys, signatures (GB/T 32918.2), two-party signing, encodings of GB/T 35276 |
//! | [`sm3()`], [`Sm3`], [`hmac_sm3`], [`kdf()`], [`pbkdf2_sm3`] | digests of GB/T 32905 and what is made of them |
//! | [`sm4`] | block cipher of GB/T 32907 with CBC and GCM |
//! | [`enum@Hash`], [`Hasher`] | the digests that documents of others name |
//! | [`foreign`] | RSA and ECDSA, verification only |
//! | [`oid`] | object identifiers of all of them |
//!
//! Nothing here does I/O or asks a clock; random numbers come from the operating system.
#![cfg_attr(not(test), warn(clippy::as_conversions, clippy::indexing_slicing))]

mod curve;
mod der;
pub mod foreign;
mod hash;
mod hmac;
mod kdf;
pub mod oid;
mod pbkdf2;
mod random;
pub mod sm2;
mod sm3;
pub mod sm4;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use crate::{
    hash::{Hash, Hasher},
    hmac::{HmacSm3, hmac_sm3, hmac_sm3_verify},
    kdf::kdf,
    pbkdf2::pbkdf2_sm3,
    random::{RandomError, random},
    sm3::{Sm3, sm3, sm3_many},
};

use subtle::ConstantTimeEq as _;

/// Compares secrets (常量时间比较): the time depends on the lengths only.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// Says that something made of secrets may be known: a signature, or that a nonce was rejected.
///
/// Does nothing but in tests under valgrind, which treat secrets as undefined memory: see `sm2::secrets`.
#[cfg(not(all(test, target_arch = "x86_64")))]
#[inline(always)]
fn declassify<T>(value: T) -> T {
    value
}

#[cfg(all(test, target_arch = "x86_64"))]
fn declassify<T>(mut value: T) -> T {
    x86::probe::declassify(&mut value);
    value
}
