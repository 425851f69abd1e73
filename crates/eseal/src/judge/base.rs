//! Signatures that stand on another one (基签名): `Relative` of OFD 2.0 names a base signature, which must be good too.

use std::collections::HashSet;

use super::answer::Answer;
use crate::{
    Check, CheckCode, Conclusion, Examination, Outcome, SignatureReport, SubIndication, Text,
    examine::{Base, Frame},
};

/// Adds the check of the base to every signature that names one.
pub(super) fn check(examination: &Examination, reports: &mut [SignatureReport]) {
    let bases: Vec<Option<Base>> = examination.signatures.iter().map(|examined| base_of(&examined.frame)).collect();
    if bases.iter().all(Option::is_none) {
        return;
    }
    let own: Vec<(Conclusion, Option<SubIndication>)> =
        reports.iter().map(|report| (report.conclusion, report.sub_indication)).collect();
    for (index, report) in reports.iter_mut().enumerate() {
        if bases.get(index).is_some_and(Option::is_some) {
            add(report, answer(index, &bases, &own));
        }
    }
}

const fn base_of(frame: &Frame) -> Option<Base> {
    match frame {
        Frame::Ofd(frame) => frame.base,
        Frame::Pdf(_) => None,
    }
}

/// Follows the bases of a signature to the first that has none.
fn answer(index: usize, bases: &[Option<Base>], own: &[(Conclusion, Option<SubIndication>)]) -> Answer {
    let failed = |zh: &str, en: &str| Answer::failed(SubIndication::SigConstraintsFailure, zh, en);
    let mut seen = HashSet::from([index]);
    let (mut at, mut open) = (index, None);
    while let Some(base) = bases.get(at).copied().flatten() {
        let Base::Found(next) = base else { return failed("基签名不存在", "the base signature is missing") };
        if !seen.insert(next) {
            return failed("基签名互相引用", "the base signatures lead back to themselves");
        }
        match own.get(next) {
            Some((Conclusion::Valid, _)) => {}
            Some((Conclusion::Indeterminate, sub)) => open = open.or(Some(*sub)),
            Some((Conclusion::Invalid, _)) | None => return failed("基签名无效", "the base signature is not valid"),
        }
        at = next;
    }
    match open {
        None => Answer::passed("基签名有效", "the base signature is valid"),
        Some(sub) => Answer::unknown(
            sub.unwrap_or(SubIndication::SigConstraintsFailure),
            "基签名无法确认",
            "the base signature cannot be confirmed",
        ),
    }
}

fn add(report: &mut SignatureReport, answer: Answer) {
    let Answer { outcome, sub_indication, reason, evidence, .. } = answer;
    let worse = match outcome {
        Outcome::Failed => report.conclusion != Conclusion::Invalid,
        Outcome::Unknown => report.conclusion == Conclusion::Valid,
        Outcome::Passed => false,
    };
    if worse {
        let (conclusion, zh, en) = match outcome {
            Outcome::Failed => (Conclusion::Invalid, "该签名无效", "The signature is not valid"),
            _ => (Conclusion::Indeterminate, "该签名无法确认", "The signature cannot be confirmed"),
        };
        report.conclusion = conclusion;
        report.sub_indication = sub_indication;
        report.summary = Text::new(format!("{zh}：{}。", reason.zh), format!("{en}: {}.", reason.en));
    }
    report.checks.push(Check { code: CheckCode::OfdBaseSignature, outcome, reason, sub_indication, evidence });
}
