//! The score (评分表): a line a group of cases.

use std::{collections::BTreeMap, fmt};

use super::{
    answer::{Answer, Detail},
    corpus::Case,
};
use crate::exit::Exit;

/// Scores by group.
#[derive(Debug, Default)]
pub(super) struct Table(BTreeMap<String, Score>);

/// Score of a group.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    cases: usize,
    /// The conclusion is as it must be.
    agreed: usize,
    /// And so is everything else that the verifier said.
    exact: usize,
    /// Broken twins that it called VALID.
    accepted: usize,
    /// Good files that it did not call VALID though everything could be known.
    rejected: usize,
}

impl Table {
    /// Adds a case; gives a line if it is not exactly as it must be.
    pub(super) fn add(&mut self, case: &Case, answer: &Answer) -> Option<String> {
        let score = self.0.entry(case.group().to_owned()).or_default();
        let is_exact = answer.is_exact(case);
        score.cases += 1;
        score.agreed += usize::from(answer.conclusion == case.conclusion);
        score.exact += usize::from(is_exact);
        score.accepted += usize::from(case.class == "twin" && answer.conclusion == "VALID");
        score.rejected += usize::from(case.conclusion == "VALID" && answer.conclusion != "VALID");
        (!is_exact).then(|| difference(case, answer))
    }

    fn sum(&self) -> Score {
        self.0.values().fold(Score::default(), |sum, score| Score {
            cases: sum.cases + score.cases,
            agreed: sum.agreed + score.agreed,
            exact: sum.exact + score.exact,
            accepted: sum.accepted + score.accepted,
            rejected: sum.rejected + score.rejected,
        })
    }

    /// 1 if a forgery was accepted, 2 if something else differs.
    pub(super) fn exit(&self) -> Exit {
        let sum = self.sum();
        if sum.accepted > 0 {
            Exit::Invalid
        } else if sum.exact < sum.cases {
            Exit::Indeterminate
        } else {
            Exit::Done
        }
    }
}

fn difference(case: &Case, answer: &Answer) -> String {
    let mut lines = vec![format!("{}: {}, wanted {} ({})", case.file, answer.conclusion, case.conclusion, case.en)];
    match &answer.detail {
        Detail::None => {}
        Detail::Failed(failed) => lines.push(format!("    failed {failed:?}")),
        Detail::Signatures(all) => lines.extend(all.iter().map(|found| format!("    found  {}", found.words()))),
    }
    lines.extend(case.signatures.iter().map(|wanted| format!("    wanted {}", wanted.words())));
    lines.join("\n")
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:12} {:>6} {:>10} {:>6} {:>18} {:>14}",
            "group", "cases", "conclusion", "exact", "forgeries accepted", "good rejected"
        )?;
        let line = |f: &mut fmt::Formatter<'_>, name: &str, score: &Score| {
            let Score { cases, agreed, exact, accepted, rejected } = score;
            writeln!(f, "{name:12} {cases:>6} {agreed:>10} {exact:>6} {accepted:>18} {rejected:>14}")
        };
        for (name, score) in &self.0 {
            line(f, name, score)?;
        }
        line(f, "all", &self.sum())
    }
}
