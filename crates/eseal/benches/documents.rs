//! Sealing and verifying (签章与验章性能): OFD of 2 KB and 100 KB, PDF of 100 KB and 10 MB.
//!
//! Sealing is everything between the file and the sealed file, signature value included; the composed file is verified
//! again before it is handed out, as always.

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use eseal::{
    Anchor, Conclusion, Document, Evidence, Limits, PageSelection, PdfNames, Placement, Policy, PrepareRequest,
    SignatureValue, judge,
};
use eseal_bytes::ByteSource;
use eseal_testkit::{Pki, now};

/// An OFD padded with a stored entry to about that size.
fn ofd(size: usize) -> Vec<u8> {
    let source = Arc::new(eseal_testkit::ofd(1));
    let package = eseal_ofd::Package::open(source, &eseal_ofd::Limits::default()).expect("an OFD");
    let mut parts: Vec<(String, Vec<u8>)> =
        package.parts().map(|part| (package.name(part).to_owned(), package.read(part).expect("a part"))).collect();
    let have: usize = eseal_testkit::ofd(1).len();
    if size > have {
        parts.push(("Doc_0/Res/picture.bin".into(), noise(size - have)));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (&name[..], &bytes[..])).collect();
    eseal_testkit::zip(&parts)
}

/// A PDF of one page with an unused stream, of about that size.
fn pdf(size: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = "xref\n0 5\n0000000000 65535 f \n".to_owned();
    let stream = noise(size);
    let objects: [&[&[u8]]; 4] = [
        &[b"<</Type/Catalog/Pages 2 0 R>>"],
        &[b"<</Type/Pages/Count 1/Kids[3 0 R]>>"],
        &[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]>>"],
        &[format!("<</Length {size}>>\nstream\n").leak().as_bytes(), &stream, b"\nendstream"],
    ];
    for (index, parts) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend(format!("{} 0 obj\n", index + 1).bytes());
        out.extend(parts.concat());
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    out.extend(format!("{table}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

/// Letters that hardly compress.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'A' + u8::try_from(state >> 27).unwrap_or(0)
    };
    std::iter::repeat_with(next).take(size).collect()
}

struct World {
    pki: Pki,
    seal: Vec<u8>,
    evidence: Evidence,
    policy: Policy,
    names: PdfNames,
    places: [Placement; 1],
}

impl World {
    fn new() -> Self {
        let pki = Pki::new();
        let anchor = Anchor { certificate: pki.anchor(), region: String::new(), own: true };
        Self {
            seal: pki.seal(),
            evidence: Evidence { anchors: vec![anchor], crls: vec![pki.crl()], ..Evidence::default() },
            policy: Policy::gbt38540_claimed_time(),
            names: PdfNames::default(),
            places: [Placement::Rectangle {
                pages: PageSelection::All,
                left_mm: 20.0,
                bottom_mm: 20.0,
                right_mm: None,
                top_mm: None,
            }],
            pki,
        }
    }

    fn seal(&self, original: &Arc<dyn ByteSource>) -> eseal::Sealed {
        let document = Document::open(original.clone(), &Limits::default()).expect("a document");
        let request = PrepareRequest {
            seal: &self.seal,
            signer_certificate: &self.pki.signer.certificate,
            placements: &self.places,
            lock: false,
            reason: None,
            signing_time: now(),
            pdf: &self.names,
            evidence: &self.evidence,
            policy: &self.policy,
        };
        let prepared = document.prepare(&request).expect("prepared");
        let value = SignatureValue::Bytes(self.pki.signer.key.sign_prehash(&prepared.e).to_der());
        prepared.compose(original.clone(), &value, None).expect("composed")
    }

    fn verify(&self, sealed: &Arc<dyn ByteSource>) -> Conclusion {
        let document = Document::open(sealed.clone(), &Limits::default()).expect("a document");
        judge(&document.examine().expect("facts"), &self.evidence, &self.policy, now()).conclusion
    }
}

fn documents(criterion: &mut Criterion) {
    let world = World::new();
    for (name, bytes) in
        [("ofd_2k", ofd(2_000)), ("ofd_100k", ofd(100_000)), ("pdf_100k", pdf(100_000)), ("pdf_10m", pdf(10_000_000))]
    {
        let original: Arc<dyn ByteSource> = Arc::new(bytes);
        criterion
            .bench_function(&format!("seal/{name}"), |bencher| bencher.iter(|| black_box(world.seal(&original)).sm3));
        let bytes = world.seal(&original).bytes.read_all(u64::MAX).expect("bytes");
        let sealed: Arc<dyn ByteSource> = Arc::new(bytes);
        assert_eq!(world.verify(&sealed), Conclusion::Valid, "{name}");
        criterion
            .bench_function(&format!("verify/{name}"), |bencher| bencher.iter(|| world.verify(black_box(&sealed))));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = documents
}
criterion_main!(benches);
