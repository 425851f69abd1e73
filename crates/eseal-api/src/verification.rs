//! 验章 `verify`: interfaces 4-1 and 4-2.

mod report;
mod verify_file;
mod verify_seal;

pub use report::{CertificateInfo, CheckInfo, CoverageInfo, LaterChange, VerifyResult};
pub use verify_file::{VerifyFile, VerifyFileResult};
pub use verify_seal::{VerifySeal, VerifySealResult};
