//! Where private keys are (密码设备): one door, [`DigestSigner`], whatever lies behind it.
//!
//! A seal's key never leaves its place; e goes in, a signature value comes out, and [`CheckedSigner`] verifies every
//! value against the certificate before anybody sees it.  [`KeyFile`] keeps a key in a file, for development: production
//! mode refuses it ([`Signers::has_key_files`]).  [`sdf`] speaks with server devices (GB/T 36322) through the library of
//! their vendor.  Signature servers (GB/T 38629) and keys shared with a phone stand behind the same trait.

pub mod helper;
mod key_file;
pub mod sdf;
mod signer;
mod signers;

pub use key_file::{KeyFile, KeyFileError, read_key, write_key};
pub use signer::{CheckedSigner, DeviceKind, DigestSigner, MismatchError, SignDigestError, SignInput};
pub use signers::Signers;
