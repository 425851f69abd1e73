//! Bytes of strangers: no panic, no endless work.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use eseal_pdf::{Mark, PdfDocument, PdfLimits};
use proptest::prelude::*;

use crate::support::*;

/// Does with `bytes` whatever a service does.
pub(crate) fn everything(bytes: Vec<u8>) {
    let Ok(document) = PdfDocument::open(Arc::new(bytes.clone()), &PdfLimits::default()) else { return };
    let _ = document.revisions();
    let _ = document.locked();
    if let Ok(signatures) = document.signatures() {
        let _ = document.digests(&signatures);
    }
    let _ = document.extract_page(1, 1 << 20);
    let _ = prepare_marks(&bytes, &[Mark::whole(place(1, 1.0, 1.0, 10.0))], false);
}

/// A sealed file of which parts are exchanged.
fn base() -> Vec<u8> {
    let marks = [Mark::whole(place(1, 20.0, 20.0, 40.0)), Mark::whole(place(3, 20.0, 20.0, 40.0))];
    seal(&seal(&contract(), &marks[..1]), &marks)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        everything([b"%PDF-1.7\n".to_vec(), bytes].concat());
    }

    #[test]
    fn arbitrary_tokens_never_panic(tokens in proptest::collection::vec(
        prop_oneof![
            Just("1 0 obj"), Just("<<"), Just(">>"), Just("["), Just("]"), Just("endobj"), Just("stream\n"), Just("endstream"),
            Just("/Type"), Just("/Catalog"), Just("/Pages"), Just("/Page"), Just("/Kids"), Just("1 0 R"), Just("2 0 R"), Just("2 0 obj"),
            Just("xref\n0 3\n"), Just("0000000000 65535 f \n"), Just("0000000009 00000 n \n"), Just("trailer"), Just("/Root"),
            Just("/Prev"), Just("/Size"), Just("startxref\n"), Just("%%EOF\n"), Just("9"), Just("-1"), Just("/XRef"), Just("/W"), Just("/Index"),
            Just("/AcroForm"), Just("/Fields"), Just("/FT/Sig"), Just("/V"), Just("/ByteRange[0 1 2 3]"), Just("/Contents<00>"), Just("/Annots"),
            Just("/Parent"), Just("/Length"), Just("/ObjStm"), Just("/N"), Just("/First"), Just("/XRefStm"), Just("/MediaBox[0 0 9 9]"),
        ], 0..80)) {
        everything(format!("%PDF-1.7\n{}", tokens.join(" ")).into_bytes());
    }

    #[test]
    fn damage_anywhere_never_panics(places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = base();
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        everything(bytes);
    }

    #[test]
    fn a_cut_anywhere_never_panics(at in any::<prop::sample::Index>()) {
        let bytes = base();
        everything(bytes[..at.index(bytes.len())].to_vec());
    }
}

#[test]
fn loops_and_bombs_end_soon() {
    let loops =
        ["<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>".to_owned(), "<</Type/Pages/Kids[2 0 R 2 0 R]>>".to_owned()];
    let mut form = contract_objects("/AcroForm 10 0 R", ["", "", ""]);
    form.push("<</Fields[11 0 R]>>".to_owned());
    form.push("<</T(a)/FT/Sig/Kids[11 0 R 12 0 R]/Parent 12 0 R/V 11 0 R>>".to_owned());
    form.push("<</T(b)/Kids[11 0 R 12 0 R]/Parent 11 0 R/V 12 0 R>>".to_owned());
    let mut prev = table_file(&contract_objects("", ["", "", ""]));
    let text = String::from_utf8_lossy(&prev).into_owned();
    let start = text.rfind("xref\n0").unwrap();
    prev = text.replace("/Root", &format!("/Prev {start}/Root")).into_bytes();
    let many = format!("%PDF-1.7\n{}", "1 0 obj<</Type/Sig/ByteRange[0 0 0 0]/Contents<00>>>endobj\n".repeat(3_000));
    let deep = format!("%PDF-1.7\n1 0 obj{}", "[".repeat(1 << 20));
    let slashes = format!(
        "%PDF-1.7\n{}trailer<</Root 1 0 R>>1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Kids[3 0 R]/Type/Pages>>endobj 3 0 obj<</Type/Page>>endobj",
        "/ByteRange ".repeat(3_900)
    );
    for (name, bytes) in [
        ("page loop", table_file(&loops)),
        ("form loop", table_file(&form)),
        ("previous loop", prev),
        ("many dictionaries", many.into_bytes()),
        ("deep", deep.into_bytes()),
        ("words", slashes.into_bytes()),
    ] {
        let before = Instant::now();
        everything(bytes);
        assert!(before.elapsed() < Duration::from_secs(8), "{name}: {:?}", before.elapsed());
    }
}

#[test]
fn a_file_that_lost_pages_is_damaged() {
    let bytes = contract();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // From behind the first page on, everything is gone: cross-reference table and the other pages with it.
    let second = text.match_indices("/Type/Page/").nth(1).map(|(at, _)| at).expect("a second page");
    let opened = PdfDocument::open(Arc::new(text.as_bytes()[..second].to_vec()), &PdfLimits::default());
    assert!(matches!(opened, Err(eseal_pdf::PdfError::Damaged { .. })), "{:?}", opened.err());
}
