//! USBKeys (智能密码钥匙) through the library of their vendor, GB/T 35291 (GM/T 0016): what an agent on a desk needs.
//!
//! [`SkfHelper`] does this in a process of its own, which a library may crash or block; [`Skf`] in this one.
//!
//! [`Skf`] loads a library, finds the keys of all tokens with their certificates, and signs ready digests with one of
//! them.  What stands between a caller and a vendor's code:
//!
//! * all calls run on one thread of their own, one after the other, under a watchdog: a library that hangs costs its own
//!   thread and no other;
//! * a PIN is tried once, never again by itself, and wiped afterwards;
//! * the rights of the PIN are given back with `ClearSecureState` on every path, because closing a key does not do that;
//! * whatever is written into our memory has more room than the structures need, and every length is bounded;
//! * the length of ULONG and the alignment of numbers are found out, and each signature is verified with the certificate
//!   before anybody sees it, so that a wrong guess cannot become a wrong signature.

mod code;
mod error;
pub mod helper;
mod key;
mod library;
mod profile;
mod session;
mod text;
mod worker;

pub use error::SkfError;
pub use helper::{SkfHelper, SkfHelperConfig};
pub use key::{KeyPlace, PinInfo, SkfInfo, SkfKey};
pub use profile::{SkfProfile, UlongBytes};
pub use worker::{Pin, Skf};
