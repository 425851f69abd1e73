//! Where private keys are (密码设备): one door, [`DigestSigner`], whatever lies behind it.
//!
//! A seal's key never leaves its place; e goes in, a signature value comes out, and [`CheckedSigner`] verifies every
//! value against the certificate before anybody sees it.  [`KeyFile`] keeps a key in a file, for development: production
//! mode refuses it ([`Signers::has_key_files`]).  [`sdf`] speaks with server devices (GB/T 36322) through the library of
//! their vendor, which runs in a [`helper`] process; [`svs`] speaks with signature servers (GB/T 38629).  Configuration
//! describes a device by a [`DeviceProfile`], whose passwords come from a [`SecretStore`].

mod breaker;
mod health;
pub mod helper;
mod key_file;
mod open;
mod profile;
pub mod sdf;
mod secret;
mod signer;
mod signers;
pub mod svs;

pub use breaker::BreakerState;
pub use health::{Device, DeviceHealth, LastError};
pub use key_file::{KeyFile, KeyFileError, read_key, write_key};
pub use open::{KeyWork, OpenError, OpenedDevice, OpenedKey, World};
pub use profile::{DeviceProfile, KeyProfile, KeyUse, Names, SdfDeviceProfile, SvsForm, SvsKeyValue, SvsProfile};
pub use secret::{
    Credentials, Environment, PrivateFiles, Secret, SecretError, SecretRef, SecretStore, is_default_password,
};
pub use signer::{CheckedSigner, DeviceKind, DigestSigner, MismatchError, SignDigestError, SignInput};
pub use signers::Signers;
