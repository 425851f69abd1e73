//! Facts about the signatures of a document, without judgement (签章信息提取).

mod hash;
mod ofd;
mod pdf;
mod stated;

use std::sync::Arc;

use eseal_ses::Seal;
use serde::{Deserialize, Serialize};

pub(crate) use ofd::{Base, OfdFrame, SealCopy};
pub(crate) use pdf::PdfFrame;

use crate::{
    Document, Embedded, FileType, OpenError, Placed,
    document::Carrier,
    value::{SealFacts, StampFacts, Value},
};

/// Everything that can be computed from a document alone (签章事实).
#[derive(Clone, Debug)]
pub struct Examination {
    pub(crate) file_type: FileType,
    /// SM3 of the whole file.
    pub(crate) sm3: [u8; 32],
    /// All signatures, in the order of the file.
    pub(crate) signatures: Vec<Examined>,
    /// Parts that no signature protects and a reader shows.
    pub(crate) uncovered: Vec<String>,
    /// Parts that no signature protects and no reader shows.
    pub(crate) unused: Vec<String>,
    /// Signature lists that are named and cannot be read.
    pub(crate) list_problems: Vec<String>,
    /// Evidence that the document carries.
    pub(crate) embedded: Embedded,
}

/// One signature (签名事实).
#[derive(Clone, Debug)]
pub(crate) struct Examined {
    pub(crate) value: Value,
    /// SM3 of the protected bytes; none if they cannot be told.
    pub(crate) document_sm3: Option<[u8; 32]>,
    /// SM3 of the file as it was at the signature and after later ones, if that can be told: what log entries name.
    pub(crate) file_sm3: Vec<[u8; 32]>,
    pub(crate) placements: Vec<Placed>,
    pub(crate) frame: Frame,
    /// Names of tolerated deviations of the document around the value.
    pub(crate) deviations: Vec<String>,
}

impl Examined {
    /// The time stamp that it is, if the document calls it one; a time stamp where a signature should be is none.
    pub(crate) fn document_stamp(&self) -> Option<&StampFacts> {
        match (&self.value, &self.frame) {
            (Value::Cms(facts), Frame::Pdf(frame)) if frame.is_time_stamp => facts.token.as_ref(),
            _ => None,
        }
    }
}

/// How the signature is bound to the document (签名框架).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Frame {
    Pdf(PdfFrame),
    Ofd(OfdFrame),
}

impl Examination {
    /// Kind of the document.
    #[must_use]
    pub const fn file_type(&self) -> FileType {
        self.file_type
    }

    /// SM3 of the whole file.
    #[must_use]
    pub const fn sm3(&self) -> [u8; 32] {
        self.sm3
    }

    /// Number of signatures, whether good or not.
    #[must_use]
    pub fn signature_count(&self) -> usize {
        self.signatures.len()
    }
}

impl Document {
    /// Finds every signature and computes all facts about them.
    ///
    /// # Errors
    /// Only if the bytes cannot be read; what is wrong with signatures is in the examination.
    pub fn examine(&self) -> Result<Examination, OpenError> {
        match &self.carrier {
            Carrier::Pdf(document) => pdf::examine(document),
            Carrier::Ofd(document) => ofd::examine(document),
        }
    }
}

/// Everything that can be computed from a seal alone (印章事实).
#[derive(Clone, Debug)]
pub struct ExaminedSeal {
    /// The facts, or why there are none.
    pub(crate) facts: Result<Arc<SealFacts>, String>,
}

/// Looks at a seal file (SESeal, DER).  What is wrong with it is in the result.
#[must_use]
pub fn examine_seal(der: &[u8]) -> ExaminedSeal {
    let facts = Seal::parse(der).map(|seal| Arc::new(SealFacts::of(&seal))).map_err(|error| error.to_string());
    ExaminedSeal { facts }
}
