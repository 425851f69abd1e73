//! Answers of checks, collected in the standard's order (检查结果).

use crate::{Check, CheckCode, Conclusion, Outcome, SubIndication, Text};

/// Answer of one check, without its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    pub(crate) sub_indication: Option<SubIndication>,
    /// A clause without a full stop.
    pub(crate) reason: Text,
    pub(crate) evidence: Option<String>,
    /// True if something was good when it counted and came to an end later: the sentence says so too.
    pub(crate) has_ended_since: bool,
}

impl Answer {
    pub(crate) fn passed(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Passed,
            sub_indication: None,
            reason: Text::new(zh, en),
            evidence: None,
            has_ended_since: false,
        }
    }

    pub(crate) fn failed(sub: SubIndication, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Failed,
            sub_indication: Some(sub),
            reason: Text::new(zh, en),
            evidence: None,
            has_ended_since: false,
        }
    }

    pub(crate) fn unknown(sub: SubIndication, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Unknown,
            sub_indication: Some(sub),
            reason: Text::new(zh, en),
            evidence: None,
            has_ended_since: false,
        }
    }

    pub(crate) fn ended_since(self) -> Self {
        Self { has_ended_since: true, ..self }
    }

    pub(crate) fn with_evidence(self, evidence: impl Into<String>) -> Self {
        Self { evidence: Some(evidence.into()).filter(|text| !text.is_empty()), ..self }
    }
}

/// Checks in the standard's order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checks {
    list: Vec<Check>,
    /// Reasons of checks that passed for something that has ended since.
    ended_since: Vec<Text>,
}

impl Checks {
    pub(crate) fn add(&mut self, code: CheckCode, answer: Answer) {
        let Answer { outcome, sub_indication, reason, evidence, has_ended_since } = answer;
        if has_ended_since {
            self.ended_since.push(reason.clone());
        }
        self.list.push(Check { code, outcome, reason, sub_indication, evidence });
    }

    pub(crate) fn into_vec(self) -> Vec<Check> {
        self.list
    }

    pub(crate) fn all(&self) -> &[Check] {
        &self.list
    }

    /// INVALID if a check failed, INDETERMINATE if none failed and one is unknown; the reason is the first such check's.
    pub(crate) fn conclude(&self) -> (Conclusion, Option<SubIndication>) {
        match self.decisive() {
            None => (Conclusion::Valid, None),
            Some(check) if check.outcome == Outcome::Failed => (Conclusion::Invalid, check.sub_indication),
            Some(check) => (Conclusion::Indeterminate, check.sub_indication),
        }
    }

    /// What was good when it counted and came to an end later, by revocation or the like.
    pub(crate) fn ended_since(&self) -> &[Text] {
        &self.ended_since
    }

    /// Why the conclusion is not VALID.
    pub(crate) fn first_reason(&self) -> Option<&Text> {
        self.decisive().map(|check| &check.reason)
    }

    fn decisive(&self) -> Option<&Check> {
        let first = |outcome| self.list.iter().find(|check| check.outcome == outcome);
        first(Outcome::Failed).or_else(|| first(Outcome::Unknown))
    }
}

impl Text {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_outweighs_everything_and_the_first_one_names_the_reason() {
        let mut checks = Checks::default();
        assert_eq!(checks.conclude(), (Conclusion::Valid, None));
        checks.add(CheckCode::SigFormat, Answer::passed("", ""));
        assert_eq!(checks.conclude(), (Conclusion::Valid, None));
        checks.add(CheckCode::SignerCertChain, Answer::unknown(SubIndication::NoCertificateChainFound, "", ""));
        assert_eq!(checks.conclude(), (Conclusion::Indeterminate, Some(SubIndication::NoCertificateChainFound)));
        checks.add(CheckCode::DocumentDigest, Answer::failed(SubIndication::HashFailure, "", ""));
        checks.add(CheckCode::OfdReferences, Answer::failed(SubIndication::FormatFailure, "", ""));
        assert_eq!(checks.conclude(), (Conclusion::Invalid, Some(SubIndication::HashFailure)));
    }
}
