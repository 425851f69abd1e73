//! Files with many signatures (多签章验证性能): 10, 50 and 100 seal signatures, each on top of the others.
//!
//! Verifying must take time near-linear to size plus signatures: one pass hashes the file, and what was changed is found
//! update by update.

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use eseal::{
    Anchor, Conclusion, Document, Evidence, Limits, PageSelection, PdfNames, Placement, Policy, PrepareRequest,
    SignatureValue, judge,
};
use eseal_bytes::ByteSource;
use eseal_testkit::{Pki, now, ofd, pdf};

/// Numbers of signatures that are measured.
const COUNTS: [usize; 3] = [10, 50, 100];

struct World {
    pki: Pki,
    seal: Vec<u8>,
    evidence: Evidence,
    policy: Policy,
}

impl World {
    fn new() -> Self {
        let pki = Pki::new();
        let anchor = Anchor { certificate: pki.anchor(), region: String::new(), own: true };
        Self {
            seal: pki.seal(),
            evidence: Evidence { anchors: vec![anchor], crls: vec![pki.crl()], ..Evidence::default() },
            policy: Policy::gbt38540_claimed_time(),
            pki,
        }
    }

    fn sealed(&self, original: Vec<u8>) -> Vec<u8> {
        let source: Arc<dyn ByteSource> = Arc::new(original);
        let places = [Placement::Rectangle {
            pages: PageSelection::Ranges(vec![(1, 1)]),
            left_mm: 20.0,
            bottom_mm: 20.0,
            right_mm: None,
            top_mm: None,
        }];
        let request = PrepareRequest {
            seal: &self.seal,
            signer_certificate: &self.pki.signer.certificate,
            placements: &places,
            lock: false,
            reason: None,
            signing_time: now(),
            pdf: &PdfNames::default(),
            evidence: &self.evidence,
            policy: &self.policy,
        };
        let document = Document::open(source.clone(), &Limits::default()).expect("a document");
        let prepared = document.prepare(&request).expect("prepared");
        let value = SignatureValue::Bytes(self.pki.signer.key.sign_prehash(&prepared.e).to_der());
        prepared.compose(source, &value, None).expect("composed").bytes.read_all(u64::MAX).expect("bytes")
    }

    fn verify(&self, file: &Arc<dyn ByteSource>) -> Conclusion {
        let document = Document::open(file.clone(), &Limits::default()).expect("a document");
        judge(&document.examine().expect("facts"), &self.evidence, &self.policy, now()).conclusion
    }
}

fn many(criterion: &mut Criterion) {
    let world = World::new();
    for (name, original) in [("pdf", pdf(1)), ("ofd", ofd(1))] {
        let mut file = original;
        for signatures in 1..=100 {
            file = world.sealed(file);
            if COUNTS.contains(&signatures) {
                let source: Arc<dyn ByteSource> = Arc::new(file.clone());
                assert_eq!(world.verify(&source), Conclusion::Valid, "{name} {signatures}");
                println!("{name} with {signatures} signatures: {} bytes", file.len());
                let id = format!("verify/{name}_{signatures}_signatures");
                criterion.bench_function(&id, |bencher| bencher.iter(|| world.verify(black_box(&source))));
            }
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = many
}
criterion_main!(benches);
