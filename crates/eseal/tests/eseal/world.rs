//! What all tests need: a certification authority, a seal, and the way from a document to a report.

use std::{path::PathBuf, sync::Arc};

use eseal::{
    Anchor, Document, Evidence, Limits, PageSelection, PdfNames, Placement, Policy, PrepareError, PrepareRequest,
    Prepared, Report, Sealed, SignatureValue, judge,
};
use eseal_bytes::ByteSource;
use eseal_testkit::{Party, Pki, now};
use jiff::Timestamp;

/// Everything around a document.
pub(crate) struct World {
    pub(crate) pki: Pki,
    pub(crate) seal: Vec<u8>,
    pub(crate) evidence: Evidence,
    pub(crate) policy: Policy,
    pub(crate) names: PdfNames,
    pub(crate) now: Timestamp,
    pub(crate) lock: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        let pki = Pki::new();
        Self {
            seal: pki.seal(),
            evidence: Evidence {
                anchors: vec![Anchor { certificate: pki.anchor(), region: "深圳".into(), own: true }],
                crls: vec![pki.crl()],
                ..Evidence::default()
            },
            policy: Policy::gbt38540_claimed_time(),
            names: PdfNames::default(),
            now: now(),
            lock: false,
            pki,
        }
    }

    pub(crate) fn request<'a>(&'a self, places: &'a [Placement]) -> PrepareRequest<'a> {
        PrepareRequest {
            seal: &self.seal,
            signer_certificate: &self.pki.signer.certificate,
            placements: places,
            lock: self.lock,
            reason: Some("测试"),
            signing_time: self.now,
            pdf: &self.names,
            evidence: &self.evidence,
            policy: &self.policy,
        }
    }

    pub(crate) fn prepare(&self, bytes: &[u8], places: &[Placement]) -> Result<Prepared, PrepareError> {
        open(bytes).prepare(&self.request(places))
    }

    /// Seals and gives the bytes.
    pub(crate) fn seal(&self, bytes: &[u8], places: &[Placement]) -> Vec<u8> {
        let prepared = self.prepare(bytes, places).unwrap();
        // What is kept between the steps is what the store keeps: JSON.
        let kept: Prepared = serde_json::from_str(&serde_json::to_string(&prepared).unwrap()).unwrap();
        let value = sign(&self.pki.signer, &kept);
        bytes_of(&kept.compose(Arc::new(bytes.to_vec()), &value, Some(&self.pki.signer.certificate)).unwrap())
    }

    pub(crate) fn report(&self, bytes: &[u8]) -> Report {
        self.report_at(bytes, self.now)
    }

    pub(crate) fn report_at(&self, bytes: &[u8], at: Timestamp) -> Report {
        judge(&open(bytes).examine().unwrap(), &self.evidence, &self.policy, at)
    }
}

pub(crate) fn open(bytes: &[u8]) -> Document {
    Document::open(Arc::new(bytes.to_vec()), &Limits::default()).unwrap()
}

pub(crate) fn sign(signer: &Party, prepared: &Prepared) -> SignatureValue {
    SignatureValue::Bytes(signer.key.sign_prehash(&prepared.e).to_der())
}

pub(crate) fn bytes_of(sealed: &Sealed) -> Vec<u8> {
    let bytes = sealed.bytes.read_all(u64::MAX).unwrap();
    assert_eq!(eseal_gm::sm3(&bytes), sealed.sm3);
    bytes
}

/// A rectangle of the seal's own size on one page.
pub(crate) fn at(page: i64, left_mm: f64, bottom_mm: f64) -> Placement {
    let pages = PageSelection::Ranges(vec![(page, page)]);
    Placement::Rectangle { pages, left_mm, bottom_mm, right_mm: None, top_mm: None }
}

/// Both kinds of documents, with their names.
pub(crate) fn documents(pages: usize) -> [(&'static str, Vec<u8>); 2] {
    [("pdf", eseal_testkit::pdf(pages)), ("ofd", eseal_testkit::ofd(pages))]
}

/// The entries of a package.
pub(crate) fn entries(package: &[u8]) -> Vec<(String, Vec<u8>)> {
    let package = eseal_ofd::Package::open(Arc::new(package.to_vec()), &eseal_ofd::Limits::default()).unwrap();
    package.parts().map(|part| (package.name(part).to_owned(), package.read(part).unwrap())).collect()
}

/// A package of these entries, stored.
pub(crate) fn packed(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|(name, bytes)| (&name[..], &bytes[..])).collect();
    eseal_testkit::zip(&entries)
}

/// Codes of the checks with that outcome.
pub(crate) fn codes(report: &Report, index: usize, outcome: eseal::Outcome) -> Vec<&'static str> {
    let checks = report.signatures[index].checks.iter();
    checks.filter(|check| check.outcome == outcome).map(|check| check.code.as_str()).collect()
}

/// The shared folder beside the project, if it is there.
pub(crate) fn shared() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if path.exists() {
        return Some(path);
    }
    println!("skipped: ../shared is absent");
    None
}
