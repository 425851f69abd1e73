//! Wire types and code tables of the sixteen interfaces of DB4403/T 383.4—2023 (应用服务接口).
//!
//! Requests are read by [`Request::from_content`], which tolerates what known clients send and names the field at fault;
//! answers are plain serde types.  Everything that was inferred and may change when the standard's own text is at hand
//! stands in a table: [`ErrorCode`] (appendix B), [`SealType`], [`IdType`], [`Scene`], [`ScanStatus`] (appendix A) and
//! [`Function`] (chapter 6).
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod basic;
mod central;
mod code;
mod common;
mod envelope;
mod field;
mod function;
mod language;
mod login;
pub mod mobile;
mod pages;
mod public;
mod rule;
mod signing;
mod table;
mod task;
mod value;
mod verification;

pub use basic::*;
pub use central::*;
pub use code::ErrorCode;
pub use common::{
    Common, FileInput, FileOutput, FileSource, PlacementInfo, Receipt, SealInfo, StoredFile, TaskStarted, UserInfo,
    UserOrganization, wants_file_id,
};
pub use envelope::{EntryStatus, ErrorData, Overall, REQ_ID_CHARS, RequestEnvelope, ResponseEnvelope, is_req_id};
pub use field::{At, Expected, Field, FieldError, FieldErrorKind, Fields, Request, TEXT_CHARS};
pub use function::{Effect, Function};
pub use language::Language;
pub use login::*;
pub use pages::Pages;
pub use public::{
    AskSealStatus, LogCheckpoint, LogConsistency, LogInclusion, PublicKeyInfo, PublicKeys, SealStatusAnswer,
};
pub use rule::{AcrossRule, KeywordRule, MoveType, RectangleRule, Rule, SearchOrder};
pub use signing::*;
pub use table::{
    Carrier, DataType, EdgeSide, FileForm, IdType, KeyPurpose, Purpose, ReportLevel, Row, RuleType, ScanStatus, Scene,
    SealStatus, SealType, SignAlgorithm, SignTaskStatus, TargetType, TaskState,
};
pub use task::TaskInfo;
pub use value::{Base64, CreditCode, Digest, Entries, Secret, Time};
pub use verification::*;
