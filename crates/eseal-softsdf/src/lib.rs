//! A server cryptographic device in software (软件密码设备): `libsoftsdf`, **for development only**.
//!
//! The C interface is that of GM/T 0018-2012 (GB/T 36322), from which every function is exported.  What works: devices
//! and sessions, random numbers, access rights, SM2 with the keys of the device and with keys of others, SM3, SM4 with
//! session keys, also under KEKs, and user files.  What does not answers `SDR_NOTSUPPORT`: RSA, key agreement, exchange of
//! envelopes.
//!
//! | environment variable | what |
//! |---|---|
//! | `ESEAL_SOFTSDF_DIR` | the folder of the keys; without it no device opens |
//! | `ESEAL_SOFTSDF_STORAGE` | the password of its KEKs (密钥加密密钥); without it there are none |
//! | `ESEAL_SOFTSDF_QUIRKS` | ways of real libraries, by commas: `eccref32`, `left` |
//! | `ESEAL_SOFTSDF_FAULT` | what goes wrong: see [`Fault`] |
//!
//! Keys lie in the folder encrypted, see [`provision`]; the password of a key is its access right (私钥使用权限).  After
//! [`TRIES`] wrong ones in a row it opens no more, over restarts, until the key is provisioned again.
//! Handles are indices with a generation, never pointers, so that a stale or invented one is refused.

mod at_rest;
mod codes;
mod device;
#[macro_use]
mod guard;
mod exports;
mod fault;
mod files;
mod kek;
mod kek_exports;
mod layout;
mod raw;
mod refused;
mod store;
mod table;
mod tries;

pub use codes::Sdr;
pub use exports::*;
pub use fault::Fault;
pub use kek::provision_kek;
pub use kek_exports::*;
pub use refused::*;
pub use store::{ProvisionError, provision};
pub use tries::TRIES;
