//! The way from a certificate to a trusted one (证书链验证): separate answers for chain, period, key usage, revocation.
//!
//! Facts come out, no verdict: whether an expired certificate or a missing CRL matters is the judge's business.

use jiff::Timestamp;

use crate::{
    Certificate, Crl, KeyUsage, Period, Revocation, RevocationData, RevocationUnknown, SignatureCheck, oid,
    revocation::RevocationSet,
};

/// Longest path, the certificate and the anchor included: real ones have four at most.
pub const MAX_DEPTH: usize = 8;
/// Most signatures checked for one path: enough for cross-signed hierarchies, too few for a certificate bomb.
pub const MAX_SIGNATURE_CHECKS: usize = 64;

/// What the certificate at the start of the path was used for (证书用途).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Signing seals, documents, challenges: digitalSignature or nonRepudiation.
    Sign,
    /// Signing time stamps: as `Sign`, and the extended key usage timeStamping.
    TimeStamp,
}

/// Whether a trusted certificate was reached (证书链).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Yes, and every signature on the way is good.
    Trusted {
        /// Position in the list of anchors.
        anchor: usize,
    },
    /// No anchor and no further certificate issued the last one that was reached.
    NotFound,
    /// There is an issuer by name and key identifier, but the signature does not fit its key.
    SignatureBad,
    /// A signature on the way fits, but its digest is broken or its key too short.
    Weak,
    /// A signature on the way is of an algorithm that cannot be checked here.
    Unsupported,
    /// [`MAX_DEPTH`] or [`MAX_SIGNATURE_CHECKS`] was reached.
    TooComplex,
}

/// Whether a certificate may be used as it was (密钥用途).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageAnswer {
    /// It may.
    Allowed,
    /// It may not.
    NotAllowed(UsageFault),
    /// It carries a critical extension that is not understood here.
    Undecided,
}

/// Why a certificate may not be used as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageFault {
    /// Neither digitalSignature nor nonRepudiation.
    NotForSigning,
    /// Not for time stamps.
    NotForTimeStamps,
    /// An issuer that is no CA.
    NotCa,
    /// An issuer without keyCertSign.
    NotForCertificates,
    /// More certificates below a CA than its pathLenConstraint allows.
    PathTooLong,
    /// The extension that says so cannot be read.
    Unreadable,
}

/// One certificate of the path (证书链中的一张证书).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// DER.
    pub der: Vec<u8>,
    /// Subject as one line.
    pub subject: String,
    /// Whether `at` lies in its validity.
    pub period: Period,
    /// Whether it may be used as it was.
    pub usage: UsageAnswer,
    /// Whether it is revoked.
    pub revocation: Revocation,
}

/// All answers about one path (证书链验证结果).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathReport {
    /// Whether a trusted certificate was reached.
    pub chain: Chain,
    /// The certificate first, the anchor last; only the certificate if no anchor was reached.  Never empty.
    pub links: Vec<Link>,
}

impl PathReport {
    /// The first certificate outside its validity, or none.
    #[must_use]
    pub fn period(&self) -> Period {
        self.links.iter().map(|link| link.period).find(|period| *period != Period::Within).unwrap_or(Period::Within)
    }

    /// The first certificate that may not be used as it was, or none; then the first undecided one.
    #[must_use]
    pub fn usage(&self) -> UsageAnswer {
        let find = |undecided: bool| {
            let mut answers = self.links.iter().map(|link| link.usage);
            answers.find(|answer| match answer {
                UsageAnswer::Allowed => false,
                UsageAnswer::NotAllowed(_) => !undecided,
                UsageAnswer::Undecided => undecided,
            })
        };
        find(false).or_else(|| find(true)).unwrap_or(UsageAnswer::Allowed)
    }

    /// The earliest revocation on the path; else the first unknown; else good.  The anchor is trusted as it stands.
    #[must_use]
    pub fn revocation(&self) -> Revocation {
        let revoked = self.links.iter().map(|link| link.revocation);
        let revoked = revoked.filter_map(|revocation| Some((revocation.counts_from()?, revocation)));
        if let Some((_, revocation)) = revoked.min_by_key(|(from, _)| *from) {
            return revocation;
        }
        let mut all = self.links.iter().map(|link| link.revocation);
        all.find(|revocation| matches!(revocation, Revocation::Unknown(_))).unwrap_or(Revocation::Good)
    }
}

