//! Judgement of facts by evidence and policy (验证).

use jiff::Timestamp;

use crate::{Evidence, ExaminedSeal, Examination, Policy, Report, SealReport};

/// Judges a document as of `now`.
#[must_use]
pub fn judge(_examination: &Examination, _evidence: &Evidence, _policy: &Policy, _now: Timestamp) -> Report {
    todo!()
}

/// Judges a seal as of `now`.
#[must_use]
pub fn judge_seal(_seal: &ExaminedSeal, _evidence: &Evidence, _policy: &Policy, _now: Timestamp) -> SealReport {
    todo!()
}
