//! Judgement of facts by evidence and policy (验证): each step of GB/T 38540 is a check, all checks run, and the
//! conclusion follows from the first one that did not pass.

mod answer;
mod base;
mod certificate;
mod cms;
mod coverage;
mod document_stamp;
mod moment;
mod ofd;
mod pdf;
mod region;
mod rules;
mod seal;
mod signature;
mod stamp;
mod summary;
mod trust;
mod value;

use jiff::Timestamp;

pub(crate) use answer::Checks;
pub(crate) use certificate::{Holder, check_certificate};
pub(crate) use moment::Moment;
pub(crate) use seal::{SealMoments, check_seal};
pub(crate) use trust::Trust;

use crate::{
    Conclusion, Evidence, Examination, ExaminedSeal, Policy, Report, SealReport, SignatureReport, SubIndication, Text,
};

/// Judges a document as of `now`.
#[must_use]
pub fn judge(examination: &Examination, evidence: &Evidence, policy: &Policy, now: Timestamp) -> Report {
    let trust = Trust::within(evidence, policy.budgets).with(&examination.embedded);
    let proofs = document_stamp::Proofs::find(examination, &trust, policy, now);
    let judged = examination.signatures.iter().enumerate();
    let mut signatures: Vec<SignatureReport> = judged
        .map(|(index, examined)| signature::judge(index, examined, examination, &proofs, &trust, policy, now))
        .collect();
    base::check(examination, &mut signatures);
    let (conclusion, sub_indication, summary) = conclude(examination, &signatures);
    Report {
        file_type: examination.file_type,
        sm3: examination.sm3,
        conclusion,
        sub_indication,
        summary,
        coverage: coverage::of(examination),
        signatures,
        policy: policy.name.clone(),
    }
}

/// Judges a seal as of `now`.
#[must_use]
pub fn judge_seal(seal: &ExaminedSeal, evidence: &Evidence, policy: &Policy, now: Timestamp) -> SealReport {
    let trust = Trust::within(evidence, policy.budgets);
    let mut checks = Checks::default();
    let maker = check_seal(&seal.facts, &SealMoments::at(now), &trust, policy, &mut checks);
    if let Ok(facts) = &seal.facts {
        region::check_seal(facts, &maker, &trust, &mut checks);
    }
    let (conclusion, sub_indication) = checks.conclude();
    let name = seal.facts.as_ref().map(|facts| facts.view.name.clone()).unwrap_or_default();
    let summary = match (conclusion, checks.first_reason()) {
        (Conclusion::Valid, _) | (_, None) => {
            Text::new(format!("印章“{name}”有效。"), format!("The seal \"{name}\" is valid."))
        }
        (Conclusion::Invalid, Some(why)) => {
            Text::new(format!("印章无效：{}。", why.zh), format!("The seal is not valid: {}.", why.en))
        }
        (Conclusion::Indeterminate, Some(why)) => {
            Text::new(format!("印章有效性无法确认：{}。", why.zh), format!("The seal cannot be confirmed: {}.", why.en))
        }
    };
    SealReport {
        conclusion,
        sub_indication,
        summary,
        seal: seal.facts.as_ref().ok().map(|facts| facts.view.clone()),
        deviations: seal.facts.as_ref().map(|facts| facts.deviations.clone()).unwrap_or_default(),
        checks: checks.into_vec(),
        region: maker.region,
        recognised: maker.recognised,
    }
}

/// The file as a whole: no better than the worst of its signatures.
fn conclude(examination: &Examination, signatures: &[SignatureReport]) -> (Conclusion, Option<SubIndication>, Text) {
    if let (Some(problem), true) = (examination.list_problems.first(), signatures.is_empty()) {
        let text = Text::new(
            format!("签名列表无法读取，不能确认文件有无签章：{problem}。"),
            format!("The list of signatures cannot be read, so whether the file is signed is not known: {problem}."),
        );
        return (Conclusion::Indeterminate, Some(SubIndication::FormatFailure), text);
    }
    let count = signatures.len();
    if count > 0 && examination.signatures.iter().all(|examined| examined.document_stamp().is_some()) {
        let text = Text::new("文件中只有时间戳，没有签章。", "The file has time stamps only, and no signature.");
        return (Conclusion::Indeterminate, Some(SubIndication::NoSignatureFound), text);
    }
    let worst = |conclusion| signatures.iter().find(|signature| signature.conclusion == conclusion);
    if count == 0 {
        let text = Text::new("文件中没有签章。", "The file has no signature.");
        (Conclusion::Indeterminate, Some(SubIndication::NoSignatureFound), text)
    } else if let Some(bad) = worst(Conclusion::Invalid) {
        // Of one signature its own sentence says it all.
        if count == 1 {
            return (Conclusion::Invalid, bad.sub_indication, bad.summary.clone());
        }
        let bad_count = signatures.iter().filter(|signature| signature.conclusion == Conclusion::Invalid).count();
        let text = Text::new(
            format!("文件中的 {count} 个签章有 {bad_count} 个无效：{}", bad.summary.zh),
            format!("{bad_count} of {count} signatures in the file are not valid: {}", bad.summary.en),
        );
        (Conclusion::Invalid, bad.sub_indication, text)
    } else if let Some(open) = worst(Conclusion::Indeterminate) {
        if count == 1 {
            return (Conclusion::Indeterminate, open.sub_indication, open.summary.clone());
        }
        let text = Text::new(
            format!("文件中的签章（共 {count} 个）未能全部确认：{}", open.summary.zh),
            format!("Not all of the {count} signatures in the file can be confirmed: {}", open.summary.en),
        );
        (Conclusion::Indeterminate, open.sub_indication, text)
    } else if !examination.list_problems.is_empty() {
        let text = Text::new("文件中有签名列表无法读取。", "A list of signatures in the file cannot be read.");
        (Conclusion::Indeterminate, Some(SubIndication::FormatFailure), text)
    } else if let [only] = signatures {
        (Conclusion::Valid, None, only.summary.clone())
    } else {
        let text = Text::new(
            format!("文件中的 {count} 个签章全部有效，原文未被改动。"),
            format!("All {count} signatures in the file are valid, and the document is unchanged."),
        );
        (Conclusion::Valid, None, text)
    }
}
