//! An archive looked at and judged again (存档复验): offline, from what is inside.

use std::{collections::BTreeSet, sync::Arc};

use eseal::{Document, Limits, Report, judge};
use eseal_api::{Language, ReportLevel};
use eseal_bytes::ByteSource;
use eseal_gm::sm3;
use eseal_ofd::Package;
use serde_json::Value;

use super::{ArchiveError, DOMAIN, MANIFEST, REPORT, SIGNATURE, evidence, key_of, manifest};
use crate::{Reader, Wording, canonical_json, report_to_wire};
use manifest::{Manifest, SignatureEntry};

/// Whether the archive is signed (存档签名).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveSignature {
    /// It is not: it shows what was judged, and proves nobody's word for it.
    Unsigned,
    /// The value fits; whose key it is, whoever asks must know.
    Good {
        /// SM3 of the public key, as the platform publishes it, lower-case hex.
        key_id: String,
    },
    /// The value does not fit.
    Bad,
}

/// What judging again gave (复验结果).
#[derive(Clone, Debug)]
pub enum Rejudged {
    /// The file is not in the archive and was not given.
    WithoutFile,
    /// The file that was given is another one.
    OtherFile,
    /// The file could not be opened.
    Unreadable(String),
    /// It was judged again with the evidence and the policy of the archive.
    Done {
        /// The new report.
        report: Box<Report>,
        /// True if conclusion and every check came out the same.
        same_outcome: bool,
        /// True if the new report is the archived one byte for byte.
        same_bytes: bool,
        /// What came out differently.
        differences: Vec<String>,
    },
}

/// An archive that was looked at (存档检查结果).
#[derive(Clone, Debug)]
pub struct Checked {
    /// Whether it is signed.
    pub signature: ArchiveSignature,
    /// Entries that are missing, changed, twice or not in the manifest; empty if the archive is whole.
    pub damaged: Vec<String>,
    /// Program that judged.
    pub software: String,
    /// 判断时点.
    pub judged_at: jiff::Timestamp,
    /// Name of the policy.
    pub policy: String,
    /// Conclusion in the archive.
    pub conclusion: String,
    /// SM3 of the file, lower-case hex.
    pub file_sm3: String,
    /// What judging again gave.
    pub rejudged: Rejudged,
}

impl Checked {
    /// True if the archive is whole, its signature not bad, and judging again gave the same outcome.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.damaged.is_empty()
            && self.signature != ArchiveSignature::Bad
            && matches!(self.rejudged, Rejudged::Done { same_outcome: true, .. })
    }
}

/// Looks at an archive, and judges its file again: the one given, or the one inside.
///
/// # Errors
/// [`ArchiveError::Format`] if it is no archive report; [`ArchiveError::Entry`] if one cannot be understood.
pub fn check_archive(
    archive: Arc<dyn ByteSource>,
    given: Option<Arc<dyn ByteSource>>,
    limits: &Limits,
) -> Result<Checked, ArchiveError> {
    let format = |problem: String| ArchiveError::Format(problem);
    let package = Package::open(archive, &eseal_ofd::Limits::default()).map_err(|error| format(error.to_string()))?;
    let read = |name: &str| -> Result<Vec<u8>, ArchiveError> {
        let wrong = |problem: String| ArchiveError::Entry { entry: name.to_owned(), problem };
        let part = package.parts().find(|part| package.name(*part) == name);
        package.read(part.ok_or_else(|| wrong("is missing".into()))?).map_err(|error| wrong(error.to_string()))
    };
    let signed = read(MANIFEST).map_err(|_| format("without a manifest".into()))?;
    let manifest: Manifest = serde_json::from_slice(&signed).map_err(|error| format(error.to_string()))?;
    if manifest.format != manifest::FORMAT || manifest.version != manifest::VERSION {
        return Err(format(format!("{} version {}", manifest.format, manifest.version)));
    }
    let policy = evidence::policy_of(&manifest.policy).ok_or_else(|| format("its policy is not understood".into()))?;
    let mut damaged = damaged(&package, &manifest, &read);
    if damaged.is_empty() && conclusion_of(&read(REPORT)?).as_deref() != Some(manifest.conclusion.as_str()) {
        damaged.push(format!("{MANIFEST} says another conclusion than {REPORT}"));
    }
    let is_named = package.parts().any(|part| package.name(part) == SIGNATURE);
    let signature = if is_named { signature(&read(SIGNATURE)?, &signed) } else { ArchiveSignature::Unsigned };
    let inside = manifest.file.entry.as_deref();
    let file: Option<Arc<dyn ByteSource>> = match (given, inside) {
        (Some(given), _) => Some(given),
        (None, Some(entry)) if damaged.is_empty() => Some(Arc::new(read(entry)?)),
        _ => None,
    };
    let rejudged = match file {
        None => Rejudged::WithoutFile,
        Some(_) if !damaged.is_empty() => Rejudged::Unreadable("the archive is damaged".into()),
        Some(file) => match Document::open(file, limits).and_then(|document| document.examine()) {
            Err(error) => Rejudged::Unreadable(error.to_string()),
            Ok(examination) => {
                let report = judge(&examination, &evidence::of_entries(&read)?, &policy, manifest.judged_at);
                if hex::encode(report.sm3) == manifest.file.sm3 {
                    compared(report, &read(REPORT)?)
                } else {
                    Rejudged::OtherFile
                }
            }
        },
    };
    Ok(Checked {
        signature,
        damaged,
        software: manifest.software,
        judged_at: manifest.judged_at,
        policy: policy.name,
        conclusion: manifest.conclusion,
        file_sm3: manifest.file.sm3,
        rejudged,
    })
}

