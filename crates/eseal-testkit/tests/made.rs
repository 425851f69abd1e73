//! The project's own sealed files are judged as their manifest says.

use std::{fs, path::PathBuf, sync::Arc};

use eseal::{Anchor, Document, Evidence, Limits, Policy, SealValidityAt, examine_seal, judge, judge_seal};
use eseal_testkit::{Pki, time};
use serde_json::Value;

#[test]
fn every_made_file_is_judged_as_its_manifest_says() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/made");
    let manifest = fs::read(folder.join("manifest.json")).expect("made by `cargo xtask vectors`");
    let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    let at = time(manifest["at"].as_str().expect("a time"));
    let pki = Pki::new();
    let evidence = Evidence {
        anchors: vec![Anchor { certificate: pki.anchor(), region: "深圳".into(), own: true }],
        crls: vec![pki.crl()],
        ..Evidence::default()
    };
    // The anchor was issued anew: its key and name are the same, its signature value is not.
    let (mut seen, mut others) = (0, Vec::new());
    for entry in manifest["files"].as_array().expect("files") {
        let name = entry["file"].as_str().expect("a name");
        let bytes = fs::read(folder.join(name)).expect(name);
        let (conclusion, checks) = if name.ends_with(".esl") {
            let policy = Policy { seal_validity_at: SealValidityAt::Now, ..Policy::default() };
            let report = judge_seal(&examine_seal(&bytes), &evidence, &policy, at);
            (report.conclusion, format!("{:#?}", report.checks))
        } else {
            let document = Document::open(Arc::new(bytes), &Limits::default()).expect(name);
            let report = judge(&document.examine().expect(name), &evidence, &Policy::default(), at);
            (report.conclusion, format!("{:#?}", report.signatures))
        };
        let expected = entry["conclusion"].as_str().expect("a conclusion");
        if conclusion.as_str() != expected {
            others.push(format!("{name} is {}, not {expected}: {checks}", conclusion.as_str()));
        }
        seen += 1;
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
    assert!(seen > 10, "{seen} files");
}
