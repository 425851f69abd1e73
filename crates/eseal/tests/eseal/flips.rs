//! Any byte changed in a covered range makes a document INVALID, and the failing check is named.

use std::sync::{Arc, OnceLock};

use eseal::{Conclusion, Document, Limits, Outcome, judge};
use proptest::prelude::*;

use crate::world::{World, at, codes, documents, entries, packed};

/// A sealed PDF and OFD with the world they are valid in.
type Sealed = (World, [(&'static str, Vec<u8>); 2]);

fn sealed() -> &'static Sealed {
    static SEALED: OnceLock<Sealed> = OnceLock::new();
    SEALED.get_or_init(|| {
        let world = World::new();
        let files =
            documents(2).map(|(name, bytes)| (name, world.seal(&bytes, &[at(1, 20.0, 20.0), at(2, 30.0, 30.0)])));
        (world, files)
    })
}

/// Where the signature value's digits stand: the one part of a PDF that is not covered.
fn hole(pdf: &[u8]) -> std::ops::Range<usize> {
    let start = pdf.windows(64).position(|window| window.iter().all(u8::is_ascii_hexdigit)).unwrap();
    let len = pdf[start..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    start..start + len
}

/// The PDF with one bit changed, unless the digits say the same as before: case does not matter, nor white space among
/// the zeros behind the value.
fn flipped(pdf: &[u8], at: usize, bit: u8) -> Option<Vec<u8>> {
    let mut changed = pdf.to_vec();
    changed[at] ^= 1 << bit;
    let is_blank = |byte: u8| byte.is_ascii_whitespace() || byte == 0;
    let is_same = hole(pdf).contains(&at)
        && (changed[at].eq_ignore_ascii_case(&pdf[at]) || is_blank(changed[at]) && pdf[at] == b'0');
    (!is_same).then_some(changed)
}

/// The package with one entry changed.
fn altered(package: &[u8], part: &str, change: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut all = entries(package);
    let (_, bytes) = all.iter_mut().find(|(name, _)| name == part).unwrap();
    change(bytes);
    packed(&all)
}

/// Nobody may take the changed file for good: it is INVALID with a failing check, or it cannot be opened at all.  The
/// name of the signature's algorithm stands beside the value, signed by nobody: with another name there is nothing that
/// can be computed, and the value is unknown.
fn check_changed(world: &World, what: &str, bytes: Vec<u8>) {
    let Ok(document) = Document::open(Arc::new(bytes), &Limits::default()) else { return };
    let Ok(examination) = document.examine() else { return };
    let report = judge(&examination, &world.evidence, &world.policy, world.now);
    if report.signatures.is_empty() {
        assert_eq!(report.conclusion, Conclusion::Indeterminate, "{what}");
        return;
    }
    if codes(&report, 0, Outcome::Unknown) == ["SIG_VALUE"] && codes(&report, 0, Outcome::Failed).is_empty() {
        let mut checks = report.signatures[0].checks.iter();
        let value = checks.find(|check| check.outcome == Outcome::Unknown).unwrap();
        assert!(value.reason.en.ends_with("is of an algorithm that is not supported"), "{what}: {}", value.reason.en);
        assert_eq!(report.conclusion, Conclusion::Indeterminate, "{what}");
        return;
    }
    assert_eq!(report.conclusion, Conclusion::Invalid, "{what}: {:?}", codes(&report, 0, Outcome::Failed));
    assert!(!codes(&report, 0, Outcome::Failed).is_empty(), "{what}");
}

#[test]
fn a_byte_changed_in_any_part_of_an_ofd_is_named() {
    let (world, [_, (_, ofd)]) = sealed();
    for (part, code) in [
        ("OFD.xml", "OFD_REFERENCES"),
        ("Doc_0/Document.xml", "OFD_REFERENCES"),
        ("Doc_0/PublicRes.xml", "OFD_REFERENCES"),
        ("Doc_0/Pages/Page_1/Content.xml", "OFD_REFERENCES"),
        ("Doc_0/Signs/Sign_0/Seal.esl", "OFD_REFERENCES"),
        ("Doc_0/Signs/Sign_0/Signature.xml", "DOCUMENT_DIGEST"),
        ("Doc_0/Signs/Sign_0/SignedValue.dat", "SIG_VALUE"),
    ] {
        // The end of SignedValue.dat is the value; in XML a letter of the declaration changes its case.
        let changed = altered(ofd, part, |bytes| {
            let at = match part {
                "Doc_0/Signs/Sign_0/SignedValue.dat" => bytes.len() - 1,
                part if part.ends_with(".esl") => bytes.len() / 2,
                _ => bytes.windows(5).position(|window| window == b"UTF-8").expect("a declaration") + 2,
            };
            bytes[at] ^= if part.ends_with("xml") { 0x20 } else { 1 };
        });
        let report = world.report(&changed);
        assert_eq!(report.conclusion, Conclusion::Invalid, "{part}");
        assert!(codes(&report, 0, Outcome::Failed).contains(&code), "{part}: {:?}", codes(&report, 0, Outcome::Failed));
    }
}

#[test]
fn a_byte_changed_anywhere_in_a_pdf_is_noticed() {
    let (world, [(_, pdf), _]) = sealed();
    let step = (pdf.len() / 150).max(1);
    for at in (0..pdf.len()).step_by(step) {
        let Some(changed) = flipped(pdf, at, 0) else { continue };
        check_changed(world, &format!("byte {at} of {}", pdf.len()), changed);
    }
}

#[test]
fn changed_text_of_a_pdf_fails_the_digest() {
    let (world, [(_, pdf), _]) = sealed();
    let mut changed = pdf.clone();
    let at = changed.windows(8).position(|window| window == b"Contract").unwrap();
    changed[at] = b'K';
    let report = world.report(&changed);
    assert_eq!(codes(&report, 0, Outcome::Failed), ["DOCUMENT_DIGEST"]);
    assert_eq!(report.sub_indication.map(eseal::SubIndication::as_str), Some("HASH_FAILURE"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_flip_in_a_part_of_an_ofd_is_noticed(part in 0_usize..7, place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (world, [_, (_, ofd)]) = sealed();
        let parts = [
            "OFD.xml", "Doc_0/Document.xml", "Doc_0/PublicRes.xml", "Doc_0/Pages/Page_0/Content.xml",
            "Doc_0/Signs/Sign_0/Seal.esl", "Doc_0/Signs/Sign_0/Signature.xml", "Doc_0/Signs/Sign_0/SignedValue.dat",
        ];
        let changed = altered(ofd, parts[part], |bytes| {
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
        });
        check_changed(world, &format!("{} {place:?} bit {bit}", parts[part]), changed);
    }

    #[test]
    fn any_flip_in_a_pdf_is_noticed(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (world, [(_, pdf), _]) = sealed();
        let at = place.index(pdf.len());
        if let Some(changed) = flipped(pdf, at, bit) {
            check_changed(world, &format!("byte {at} bit {bit}"), changed);
        }
    }
}
