//! Sealed PDF and OFD files and their broken twins.

use std::sync::Arc;

use eseal::{
    Across, Anchor, Document, Evidence, KeywordRule, Limits, MoveType, PageSelection, PdfNames, Placement, Policy,
    PrepareRequest, SearchOrder, Side, SignatureValue,
};
use eseal_bytes::ByteSource;
use eseal_testkit::{OFD_KEYWORD, PDF_KEYWORD, Party, Pki, days, now, ofd, pdf, zip_altered};
use jiff::Timestamp;

use crate::{Made, Result};

/// How a file is sealed.
struct Sealing<'a> {
    seal: &'a [u8],
    signer: &'a Party,
    placements: Vec<Placement>,
    lock: bool,
    at: Timestamp,
}

/// All of them.
pub(crate) fn make(pki: &Pki) -> Result<Vec<Made>> {
    let (seal, revoked_seal) = (pki.seal(), pki.seal_with(|spec| spec.listed = vec![pki.revoked.certificate.clone()]));
    let with = |placements| Sealing { seal: &seal, signer: &pki.signer, placements, lock: false, at: now() };
    let revoked = |at| Sealing { seal: &revoked_seal, signer: &pki.revoked, at, ..with(vec![rectangle(60.0, 60.0)]) };
    let made = |name, bytes, conclusion, note| Made { name, bytes, conclusion, note };
    let mut all = Vec::new();
    for (pdf_name, ofd_name, conclusion, note, sealing) in [
        ("sealed.pdf", "sealed.ofd", "VALID", "one seal on page 1", with(vec![rectangle(100.0, 100.0)])),
        (
            "across.pdf",
            "across.ofd",
            "VALID",
            "a cross-page seal and one on page 1",
            with(vec![across(), rectangle(30.0, 30.0)]),
        ),
        (
            "locked.pdf",
            "locked.ofd",
            "VALID",
            "no further seals allowed",
            Sealing { lock: true, ..with(vec![rectangle(60.0, 60.0)]) },
        ),
        (
            "revoked-before.pdf",
            "revoked-before.ofd",
            "INVALID",
            "the signer's certificate was revoked ten days before it was signed",
            revoked(now()),
        ),
        (
            "revoked-after.pdf",
            "revoked-after.ofd",
            "INDETERMINATE",
            "the signer's certificate was revoked ten days after it was signed, and nothing proves when that was",
            revoked(now() - days(20)),
        ),
    ] {
        all.push(made(pdf_name, sealed(pki, pdf(3), &sealing)?, conclusion, note));
        all.push(made(ofd_name, sealed(pki, ofd(3), &sealing)?, conclusion, note));
    }
    let once = |kind: &str, original: Vec<u8>| -> Result<Vec<u8>> {
        let word = if kind == "pdf" { PDF_KEYWORD } else { OFD_KEYWORD };
        sealed(pki, original, &with(vec![keyword(word)]))
    };
    let (first_pdf, first_ofd) = (once("pdf", pdf(2))?, once("ofd", ofd(2))?);
    let again = || with(vec![rectangle(20.0, 20.0)]);
    all.push(made(
        "twice.pdf",
        sealed(pki, first_pdf.clone(), &again())?,
        "VALID",
        "two seals, the first on a keyword",
    ));
    all.push(made(
        "twice.ofd",
        sealed(pki, first_ofd.clone(), &again())?,
        "VALID",
        "two seals, the first on a keyword",
    ));
    all.push(made(
        "text-changed.pdf",
        replaced(&first_pdf, b"Contract", b"Contrast")?,
        "INVALID",
        "a word of the text changed",
    ));
    let changed = zip_altered(&first_ofd, "Doc_0/Pages/Page_0/Content.xml", |bytes| {
        if let Ok(other) = replaced(bytes, "合同正".as_bytes(), "合同反".as_bytes()) {
            bytes.copy_from_slice(&other);
        }
    });
    all.push(made("text-changed.ofd", changed, "INVALID", "a word of the text changed, checksums adapted"));
    all.push(made(
        "later-change.pdf",
        with_other_page(&first_pdf)?,
        "INVALID",
        "a page drawn anew in a later revision",
    ));
    all.push(made("plain.pdf", pdf(2), "INDETERMINATE", "no signature at all"));
    all.push(made("plain.ofd", ofd(2), "INDETERMINATE", "no signature at all"));
    Ok(all)
}

