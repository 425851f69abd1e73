//! 通用签章 `sign`: interfaces 3-1 to 3-5.

mod compose;
mod generate_digest;
mod sign_by_mobile;
mod sign_by_server_device;
mod sign_by_usbkey;
mod sign_task;

pub use compose::{ComposeSignature, ComposeSignatureResult, Composed, ComposedEntry, SignedDigest, SignedValue};
pub use generate_digest::{FileHash, FileHashEntry, GenerateDigest, GenerateDigestResult, SealData, Subject};
pub use sign_by_mobile::{DigestRef, SignDigestByMobile, SignDigestByMobileResult};
pub use sign_by_server_device::{SignDigestByServer, SignDigestByServerResult, SignValue, SignValueEntry};
pub use sign_by_usbkey::{SignDigestByUsbKey, SignDigestByUsbKeyResult};
pub use sign_task::{GetSignTask, GetSignTaskResult};
