//! What is sealed must be what is seen: content outside the file, scripts, dynamic forms.

use std::sync::Arc;

use eseal::{Conclusion, OpenError, Outcome, PrepareError, SubIndication};
use eseal_pdf::{Mark, PdfDocument, PdfPlaced, Picture, SealRequest};

use crate::world::{World, at, bytes_of, codes, open, sign};

/// One page, its content stream's dictionary with `stream`, its catalog with `catalog`.
fn file(stream: &str, catalog: &str) -> Vec<u8> {
    let content = "0 0 50 50 re f";
    let objects = [
        format!("<</Type/Catalog/Pages 2 0 R{catalog}>>"),
        "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>".to_owned(),
        format!("<</Length {}{stream}>>\nstream\n{content}\nendstream", content.len()),
    ];
    let mut file = "%PDF-1.7\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let (start, size) = (file.len(), objects.len() + 1);
    file += &format!("{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

/// Seals without our own refusals, as other software would.
fn seal_all_the_same(world: &World, bytes: &[u8]) -> Vec<u8> {
    let document = PdfDocument::open(Arc::new(bytes.to_vec()), &eseal_pdf::PdfLimits::default()).unwrap();
    let place = PdfPlaced { page: 1, left_mm: 20.0, bottom_mm: 20.0, right_mm: 62.0, top_mm: 62.0 };
    let request = SealRequest {
        marks: &[Mark { place, part: [0.0, 0.0, 1.0, 1.0] }],
        picture: &Picture::from_rgba(1, 1, vec![255, 0, 0, 255]).unwrap(),
        filter: "Other",
        sub_filter: "GM.sm2seal",
        signing_time: world.now,
        reason: None,
        name: None,
        lock: false,
        contents_bytes: 32 << 10,
    };
    let frame = eseal_pdf::prepare(&document, &request).unwrap();
    let detached = eseal::prepare_detached(frame.data_hash, &frame.property_info(), &world.request(&[])).unwrap();
    let value = sign(&world.pki.signer, &detached);
    let certificate = &world.pki.signer.certificate;
    let der = bytes_of(&detached.compose(Arc::new(Vec::new()), &value, Some(certificate)).unwrap());
    let parts = frame.finish(bytes.len().try_into().unwrap(), &der).unwrap();
    let mut sealed = bytes.to_vec();
    for part in parts {
        if let eseal_bytes::Segment::New(tail) = part {
            sealed.extend(tail);
        }
    }
    sealed
}

const SCRIPT: &str = "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>";

#[test]
fn content_outside_the_file_is_not_sealed_and_not_confirmed() {
    let world = World::new();
    for stream in ["/F(page.txt)", "/F<</Type/Filespec/F(page.txt)>>", "/Subtype/Form/Ref<</F(other.pdf)/Page 0>>"] {
        let plain = file(stream, "");
        let refused = world.prepare(&plain, &[at(1, 20.0, 20.0)]);
        assert!(
            matches!(&refused, Err(PrepareError::Document(OpenError::Damaged(problem))) if problem.contains("object 4")),
            "{stream}: {:?}",
            refused.map(|_| ())
        );
        let report = world.report(&seal_all_the_same(&world, &plain));
        assert_eq!(
            (report.conclusion, report.sub_indication),
            (Conclusion::Indeterminate, Some(SubIndication::PartialCoverage)),
            "{stream}"
        );
        assert_eq!(codes(&report, 0, Outcome::Unknown), ["PDF_COVERAGE"], "{stream}");
        assert_eq!(report.coverage.uncovered, ["object 4 (content in another file)"], "{stream}");
    }
    let good = world.report(&seal_all_the_same(&world, &file("", "")));
    assert_eq!(good.conclusion, Conclusion::Valid);
    assert!(good.coverage.complete);
}

#[test]
fn scripts_and_dynamic_forms_are_named() {
    let world = World::new();
    for (catalog, is_moving) in [
        ("", false),
        ("/OpenAction[3 0 R/Fit]", false),
        (SCRIPT, true),
        ("/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(1)>>]>>>>", true),
        ("/AcroForm<</Fields[]/XFA[]>>", true),
    ] {
        let plain = file("", catalog);
        let prepared = world.prepare(&plain, &[at(1, 20.0, 20.0)]).unwrap();
        assert_eq!(prepared.warnings.iter().any(|warning| warning.contains("脚本")), is_moving, "{catalog}");
        let report = world.report(&world.seal(&plain, &[at(1, 20.0, 20.0)]));
        assert_eq!(report.conclusion, Conclusion::Valid, "{catalog}");
        let said = report.signatures[0].checks.iter().any(|check| check.reason.zh.contains("脚本"));
        assert_eq!(said, is_moving, "{catalog}");
    }
    assert_eq!(open(&file("", SCRIPT)).examine().unwrap().signature_count(), 0);
}
