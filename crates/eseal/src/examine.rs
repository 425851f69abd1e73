//! Facts about the signatures of a document, without judgement (签章信息提取).

/// Everything that can be computed from a document alone.
pub struct Examination {}

/// Everything that can be computed from a seal alone.
pub struct ExaminedSeal {}

/// Looks at a seal file (SESeal, DER).  What is wrong with it is in the result.
#[must_use]
pub fn examine_seal(_der: &[u8]) -> ExaminedSeal {
    todo!()
}
