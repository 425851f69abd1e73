//! Evidence for long-term use (长期验证证据): what of it a sealed document needs, and putting it in.  What has yet to
//! be asked for, [`Examination::wanted`] says.
//!
//! A PDF keeps evidence in its document security store and is stamped as a whole by a document time stamp; each is an
//! incremental update that leaves every signature as it is.  GB/T 33190 gives OFD no place for revocation lists and
//! responses: for an OFD they are kept beside the file and handed in as [`Evidence`]; its proof of time is `timeStamp`
//! in the seal signature ([`Prepared::compose_with_time_stamp`](crate::Prepared::compose_with_time_stamp)).

use std::sync::Arc;

use eseal_bytes::{Assembly, ReadError, Segment};
use eseal_gm::Hash;
use eseal_pdf::{FinishError, PreparedTimeStamp, SealError};
use eseal_pki::{Certificate, Crl, Usage, ocsp::OcspResponse, time_stamp::time_stamp_request};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Document, Embedded, Evidence, Examination, Limits, OpenError,
    document::Carrier,
    examine::Examined,
    judge::Trust,
    prepare::vouch,
    value::{Fit, StampFacts, Value},
};

/// Why no evidence was put in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LongTermError {
    /// An OFD has no place for it: keep it beside the file.
    #[error("an OFD has no place for this evidence")]
    NoPlace,
    /// The document is locked against a time stamp.
    #[error("the document is locked")]
    Locked,
    /// The time stamp is none, or not one of this document.
    #[error("the time stamp does not fit")]
    WrongTimeStamp,
    /// The time stamp is larger than the room for it.
    #[error("the time stamp of {len} bytes does not fit into {room}")]
    NoRoom {
        /// Its length in bytes.
        len: usize,
        /// Room in bytes.
        room: usize,
    },
    /// The document cannot be used.
    #[error(transparent)]
    Document(#[from] OpenError),
    /// The bytes could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What came out did not pass our own verification: nothing is handed out.
    #[error("the result does not verify: {0}")]
    SelfCheck(String),
}

impl Examination {
    /// What of `evidence` the document's signatures need: certificates of their paths, and what tells whether those are
    /// revoked.
    #[must_use]
    pub fn needed(&self, evidence: &Evidence, now: Timestamp) -> Embedded {
        self.needed_of(self.signatures.iter(), evidence, now)
    }

    /// What of `evidence` these signatures need.
    fn needed_of<'a>(
        &self,
        signatures: impl Iterator<Item = &'a Examined>,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Embedded {
        let trust = Trust::of(evidence).with(&self.embedded);
        let mut needed = Embedded::default();
        let add = |list: &mut Vec<Vec<u8>>, der: &[u8]| {
            if !list.iter().any(|known| known == der) {
                list.push(der.to_vec());
            }
        };
        for (der, at, usage, came) in certificates(signatures, now) {
            let Some(path) = trust.with(&came).path(&der, at, usage) else { continue };
            path.links.iter().for_each(|link| add(&mut needed.certificates, &link.der));
            for pair in path.links.windows(2) {
                let [link, issuer] = pair else { continue };
                let (Ok(link), Ok(issuer)) = (Certificate::from_der(&link.der), Certificate::from_der(&issuer.der))
                else {
                    continue;
                };
                for der in &evidence.crls {
                    if Crl::from_der(der).is_ok_and(|crl| crl.issuer.matches(&link.issuer)) {
                        add(&mut needed.crls, der);
                    }
                }
                for der in &evidence.ocsps {
                    let tells = |response: OcspResponse<'_>| {
                        response.singles.iter().any(|single| single.certificate.is_of(&link, &issuer))
                    };
                    if OcspResponse::from_der(der).is_ok_and(tells) {
                        add(&mut needed.ocsps, der);
                    }
                }
            }
        }
        needed
    }
}

/// Certificates of signers, makers and time-stamp authorities, with the time and the use that count, and what came
/// along.
fn certificates<'a>(
    signatures: impl Iterator<Item = &'a Examined>,
    now: Timestamp,
) -> Vec<(Vec<u8>, Timestamp, Usage, Embedded)> {
    let mut list = Vec::new();
    for examined in signatures {
        match &examined.value {
            Value::Ses(facts) => {
                let at = facts.time.map_or(now, |time| time.min(now));
                let holders = facts.signer.iter().chain(&facts.seal.view.maker);
                list.extend(holders.map(|holder| (holder.der.clone(), at, Usage::Sign, Embedded::default())));
                let stamps = facts.time_stamp.iter().chain(&facts.seal.time_stamp);
                list.extend(stamps.filter_map(of_stamp));
            }
            Value::Cms(facts) => {
                list.extend(facts.token.iter().filter_map(of_stamp));
                for signer in facts.signers.iter().filter(|_| facts.token.is_none()) {
                    let at = signer.claimed.map_or(now, |time| time.min(now));
                    let certificate = signer.certificate.iter();
                    list.extend(certificate.map(|own| (own.der.clone(), at, Usage::Sign, facts.embedded.clone())));
                    list.extend(signer.time_stamp.iter().filter_map(of_stamp));
                }
            }
            Value::Raw(_) | Value::Unreadable(_) => {}
        }
    }
    list
}

fn of_stamp(stamp: &StampFacts) -> Option<(Vec<u8>, Timestamp, Usage, Embedded)> {
    match stamp {
        StampFacts::Fits { at, authority: Some(authority), came, .. } => {
            Some((authority.clone(), *at, Usage::TimeStamp, came.clone()))
        }
        _ => None,
    }
}

