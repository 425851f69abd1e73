//! `eseal verify`: the same engine as interface 4-1, offline (验章).

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use eseal::{Check, Document, Limits, Outcome, Report, judge};
use eseal_api::{Language, ReportLevel};
use eseal_report::{Reader, Wording, canonical_json, report_to_wire};
use eseal_service::Config;
use jiff::Timestamp;

use crate::{exit::Exit, source::FileSource, trust::TrustArgs};

/// Arguments of `eseal verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// PDF or OFD.
    file: PathBuf,
    /// Print the report with the bytes of interface 4-1 at level `full`.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    trust: TrustArgs,
    /// Judge as of this time (RFC 3339); now if left out.
    #[arg(long)]
    at: Option<Timestamp>,
    /// Policy: `default` asks for proof of time, `gbt38540-claimed-time` believes the signer's clock.
    #[arg(long, default_value = "gbt38540-claimed-time")]
    policy: String,
    /// Report in English.
    #[arg(long)]
    english: bool,
}

/// Runs `eseal verify`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let config = Config::default();
    let policy = config.policy(Some(&args.policy)).with_context(|| format!("no policy {}", args.policy))?;
    let evidence = args.trust.evidence(&config.region)?;
    let document = Document::open(Arc::new(FileSource::open(&args.file)?), &Limits::default())
        .with_context(|| args.file.display().to_string())?;
    let examination = document.examine().with_context(|| args.file.display().to_string())?;
    let report = judge(&examination, &evidence, &policy, args.at.unwrap_or_else(Timestamp::now));
    let language = if args.english { Language::English } else { Language::Chinese };
    if args.json {
        let wording = Wording { level: ReportLevel::Full, reader: Reader::System, language };
        println!("{}", canonical_json(&report_to_wire(&report, wording))?);
    } else {
        print!("{}", in_words(&report, language));
    }
    Ok(report.conclusion.into())
}

fn in_words(report: &Report, language: Language) -> String {
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
