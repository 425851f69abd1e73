//! One case and what it must be judged (用例).

use serde_json::{Value, json};

use super::ConformanceWorld;

/// What a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 合规文件: everything is in order; deviations that are tolerated are named.
    Good,
    /// 改坏的文件: one thing is wrong.
    Twin,
}

/// What one signature, or a seal by itself, must be judged (期望结论).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Checks that must fail, in the standard's order.
    pub failed: Vec<&'static str>,
    /// Checks that must be unknown, in the standard's order.
    pub unknown: Vec<&'static str>,
    /// Sub-indication of the first of them.
    pub sub_indication: Option<&'static str>,
    /// Deviations that must be named, in alphabetical order.
    pub deviations: Vec<&'static str>,
    /// Region and recognition, where a case is about those.
    pub recognised: Option<(&'static str, &'static str)>,
}

impl Verdict {
    /// Nothing wrong.
    #[must_use]
    pub const fn good() -> Self {
        Self { failed: Vec::new(), unknown: Vec::new(), sub_indication: None, deviations: Vec::new(), recognised: None }
    }

    /// These checks fail; the sub-indication is the first one's.
    #[must_use]
    pub fn fails(sub_indication: &'static str, failed: &[&'static str]) -> Self {
        Self { failed: failed.to_vec(), sub_indication: Some(sub_indication), ..Self::good() }
    }

    /// These checks are unknown, and none fails.
    #[must_use]
    pub fn open(sub_indication: &'static str, unknown: &[&'static str]) -> Self {
        Self { unknown: unknown.to_vec(), sub_indication: Some(sub_indication), ..Self::good() }
    }

    /// These are unknown besides.
    #[must_use]
    pub fn and_open(mut self, unknown: &[&'static str]) -> Self {
        self.unknown = unknown.to_vec();
        self
    }

    /// These deviations are named.
    #[must_use]
    pub fn deviates(mut self, names: &[&'static str]) -> Self {
        self.deviations = names.to_vec();
        self.deviations.sort_unstable();
        self
    }

    /// It is of this region, recognised so.
    #[must_use]
    pub const fn recognised(mut self, region: &'static str, how: &'static str) -> Self {
        self.recognised = Some((region, how));
        self
    }

    /// The conclusion that follows.
    #[must_use]
    pub const fn conclusion(&self) -> &'static str {
        match (self.failed.is_empty(), self.unknown.is_empty()) {
            (false, _) => "INVALID",
            (true, false) => "INDETERMINATE",
            (true, true) => "VALID",
        }
    }

    /// The first check in the standard's order that decides.
    #[must_use]
    pub fn first(&self) -> Option<&'static str> {
        self.failed.first().or_else(|| self.unknown.first()).copied()
    }
}

/// What a file must be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It has these signatures, in its order.
    Signatures(Vec<Verdict>),
    /// It has none, or the list cannot be read: the sub-indication.
    NoSignature(&'static str),
    /// It must not be opened at all.
    Refused,
}

impl Expected {
    /// Conclusion on the file and its sub-indication.
    #[must_use]
    pub fn of_file(&self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Refused => ("REFUSED", None),
            Self::NoSignature(sub) => ("INDETERMINATE", Some(sub)),
            Self::Signatures(all) => {
                let first = |wanted| all.iter().find(|verdict| verdict.conclusion() == wanted);
                let worst = first("INVALID").or_else(|| first("INDETERMINATE"));
                worst.map_or(("VALID", None), |verdict| (verdict.conclusion(), verdict.sub_indication))
            }
        }
    }
}

/// One file of the corpus.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name, also of the file.
    pub name: String,
    /// `pdf`, `ofd` or `esl`.
    pub extension: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Good or broken.
    pub class: Class,
    /// What is special about it, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// Clause or source.
    pub clause: &'static str,
    /// What it must be judged.
    pub expected: Expected,
    /// By which trust bundle of the corpus.
    pub trust: &'static str,
}

