//! Document time stamps (文档时间戳), ISO 32000-2, 12.8.5: proof that everything before them existed by then.

use jiff::Timestamp;

use super::{
    answer::{Answer, Checks},
    certificate::Domain,
    stamp,
    trust::Trust,
};
use crate::{
    CheckCode, Examination, Policy, SubIndication,
    examine::{Frame, PdfFrame},
    value::StampFacts,
};

/// Good document time stamps of a file: where what they cover ends, and when.
#[derive(Debug, Default)]
pub(super) struct Proofs(Vec<(u64, Timestamp)>);

impl Proofs {
    /// The newest first: a stamp proves when the ones before it existed, though their authorities be revoked since.
    pub(super) fn find(examination: &Examination, trust: &Trust<'_>, policy: &Policy, now: Timestamp) -> Self {
        let mut proofs = Self::default();
        let mut stamps: Vec<(u64, u64, &StampFacts)> = examination
            .signatures
            .iter()
            .filter_map(|examined| {
                let token = examined.document_stamp()?;
                let Frame::Pdf(frame) = &examined.frame else { return None };
                let [_, first, second, rest] = frame.byte_range.filter(|_| is_sound(frame))?;
                Some((second.checked_add(rest)?, first, token))
            })
            .collect();
        stamps.sort_by_key(|(end, ..)| std::cmp::Reverse(*end));
        for (end, first, token) in stamps {
            let known = proofs.covering(end).unwrap_or(now).min(now);
            if let (_, Some(at)) = stamp::check(token, None, known, trust, policy) {
                proofs.0.push((first, at));
            }
        }
        proofs
    }

    /// When a signature is known to have existed by the document time stamps behind it.
    pub(super) fn of(&self, frame: &Frame) -> Option<Timestamp> {
        let Frame::Pdf(frame) = frame else { return None };
        let [_, _, second, rest] = frame.byte_range.filter(|_| is_sound(frame))?;
        self.covering(second.checked_add(rest)?)
    }

    /// The earliest stamp over the first `end` bytes.
    fn covering(&self, end: u64) -> Option<Timestamp> {
        self.0.iter().filter(|(covers, _)| *covers >= end).map(|(_, at)| *at).min()
    }
}

/// Only a signature whose bytes are what `/ByteRange` says can be covered or cover.
const fn is_sound(frame: &PdfFrame) -> bool {
    frame.faults.is_empty() && !frame.redefined && !frame.has_tail
}

/// Adds the checks of a document time stamp but for the stamp itself, which is judged like any other.
pub(super) fn check(token: &StampFacts, checks: &mut Checks) -> Domain {
    let (format, document) = match token {
        StampFacts::Fits { .. } => (
            Answer::passed("文档时间戳可以解析", "the document time stamp can be read"),
            Answer::passed("时间戳是对此前内容作出的", "the time stamp stands on what comes before it"),
        ),
        StampFacts::OfSomethingElse => (
            Answer::passed("文档时间戳可以解析", "the document time stamp can be read"),
            Answer::failed(
                SubIndication::HashFailure,
                "时间戳不是对此前内容作出的，内容在加盖时间戳后被改动",
                "the time stamp stands on something else: what comes before it was changed after stamping",
            ),
        ),
        StampFacts::Unreadable => (
            Answer::failed(SubIndication::FormatFailure, "时间戳无法解析", "the time stamp cannot be read"),
            Answer::unknown(SubIndication::FormatFailure, "时间戳无法解析", "the time stamp cannot be read"),
        ),
    };
    checks.add(CheckCode::SigFormat, format);
    checks.add(CheckCode::DocumentDigest, document);
    Domain::default()
}
