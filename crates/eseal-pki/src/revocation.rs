//! Whether a certificate is revoked (吊销状态), from the CRLs at hand.

use jiff::Timestamp;

use crate::{Certificate, Crl, KeyUsage, SignatureCheck};

/// Answer about one certificate (吊销状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// A fresh CRL of the issuer does not list it.
    Good,
    /// A CRL of the issuer lists it, however late: whether that matters for an earlier signature is for the judge.
    Revoked {
        /// Since when.
        since: Timestamp,
        /// `CRLReason`, if stated.
        reason: Option<u8>,
    },
    /// It cannot be decided.
    Unknown(RevocationUnknown),
}

/// Why nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationUnknown {
    /// There is no CRL of the issuer.
    NoCrl,
    /// Its CRL was out of date.
    Stale,
    /// Its CRL is not signed with its key, or cannot be checked.
    BadSignature,
    /// An entry of its CRL cannot be read.
    Unreadable,
    /// Its CRL covers only some of its certificates.
    Partial,
    /// The issuer itself was not found.
    NoIssuer,
}

/// All CRLs at hand, with a budget for checking their signatures.
pub(crate) struct CrlSet<'a> {
    crls: &'a [Crl<'a>],
    checks_left: usize,
    checked: Vec<(usize, &'a [u8], bool)>,
}

impl<'a> CrlSet<'a> {
    pub(crate) const fn new(crls: &'a [Crl<'a>], checks_left: usize) -> Self {
        Self { crls, checks_left, checked: Vec::new() }
    }

    /// Status of `certificate`, issued by `issuer`, as of `at`.
    pub(crate) fn status(
        &mut self,
        certificate: &Certificate<'_>,
        issuer: &'a Certificate<'a>,
        at: Timestamp,
    ) -> Revocation {
        let mut unknown = RevocationUnknown::NoCrl;
        let mut good = false;
        for (position, crl) in self.crls.iter().enumerate() {
            if !crl.issuer.matches(&certificate.issuer) {
                continue;
            }
            if !self.is_signed_by(position, crl, issuer) {
                unknown = RevocationUnknown::BadSignature;
                continue;
            }
            match crl.find(certificate.serial) {
                Ok(Some(entry)) => return Revocation::Revoked { since: entry.since, reason: entry.reason },
                Ok(None) if !crl.tells_of(at) => unknown = RevocationUnknown::Stale,
                Ok(None) if crl.is_complete => good = true,
                Ok(None) => unknown = RevocationUnknown::Partial,
                Err(_) => unknown = RevocationUnknown::Unreadable,
            }
        }
        if good { Revocation::Good } else { Revocation::Unknown(unknown) }
    }

    fn is_signed_by(&mut self, position: usize, crl: &Crl<'_>, issuer: &'a Certificate<'a>) -> bool {
        let known = self.checked.iter().find(|(checked, by, _)| *checked == position && *by == issuer.raw);
        if let Some((_, _, good)) = known {
            return *good;
        }
        let Some(left) = self.checks_left.checked_sub(1) else { return false };
        self.checks_left = left;
        let may_sign = issuer.extensions.key_usage.is_none_or(|usage| usage.any(KeyUsage::CRL_SIGN));
        let good = may_sign && crl.check_signature(&issuer.public_key) == SignatureCheck::Good;
        self.checked.push((position, issuer.raw, good));
        good
    }
}
