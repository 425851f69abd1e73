//! One CRL to be issued (待签发 CRL).

use eseal_asn1::write;
use jiff::Timestamp;

use super::{IssueError, SignTbs, extension, template};
use crate::{Certificate, oid};

/// One revoked certificate (吊销条目).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    /// Content octets of the serial number.
    pub serial: Vec<u8>,
    /// Since when, whole seconds.
    pub since: Timestamp,
    /// `CRLReason`, such as 1 for a key compromise.
    pub reason: Option<u8>,
}

/// One CRL to be issued (待签发 CRL).
#[derive(Clone, Debug)]
pub struct CrlTemplate<'a> {
    /// `CRLNumber`; grows with each list.
    pub number: u32,
    /// When it is made.
    pub this_update: Timestamp,
    /// Until when it is good.
    pub next_update: Timestamp,
    /// What it lists.
    pub revoked: &'a [RevokedEntry],
}

impl CrlTemplate<'_> {
    /// Issues the CRL of `issuer`, whose key `sign` uses.
    ///
    /// # Errors
    /// See [`IssueError`].
    pub fn issued_by(&self, issuer: &[u8], sign: SignTbs<'_>) -> Result<Vec<u8>, IssueError> {
        self.issued_by_with(issuer, &[], sign)
    }

    /// As [`Self::issued_by`], with further extensions of the list (DER), such as a scope.
    ///
    /// # Errors
    /// See [`IssueError`].
    pub fn issued_by_with(
        &self,
        issuer: &[u8],
        extensions: &[Vec<u8>],
        sign: SignTbs<'_>,
    ) -> Result<Vec<u8>, IssueError> {
        let issuer = Certificate::from_der(issuer)?;
        let revoked = self.revoked.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        let revoked = match &revoked[..] {
            [] => Vec::new(), // RFC 5280: absent, not empty
            entries => write::sequence_of(entries),
        };
        let number = write::integer(&self.number.to_be_bytes());
        let own = [extension::authority_key_id(issuer.public_key.bytes()), extension(oid::CRL_NUMBER, false, &number)];
        let extensions = write::sequence_of(&[&own, extensions].concat());
        let tbs = write::sequence(&[
            &write::integer(&[1]),
            &template::signature_algorithm(),
            issuer.subject.raw,
            &template::time(self.this_update)?,
            &template::time(self.next_update)?,
            &revoked,
            &write::context(0, &extensions),
        ]);
        template::finish(&tbs, sign)
    }
}

fn entry(entry: &RevokedEntry) -> Result<Vec<u8>, IssueError> {
    let reason =
        entry.reason.map(|reason| write::sequence(&[&extension(oid::CRL_REASON, false, &write::enumerated(reason))]));
    let reason = reason.unwrap_or_default();
    Ok(write::sequence(&[&template::serial(&entry.serial)?, &template::time(entry.since)?, &reason]))
}