/// Looks for a path from `certificate` to one of `anchors` and answers for each certificate on it as of `at`.
///
/// A certificate that is an anchor byte for byte is trusted as it stands.  Else an issuer is looked for by subject
/// among the anchors, then among `intermediates`, and its key must fit the signature.
#[must_use]
pub fn check_path<'a>(
    certificate: &'a Certificate<'a>,
    intermediates: &'a [Certificate<'a>],
    anchors: &'a [Certificate<'a>],
    crls: &'a [Crl<'a>],
    at: Timestamp,
    usage: Usage,
) -> PathReport {
    check_path_with(certificate, intermediates, anchors, RevocationData { crls, ocsps: &[] }, at, usage)
}

/// As [`check_path`], with responses about the state of certificates beside the lists.
#[must_use]
pub fn check_path_with<'a>(
    certificate: &'a Certificate<'a>,
    intermediates: &'a [Certificate<'a>],
    anchors: &'a [Certificate<'a>],
    revocation: RevocationData<'a>,
    at: Timestamp,
    usage: Usage,
) -> PathReport {
    let mut search =
        Search { intermediates, anchors, checks_left: MAX_SIGNATURE_CHECKS, best: None, worst: Chain::NotFound };
    search.extend(&mut vec![certificate]);
    let Search { best, worst, checks_left, .. } = search;
    let (chain, path) =
        best.map_or_else(|| (worst, vec![certificate]), |found| (Chain::Trusted { anchor: found.0 }, found.1));
    // Every link costs a list or a response, whose responder costs another check.
    let mut revocations = RevocationSet::new(revocation, checks_left.max(3 * MAX_DEPTH));
    let mut links = Vec::with_capacity(path.len());
    for (position, link) in path.iter().enumerate() {
        let is_anchor = matches!(chain, Chain::Trusted { .. }) && position.saturating_add(1) == path.len();
        let revocation = match path.get(position.saturating_add(1)) {
            _ if is_anchor => Revocation::Good,
            Some(issuer) => revocations.status(link, issuer, at),
            None => Revocation::Unknown(RevocationUnknown::NoIssuer),
        };
        links.push(Link {
            der: link.raw.to_vec(),
            subject: link.subject.to_string(),
            period: link.validity.at(at),
            usage: usage_of(&path, position, is_anchor, usage),
            revocation,
        });
    }
    PathReport { chain, links }
}

/// Depth-first search for an anchor.
struct Search<'a> {
    intermediates: &'a [Certificate<'a>],
    anchors: &'a [Certificate<'a>],
    checks_left: usize,
    best: Option<(usize, Vec<&'a Certificate<'a>>)>,
    worst: Chain,
}

impl<'a> Search<'a> {
    /// Goes on from the last certificate of `path`; true when the search is over.
    fn extend(&mut self, path: &mut Vec<&'a Certificate<'a>>) -> bool {
        let Some(&last) = path.last() else { return true };
        if let Some(anchor) = self.anchors.iter().position(|anchor| anchor.raw == last.raw) {
            return self.found(anchor, path.clone());
        }
        if path.len() >= MAX_DEPTH {
            self.worst = Chain::TooComplex;
            return false;
        }
        let (anchors, intermediates) = (self.anchors, self.intermediates);
        for (anchor, issuer) in issuers(last, anchors) {
            if self.is_signed_by(last, issuer) && self.found(anchor, [&path[..], &[issuer]].concat()) {
                return true;
            }
        }
        for (_, issuer) in issuers(last, intermediates) {
            if path.iter().any(|seen| seen.raw == issuer.raw) || !self.is_signed_by(last, issuer) {
                continue;
            }
            path.push(issuer);
            if self.extend(path) {
                return true;
            }
            path.pop();
        }
        self.checks_left == 0
    }

    /// Keeps the first path; ends the search with the first one on which every issuer may issue.
    fn found(&mut self, anchor: usize, path: Vec<&'a Certificate<'a>>) -> bool {
        let last = path.len().saturating_sub(1);
        let may_issue = (1..path.len())
            .all(|position| usage_of(&path, position, position == last, Usage::Sign) == UsageAnswer::Allowed);
        if may_issue || self.best.is_none() {
            self.best = Some((anchor, path));
        }
        may_issue
    }

