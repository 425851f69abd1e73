//! The library of the electronic seal system (电子印章库): open a PDF or OFD, prepare a seal signature, compose it,
//! examine what is there, judge it.
//!
//! Nothing here reads a clock, a file or the network: bytes, time, policy, evidence and limits come in, values go out.
//!
//! ```text
//! sign:    Document::open → prepare → Prepared {tbs, e} → a signer gives a value → Prepared::compose → Sealed
//! verify:  Document::open → examine → Examination → judge(examination, evidence, policy, now) → Report
//! ```
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

pub mod bundle;
mod document;
mod embedded;
mod examine;
mod judge;
mod limits;
mod long_term;
mod placement;
mod policy;
mod prepare;
mod record;
mod report;
mod resolve;
pub mod status;
mod value;
mod wanted;

pub use document::{Document, FileType, OpenError, PageSize};
pub use embedded::Embedded;
pub use examine::{Examination, ExaminedSeal, examine_seal};
pub use judge::{judge, judge_seal};
pub use limits::Limits;
pub use long_term::{LongTermError, PreparedDocumentStamp};
pub use placement::{
    Across, KeywordRule, MoveType, PageSelection, Placed, Placement, PlacementError, SearchOrder, Side,
};
pub use policy::{Anchor, AnchorUse, Budgets, Evidence, Policy, PolicyError, RegionRules, SealValidityAt, StatusRules};
pub use prepare::{
    ComposeError, PdfNames, PrepareError, PrepareRequest, Prepared, Sealed, SignatureValue, prepare_detached,
};
pub use record::{JudgementRecord, MAX_RECORD_BYTES, RecordError};
pub use report::{
    CertificateFacts, Check, CheckCode, Conclusion, Coverage, Outcome, Recognised, Report, SealReport, SealView,
    SignatureKind, SignatureReport, SubIndication, Text, TimeSource,
};
pub use wanted::{MAX_WANTED, Wanted, wanted_to_seal};
