//! Public samples of other makers, judged as their README says.  Nothing is VALID without an anchor.

use eseal::{
    Conclusion, Evidence, OpenError, Outcome, Policy, SignatureKind, SubIndication, examine_seal, judge, judge_seal,
};
use eseal_testkit::now;

use crate::world::{codes, open, shared};

/// Anchors nobody: what remains is what the bytes say.
fn report(folder: &str, name: &str) -> Option<eseal::Report> {
    let bytes = std::fs::read(shared()?.join("corpus").join(folder).join(name)).unwrap();
    Some(judge(&open(&bytes).examine().unwrap(), &Evidence::default(), &Policy::gbt38540_claimed_time(), now()))
}

/// Failures that an anchor would not heal and that are not about times.
fn broken(report: &eseal::Report, index: usize) -> Vec<&'static str> {
    let failed = codes(report, index, Outcome::Failed);
    let about_trust = ["PERIOD", "VALIDITY", "TIME_IN", "REVOCATION", "KEY_USAGE", "CHAIN"];
    failed.into_iter().filter(|code| !about_trust.iter().any(|word| code.contains(word))).collect()
}

#[test]
fn good_samples_lack_only_trust() {
    for name in ["ofdrw__SESV4SignDoc.ofd", "ofdrw__V4RideRight.ofd", "ofdrw__allprotected.ofd"] {
        let Some(report) = report("ofd-sealed", name) else { return };
        assert_eq!(report.signatures.len(), 1, "{name}");
        assert_eq!(report.signatures[0].kind, SignatureKind::Gbt38540);
        assert_eq!(broken(&report, 0), [""; 0], "{name}: {report:#?}");
        assert_ne!(report.conclusion, Conclusion::Valid, "{name}");
        let passed = codes(&report, 0, Outcome::Passed);
        for code in ["SIG_VALUE", "SEAL_MAKER_SIGNATURE", "DOCUMENT_DIGEST", "OFD_REFERENCES"] {
            assert!(passed.contains(&code), "{name} {code}");
        }
    }
}

#[test]
fn a_second_seal_broke_the_locked_first_one() {
    let Some(report) = report("ofd-sealed", "ofdrw__h.ofd") else { return };
    assert_eq!(report.signatures.len(), 2);
    assert_eq!(broken(&report, 0), ["OFD_REFERENCES"], "{report:#?}");
    assert_eq!(broken(&report, 1), [""; 0]);
    assert_eq!(report.conclusion, Conclusion::Invalid);
}

#[test]
fn a_bare_signature_is_recognised_and_never_valid() {
    let Some(report) = report("ofd-sealed", "ofdrw__DigitalSign.ofd") else { return };
    assert_eq!(report.signatures[0].kind, SignatureKind::Sm2Raw);
    assert_ne!(report.conclusion, Conclusion::Valid);
}

#[test]
fn integrity_entries_are_no_signature() {
    let Some(report) = report("ofd-sealed", "ofdrw__hello-integrity.ofd") else { return };
    assert_eq!(
        (report.conclusion, report.sub_indication),
        (Conclusion::Indeterminate, Some(SubIndication::NoSignatureFound))
    );
}

#[test]
fn seals_of_other_makers_are_read_in_every_version() {
    let Some(shared) = shared() else { return };
    for entry in std::fs::read_dir(shared.join("corpus/seal")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.contains("SignedValue") {
            continue; // a seal signature without its document
        }
        let seal = examine_seal(&std::fs::read(&path).unwrap());
        let report = judge_seal(&seal, &Evidence::default(), &Policy::default(), now());
        let maker = report.checks.iter().find(|check| check.code.as_str() == "SEAL_MAKER_SIGNATURE");
        let maker = maker.unwrap_or_else(|| panic!("{name}: {report:#?}"));
        let expected = if name.contains("SESealData") { Outcome::Failed } else { Outcome::Passed };
        assert_eq!(maker.outcome, expected, "{name}");
        assert!(report.seal.is_some(), "{name}");
        assert_ne!(report.conclusion, Conclusion::Valid, "{name}");
    }
}

#[test]
fn plain_and_malformed_samples_are_opened_or_refused() {
    let Some(shared) = shared() else { return };
    for folder in ["ofd-plain", "pdf-plain", "malformed"] {
        for entry in std::fs::read_dir(shared.join("corpus").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let opened = eseal::Document::open(std::sync::Arc::new(bytes), &eseal::Limits::default());
            let name = path.to_string_lossy();
            if ["aes256", "rc4", "pubkey"].iter().any(|word| name.contains(word)) {
                assert!(matches!(opened, Err(OpenError::Encrypted)), "{name}: {:?}", opened.map(|_| ()));
                continue;
            }
            let Ok(document) = opened else { continue };
            let Ok(examination) = document.examine() else { continue };
            let report = judge(&examination, &Evidence::default(), &Policy::default(), now());
            assert_ne!(report.conclusion, Conclusion::Valid, "{}", path.display());
        }
    }
}