/// Evidence as a PDF keeps it.
fn store(evidence: &Embedded) -> eseal_pdf::Dss {
    eseal_pdf::Dss {
        certificates: evidence.certificates.clone(),
        crls: evidence.crls.clone(),
        ocsps: evidence.ocsps.clone(),
        ..eseal_pdf::Dss::default()
    }
}

impl Document {
    /// Puts evidence into the document (写入证据), in an update that changes nothing that was signed; none if everything
    /// is there already.
    ///
    /// # Errors
    /// See [`LongTermError`].
    pub fn add_evidence(&self, evidence: &Embedded) -> Result<Option<Assembly>, LongTermError> {
        let Carrier::Pdf(pdf) = &self.carrier else { return Err(LongTermError::NoPlace) };
        match eseal_pdf::append_dss(pdf, &store(evidence))? {
            Some(segments) => self.verified(segments).map(Some),
            None => Ok(None),
        }
    }

    /// Puts in what of `evidence` the signatures need (写入各签名所需的证据), with an entry of `/VRI` for each signature
    /// that has none (ISO 32000-2, 12.8.4.4); none if everything is there already.
    ///
    /// # Errors
    /// See [`LongTermError`].
    pub fn add_needed_evidence(&self, evidence: &Evidence, now: Timestamp) -> Result<Option<Assembly>, LongTermError> {
        let Carrier::Pdf(pdf) = &self.carrier else { return Err(LongTermError::NoPlace) };
        let examination = self.examine()?;
        let needed = examination.needed(evidence, now);
        let signatures = pdf.signatures().map_err(OpenError::from)?;
        let of_signatures: Vec<_> = signatures
            .iter()
            .zip(&examination.signatures)
            .map(|(signature, examined)| eseal_pdf::SignatureVri {
                key: eseal_pdf::vri_key(&signature.contents),
                values: store(&examination.needed_of(std::iter::once(examined), evidence, now)),
            })
            .filter(|one| !one.values.is_empty())
            .collect();
        match eseal_pdf::append_dss_with_vri(pdf, &store(&needed), &of_signatures)? {
            Some(segments) => self.verified(segments).map(Some),
            None => Ok(None),
        }
    }

    /// Prepares a document time stamp (文档时间戳): proof that everything in the PDF existed by then.  `room_bytes` is how
    /// large the token may become.
    ///
    /// # Errors
    /// See [`LongTermError`].
    pub fn prepare_time_stamp(&self, hash: Hash, room_bytes: usize) -> Result<PreparedDocumentStamp, LongTermError> {
        let Carrier::Pdf(pdf) = &self.carrier else { return Err(LongTermError::NoPlace) };
        let prepared = eseal_pdf::prepare_time_stamp(pdf, hash, room_bytes)?;
        Ok(PreparedDocumentStamp { prepared, hash: hash.name().to_owned() })
    }

    /// Opens what was made as if it came from a stranger: no signature may have been broken or lost.
    fn verified(&self, segments: Vec<Segment>) -> Result<Assembly, LongTermError> {
        let Carrier::Pdf(pdf) = &self.carrier else { return Err(LongTermError::NoPlace) };
        let made = Assembly::new(pdf.source().clone(), segments)?;
        let limits = Limits { file_bytes: u64::MAX, ..self.limits };
        let again = |error: OpenError| LongTermError::SelfCheck(error.to_string());
        let after = Self::open(Arc::new(made.clone()), &limits).map_err(again)?.examine().map_err(again)?;
        let (before, now) = (self.examine()?, Timestamp::MAX);
        let broken = |examination: &Examination| vouch::broken(examination, now);
        if after.signature_count() < before.signature_count() || broken(&after).len() > broken(&before).len() {
            return Err(LongTermError::SelfCheck("a signature is broken or lost".into()));
        }
        Ok(made)
    }
}

/// A document time stamp that lacks only its token (待签发的文档时间戳).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PreparedDocumentStamp {
    prepared: PreparedTimeStamp,
    hash: String,
}

impl PreparedDocumentStamp {
    /// Digest that is to be stamped.
    #[must_use]
    pub fn imprint(&self) -> &[u8] {
        &self.prepared.imprint
    }

    /// DER of the request for the token.
    #[must_use]
    pub fn request(&self, nonce: Option<&[u8]>) -> Vec<u8> {
        time_stamp_request(self.hash(), &self.prepared.imprint, nonce, None)
    }

    /// Puts the token in (DER; the token, not the response around it), and verifies the result.
    ///
    /// # Errors
    /// See [`LongTermError`].
    pub fn compose(&self, document: &Document, token: &[u8]) -> Result<Assembly, LongTermError> {
        let Carrier::Pdf(pdf) = &document.carrier else { return Err(LongTermError::NoPlace) };
        let fits = StampFacts::of_digest(token, self.hash(), &self.prepared.imprint);
        if !matches!(fits, StampFacts::Fits { fit: Fit::Good, .. }) {
            return Err(LongTermError::WrongTimeStamp);
        }
        let segments = self.prepared.update.finish(pdf.source().len(), token).map_err(|error| match error {
            FinishError::TooLarge { len, room } => LongTermError::NoRoom { len, room },
            other => LongTermError::SelfCheck(other.to_string()),
        })?;
        document.verified(segments)
    }

    fn hash(&self) -> Hash {
        Hash::from_name(&self.hash).unwrap_or(Hash::Sm3)
    }
}

impl From<SealError> for LongTermError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Locked(_) => Self::Locked,
            SealError::Pdf(error) => Self::Document(error.into()),
            other => Self::SelfCheck(other.to_string()),
        }
    }
}
