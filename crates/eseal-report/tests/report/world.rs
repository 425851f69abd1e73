//! Judged sample files, and sheets of them.

use std::{path::Path, sync::Arc};

use eseal::{
    Anchor, Document, Evidence, Limits, Policy, Report, SealReport, SealValidityAt, examine_seal, judge, judge_seal,
};
use eseal_api::{Language, ReportLevel};
use eseal_report::{PagePicture, Reader, Sheet, Told, ToldSeal, Wording, page_pictures};
use eseal_testkit::{Pki, now};
use jiff::Timestamp;

pub(crate) struct World {
    pub(crate) evidence: Evidence,
    pub(crate) policy: Policy,
    pub(crate) at: Timestamp,
}

pub(crate) struct Judged {
    pub(crate) report: Report,
    pub(crate) pages: Vec<PagePicture>,
}

impl World {
    pub(crate) fn new() -> Self {
        let pki = Pki::new();
        Self {
            evidence: Evidence {
                anchors: vec![Anchor { certificate: pki.anchor(), region: "深圳".into(), own: true }],
                crls: vec![pki.crl()],
                ..Evidence::default()
            },
            policy: Policy::default(),
            at: now(),
        }
    }

    pub(crate) fn judge(&self, bytes: &[u8]) -> Judged {
        let document = Document::open(Arc::new(bytes.to_vec()), &Limits::default()).unwrap();
        let report = judge(&document.examine().unwrap(), &self.evidence, &self.policy, self.at);
        Judged { pages: page_pictures(&document, &report), report }
    }

    pub(crate) fn sheet(&self, judged: &Judged, reader: Reader, language: Language) -> Sheet {
        self.sheet_named(judged, reader, language, "合同 1.pdf")
    }

    pub(crate) fn judge_seal(&self, der: &[u8]) -> SealReport {
        let policy = Policy { seal_validity_at: SealValidityAt::Now, ..self.policy.clone() };
        judge_seal(&examine_seal(der), &self.evidence, &policy, self.at)
    }

    pub(crate) fn seal_sheet(&self, report: &SealReport, reader: Reader, language: Language) -> Sheet {
        Sheet::of_seal(&ToldSeal {
            report,
            wording: Wording { level: ReportLevel::Full, reader, language },
            judged_at: self.at,
            file_name: Some("印章.esl"),
            software: "eseal test",
            evidence: Some(&self.evidence),
        })
    }

    pub(crate) fn sheet_named(&self, judged: &Judged, reader: Reader, language: Language, name: &str) -> Sheet {
        Sheet::of(&Told {
            report: &judged.report,
            wording: Wording { level: ReportLevel::Full, reader, language },
            judged_at: self.at,
            file_name: Some(name),
            software: "eseal test",
            pages: &judged.pages,
            evidence: Some(&self.evidence),
        })
    }
}

/// One of the sample files beside the repository's root.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/made").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