/// The bundle that most cases are judged by.
pub(super) const TRUST: &str = "trust.json";

impl Case {
    /// A file with one signature, or a seal.
    #[must_use]
    pub fn one(class: Class, name: &str, extension: &'static str, bytes: Vec<u8>, verdict: Verdict) -> Self {
        Self::new(class, name, extension, bytes, Expected::Signatures(vec![verdict]))
    }

    /// Any file.
    #[must_use]
    pub fn new(class: Class, name: &str, extension: &'static str, bytes: Vec<u8>, expected: Expected) -> Self {
        let (zh, en) = (String::new(), String::new());
        Self { name: name.into(), extension, bytes, class, zh, en, clause: "", expected, trust: TRUST }
    }

    /// Says what it is and by which clause.
    #[must_use]
    pub fn says(self, zh: &str, en: &str, clause: &'static str) -> Self {
        Self { zh: zh.into(), en: en.into(), clause, ..self }
    }

    /// Judged by another bundle.
    #[must_use]
    pub(super) fn trusting(self, trust: &'static str) -> Self {
        Self { trust, ..self }
    }

    /// Name of its file.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}.{}", self.name, self.extension)
    }

    fn entry(&self) -> Value {
        let (conclusion, sub_indication) = self.expected.of_file();
        let signatures = match &self.expected {
            Expected::Signatures(all) => all.iter().map(verdict).collect(),
            _ => Vec::new(),
        };
        let mut entry = json!({
            "name": self.name,
            "file": self.file(),
            "class": if self.class == Class::Good { "good" } else { "twin" },
            "zh": self.zh,
            "en": self.en,
            "clause": self.clause,
            "conclusion": conclusion,
            "subIndication": sub_indication,
            "signatures": signatures,
        });
        if self.trust != TRUST {
            entry["trust"] = self.trust.into();
        }
        entry
    }
}

fn verdict(verdict: &Verdict) -> Value {
    let mut entry = json!({
        "conclusion": verdict.conclusion(),
        "subIndication": verdict.sub_indication,
        "first": verdict.first(),
        "failed": verdict.failed,
        "unknown": verdict.unknown,
        "deviations": verdict.deviations,
    });
    if let Some((region, how)) = verdict.recognised {
        entry["region"] = region.into();
        entry["recognised"] = how.into();
    }
    entry
}

/// The manifest of the corpus, as JSON.
#[must_use]
pub fn manifest(world: &ConformanceWorld, cases: &[Case]) -> Value {
    json!({
        "version": 1,
        "at": world.now.to_string(),
        "policy": "default",
        "trust": TRUST,
        "cases": cases.iter().map(Case::entry).collect::<Vec<_>>(),
    })
}

/// What a case says of itself.
#[derive(Clone, Copy)]
pub(super) struct Words(pub(super) &'static str, pub(super) &'static str, pub(super) &'static str);

impl Case {
    /// The same seal signature in a PDF and an OFD.
    pub(super) fn both(
        class: Class,
        name: &str,
        make: &super::ses_make::SignatureMake,
        verdict: &Verdict,
        words: Words,
    ) -> [Self; 2] {
        let Words(zh, en, clause) = words;
        let (pdf, ofd) = (super::pdf_make::sealed_pdf(make).bytes, super::ofd_make::sealed_ofd(make).zip());
        [("pdf", pdf), ("ofd", ofd)].map(|(kind, bytes)| {
            Self::one(class, &format!("{name}-{kind}"), kind, bytes, verdict.clone()).says(zh, en, clause)
        })
    }

    /// A seal by itself.
    pub(super) fn seal(class: Class, name: &str, bytes: Vec<u8>, verdict: Verdict, words: Words) -> Self {
        let Words(zh, en, clause) = words;
        Self::one(class, name, "esl", bytes, verdict).says(zh, en, clause)
    }
}
