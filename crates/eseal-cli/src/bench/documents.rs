//! Sealing and verifying files of several sizes (签章与验章性能).

use std::sync::Arc;

use anyhow::{Result, ensure};
use eseal::{
    Conclusion, Document, Limits, PageSelection, PdfNames, Placement, Policy, PrepareRequest, SignatureValue, judge,
};
use eseal_bytes::{ByteSource, for_each_chunk};

use super::{Figures, material::Material, timer::per_second};
use crate::samples::{noise, ofd, pdf};

type Source = Arc<dyn ByteSource>;

/// Files by name; the payload makes the size.
fn files() -> [(&'static str, Source); 4] {
    [
        ("ofd_2k", Arc::new(ofd(&noise(100)))),
        ("ofd_100k", Arc::new(ofd(&noise(98_000)))),
        ("pdf_100k", Arc::new(pdf(&noise(99_000)))),
        ("pdf_10m", Arc::new(pdf(&noise(10_000_000)))),
    ]
}

/// Prepares, signs and composes; the result was verified by the library before it came out.
fn seal_once(material: &Material, source: &Source) -> Result<Vec<u8>> {
    let places = [Placement::Rectangle {
        pages: PageSelection::Ranges(vec![(1, 1)]),
        left_mm: 120.0,
        bottom_mm: 40.0,
        right_mm: None,
        top_mm: None,
    }];
    let request = PrepareRequest {
        seal: &material.seal,
        signer_certificate: &material.certificate,
        placements: &places,
        lock: false,
        reason: None,
        signing_time: material.now,
        pdf: &PdfNames::default(),
        evidence: &material.evidence,
        policy: &Policy::gbt38540_claimed_time(),
    };
    let prepared = Document::open(source.clone(), &Limits::default())?.prepare(&request)?;
    let value = SignatureValue::Bytes(material.signer.sign_prehash(&prepared.e).to_der());
    let sealed = prepared.compose(source.clone(), &value, None)?;
    let mut bytes = Vec::with_capacity(usize::try_from(sealed.bytes.len())?);
    for_each_chunk(&sealed.bytes, 0..sealed.bytes.len(), |chunk| bytes.extend_from_slice(chunk))?;
    Ok(bytes)
}

pub(super) fn seal() -> Result<Figures> {
    let material = Material::make()?;
    let measure = |(name, source): (&'static str, Source)| {
        let rate = per_second(|| seal_once(&material, &source).map(|sealed| drop(std::hint::black_box(sealed))))?;
        Ok((name, rate))
    };
    files().into_iter().map(measure).collect()
}

pub(super) fn verify() -> Result<Figures> {
    let material = Material::make()?;
    let measure = |(name, source): (&'static str, Source)| {
        let sealed: Source = Arc::new(seal_once(&material, &source)?);
        let rate = per_second(|| {
            let examination = Document::open(sealed.clone(), &Limits::default())?.examine()?;
            let report = judge(&examination, &material.evidence, &Policy::gbt38540_claimed_time(), material.now);
            ensure!(report.conclusion == Conclusion::Valid, "our own seal is {}", report.conclusion.as_str());
            Ok(())
        })?;
        Ok((name, rate))
    };
    files().into_iter().map(measure).collect()
}
