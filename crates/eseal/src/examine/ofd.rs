//! Facts about the signatures of an OFD (OFD 签名事实).

use eseal_bytes::{ByteSource, ReadError, for_each_chunk};
use eseal_gm::Sm3;
use eseal_ofd::{Examination as OfdExamination, Ofd, PartFacts, ReferenceOutcome, Role, SealFile, SignatureFacts};
use eseal_ses::time_in_text;
use serde::{Deserialize, Serialize};

use super::{Examination, Examined, Frame, stated};
use crate::{
    FileType, OpenError, Placed,
    value::{Original, SealReader, Value, wanted},
};

/// How a signature is bound to its package (OFD 签名框架).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OfdFrame {
    /// Why Signature.xml or SignedValue.dat cannot be read.
    pub(crate) problem: Option<String>,
    /// Absolute path of Signature.xml.
    pub(crate) path: String,
    /// Digest method as written.
    pub(crate) check_method: String,
    /// Number of references.
    pub(crate) references: usize,
    /// References that do not fit, with what became of them.
    pub(crate) broken: Vec<(String, ReferenceOutcome)>,
    /// Seal.esl.
    pub(crate) seal: SealCopy,
    /// Parts that it does not protect and a reader shows.
    pub(crate) uncovered: Vec<String>,
    /// Parts that it does not protect and no reader shows, and OFD.xml.
    pub(crate) unused: Vec<String>,
    /// Signatures that it protects and that were taken out of the list: their marks are no longer shown.
    #[serde(default)]
    pub(crate) unlisted: Vec<String>,
    /// Ids of signatures that came after it.
    pub(crate) later_signatures: Vec<String>,
    /// True if it protects the list of signatures, so that none can be added.
    pub(crate) locks: bool,
    /// The signature that it stands on, if it names one.
    pub(crate) base: Option<Base>,
}

/// The base signature that `Relative` names (基签名).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Base {
    /// Position of the signature.
    Found(usize),
    /// None of the document has that id.
    Missing,
}

/// Whether Seal.esl is the seal inside the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SealCopy {
    /// None is named, or the signature has no seal.
    NotNamed,
    /// It is.
    Same,
    /// It is another one.
    Differs,
    /// It is named and cannot be read.
    Missing,
}

/// SM3 of the whole file.
fn file_sm3(source: &dyn ByteSource) -> Result<[u8; 32], ReadError> {
    let mut hash = Sm3::new();
    for_each_chunk(source, 0..source.len(), |piece| hash.update(piece))?;
    Ok(hash.finish())
}

pub(super) fn examine(document: &Ofd) -> Result<Examination, OpenError> {
    let sm3 = file_sm3(&**document.package().source())?;
    let facts = document.examine();
    let mut seals = SealReader::default();
    let mut signatures = Vec::with_capacity(facts.signatures.len());
    for (index, signature) in facts.signatures.iter().enumerate() {
        let value = match (&signature.error, &signature.signed_value) {
            (Some(error), _) => Value::Unreadable(error.to_string()),
            (None, None) => Value::Unreadable(format!("{} is missing", signature.signed_value_path)),
            (None, Some(bytes)) => {
                let original = Original::of_bytes(&signature.signature_xml, &wanted(bytes));
                Value::read(bytes, &mut seals, &original)
            }
        };
        let mut deviations: Vec<String> = facts.deviations.iter().map(|name| (*name).to_owned()).collect();
        deviations.extend(signature.deviations.iter().map(|name| (*name).to_owned()));
        let disagreements =
            [stated::time(time_in_text(&signature.date_time), &value), stated::kind(signature.is_seal, &value)];
        deviations.extend(disagreements.into_iter().flatten().map(|found| found.as_str().to_owned()));
        signatures.push(Examined {
            frame: Frame::Ofd(frame(&facts, index, signature, &value)),
            value,
            document_sm3: signature.error.is_none().then_some(signature.signature_xml_sm3),
            file_sm3: Vec::new(),
            placements: signature.stamps.iter().filter_map(placed).collect(),
            deviations,
        });
    }
    let by_all = |shown: bool| {
        let parts = facts.uncovered_by_all().filter(move |part| (part.role == Role::Reachable) == shown);
        parts.map(|part| part.path.clone()).collect::<Vec<_>>()
    };
    let is_signed = !signatures.is_empty();
    Ok(Examination {
        file_type: FileType::Ofd,
        sm3,
        signatures,
        uncovered: if is_signed { by_all(true) } else { Vec::new() },
        unused: if is_signed { by_all(false) } else { Vec::new() },
        // GB/T 33190 has no place for lists and responses.
        embedded: crate::Embedded::default(),
        list_problems: facts.list_errors.iter().map(ToString::to_string).collect(),
    })
}

fn frame(facts: &OfdExamination, index: usize, signature: &SignatureFacts, value: &Value) -> OfdFrame {
    let names = |is_wanted: fn(&PartFacts) -> bool| {
        facts.uncovered_by(index).filter(|part| is_wanted(part)).map(|part| part.path.clone()).collect::<Vec<_>>()
    };
    let is_later = |other: usize| {
        other != index
            && !signature.covers_signatures.contains(&other)
            && (other > index
                || facts.signatures.get(other).is_some_and(|facts| facts.covers_signatures.contains(&index)))
    };
    let later = facts.signatures.iter().enumerate().filter(|(other, _)| is_later(*other));
    let broken = signature.references.iter().filter(|reference| reference.outcome != ReferenceOutcome::Good);
    OfdFrame {
        problem: match value {
            Value::Unreadable(problem) if signature.error.is_some() || signature.signed_value.is_none() => {
                Some(problem.clone())
            }
            _ => None,
        },
        path: signature.path.clone(),
        check_method: signature.check_method.clone(),
        references: signature.references.len(),
        broken: broken.map(|reference| (reference.file_ref.clone(), reference.outcome.clone())).collect(),
        seal: seal_copy(&signature.seal, value),
        uncovered: names(|part| part.role == Role::Reachable),
        unused: names(|part| matches!(part.role, Role::Entry | Role::Unused | Role::Unlisted)),
        unlisted: facts.unlisted_under(index).map(|part| part.path.clone()).collect(),
        later_signatures: later.map(|(_, facts)| facts.id.clone()).collect(),
        locks: signature.covers_signature_list,
        base: base(facts, signature),
    }
}

fn base(facts: &OfdExamination, signature: &SignatureFacts) -> Option<Base> {
    let id = signature.relative.as_deref().map(str::trim).filter(|id| !id.is_empty())?;
    let is_it = |other: &SignatureFacts| other.document == signature.document && other.id.trim() == id;
    Some(facts.signatures.iter().position(is_it).map_or(Base::Missing, Base::Found))
}

fn seal_copy(file: &SealFile, value: &Value) -> SealCopy {
    match (file, value) {
        (SealFile::Missing { .. }, _) => SealCopy::Missing,
        (SealFile::Found { bytes, .. }, Value::Ses(facts)) if *bytes == facts.seal.view.der => SealCopy::Same,
        (SealFile::Found { .. }, Value::Ses(_)) => SealCopy::Differs,
        (SealFile::NotNamed | SealFile::Found { .. }, _) => SealCopy::NotNamed,
    }
}

fn placed(stamp: &eseal_ofd::StampFacts) -> Option<Placed> {
    let (_, visible) = stamp.boxes?;
    let eseal_ofd::BoxMm { left, bottom, right, top } = visible;
    Some(Placed { page: stamp.page?, left_mm: left, bottom_mm: bottom, right_mm: right, top_mm: top })
}
