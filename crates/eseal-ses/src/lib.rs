//! Seals (电子印章) and seal signatures (电子签章数据): GB/T 38540—2020 (V4), GM/T 0031—2014 (V1), GM/T 0031—2025 (V5).
//!
//! Reading is lenient, keeps the slices that were signed, and names what deviates from the standards: whether that is
//! acceptable is for whoever judges.  [`Seal`] and [`SealSignature`] are the views that do not depend on the version;
//! their shape decides which version they are.  What is written is V4, see [`v4::SealTemplate`] and [`v4::TbsTemplate`].
//!
//! Nothing here checks a signature: the signed bytes, the value and the certificate are handed out for that.
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

pub mod cms;
mod deviation;
mod field;
mod info;
mod list;
pub mod oid;
mod seal;
mod signature;
mod time_info;
pub mod time_stamp;
pub mod v1;
pub mod v4;
pub mod v5;
mod value;

pub use deviation::Deviation;
pub use eseal_asn1::Error;
pub use info::{ExtData, ExtensionDatas, SesEsPictureInfo, SesEsPropertyInfo, SesHeader, SesSealInfo};
pub use list::{CertDigest, CertList};
pub use seal::Seal;
pub use signature::SealSignature;
pub use time_info::{TimeInfo, time_in_text};
pub use value::SignatureBits;

/// Version of a structure (版本), as its shape shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// GM/T 0031—2014.
    V1,
    /// GB/T 38540—2020.
    V4,
    /// GM/T 0031—2025.
    V5,
}

/// Most certificates, digests or extensions that are read from one list: real seals have a handful.
pub const MAX_LIST: usize = 10_000;
