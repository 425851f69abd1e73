//! Judgements that can be kept and judged again (验证档案): the facts of a document, the evidence of the day, the policy.
//!
//! A record carries the signature values whole, so everything that stands in them (seals, certificates, signatures over
//! signatures, time stamps) is read and verified again from the bytes.  Of the document itself it carries digests and
//! what was found around each signature: coverage, later changes, broken references.  Those are facts of the day they
//! were found; another policy weighs them anew, a later version of this library does not look for new ones.
//!
//! What can be judged again: every check, under any policy, with more evidence and at any time.  What cannot: anything
//! that needs the document's bytes, and what regions accept and say of seals, which is today's and handed in with the
//! evidence.  A record is not signed; whoever keeps it protects it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Anchor, Embedded, Evidence, Examination, FileType, Placed, Policy, Report,
    examine::{Examined, Frame},
    judge::judge,
    value::{CmsFacts, Original, RawFacts, SealReader, SesFacts, Value},
};

/// Largest record: the signature values of a thousand seals with their pictures, in base64.
pub const MAX_RECORD_BYTES: usize = 256 << 20;

/// Name and version of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Format {
    #[serde(rename = "eseal-judgement/1")]
    One,
}

/// A judgement that can be judged again (验证档案).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JudgementRecord {
    format: Format,
    /// When it was judged.
    pub judged_at: Timestamp,
    /// By which policy.
    pub policy: Policy,
    evidence: EvidenceRecord,
    examination: ExaminationRecord,
}

/// Why a record is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// It is not JSON of this shape.
    #[error("no record of a judgement: {0}")]
    Format(String),
    /// It is longer than [`MAX_RECORD_BYTES`].
    #[error("longer than {MAX_RECORD_BYTES} bytes")]
    TooLarge,
    /// A signature value in it cannot be read, though it could when the record was made.
    #[error("signature {index}: {problem}")]
    Value {
        /// Position of the signature, from 0.
        index: usize,
        /// Why.
        problem: String,
    },
}

impl JudgementRecord {
    /// What is needed to judge `examination` again as it was judged.
    #[must_use]
    pub fn new(examination: &Examination, evidence: &Evidence, policy: &Policy, now: Timestamp) -> Self {
        Self {
            format: Format::One,
            judged_at: now,
            policy: policy.clone(),
            evidence: EvidenceRecord::of(evidence),
            examination: ExaminationRecord::of(examination),
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub fn from_json(json: &[u8]) -> Result<Self, RecordError> {
        if json.len() > MAX_RECORD_BYTES {
            return Err(RecordError::TooLarge);
        }
        let record: Self = serde_json::from_slice(json).map_err(|error| RecordError::Format(error.to_string()))?;
        record.policy.check().map_err(|error| RecordError::Format(error.to_string()))?;
        Ok(record)
    }

    /// The record as JSON.
    ///
    /// # Errors
    /// [`RecordError::Format`], which does not happen.
    pub fn to_json(&self) -> Result<Vec<u8>, RecordError> {
        serde_json::to_vec(self).map_err(|error| RecordError::Format(error.to_string()))
    }

    /// SM3 of the file that was judged, lower-case hex.
    #[must_use]
    pub fn file_sm3(&self) -> &str {
        &self.examination.sm3
    }

    /// The facts.
    ///
    /// # Errors
    /// [`RecordError::Value`], [`RecordError::Format`].
    pub fn examination(&self) -> Result<Examination, RecordError> {
        self.examination.read()
    }

    /// The evidence of the day.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        self.evidence.read()
    }

    /// Judges again (重新验证), under another policy, with the evidence of the day and `more`, as of `now`.
    ///
    /// Anchors are those of `more` if it has any: whom one trusts is today's business; else those of the day.
    ///
    /// # Errors
    /// [`RecordError::Value`], [`RecordError::Format`].
    pub fn rejudge(&self, policy: &Policy, more: &Evidence, now: Timestamp) -> Result<Report, RecordError> {
        let mut evidence = self.evidence.read();
        if !more.anchors.is_empty() {
            evidence.anchors.clone_from(&more.anchors);
        }
        evidence.intermediates.extend(more.intermediates.iter().cloned());
        evidence.crls.extend(more.crls.iter().cloned());
        evidence.ocsps.extend(more.ocsps.iter().cloned());
        evidence.known_at.extend(more.known_at.iter().copied());
        evidence.regions.clone_from(&more.regions);
        evidence.seal_statuses.clone_from(&more.seal_statuses);
        Ok(judge(&self.examination.read()?, &evidence, policy, now))
    }
}

/// Evidence, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EvidenceRecord {
    anchors: Vec<AnchorRecord>,
    rest: Embedded,
    known_at: Vec<(String, Timestamp)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct AnchorRecord {
    #[serde(with = "crate::prepare::base64_bytes")]
    certificate: Vec<u8>,
    region: String,
    own: bool,
}

impl EvidenceRecord {
    fn of(evidence: &Evidence) -> Self {
        let anchor = |anchor: &Anchor| AnchorRecord {
            certificate: anchor.certificate.clone(),
            region: anchor.region.clone(),
            own: anchor.own,
        };
        Self {
            anchors: evidence.anchors.iter().map(anchor).collect(),
            rest: Embedded {
                certificates: evidence.intermediates.clone(),
                crls: evidence.crls.clone(),
                ocsps: evidence.ocsps.clone(),
            },
            known_at: evidence.known_at.iter().map(|(sm3, at)| (hex(sm3), *at)).collect(),
        }
    }

