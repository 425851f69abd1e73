//! What is added after sealing is said.

use eseal::{Conclusion, Outcome, SubIndication};
use eseal_ofd::xml;

use crate::world::{World, at, codes, documents, entries, packed};

#[test]
fn an_entry_that_nothing_uses_is_reported_and_harms_nothing() {
    let world = World::new();
    let mut all = entries(&world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]));
    all.push(("Doc_0/extra.xml".into(), b"<x/>".to_vec()));
    let report = world.report(&packed(&all));
    assert_eq!(report.conclusion, Conclusion::Valid);
    assert!(report.coverage.complete);
    assert_eq!(report.coverage.uncovered, ["/Doc_0/extra.xml"]);
    assert!(
        report.signatures[0].later_changes[0].en.contains("/Doc_0/extra.xml"),
        "{:?}",
        report.signatures[0].later_changes
    );
}

#[test]
fn what_is_shown_and_not_protected_cannot_be_confirmed() {
    // A document that names annotations which are not there when it is sealed.
    let world = World::new();
    let plain: Vec<(String, Vec<u8>)> = entries(&eseal_testkit::ofd(1))
        .into_iter()
        .map(|(name, bytes)| {
            let text = String::from_utf8(bytes).unwrap();
            let text = match &name[..] {
                "Doc_0/Document.xml" => text
                    .replace("</ofd:Pages>", "</ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"),
                _ => text,
            };
            (name, text.into_bytes())
        })
        .collect();
    let sealed = world.seal(&packed(&plain), &[at(1, 20.0, 20.0)]);
    assert_eq!(world.report(&sealed).conclusion, Conclusion::Valid);
    let mut all = entries(&sealed);
    let annotations = r#"<ofd:Annotations xmlns:ofd="http://www.ofdspec.org/2016"/>"#;
    assert!(xml::parse(annotations).is_ok());
    all.push(("Doc_0/Annots/Annotations.xml".into(), annotations.into()));
    let report = world.report(&packed(&all));
    assert_eq!(
        (report.conclusion, report.sub_indication),
        (Conclusion::Indeterminate, Some(SubIndication::PartialCoverage))
    );
    assert_eq!(codes(&report, 0, Outcome::Unknown), ["OFD_COVERAGE"]);
    assert!(!report.coverage.complete && !report.signatures[0].covers_whole_file);
    assert_eq!(report.coverage.uncovered, ["/Doc_0/Annots/Annotations.xml"]);
}

#[test]
fn a_removed_entry_fails_the_references() {
    let world = World::new();
    let mut all = entries(&world.seal(&eseal_testkit::ofd(2), &[at(1, 20.0, 20.0)]));
    all.retain(|(name, _)| name != "Doc_0/PublicRes.xml");
    let report = world.report(&packed(&all));
    assert_eq!(report.conclusion, Conclusion::Invalid);
    assert_eq!(codes(&report, 0, Outcome::Failed), ["OFD_REFERENCES"]);
}

#[test]
fn another_seal_file_is_noticed_even_where_it_is_not_protected() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    let other = world.pki.seal_with(|spec| spec.name.push('章'));
    let mut all = entries(&sealed);
    for (name, bytes) in &mut all {
        if name.ends_with("Seal.esl") {
            other.clone_into(bytes);
        }
    }
    let report = world.report(&packed(&all));
    assert_eq!(codes(&report, 0, Outcome::Failed), ["OFD_REFERENCES", "OFD_SEAL_FILE"]);
}

/// An incremental update that replaces object 5, the content of page 1.
fn with_revision(pdf: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(pdf);
    let previous = text.rsplit("startxref").next().unwrap().split_whitespace().next().unwrap().to_owned();
    let size: usize = text
        .rsplit("/Size")
        .next()
        .unwrap()
        .trim_start()
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let content = "BT /F1 20 Tf 100 300 Td (something else) Tj ET";
    let object = format!("5 0 obj\n<</Length {}>>\nstream\n{content}\nendstream\nendobj\n", content.len());
    let start = pdf.len() + object.len();
    let table = format!(
        "xref\n5 1\n{:010} 00000 n \ntrailer\n<</Size {size}/Root 1 0 R/Prev {previous}>>\nstartxref\n{start}\n%%EOF\n",
        pdf.len()
    );
    [pdf, object.as_bytes(), table.as_bytes()].concat()
}

#[test]
fn a_revision_that_changes_a_page_is_reported() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::pdf(2), &[at(1, 20.0, 20.0)]);
    let report = world.report(&with_revision(&sealed));
    assert_eq!(report.conclusion, Conclusion::Invalid, "{report:#?}");
    assert_eq!(codes(&report, 0, Outcome::Failed), ["PDF_LATER_CHANGES"]);
    assert!(!report.signatures[0].later_changes.is_empty() && !report.signatures[0].covers_whole_file);
}

#[test]
fn bytes_behind_a_pdf_are_reported() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 20.0)]);
    let report = world.report(&[&sealed[..], b"stray bytes of no revision"].concat());
    assert_ne!(report.conclusion, Conclusion::Valid, "{report:#?}");
    assert!(!report.coverage.complete);
}

#[test]
fn the_report_of_an_earlier_seal_names_the_later_one() {
    let world = World::new();
    for (name, bytes) in documents(1) {
        let first = world.seal(&bytes, &[at(1, 20.0, 20.0)]);
        let second = world.seal(&first, &[at(1, 100.0, 20.0)]);
        let report = world.report(&second);
        assert_eq!(report.signatures[0].later_changes.len(), 1, "{name}: {:?}", report.signatures[0].later_changes);
        assert!(report.signatures[1].later_changes.is_empty(), "{name}");
    }
}
