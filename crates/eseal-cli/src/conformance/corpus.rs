//! The corpus as its manifest describes it (测试集).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use eseal::{Anchor, Evidence, bundle::SignedBundle};
use eseal_pki::pem;
use jiff::Timestamp;
use serde::Deserialize;

use crate::files;

/// manifest.json.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Corpus {
    version: u64,
    /// When everything is judged.
    pub(super) at: Timestamp,
    /// Name of the trust bundle.
    pub(super) trust: String,
    pub(super) cases: Vec<Case>,
    #[serde(skip)]
    folder: PathBuf,
}

/// One file and what it must be judged.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) file: String,
    /// `good` or `twin`.
    pub(super) class: String,
    pub(super) zh: String,
    pub(super) en: String,
    pub(super) clause: String,
    /// Of the file: as in reports, or `REFUSED`.
    pub(super) conclusion: String,
    pub(super) sub_indication: Option<String>,
    pub(super) signatures: Vec<Verdict>,
    /// Another bundle than the corpus's.
    pub(super) trust: Option<String>,
}

/// What one signature must be judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verdict {
    pub(super) sub_indication: Option<String>,
    pub(super) first: Option<String>,
    pub(super) failed: Vec<String>,
    pub(super) unknown: Vec<String>,
    pub(super) deviations: Vec<String>,
    /// Where a case is about regions.
    #[serde(default)]
    pub(super) region: Option<String>,
    #[serde(default)]
    pub(super) recognised: Option<String>,
}

/// The part of a trust bundle that is needed here.
#[derive(Deserialize)]
struct Trust {
    anchors: Vec<String>,
    crls: Vec<String>,
}

impl Corpus {
    /// Reads the manifest in `folder`.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("manifest.json");
        let mut corpus: Self = serde_json::from_str(&files::read_text(&path)?)
            .with_context(|| format!("{} is no manifest of the corpus", path.display()))?;
        if corpus.version != 1 {
            bail!("{}: version {} is not known here", path.display(), corpus.version);
        }
        folder.clone_into(&mut corpus.folder);
        Ok(corpus)
    }

    /// Path of a file of the corpus.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Path of the bundle by which a case is judged.
    pub(super) fn trust_of(&self, case: &Case) -> PathBuf {
        self.path(case.trust.as_ref().unwrap_or(&self.trust))
    }

    /// What a bundle of the corpus says; a signed one is believed, for whoever has the corpus has it from us.
    pub(super) fn evidence(&self, bundle: &Path) -> Result<Evidence> {
        let json = files::read_text(bundle)?;
        if let Ok(signed) = SignedBundle::from_json(json.as_bytes()) {
            let operator = signed.operator().clone();
            return Ok(signed.verify(&[operator], self.at).context("trust bundle")?.evidence());
        }
        let trust: Trust = serde_json::from_str(&json).context("trust bundle")?;
        let anchor = |text: &String| -> Result<Anchor> {
            let certificate = pem::der_of(text.as_bytes(), pem::CERTIFICATE).context("an anchor")?;
            Ok(Anchor { certificate, region: "深圳".into(), own: true })
        };
        let crl = |text: &String| pem::der_of(text.as_bytes(), pem::CRL).context("a CRL");
        Ok(Evidence {
            anchors: trust.anchors.iter().map(anchor).collect::<Result<_>>()?,
            crls: trust.crls.iter().map(crl).collect::<Result<_>>()?,
            ..Evidence::default()
        })
    }
}

impl Case {
    /// `pdf`, `ofd` or `esl`.
    pub(super) fn kind(&self) -> &str {
        self.file.rsplit_once('.').map_or("", |(_, kind)| kind)
    }

    /// What the case is about: the beginning of its name.
    pub(super) fn group(&self) -> &str {
        self.name.split('-').next().unwrap_or_default()
    }
}
