//! What is verified before anything is written (签章前验证), formats.md §3.3 A: the seal, the signer, the earlier signatures.

use std::sync::Arc;

use eseal_ses::Seal;
use jiff::Timestamp;

use super::{PrepareError, PrepareRequest};
use crate::{
    Check, CheckCode, Document, Evidence, Outcome, Policy,
    examine::{Examination, Frame},
    judge::{Checks, Holder, Moment, SealMoments, Trust, check_certificate, check_seal, judge},
    value::SealFacts,
};

/// The seal of a request, verified.
pub(super) fn seal_of(request: &PrepareRequest<'_>, trust: &Trust<'_>) -> Result<SealFacts, PrepareError> {
    let seal = Seal::parse(request.seal).map_err(|error| error.to_string());
    let facts = seal.as_ref().map(|seal| Arc::new(SealFacts::of(seal))).map_err(Clone::clone);
    let mut checks = Checks::default();
    check_seal(&facts, &SealMoments::at(request.signing_time), trust, request.policy, &mut checks);
    check_good(checks.all())?;
    match facts {
        Ok(facts) => Ok(Arc::unwrap_or_clone(facts)),
        Err(_) => Err(PrepareError::SealNotGood { checks: checks.into_vec() }),
    }
}

/// Turns the first check of the seal that did not pass into its error.
fn check_good(checks: &[Check]) -> Result<(), PrepareError> {
    let Some(first) = checks.iter().find(|check| check.outcome != Outcome::Passed) else { return Ok(()) };
    Err(match first.code {
        CheckCode::SealValidity => PrepareError::SealOutsideValidity,
        CheckCode::SealMakerCertChain | CheckCode::SealMakerCertKeyUsage => PrepareError::NotTrusted,
        _ => PrepareError::SealNotGood {
            checks: checks.iter().filter(|check| check.outcome != Outcome::Passed).cloned().collect(),
        },
    })
}

/// The signer of a request: certificate good at the time of signing, and listed in the seal.
pub(super) fn check_signer(request: &PrepareRequest<'_>, trust: &Trust<'_>) -> Result<(), PrepareError> {
    let mut checks = Checks::default();
    let moment = Moment::now(request.signing_time);
    check_certificate(Holder::Signer, Some(request.signer_certificate), &moment, trust, request.policy, &mut checks);
    if let Some(first) = checks.all().iter().find(|check| check.outcome != Outcome::Passed) {
        return Err(match first.code {
            CheckCode::SignerCertPeriod => PrepareError::SignerOutsidePeriod,
            CheckCode::SignerCertRevocation => PrepareError::SignerRevoked,
            _ => PrepareError::NotTrusted,
        });
    }
    let listed = Seal::parse(request.seal).is_ok_and(|seal| seal.cert_list().lists(request.signer_certificate));
    if listed { Ok(()) } else { Err(PrepareError::SignerNotListed) }
}

/// No earlier signature may be broken, and none may lock the document.
pub(super) fn check_earlier(document: &Document, at: Timestamp) -> Result<(), PrepareError> {
    if document.signature_count() == 0 {
        return Ok(()); // an unsigned file of gigabytes need not be hashed for that
    }
    let examination = document.examine()?;
    let locks = |frame: &Frame| matches!(frame, Frame::Ofd(frame) if frame.locks);
    if examination.signatures.iter().any(|signature| locks(&signature.frame)) {
        return Err(PrepareError::Locked);
    }
    match broken(&examination, at).first() {
        None => Ok(()),
        Some((index, _)) => Err(PrepareError::EarlierSignatureBroken { index: *index }),
    }
}

/// Signatures of which something failed that needs no trust to tell, with the check.
pub(crate) fn broken(examination: &Examination, at: Timestamp) -> Vec<(usize, CheckCode)> {
    let report = judge(examination, &Evidence::default(), &Policy::gbt38540_claimed_time(), at);
    let first_failure = |checks: &[Check]| {
        checks.iter().find(|check| check.outcome == Outcome::Failed && is_of_bytes(check.code)).map(|check| check.code)
    };
    let signatures = report.signatures.iter();
    signatures.filter_map(|signature| Some((signature.index, first_failure(&signature.checks)?))).collect()
}

/// Whether a check looks at nothing but bytes: times, lists and trust are the business of whoever relies on the signature.
const fn is_of_bytes(code: CheckCode) -> bool {
    use CheckCode::{
        DocumentDigest, OfdReferences, OfdSealFile, PdfByteRange, PdfContentsGap, PdfLaterChanges, PdfRevision,
        SealFormat, SigFormat, SigValue,
    };
    matches!(
        code,
        SigFormat
            | SealFormat
            | SigValue
            | DocumentDigest
            | OfdReferences
            | OfdSealFile
            | PdfByteRange
            | PdfContentsGap
            | PdfRevision
            | PdfLaterChanges
    )
}
