//! A USBKey in software (软件智能密码钥匙): `libsoftskf`, **for development only**.
//!
//! The C interface is that of GM/T 0016-2012 (GB/T 35291), from which every function is exported, those that the text
//! spells in two ways under both names.  What works: devices, applications, PINs, containers, certificates, small files,
//! SM2 with the keys of containers, SM3, SM4 with session keys.  RSA, key agreement and raw commands to the device answer
//! `SAR_NOTSUPPORTYETERR`.
//!
//! | environment variable | what |
//! |---|---|
//! | `ESEAL_SOFTSKF_DIR` | the folder of the tokens, `NAME.skf` each; else the folder in which the library lies |
//! | `ESEAL_SOFTSKF_QUIRKS` | ways of real libraries, by commas: `left`, `ulong8`, `type1` |
//! | `ESEAL_SOFTSKF_FAULT` | what goes wrong when signing: see [`Fault`] |
//!
//! A token is one file that appears whole or not at all; private keys lie in it under a key that only the PINs open, and
//! the retry counters are written to the disk before a PIN is looked at.  Plugging in and pulling out is the appearing
//! and vanishing of the file.  Handles are indices with a generation, never pointers, so that a stale or invented one is
//! refused.

mod application;
mod cipher;
mod codes;
mod container;
mod device;
mod exports;
mod fault;
mod files;
mod key_exports;
mod layout;
mod pin;
mod place;
mod provision;
mod raw;
mod refused;
mod table;
mod token;
mod world;

pub use codes::Sar;
pub use exports::*;
pub use fault::Fault;
pub use key_exports::*;
pub use provision::{ProvisionError, TokenKey, provision};
pub use refused::*;