fn damaged(
    package: &Package,
    manifest: &Manifest,
    read: &dyn Fn(&str) -> Result<Vec<u8>, ArchiveError>,
) -> Vec<String> {
    let mut damaged = Vec::new();
    let mut listed: BTreeSet<&str> = [MANIFEST, SIGNATURE].into();
    for entry in &manifest.entries {
        if !listed.insert(&entry.entry) {
            damaged.push(format!("{} is listed twice", entry.entry));
        }
        match read(&entry.entry) {
            Ok(bytes) if hex::encode(sm3(&bytes)) == entry.sm3 => {}
            Ok(_) => damaged.push(format!("{} was changed", entry.entry)),
            Err(error) => damaged.push(error.to_string()),
        }
    }
    let mut seen = BTreeSet::new();
    for part in package.parts() {
        let name = package.name(part);
        if !seen.insert(name.to_owned()) {
            damaged.push(format!("{name} is there twice"));
        } else if !listed.contains(name) {
            damaged.push(format!("{name} is not in the manifest"));
        }
    }
    damaged
}

fn signature(entry: &[u8], manifest: &[u8]) -> ArchiveSignature {
    let read = || -> Option<(SignatureEntry, bool)> {
        let entry: SignatureEntry = serde_json::from_slice(entry).ok()?;
        let key = key_of(&entry)?;
        let fits = key.verify(&[DOMAIN, manifest].concat(), &hex::decode(&entry.value).ok()?);
        let names_itself = entry.key_id == hex::encode(sm3(&key.to_bytes()));
        let is_good = fits && names_itself && entry.algorithm == manifest::ALGORITHM;
        Some((entry, is_good))
    };
    match read() {
        Some((entry, true)) => ArchiveSignature::Good { key_id: entry.key_id },
        _ => ArchiveSignature::Bad,
    }
}

/// The new report beside the archived one.
fn compared(report: Report, archived: &[u8]) -> Rejudged {
    let wording = Wording { level: ReportLevel::Full, reader: Reader::System, language: Language::Chinese };
    let json = canonical_json(&report_to_wire(&report, wording)).unwrap_or_default();
    let (before, after) = (outcomes(archived), outcomes(json.as_bytes()));
    let mut differences = Vec::new();
    for index in 0..before.len().max(after.len()) {
        let (old, new) = (before.get(index), after.get(index));
        if old != new {
            let word = |line: Option<&String>| line.map_or("nothing", String::as_str).to_owned();
            differences.push(format!("{} → {}", word(old), word(new)));
        }
    }
    Rejudged::Done {
        same_outcome: differences.is_empty(),
        same_bytes: json.as_bytes() == archived,
        differences,
        report: Box::new(report),
    }
}

/// The conclusion over the whole file.
fn conclusion_of(report: &[u8]) -> Option<String> {
    let report: Value = serde_json::from_slice(report).ok()?;
    report.get("conclusion")?.as_str().map(ToOwned::to_owned)
}

/// Conclusions and checks of a report, one a line.
fn outcomes(json: &[u8]) -> Vec<String> {
    let report: &Value = &serde_json::from_slice(json).unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut lines = vec![format!("file {} {}", word(&report["conclusion"]), word(&report["subIndication"]))];
    for signature in report["signatures"].as_array().into_iter().flatten() {
        let index = &signature["index"];
        lines.push(format!("[{index}] {} {}", word(&signature["conclusion"]), word(&signature["subIndication"])));
        for check in signature["checks"].as_array().into_iter().flatten() {
            lines.push(format!("[{index}] {} {}", word(&check["code"]), word(&check["outcome"])));
        }
    }
    lines
}
