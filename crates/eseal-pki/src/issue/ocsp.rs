//! One OCSP response to be issued (待签发状态响应).

use eseal_asn1::write;
use eseal_gm::Hash;
use jiff::Timestamp;

use super::{IssueError, SignTbs, SigningAlgorithm, extension};
use crate::{
    Certificate,
    ocsp::{CertStatus, issuer_key_hash},
    oid,
};

/// The answer about one certificate (单个证书的状态).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspAnswer<'a> {
    /// DER of the CertID that is answered, as the request has it.
    pub cert_id: &'a [u8],
    /// Status.
    pub status: CertStatus,
    /// When that was known to be so, whole seconds.
    pub this_update: Timestamp,
    /// Until when it is good, whole seconds.
    pub next_update: Option<Timestamp>,
}

/// One OCSP response to be issued (待签发状态响应).
#[derive(Clone, Debug)]
pub struct OcspTemplate<'a> {
    /// When it is signed, whole seconds.
    pub produced_at: Timestamp,
    /// What it answers.
    pub answers: &'a [OcspAnswer<'a>],
    /// Value of the request's extension nonce, as it stands there.
    pub nonce: Option<&'a [u8]>,
    /// How `sign` signs.
    pub algorithm: SigningAlgorithm,
}

impl OcspTemplate<'_> {
    /// Issues the response of `responder` (DER certificate), whose key `sign` uses.  The certificate comes along if it
    /// is not the issuer's, who is known to whoever asks.
    ///
    /// # Errors
    /// See [`IssueError`].
    pub fn signed_by(&self, responder: &[u8], is_issuer: bool, sign: SignTbs<'_>) -> Result<Vec<u8>, IssueError> {
        let certificate = Certificate::from_der(responder)?;
        let by_key = write::context(2, &write::octet_string(&issuer_key_hash(Hash::Sha1, &certificate)));
        let answers: Vec<Vec<u8>> = self.answers.iter().map(answer).collect();
        let nonce =
            self.nonce.map(|nonce| write::context(1, &write::sequence(&[&extension(oid::OCSP_NONCE, false, nonce)])));
        let tbs = write::sequence(&[
            &by_key,
            &write::generalized_time(self.produced_at),
            &write::sequence_of(&answers),
            &nonce.unwrap_or_default(),
        ]);
        let signature = sign(&tbs).map_err(IssueError::Sign)?;
        let certificates = if is_issuer { Vec::new() } else { write::context(0, &write::sequence(&[certificate.raw])) };
        let basic =
            write::sequence(&[&tbs, &self.algorithm.identifier(), &write::bit_string(&signature), &certificates]);
        let bytes = write::sequence(&[&write::oid(oid::OCSP_BASIC), &write::octet_string(&basic)]);
        Ok(write::sequence(&[&write::enumerated(0), &write::context(0, &bytes)]))
    }
}

/// A response that answers nothing: 1 malformedRequest, 2 internalError, 3 tryLater, 5 sigRequired, 6 unauthorized.
#[must_use]
pub fn ocsp_failure(status: u8) -> Vec<u8> {
    write::sequence(&[&write::enumerated(status)])
}

fn answer(answer: &OcspAnswer<'_>) -> Vec<u8> {
    let status = match answer.status {
        CertStatus::Good => write::implicit(0, &[]),
        CertStatus::Revoked { since, reason } => {
            let reason = reason.map(|reason| write::context(0, &write::enumerated(reason))).unwrap_or_default();
            write::context(1, &[write::generalized_time(since), reason].concat())
        }
        CertStatus::Unknown => write::implicit(2, &[]),
    };
    let next = answer.next_update.map(|next| write::context(0, &write::generalized_time(next)));
    let this = write::generalized_time(answer.this_update);
    write::sequence(&[answer.cert_id, &status, &this, &next.unwrap_or_default()])
}
