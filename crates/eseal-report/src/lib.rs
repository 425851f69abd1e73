//! Verification reports (验证报告): one judgement, told as JSON, as a page of HTML, as a PDF, and kept as an archive.
//!
//! ```text
//! Report ─┬ report_to_wire → canonical_json      the bytes of interface 4-1
//!         ├ Sheet::of ─┬ to_html                  one self-contained page, no script
//!         │            └ to_pdf                   A4, fonts embedded, text extractable
//!         └ archive::write → archive::check       evidence, policy and file; judged again offline
//! ```
//!
//! Nothing here reads a file or asks a clock: the report, pictures, times and the language come in, bytes go out.
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod archive;
mod error;
mod html;
mod pages;
mod pdf;
mod sheet;
mod text;
mod wire;

pub use archive::{ArchiveError, ArchiveInput, ArchiveSignature, Checked, Rejudged, UnsignedArchive, check_archive};
pub use error::ReportError;
pub use html::content_security_policy;
pub use pages::page_pictures;
pub use sheet::{MAX_PAGE_PICTURES, PagePicture, Sheet, Told, ToldSeal};
pub use text::{Advice, Both, CheckWords, check_words, conclusion_advice, sub_indication_advice};
pub use wire::{
    Reader, Wording, canonical_json, mask_id, mask_numbers, placement_info, report_schema, report_to_wire,
    seal_report_to_wire,
};