fn rectangle(left_mm: f64, bottom_mm: f64) -> Placement {
    Placement::Rectangle {
        pages: PageSelection::Ranges(vec![(1, 1)]),
        left_mm,
        bottom_mm,
        right_mm: None,
        top_mm: None,
    }
}

fn across() -> Placement {
    Placement::Across(Across {
        start_page: 1,
        end_page: -1,
        side: Side::Right,
        position_mm: 120.0,
        pages_per_seal: None,
        min_slice_mm: None,
    })
}

fn keyword(word: &str) -> Placement {
    Placement::Keyword(KeywordRule {
        keyword: word.into(),
        pages: PageSelection::All,
        number: 1,
        order: SearchOrder::Forward,
        move_type: MoveType::Over,
        move_right_mm: 0.0,
        move_up_mm: 0.0,
    })
}

/// Seals a file through the library, with a CRL that lists nobody.
fn sealed(pki: &Pki, original: Vec<u8>, sealing: &Sealing<'_>) -> Result<Vec<u8>> {
    let source: Arc<dyn ByteSource> = Arc::new(original);
    let evidence = Evidence {
        anchors: vec![Anchor { certificate: pki.anchor(), region: "深圳".into(), own: true }],
        crls: vec![pki.crl_with(sealing.at - days(1), &[])],
        ..Evidence::default()
    };
    let request = PrepareRequest {
        seal: sealing.seal,
        signer_certificate: &sealing.signer.certificate,
        placements: &sealing.placements,
        lock: sealing.lock,
        reason: None,
        signing_time: sealing.at,
        pdf: &PdfNames::default(),
        evidence: &evidence,
        policy: &Policy::default(),
    };
    let prepared = Document::open(source.clone(), &Limits::default())?.prepare(&request)?;
    let value = SignatureValue::Bytes(sealing.signer.sign_prehash(&prepared.e).to_der());
    let sealed = prepared.compose(source, &value, None)?;
    Ok(sealed.bytes.read_all(u64::MAX)?)
}

/// The file with the first occurrence of some bytes replaced.
fn replaced(file: &[u8], from: &[u8], to: &[u8]) -> Result<Vec<u8>> {
    let at = file.windows(from.len()).position(|window| window == from).ok_or("nothing to replace")?;
    Ok([&file[..at], to, &file[at + from.len()..]].concat())
}

/// The PDF with a further revision in which the content of page 1 is another.
fn with_other_page(file: &[u8]) -> Result<Vec<u8>> {
    let text = String::from_utf8_lossy(file);
    let previous: usize = text
        .rsplit_once("startxref")
        .and_then(|(_, after)| after.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .ok_or("no startxref")?;
    let size =
        text.rsplit_once("/Size ").and_then(|(_, after)| after.split(['/', '>', ' ']).next()).ok_or("no size")?;
    let drawing = "BT /F1 16 Tf 72 500 Td (Another text) Tj ET";
    let object = format!("5 0 obj\n<</Length {}>>\nstream\n{drawing}\nendstream\nendobj\n", drawing.len());
    let table = format!(
        "xref\n5 1\n{:010} 00000 n \ntrailer\n<</Size {size}/Root 1 0 R/Prev {previous}>>\nstartxref\n{}\n%%EOF\n",
        file.len(),
        file.len() + object.len()
    );
    Ok([file, object.as_bytes(), table.as_bytes()].concat())
}
