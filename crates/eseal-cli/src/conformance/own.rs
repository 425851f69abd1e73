//! The engine of this program (本程序的验证引擎).

use std::{fs, path::Path, sync::Arc};

use anyhow::{Context, Result};
use eseal::{
    Check, Document, Evidence, Limits, Outcome, Policy, SealValidityAt, SubIndication, examine_seal, judge_seal,
};
use jiff::Timestamp;

use super::{
    answer::{Answer, Detail},
    corpus::Verdict,
};

/// What our engine says of a file.
pub(super) fn judge(path: &Path, evidence: &Evidence, at: Timestamp) -> Result<Answer> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    if path.extension().is_some_and(|extension| extension == "esl") {
        let policy = Policy { seal_validity_at: SealValidityAt::Now, ..Policy::default() };
        let report = judge_seal(&examine_seal(&bytes), evidence, &policy, at);
        let verdict = verdict(&report.checks, report.sub_indication, &report.deviations);
        return Ok(answer(report.conclusion.as_str(), report.sub_indication, vec![verdict]));
    }
    let Ok(document) = Document::open(Arc::new(bytes), &Limits::default()) else { return Ok(Answer::refused()) };
    let Ok(examination) = document.examine() else { return Ok(Answer::refused()) };
    let report = eseal::judge(&examination, evidence, &Policy::default(), at);
    let all = report.signatures.iter().map(|signature| Verdict {
        region: Some(signature.region.clone()),
        recognised: Some(signature.recognised.as_str().to_owned()),
        ..verdict(&signature.checks, signature.sub_indication, &signature.deviations)
    });
    Ok(answer(report.conclusion.as_str(), report.sub_indication, all.collect()))
}

fn answer(conclusion: &str, sub_indication: Option<SubIndication>, signatures: Vec<Verdict>) -> Answer {
    Answer {
        conclusion: conclusion.to_owned(),
        sub_indication: sub_indication.map(|sub| sub.as_str().to_owned()),
        detail: Detail::Signatures(signatures),
    }
}

fn verdict(checks: &[Check], sub_indication: Option<SubIndication>, deviations: &[String]) -> Verdict {
    let with = |wanted| {
        let found = checks.iter().filter(|check| check.outcome == wanted);
        found.map(|check| check.code.as_str().to_owned()).collect()
    };
    Verdict::of(
        with(Outcome::Failed),
        with(Outcome::Unknown),
        sub_indication.map(|sub| sub.as_str().to_owned()),
        deviations.iter().map(String::as_str),
    )
}
