//! The report in lines for a terminal (终端报告).

use eseal::{Check, Outcome, Report};
use eseal_api::Language;

/// The report in lines.
pub(super) fn in_words(report: &Report, language: Language) -> String {
    let say = |text: &eseal::Text| language.choose(&text.zh, &text.en).to_owned();
    let mut lines = vec![format!("{}  {}", report.conclusion.as_str(), say(&report.summary))];
    lines.push(format!("SM3 {}  {}", hex::encode(report.sm3), report.policy));
    for signature in &report.signatures {
        let seal = signature.seal.as_ref().map_or(String::new(), |seal| format!("  {} {}", seal.code, seal.name));
        let time = signature.sign_time.map_or(String::new(), |time| format!("  {time}"));
        lines.push(format!(
            "[{}] {} {}{seal}{time}",
            signature.index,
            signature.conclusion.as_str(),
            signature.kind.as_str()
        ));
        lines.push(format!("    {}", say(&signature.summary)));
        lines.extend(signature.checks.iter().map(|check| check_line(check, &say(&check.reason))));
        lines.extend(signature.later_changes.iter().map(|change| format!("    + {}", say(change))));
        lines.extend(signature.deviations.iter().map(|name| format!("    ~ {name}")));
    }
    lines.push(say(&report.coverage.summary));
    lines.retain(|line| !line.trim().is_empty());
    lines.join("\n") + "\n"
}

/// One line a check.
pub(crate) fn check_line(check: &Check, reason: &str) -> String {
    let mark = match check.outcome {
        Outcome::Passed => "✓",
        Outcome::Failed => "✗",
        Outcome::Unknown => "?",
    };
    format!("    {mark} {:28} {reason}", check.code.as_str())
}
