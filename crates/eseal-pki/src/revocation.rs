//! Whether a certificate is revoked (吊销状态), from the lists and responses at hand.

use jiff::Timestamp;

use crate::{
    Certificate, Crl, KeyUsage, SignatureCheck,
    ocsp::{CertStatus, OcspResponse, ResponderCheck, SingleResponse},
};

/// Answer about one certificate (吊销状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// A fresh list of the issuer does not have it, or a fresh response says so.
    Good,
    /// A list or response of the issuer has it, however late: whether that matters for an earlier signature is for the
    /// judge.
    Revoked {
        /// Since when.
        since: Timestamp,
        /// `CRLReason`, if stated.
        reason: Option<u8>,
        /// invalidityDate: since when its key is known or suspected to be in wrong hands, if stated.
        invalid_since: Option<Timestamp>,
    },
    /// It cannot be decided.
    Unknown(RevocationUnknown),
}

impl Revocation {
    /// From when on nothing made with the key counts, if it is revoked: the revocation, or the invalidityDate if the
    /// issuer puts that earlier.
    ///
    /// A reason alone, though it be keyCompromise, is not taken back further: the issuer who knows of an earlier
    /// moment has invalidityDate to say so.
    #[must_use]
    pub fn counts_from(&self) -> Option<Timestamp> {
        match self {
            Self::Revoked { since, invalid_since, .. } => {
                Some(invalid_since.map_or(*since, |earlier| earlier.min(*since)))
            }
            Self::Good | Self::Unknown(_) => None,
        }
    }
}

/// Why nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationUnknown {
    /// There is neither a list nor a response of the issuer.
    NoCrl,
    /// What there is was out of date.
    Stale,
    /// The list is not signed with the issuer's key, or cannot be checked.
    BadSignature,
    /// The response is signed neither by the issuer nor by someone whom it charged.
    Unauthorized,
    /// An entry of the list cannot be read.
    Unreadable,
    /// The list covers only some reasons, or says something of itself that is not understood.
    Partial,
    /// The list is about other certificates of the issuer.
    OtherScope,
    /// The list says only what changed since another one (增量 CRL).
    Delta,
    /// The list is also about certificates of other issuers (间接 CRL), which is not supported.
    Indirect,
    /// The certificate had expired when the list or response was made, which need not name it any more.
    AfterExpiry,
    /// The responder does not know the certificate.
    NotKnown,
    /// Too many signatures would have to be checked.
    TooMany,
    /// The issuer itself was not found.
    NoIssuer,
}

/// `CRLReason`, by name (吊销原因).
#[must_use]
pub const fn reason_name(reason: u8) -> &'static str {
    match reason {
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        8 => "removeFromCRL",
        9 => "privilegeWithdrawn",
        10 => "aACompromise",
        _ => "unspecified",
    }
}

/// certificateHold: may be lifted again.
const HOLD: u8 = 6;
/// removeFromCRL: a delta list says that a hold was lifted.
const REMOVED: u8 = 8;

/// Revocation lists and responses at hand (吊销信息).
#[derive(Clone, Copy, Debug, Default)]
pub struct RevocationData<'a> {
    /// Lists.
    pub crls: &'a [Crl<'a>],
    /// Responses.
    pub ocsps: &'a [OcspResponse<'a>],
}

/// All of that, with a budget for checking signatures.
pub(crate) struct RevocationSet<'a> {
    data: RevocationData<'a>,
    checks_left: usize,
    checked: Vec<(usize, &'a [u8], bool)>,
    responders: Vec<(usize, &'a [u8], ResponderCheck<'a>)>,
}

/// What was found so far about one certificate.
#[derive(Default)]
struct Found {
    /// The earliest revocation for good.
    revoked: Option<Revocation>,
    /// The latest hold, with the time of the list that says so.
    held: Option<(Timestamp, Revocation)>,
    /// The latest time of a list or response that says that it is not revoked.
    good: Option<Timestamp>,
    unknown: Option<RevocationUnknown>,
}

impl<'a> RevocationSet<'a> {
    pub(crate) const fn new(data: RevocationData<'a>, checks_left: usize) -> Self {
        Self { data, checks_left, checked: Vec::new(), responders: Vec::new() }
    }

    /// Status of `certificate`, issued by `issuer`, as of `at`.
    pub(crate) fn status(
        &mut self,
        certificate: &Certificate<'_>,
        issuer: &'a Certificate<'a>,
        at: Timestamp,
    ) -> Revocation {
        let mut found = Found::default();
        for (position, crl) in self.data.crls.iter().enumerate() {
            if !crl.issuer.matches(&certificate.issuer) {
                continue;
            }
            match self.is_signed_by(position, crl, issuer) {
                Some(true) => found.note_list(crl, certificate, at),
                Some(false) => found.unknown = Some(RevocationUnknown::BadSignature),
                None => found.unknown = Some(RevocationUnknown::TooMany),
            }
        }
        for (position, response) in self.data.ocsps.iter().enumerate() {
            let Some(single) = response.singles.iter().find(|single| single.certificate.is_of(certificate, issuer))
            else {
                continue;
            };
            match self.is_authorized(position, response, issuer) {
                Some(true) => found.note_response(response, single, certificate, at),
                Some(false) => found.unknown = Some(RevocationUnknown::Unauthorized),
                None => found.unknown = Some(RevocationUnknown::TooMany),
            }
        }
        found.answer()
    }

