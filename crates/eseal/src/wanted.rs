//! What a judgement lacks (待取证据): revocation of certificates on trusted paths, the status of recognised seals.
//!
//! Certificates name URLs, and anybody can make a certificate.  So only certificates whose chain to a trusted one is
//! verified are heard; whether their URLs are contacted is for whoever fetches.

use eseal_pki::{Certificate, Chain, Revocation, Usage};
use jiff::Timestamp;

use crate::{
    AnchorUse, Evidence, Examination, ExaminedSeal, StatusRules,
    judge::Trust,
    value::{SealFacts, StampFacts, Value},
};

/// Most things that one document may make us ask for: a long tender with a dozen seals of three authorities.
pub const MAX_WANTED: usize = 48;

/// Something that a judgement lacks (待取证据).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wanted {
    /// Whether a certificate is revoked: from the first of these sources that answers.
    Revocation {
        /// The certificate, DER.
        certificate: Vec<u8>,
        /// Its issuer's, DER.
        issuer: Vec<u8>,
        /// URLs of OCSP responders, as the certificate names them.
        ocsp_urls: Vec<String>,
        /// URLs of CRLs, as the certificate names them.
        crl_urls: Vec<String>,
    },
    /// Whether a seal is usable, by the word of its region.
    SealStatus {
        /// Region that issued it.
        region: String,
        /// Where to ask, and whose answer counts.
        service: StatusRules,
        /// 印章编码.
        seal_code: String,
        /// SM3 of the seal.
        seal_sm3: [u8; 32],
    },
}

impl Examination {
    /// What is lacking to judge the document as of `now`, at most [`MAX_WANTED`] things.
    #[must_use]
    pub fn wanted(&self, evidence: &Evidence, now: Timestamp) -> Vec<Wanted> {
        let trust = Trust::of(evidence).with(&self.embedded);
        let mut list = List::default();
        for examined in &self.signatures {
            match &examined.value {
                Value::Ses(facts) => {
                    let times = times(now, facts.time);
                    list.add_seal(&facts.seal, &times, &trust);
                    list.add_stamp(facts.time_stamp.as_ref(), now, &trust);
                    let signer = facts.signer.as_ref().map(|signer| &signer.der[..]);
                    list.add_certificate(signer, &times, Usage::Sign, &trust);
                }
                Value::Cms(facts) => {
                    let trust = trust.with(&facts.embedded);
                    list.add_stamp(facts.token.as_ref(), now, &trust);
                    for signer in &facts.signers {
                        list.add_stamp(signer.time_stamp.as_ref(), now, &trust);
                        let certificate = signer.certificate.as_ref().map(|certificate| &certificate.der[..]);
                        list.add_certificate(certificate, &times(now, signer.claimed), Usage::Sign, &trust);
                    }
                }
                Value::Raw(_) | Value::Unreadable(_) => {}
            }
        }
        list.0
    }
}

impl ExaminedSeal {
    /// What is lacking to judge the seal as of `now`, at most [`MAX_WANTED`] things.
    #[must_use]
    pub fn wanted(&self, evidence: &Evidence, now: Timestamp) -> Vec<Wanted> {
        let mut list = List::default();
        if let Ok(facts) = &self.facts {
            list.add_seal(facts, &[now], &Trust::of(evidence));
        }
        list.0
    }
}

impl Examination {
    /// The seals in the document by code and SM3, each once, at most [`MAX_WANTED`]: whoever issued them has a record.
    #[must_use]
    pub fn seals(&self) -> Vec<(String, [u8; 32])> {
        let mut seals: Vec<(String, [u8; 32])> = Vec::new();
        for examined in &self.signatures {
            let Value::Ses(facts) = &examined.value else { continue };
            let seal = key_of(&facts.seal);
            if seals.len() < MAX_WANTED && !seals.contains(&seal) {
                seals.push(seal);
            }
        }
        seals
    }
}