    fn is_signed_by(&mut self, certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> bool {
        let Some(left) = self.checks_left.checked_sub(1) else {
            self.worst = Chain::TooComplex;
            return false;
        };
        self.checks_left = left;
        match certificate.check_signature(&issuer.public_key) {
            SignatureCheck::Good => return true,
            // Another generation of the same CA has the same name and another key: that is no forgery.
            SignatureCheck::Bad if key_ids_differ(certificate, issuer) => {}
            SignatureCheck::Bad => self.note(Chain::SignatureBad),
            SignatureCheck::Weak => self.note(Chain::Weak),
            SignatureCheck::Unsupported => self.note(Chain::Unsupported),
        }
        false
    }

    fn note(&mut self, chain: Chain) {
        if self.worst == Chain::NotFound {
            self.worst = chain;
        }
    }
}

/// Candidates by name, those whose key identifier fits first.
fn issuers<'a>(
    certificate: &Certificate<'_>,
    candidates: &'a [Certificate<'a>],
) -> impl Iterator<Item = (usize, &'a Certificate<'a>)> + use<'a> {
    let mut found: Vec<_> =
        candidates.iter().enumerate().filter(|(_, candidate)| candidate.subject.matches(&certificate.issuer)).collect();
    found.sort_by_key(|(_, candidate)| key_ids_differ(certificate, candidate));
    found.into_iter()
}

/// True if both name the issuer's key and mean different ones.
fn key_ids_differ(certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> bool {
    let (wanted, has) = (certificate.extensions.authority_key_id, issuer.extensions.subject_key_id);
    matches!((wanted, has), (Some(wanted), Some(has)) if wanted != has)
}

fn usage_of(path: &[&Certificate<'_>], position: usize, is_anchor: bool, usage: Usage) -> UsageAnswer {
    let Some(certificate) = path.get(position) else { return UsageAnswer::Undecided };
    let fault = if position == 0 {
        signing_fault(certificate, usage)
    } else {
        issuing_fault(certificate, path.get(1..position).unwrap_or_default(), is_anchor)
    };
    match fault {
        Some(fault) => UsageAnswer::NotAllowed(fault),
        None if certificate.extensions.unknown_critical.is_empty() => UsageAnswer::Allowed,
        None => UsageAnswer::Undecided,
    }
}

fn signing_fault(certificate: &Certificate<'_>, usage: Usage) -> Option<UsageFault> {
    let extensions = &certificate.extensions;
    if extensions.key_usage_unreadable {
        return Some(UsageFault::Unreadable);
    }
    if extensions.key_usage.is_some_and(|key| !key.any(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION)) {
        return Some(UsageFault::NotForSigning);
    }
    let for_time_stamps = extensions.extended_key_usage.contains(&oid::TIME_STAMPING);
    (usage == Usage::TimeStamp && !for_time_stamps).then_some(UsageFault::NotForTimeStamps)
}

/// `below` are the certificates between the issuer and the certificate at the start, both left out.
fn issuing_fault(issuer: &Certificate<'_>, below: &[&Certificate<'_>], is_anchor: bool) -> Option<UsageFault> {
    let extensions = &issuer.extensions;
    if extensions.key_usage_unreadable || extensions.basic_constraints_unreadable {
        return Some(UsageFault::Unreadable);
    }
    let Some(constraints) = extensions.basic_constraints else {
        // Old roots say nothing of themselves: that they are anchors says enough.
        return (!is_anchor).then_some(UsageFault::NotCa);
    };
    if !constraints.ca {
        return Some(UsageFault::NotCa);
    }
    if extensions.key_usage.is_some_and(|key| !key.any(KeyUsage::KEY_CERT_SIGN)) {
        return Some(UsageFault::NotForCertificates);
    }
    let length = below.iter().filter(|certificate| !certificate.is_self_issued()).count();
    let longest = constraints.path_len?;
    (u64::try_from(length).unwrap_or(u64::MAX) > longest).then_some(UsageFault::PathTooLong)
}
