//! What a verifier said of a file (验证程序的回答).

use std::collections::BTreeSet;

use serde_json::Value;

use super::corpus::{Case, Verdict};

/// Conclusion of a verifier that gave none.
pub(super) const REFUSED: &str = "REFUSED";

/// An answer, as far as it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// As in reports, or [`REFUSED`].
    pub(super) conclusion: String,
    pub(super) sub_indication: Option<String>,
    pub(super) detail: Detail,
}

/// How much a verifier says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// The conclusion.
    None,
    /// Checks that failed, of all signatures together.
    Failed(BTreeSet<String>),
    /// A whole report.
    Signatures(Vec<Verdict>),
}

impl Answer {
    /// No conclusion at all.
    pub(super) fn refused() -> Self {
        Self { conclusion: REFUSED.into(), sub_indication: None, detail: Detail::None }
    }

    /// Reads what a verifier printed.
    pub(super) fn of_json(printed: &Value) -> Self {
        let report = printed.get("data").filter(|data| data.get("conclusion").is_some()).unwrap_or(printed);
        let text = |name: &str| report.get(name).and_then(Value::as_str).map(str::to_owned);
        let Some(conclusion) = text("conclusion") else { return Self::refused() };
        let checked = |value: &Value| value.get("checks").is_some();
        let detail = if let Some(all) =
            report.get("signatures").and_then(Value::as_array).filter(|all| all.iter().all(checked))
        {
            Detail::Signatures(all.iter().map(verdict).collect())
        } else if checked(report) {
            Detail::Signatures(vec![verdict(report)])
        } else if let Some(failed) = report.get("failed").and_then(Value::as_array) {
            Detail::Failed(failed.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        } else {
            Detail::None
        };
        Self { conclusion, sub_indication: text("subIndication"), detail }
    }

    /// Whether everything that it says is as it must be.
    pub(super) fn is_exact(&self, case: &Case) -> bool {
        self.conclusion == case.conclusion
            && match &self.detail {
                Detail::None => true,
                Detail::Failed(failed) => {
                    *failed == case.signatures.iter().flat_map(|signature| signature.failed.clone()).collect()
                }
                Detail::Signatures(found) => {
                    self.sub_indication == case.sub_indication
                        && found.len() == case.signatures.len()
                        && found.iter().zip(&case.signatures).all(|(found, wanted)| found.is(wanted))
                }
            }
    }
}

/// One signature of a report, or the report on a seal.
fn verdict(signature: &Value) -> Verdict {
    let checks = signature.get("checks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let with = |wanted: &str| -> Vec<String> {
        let text = |check: &Value, name: &str| check.get(name).and_then(Value::as_str).map(str::to_owned);
        let found = checks.iter().filter(|check| text(check, "outcome").as_deref() == Some(wanted));
        found.filter_map(|check| text(check, "code")).collect()
    };
    let deviations = signature.get("deviations").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |name: &str| signature.get(name).and_then(Value::as_str).map(str::to_owned);
    let found = Verdict::of(
        with("failed"),
        with("unknown"),
        text("subIndication"),
        deviations.iter().filter_map(Value::as_str),
    );
    Verdict { region: text("region"), recognised: text("recognised"), ..found }
}

impl Verdict {
    /// Puts together what was found.
    pub(super) fn of<'a>(
        failed: Vec<String>,
        unknown: Vec<String>,
        sub_indication: Option<String>,
        deviations: impl Iterator<Item = &'a str>,
    ) -> Self {
        let deviations: BTreeSet<String> = deviations.map(str::to_owned).collect();
        let first = failed.first().or_else(|| unknown.first()).cloned();
        let deviations = deviations.into_iter().collect();
        Self { sub_indication, first, failed, unknown, deviations, region: None, recognised: None }
    }

    /// Whether it is as wanted; regions count where the case is about them.
    fn is(&self, wanted: &Self) -> bool {
        let plain = |verdict: &Self| Self { region: None, recognised: None, ..verdict.clone() };
        plain(self) == plain(wanted)
            && (wanted.region.is_none() || self.region == wanted.region)
            && (wanted.recognised.is_none() || self.recognised == wanted.recognised)
    }

    /// In one line.
    pub(super) fn words(&self) -> String {
        let sub = self.sub_indication.as_deref().unwrap_or("-");
        format!("{sub} failed {:?} unknown {:?} deviations {:?}", self.failed, self.unknown, self.deviations)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_of_every_size_are_read() {
        let whole =
            Answer::of_json(&json!({"code": "200", "data": {"conclusion": "INVALID", "subIndication": "HASH_FAILURE",
            "signatures": [{"subIndication": "HASH_FAILURE", "deviations": ["B", "A"],
                "checks": [{"code": "X", "outcome": "failed"}, {"code": "Y", "outcome": "unknown"}]}]}}));
        let Detail::Signatures(all) = &whole.detail else { panic!("{whole:?}") };
        assert_eq!((all[0].first.as_deref(), all[0].deviations.len()), (Some("X"), 2));
        let small = Answer::of_json(&json!({"conclusion": "VALID", "failed": []}));
        assert_eq!(small.detail, Detail::Failed(BTreeSet::new()));
        assert_eq!(Answer::of_json(&json!({"conclusion": "VALID"})).detail, Detail::None);
        assert_eq!(Answer::of_json(&json!("nothing")), Answer::refused());
    }
}
