//! Server cryptographic devices (服务器密码设备) through the C library of their vendor: GB/T 36322, GM/T 0018.
//!
//! [`SdfDevice::open`] loads the library that an [`SdfProfile`] names and opens a pool of sessions;
//! [`SdfDevice::signer`] gives a signer for one key index, after the key there was compared with the certificate;
//! [`SdfDevice::wrapper`] seals other keys with the pair for encryption of an index.
//! Vendor code runs in this process: what it corrupts is ours.  Only the documented functions are called, into buffers
//! that are larger than the structures and filled with a pattern, so that wrong lengths are seen.

mod code;
mod layout;
mod library;
mod pool;
mod profile;
mod signer;
mod wrapper;

pub use profile::{Algorithms, Alignment, FieldBytes, SdfProfile};
pub(crate) use signer::{PASSWORD_REFUSED, SELF_TEST};
pub use signer::{SdfDevice, SdfError, SdfInfo, SdfSigner};
pub use wrapper::SdfWrapper;
