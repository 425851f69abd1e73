//! PDF for electronic seals (PDF 签章): reading, facts about signatures, incremental updates.
//!
//! A PDF is read where it lies: cross-reference data, the objects asked for and small windows, never the whole file.
//! Writing appends: every earlier byte stays what it was.
//!
//! ```text
//! read:   PdfDocument::open → pages, objects, signatures (facts only, no judgement)
//! write:  prepare(&document, &SealRequest) → PreparedPdf {tail, hole, data_hash} → finish(der) → segments
//! ```
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod error;
mod limits;
mod number;
mod object;
mod page;
mod read;
mod sign;
mod write;

pub use error::PdfError;
pub use limits::PdfLimits;
pub use object::{Dict, Object, Ref, Stream};
pub use page::{Page, PdfPlaced};
pub use read::{Dss, PdfDocument, Revision};
pub use sign::{ByteRangeFault, FieldLock, FileDigests, LaterChange, Locked, PdfSignature, Unfixed};
pub use write::{
    FinishError, Mark, Picture, PictureError, PreparedPdf, PreparedTimeStamp, SealError, SealRequest, Shape,
    SignatureVri, Step, append_dss, append_dss_with_vri, prepare, prepare_time_stamp, vri_key,
};
