//! The archive report (存档报告): a ZIP package that says what was judged, on what evidence, by which policy, with what
//! outcome, so that it can be judged again offline, years later.
//!
//! ```text
//! manifest.json           what this is; signed; every other entry with its size and SM3
//! manifest.sig.json       SM2 signature over "eseal-archive-v1\n" ‖ manifest.json, absent if unsigned
//! report.json             the report, the bytes of interface 4-1 at level full, Chinese
//! report.html             the same for people
//! document.pdf | .ofd     the file itself, unless it was left out
//! evidence/…              certificates, revocation lists; evidence.json says what each is
//! ```

mod check;
mod evidence;
mod manifest;
mod zip;

pub use check::{ArchiveSignature, Checked, Rejudged, check_archive};

use eseal::{Evidence, Policy, Report};
use eseal_api::{Language, ReportLevel};
use eseal_gm::{sm2::VerifyingKey, sm3};
use jiff::Timestamp;

use crate::{Reader, Sheet, Told, Wording, canonical_json, report_to_wire};
use manifest::{Entry, FileEntry, Manifest, SignatureEntry};

/// Name of the manifest.
const MANIFEST: &str = "manifest.json";
/// Name of its signature.
const SIGNATURE: &str = "manifest.sig.json";
/// Name of the report.
const REPORT: &str = "report.json";
/// What stands before the manifest in the signed text, so that no other signature of the key can pass for this one.
const DOMAIN: &[u8] = b"eseal-archive-v1\n";

/// Why there is no archive, or why it cannot be looked at (存档错误).
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// More than a ZIP package without its extension for large files can hold.
    #[error("too large for an archive: leave the file out")]
    TooLarge,
    /// The public key is no point of the curve.
    #[error("no SM2 public key")]
    Key,
    /// It is no archive report, or a damaged one.
    #[error("no archive report: {0}")]
    Format(String),
    /// An entry is written in a way that this version does not know.
    #[error("{entry}: {problem}")]
    Entry {
        /// Which.
        entry: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// What an archive is made of (存档素材).
#[derive(Clone, Copy, Debug)]
pub struct ArchiveInput<'a> {
    /// The judgement.
    pub report: &'a Report,
    /// By what policy.
    pub policy: &'a Policy,
    /// On what evidence.
    pub evidence: &'a Evidence,
    /// 判断时点.
    pub judged_at: Timestamp,
    /// Name and version of the program that judged.
    pub software: &'a str,
    /// Name of the file, if it has one.
    pub file_name: Option<&'a str>,
    /// Its size, bytes.
    pub file_size: u64,
    /// The file itself; none to leave it out.
    pub file: Option<&'a [u8]>,
    /// Language of the page for people.
    pub language: Language,
}

/// An archive that is not signed yet (待签存档).
#[derive(Clone, Debug)]
pub struct UnsignedArchive {
    manifest: Vec<u8>,
    entries: Vec<(String, Vec<u8>)>,
}

impl UnsignedArchive {
    /// Collects everything.
    ///
    /// # Errors
    /// [`ArchiveError::TooLarge`].
    pub fn new(input: &ArchiveInput<'_>) -> Result<Self, ArchiveError> {
        let wording = |language| Wording { level: ReportLevel::Full, reader: Reader::System, language };
        let json = canonical_json(&report_to_wire(input.report, wording(Language::Chinese)));
        let sheet = Sheet::of(&Told {
            report: input.report,
            wording: wording(input.language),
            judged_at: input.judged_at,
            file_name: input.file_name,
            software: input.software,
            pages: &[],
            evidence: Some(input.evidence),
        });
        let mut entries = vec![
            (REPORT.to_owned(), json.map_err(|error| ArchiveError::Format(error.to_string()))?.into_bytes()),
            ("report.html".to_owned(), sheet.to_html().into_bytes()),
        ];
        let extension = input.report.file_type.as_str().to_ascii_lowercase();
        let document = input.file.map(|bytes| (format!("document.{extension}"), bytes.to_vec()));
        let file = FileEntry {
            name: input.file_name.map(str::to_owned),
            file_type: input.report.file_type.as_str().to_owned(),
            size: input.file_size,
            sm3: hex::encode(input.report.sm3),
            entry: document.as_ref().map(|(name, _)| name.clone()),
        };
        entries.extend(document);
        entries.extend(evidence::entries(input.evidence)?);
        let manifest = Manifest {
            format: manifest::FORMAT.to_owned(),
            version: manifest::VERSION,
            software: input.software.to_owned(),
            judged_at: input.judged_at,
            policy: evidence::policy_to_json(input.policy),
            file,
            conclusion: input.report.conclusion.as_str().to_owned(),
            sub_indication: input.report.sub_indication.map(|sub| sub.as_str().to_owned()),
            entries: entries.iter().map(|(name, bytes)| Entry::of(name, bytes)).collect(),
        };
        let manifest = canonical_json(&manifest).map_err(|error| ArchiveError::Format(error.to_string()))?;
        Ok(Self { manifest: manifest.into_bytes(), entries })
    }

    /// What is to be signed with SM2 (default ID).
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        [DOMAIN, &self.manifest].concat()
    }

    /// The archive with a signature: DER, and the public key `04 ‖ x ‖ y` that it is checked with.
    ///
    /// # Errors
    /// [`ArchiveError::TooLarge`].
    pub fn signed(self, public_key: &[u8; 65], signature: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        let entry = SignatureEntry {
            algorithm: manifest::ALGORITHM.to_owned(),
            key_id: hex::encode(sm3(public_key)),
            public_key: hex::encode(public_key),
            value: hex::encode(signature),
        };
        let entry = canonical_json(&entry).map_err(|error| ArchiveError::Format(error.to_string()))?;
        self.pack(Some(entry.into_bytes()))
    }

    /// The archive without a signature: it shows what was judged, and proves nobody's word for it.
    ///
    /// # Errors
    /// [`ArchiveError::TooLarge`].
    pub fn unsigned(self) -> Result<Vec<u8>, ArchiveError> {
        self.pack(None)
    }

    fn pack(self, signature: Option<Vec<u8>>) -> Result<Vec<u8>, ArchiveError> {
        let mut all = vec![(MANIFEST.to_owned(), self.manifest)];
        all.extend(signature.map(|bytes| (SIGNATURE.to_owned(), bytes)));
        all.extend(self.entries);
        zip::pack(&all)
    }
}

/// The key of a signature entry, if it is one.
fn key_of(entry: &SignatureEntry) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(&hex::decode(&entry.public_key).ok()?).ok()
}
