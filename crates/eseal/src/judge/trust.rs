//! Evidence, read once (信任证据): anchors, helping certificates, revocation lists.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use eseal_gm::sm3;
use eseal_pki::{Certificate, Crl, PathReport, RevocationData, Usage, check_path_with, ocsp::OcspResponse};
use jiff::Timestamp;

use super::certificate::Domain;
use crate::{Anchor, AnchorUse, Budgets, Embedded, Evidence, RegionRules, status::SealStatement};

/// Paths found so far, by the certificate's SM3, the time, and whether it is for time stamps.
type Paths = HashMap<([u8; 32], Timestamp, bool), Rc<PathReport>>;

/// Evidence, read; what cannot be read proves nothing and is left out.
pub(crate) struct Trust<'e> {
    anchors: Vec<Certificate<'e>>,
    meanings: Vec<&'e Anchor>,
    intermediates: Vec<Certificate<'e>>,
    crls: Vec<Crl<'e>>,
    ocsps: Vec<OcspResponse<'e>>,
    budgets: Budgets,
    regions: &'e [RegionRules],
    statuses: &'e [SealStatement],
    known_at: &'e [([u8; 32], Timestamp)],
    /// Twenty signatures of one signer need one path.
    paths: RefCell<Paths>,
}

impl<'e> Trust<'e> {
    /// Within the default budgets.
    pub(crate) fn of(evidence: &'e Evidence) -> Self {
        Self::within(evidence, Budgets::default())
    }

    pub(crate) fn within(evidence: &'e Evidence, budgets: Budgets) -> Self {
        let read = |anchor: &'e Anchor| Some((Certificate::from_der(&anchor.certificate).ok()?, anchor));
        let (anchors, meanings) = evidence.anchors.iter().filter_map(read).unzip();
        Self {
            anchors,
            meanings,
            intermediates: certificates(&evidence.intermediates, budgets.certificates),
            crls: lists(&evidence.crls, budgets.revocation_lists),
            ocsps: responses(&evidence.ocsps, budgets.status_responses),
            budgets,
            regions: &evidence.regions,
            statuses: &evidence.seal_statuses,
            known_at: &evidence.known_at,
            paths: RefCell::default(),
        }
    }

    /// The same with what came with a signature or a document: it helps to build paths, and is not trusted.
    pub(crate) fn with<'s>(&self, came: &'s Embedded) -> Trust<'s>
    where
        'e: 's,
    {
        let left = |limit: usize, have: usize| limit.saturating_sub(have);
        let certificates = certificates(&came.certificates, left(self.budgets.certificates, self.intermediates.len()));
        let lists = lists(&came.crls, left(self.budgets.revocation_lists, self.crls.len()));
        let responses = responses(&came.ocsps, left(self.budgets.status_responses, self.ocsps.len()));
        Trust {
            anchors: self.anchors.clone(),
            meanings: self.meanings.clone(),
            intermediates: self.intermediates.iter().cloned().chain(certificates).collect(),
            crls: self.crls.iter().cloned().chain(lists).collect(),
            ocsps: self.ocsps.iter().cloned().chain(responses).collect(),
            budgets: self.budgets,
            regions: self.regions,
            statuses: self.statuses,
            known_at: self.known_at,
            paths: RefCell::default(),
        }
    }

    /// The way from a certificate to an anchor as of `at`; none if the certificate cannot be read.
    pub(crate) fn path(&self, der: &[u8], at: Timestamp, usage: Usage) -> Option<Rc<PathReport>> {
        let key = (sm3(der), at, usage == Usage::TimeStamp);
        if let Some(known) = self.paths.borrow().get(&key) {
            return Some(known.clone());
        }
        let certificate = Certificate::from_der(der).ok()?;
        let revocation = RevocationData { crls: &self.crls, ocsps: &self.ocsps };
        let path = check_path_with(&certificate, &self.intermediates, &self.anchors, revocation, at, usage);
        let path = Rc::new(path);
        self.paths.borrow_mut().insert(key, path.clone());
        Some(path)
    }

    /// Which region trusts an anchor for that, if any does.  Without rules, an anchor is for everything.
    pub(crate) fn domain(&self, anchor: usize, purpose: AnchorUse) -> Option<Domain> {
        let anchor = self.meanings.get(anchor)?;
        if self.regions.is_empty() {
            return Some(Domain::new(&anchor.region, anchor.own));
        }
        let digest = sm3(&anchor.certificate);
        let trusting = self.regions.iter().find(|region| region.trusts(purpose, &digest));
        trusting.map(|region| Domain::new(&region.name, region.own))
    }

    /// SM3 of an anchor.
    pub(crate) fn anchor_sm3(&self, anchor: usize) -> Option<[u8; 32]> {
        self.meanings.get(anchor).map(|anchor| sm3(&anchor.certificate))
    }

    /// What the region with that name accepts, if a trust bundle says.
    pub(crate) fn rules(&self, region: &str) -> Option<&'e RegionRules> {
        self.regions.iter().find(|rules| rules.name == region)
    }

    /// What that region says of the seal, or whoever says something.
    pub(crate) fn statement(&self, region: Option<&str>, code: &str, seal: &[u8; 32]) -> Option<&'e SealStatement> {
        self.statuses.iter().find(|stated| {
            region.is_none_or(|region| stated.region == region)
                && stated.seal_code == code
                && stated.seal_sm3 == Some(*seal)
        })
    }

    /// The earliest time at which a trusted log knew one of these files.
    pub(crate) fn known_at(&self, files: impl Fn(&[u8; 32]) -> bool) -> Option<Timestamp> {
        self.known_at.iter().filter(|(sm3, _)| files(sm3)).map(|(_, at)| *at).min()
    }
}

fn certificates(list: &[Vec<u8>], limit: usize) -> Vec<Certificate<'_>> {
    list.iter().filter_map(|der| Certificate::from_der(der).ok()).take(limit).collect()
}

fn lists(list: &[Vec<u8>], limit: usize) -> Vec<Crl<'_>> {
    list.iter().filter_map(|der| Crl::from_der(der).ok()).take(limit).collect()
}

fn responses(list: &[Vec<u8>], limit: usize) -> Vec<OcspResponse<'_>> {
    list.iter().filter_map(|der| OcspResponse::from_der(der).ok()).take(limit).collect()
}