    fn read(&self) -> Evidence {
        let anchor = |kept: &AnchorRecord| Anchor {
            certificate: kept.certificate.clone(),
            region: kept.region.clone(),
            own: kept.own,
        };
        Evidence {
            anchors: self.anchors.iter().map(anchor).collect(),
            intermediates: self.rest.certificates.clone(),
            crls: self.rest.crls.clone(),
            ocsps: self.rest.ocsps.clone(),
            known_at: self.known_at.iter().filter_map(|(sm3, at)| Some((digest(sm3)?, *at))).collect(),
            ..Evidence::default()
        }
    }
}

/// The facts of a document, as they are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ExaminationRecord {
    file_type: FileType,
    sm3: String,
    signatures: Vec<SignatureRecord>,
    uncovered: Vec<String>,
    unused: Vec<String>,
    list_problems: Vec<String>,
    embedded: Embedded,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignatureRecord {
    value: ValueRecord,
    document_sm3: Option<String>,
    file_sm3: Vec<String>,
    placements: Vec<Placed>,
    frame: Frame,
    deviations: Vec<String>,
}

/// A signature value: its bytes, and of the document what they ask for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ValueRecord {
    Ses {
        #[serde(with = "crate::prepare::base64_bytes")]
        der: Vec<u8>,
    },
    Cms {
        #[serde(with = "crate::prepare::base64_bytes")]
        der: Vec<u8>,
        document: Original,
    },
    Raw,
    Unreadable {
        problem: String,
    },
}

impl ExaminationRecord {
    fn of(examination: &Examination) -> Self {
        let signature = |examined: &Examined| SignatureRecord {
            value: match &examined.value {
                Value::Ses(facts) => ValueRecord::Ses { der: facts.der.clone() },
                Value::Cms(facts) => ValueRecord::Cms { der: facts.der.clone(), document: facts.original.clone() },
                Value::Raw(_) => ValueRecord::Raw,
                Value::Unreadable(problem) => ValueRecord::Unreadable { problem: problem.clone() },
            },
            document_sm3: examined.document_sm3.as_ref().map(hex),
            file_sm3: examined.file_sm3.iter().map(hex).collect(),
            placements: examined.placements.clone(),
            frame: examined.frame.clone(),
            deviations: examined.deviations.clone(),
        };
        Self {
            file_type: examination.file_type,
            sm3: hex(&examination.sm3),
            signatures: examination.signatures.iter().map(signature).collect(),
            uncovered: examination.uncovered.clone(),
            unused: examination.unused.clone(),
            list_problems: examination.list_problems.clone(),
            embedded: examination.embedded.clone(),
        }
    }

    fn read(&self) -> Result<Examination, RecordError> {
        let wrong = |text: &str| RecordError::Format(format!("{text:?} is no SM3"));
        let sm3 = |text: &String| digest(text).ok_or_else(|| wrong(text));
        let mut seals = SealReader::default();
        let mut signatures = Vec::with_capacity(self.signatures.len());
        for (index, kept) in self.signatures.iter().enumerate() {
            let wrong = |problem| RecordError::Value { index, problem };
            let value = match &kept.value {
                ValueRecord::Ses { der } => Value::Ses(Box::new(SesFacts::read(der, &mut seals).map_err(wrong)?)),
                ValueRecord::Cms { der, document } => {
                    Value::Cms(Box::new(CmsFacts::read(der, document).map_err(wrong)?))
                }
                ValueRecord::Raw => Value::Raw(RawFacts),
                ValueRecord::Unreadable { problem } => Value::Unreadable(problem.clone()),
            };
            signatures.push(Examined {
                value,
                document_sm3: kept.document_sm3.as_ref().map(sm3).transpose()?,
                file_sm3: kept.file_sm3.iter().map(sm3).collect::<Result<_, _>>()?,
                placements: kept.placements.clone(),
                frame: kept.frame.clone(),
                deviations: kept.deviations.clone(),
            });
        }
        Ok(Examination {
            file_type: self.file_type,
            sm3: sm3(&self.sm3)?,
            signatures,
            uncovered: self.uncovered.clone(),
            unused: self.unused.clone(),
            list_problems: self.list_problems.clone(),
            embedded: self.embedded.clone(),
        })
    }
}

fn hex(digest: &[u8; 32]) -> String {
    digest.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn digest(hex: &str) -> Option<[u8; 32]> {
    let pairs = hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    pairs.collect::<Option<Vec<u8>>>()?.try_into().ok()
}
