//! OFD packages (GB/T 33190, 版式文档): read with limits, sealed without touching another entry, examined without judging.
//!
//! ```text
//! read:    Ofd::open → documents, pages, page sizes, parts
//! sign:    Ofd::prepare(request) → PreparedOfd {signature_xml, data_hash, property_info} → finish(original, value) → segments
//! write:   PackageWriter::add(part) … → finish → bytes
//! verify:  Ofd::examine → Examination: references, digests, stamps, who covers what; whether that is good is the caller's
//! ```
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod document;
mod edit;
mod error;
mod facts;
mod limits;
mod package;
mod path;
mod prepare;
mod reach;
mod signature;
mod stamp;
pub mod xml;
mod zip;

pub use document::{Ofd, OfdDocument, Page, Template};
pub use error::Error;
pub use facts::{Examination, PartFacts, ReferenceFacts, ReferenceOutcome, Role, SealFile, SignatureFacts, StampFacts};
pub use limits::Limits;
pub use package::{Package, PartDigest, PartId};
pub use prepare::{FinishError, PrepareError, PreparedOfd, Provider, SealRequest};
pub use stamp::{BoxMm, PageSize, Stamp};
pub use zip::PackageWriter;