    fn is_signed_by(&mut self, position: usize, crl: &Crl<'_>, issuer: &'a Certificate<'a>) -> Option<bool> {
        let known = self.checked.iter().find(|(checked, by, _)| *checked == position && *by == issuer.raw);
        if let Some((_, _, good)) = known {
            return Some(*good);
        }
        self.checks_left = self.checks_left.checked_sub(1)?;
        let may_sign = issuer.extensions.key_usage.is_none_or(|usage| usage.any(KeyUsage::CRL_SIGN));
        let good = may_sign && crl.check_signature(&issuer.public_key) == SignatureCheck::Good;
        self.checked.push((position, issuer.raw, good));
        Some(good)
    }

    /// Whether the response may be believed; a responder that the issuer's own list revokes may not.
    fn is_authorized(
        &mut self,
        position: usize,
        response: &OcspResponse<'a>,
        issuer: &'a Certificate<'a>,
    ) -> Option<bool> {
        let known = self.responders.iter().find(|(checked, by, _)| *checked == position && *by == issuer.raw);
        let check = match known {
            Some((_, _, check)) => *check,
            None => {
                self.checks_left = self.checks_left.checked_sub(2)?;
                let check = response.check_signer(issuer);
                self.responders.push((position, issuer.raw, check));
                check
            }
        };
        match check {
            ResponderCheck::Issuer | ResponderCheck::Delegated { no_check: true, .. } => Some(true),
            ResponderCheck::Delegated { certificate, no_check: false } => Some(!self.is_listed(certificate, issuer)),
            ResponderCheck::Unauthorized => Some(false),
        }
    }

    fn is_listed(&mut self, responder: &[u8], issuer: &'a Certificate<'a>) -> bool {
        let Ok(responder) = Certificate::from_der(responder) else { return true };
        let lists = self.data.crls.iter().enumerate().filter(|(_, crl)| crl.issuer.matches(&issuer.subject));
        let listing: Vec<usize> = lists
            .filter(|(_, crl)| !crl.scope.indirect && crl.find(responder.serial).is_ok_and(|entry| entry.is_some()))
            .map(|(position, _)| position)
            .collect();
        listing.into_iter().any(|position| {
            let crl = self.data.crls.get(position);
            crl.is_some_and(|crl| self.is_signed_by(position, crl, issuer) == Some(true))
        })
    }
}

impl Found {
    fn note_list(&mut self, crl: &Crl<'_>, certificate: &Certificate<'_>, at: Timestamp) {
        if crl.scope.indirect {
            // Whose serial number an entry means depends on the entries before it.
            self.unknown = Some(RevocationUnknown::Indirect);
            return;
        }
        match crl.find(certificate.serial) {
            Ok(Some(entry)) if entry.reason == Some(REMOVED) => {
                // Only a delta list may say so; a hold that it lifts ends with the next complete list.
                self.unknown =
                    Some(if crl.scope.delta { RevocationUnknown::Delta } else { RevocationUnknown::Unreadable });
            }
            Ok(Some(entry)) => self.note_revoked(crl.this_update, entry.since, entry.reason, entry.invalid_since),
            Ok(None) => match crl.scope.leaves_open(certificate) {
                Some(why) => self.unknown = Some(why),
                None if !crl.tells_of(at) => self.unknown = Some(RevocationUnknown::Stale),
                None if !crl.lists_expired(certificate.validity.not_after) => {
                    self.unknown = Some(RevocationUnknown::AfterExpiry);
                }
                None => self.good = self.good.max(Some(crl.this_update)),
            },
            Err(_) => self.unknown = Some(RevocationUnknown::Unreadable),
        }
    }

    fn note_response(
        &mut self,
        response: &OcspResponse<'_>,
        single: &SingleResponse<'_>,
        certificate: &Certificate<'_>,
        at: Timestamp,
    ) {
        let not_after = certificate.validity.not_after;
        let is_kept =
            single.this_update <= not_after || single.archive_cutoff.is_some_and(|cutoff| cutoff <= not_after);
        match single.status {
            CertStatus::Revoked { since, reason } => {
                self.note_revoked(single.this_update, since, reason, single.invalid_since);
            }
            CertStatus::Unknown => self.unknown = Some(RevocationUnknown::NotKnown),
            CertStatus::Good if single.unknown_critical || response.unknown_critical => {
                self.unknown = Some(RevocationUnknown::Partial);
            }
            CertStatus::Good if !single.tells_of(at) => self.unknown = Some(RevocationUnknown::Stale),
            CertStatus::Good if !is_kept => self.unknown = Some(RevocationUnknown::AfterExpiry),
            CertStatus::Good => self.good = self.good.max(Some(single.this_update)),
        }
    }

    fn note_revoked(
        &mut self,
        stated_at: Timestamp,
        since: Timestamp,
        reason: Option<u8>,
        invalid_since: Option<Timestamp>,
    ) {
        let revoked = Revocation::Revoked { since, reason, invalid_since };
        if reason == Some(HOLD) {
            if self.held.is_none_or(|(known, _)| known < stated_at) {
                self.held = Some((stated_at, revoked));
            }
        } else if self.revoked.is_none_or(|known| revoked.counts_from() < known.counts_from()) {
            self.revoked = Some(revoked);
        }
    }

    /// Revoked for good outweighs all; a hold, what is older; then good outweighs what tells nothing.
    fn answer(self) -> Revocation {
        let held = self.held.filter(|(at, _)| self.good.is_none_or(|good| good <= *at)).map(|(_, hold)| hold);
        let good = self.good.map(|_| Revocation::Good);
        let unknown = Revocation::Unknown(self.unknown.unwrap_or(RevocationUnknown::NoCrl));
        self.revoked.or(held).or(good).unwrap_or(unknown)
    }
}