impl ExaminedSeal {
    /// The seal by code and SM3; none if it cannot be read.
    #[must_use]
    pub fn seals(&self) -> Vec<(String, [u8; 32])> {
        self.facts.iter().map(|facts| key_of(facts)).collect()
    }
}

fn key_of(facts: &SealFacts) -> (String, [u8; 32]) {
    (facts.view.code.clone(), eseal_gm::sm3(&facts.view.der))
}

/// What is lacking to seal with this seal and this signer's certificate (both DER) as of `now`.
#[must_use]
pub fn wanted_to_seal(seal: &[u8], signer: &[u8], evidence: &Evidence, now: Timestamp) -> Vec<Wanted> {
    let trust = Trust::of(evidence);
    let mut list = List::default();
    if let Ok(facts) = &crate::examine_seal(seal).facts {
        list.add_seal(facts, &[now], &trust);
    }
    list.add_certificate(Some(signer), &[now], Usage::Sign, &trust);
    list.0
}

/// Certificates are judged now, or when the signature says it was made.
fn times(now: Timestamp, claimed: Option<Timestamp>) -> Vec<Timestamp> {
    [Some(now), claimed.filter(|claimed| *claimed < now)].into_iter().flatten().collect()
}

#[derive(Default)]
struct List(Vec<Wanted>);

impl List {
    fn push(&mut self, wanted: Wanted) {
        if self.0.len() < MAX_WANTED && !self.0.contains(&wanted) {
            self.0.push(wanted);
        }
    }

    fn add_seal(&mut self, facts: &SealFacts, times: &[Timestamp], trust: &Trust<'_>) {
        let Some(maker) = facts.view.maker.as_ref() else { return };
        self.add_certificate(Some(&maker.der), times, Usage::Sign, trust);
        if let Some(at) = times.first() {
            self.add_stamp(facts.time_stamp.as_ref(), *at, trust);
            self.add_status(facts, &maker.der, *at, trust);
        }
    }

    fn add_status(&mut self, facts: &SealFacts, maker: &[u8], at: Timestamp, trust: &Trust<'_>) {
        let Some(path) = trust.path(maker, at, Usage::Sign) else { return };
        let Chain::Trusted { anchor } = path.chain else { return };
        let Some(domain) = trust.domain(anchor, AnchorUse::Maker) else { return };
        let Some(service) = trust.rules(&domain.region).and_then(|rules| rules.status.clone()) else { return };
        let (seal_code, seal_sm3) = key_of(facts);
        if trust.statement(Some(&domain.region), &seal_code, &seal_sm3).is_none() {
            self.push(Wanted::SealStatus { region: domain.region, service, seal_code, seal_sm3 });
        }
    }

    fn add_stamp(&mut self, stamp: Option<&StampFacts>, now: Timestamp, trust: &Trust<'_>) {
        if let Some(StampFacts::Fits { at, authority, came, .. }) = stamp {
            let trust = trust.with(came);
            self.add_certificate(authority.as_deref(), &times(now, Some(*at)), Usage::TimeStamp, &trust);
        }
    }

    fn add_certificate(&mut self, der: Option<&[u8]>, times: &[Timestamp], usage: Usage, trust: &Trust<'_>) {
        let Some(der) = der else { return };
        for at in times {
            let Some(path) = trust.path(der, *at, usage) else { return };
            if !matches!(path.chain, Chain::Trusted { .. }) {
                continue;
            }
            for pair in path.links.windows(2) {
                let [link, issuer] = pair else { continue };
                if !matches!(link.revocation, Revocation::Unknown(_)) {
                    continue;
                }
                let Ok(read) = Certificate::from_der(&link.der) else { continue };
                let (ocsp_urls, crl_urls) = (read.extensions.ocsp_urls.clone(), read.extensions.crl_urls.clone());
                if !ocsp_urls.is_empty() || !crl_urls.is_empty() {
                    let (certificate, issuer) = (link.der.clone(), issuer.der.clone());
                    self.push(Wanted::Revocation { certificate, issuer, ocsp_urls, crl_urls });
                }
            }
        }
    }
}
