//! Documents made for tests, and sealing in one call.

use std::{path::PathBuf, sync::Arc};

use eseal_bytes::{Assembly, ByteSource as _};
use eseal_pdf::{
    Mark, PdfDocument, PdfLimits, PdfPlaced, Picture, PreparedPdf, SealError, SealRequest, Shape, Step, prepare,
};
use jiff::Timestamp;

/// A file out of objects, with a table; `tops` are added to the catalog.
pub(crate) fn table_file(objects: &[String]) -> Vec<u8> {
    let (mut out, mut table) = ("%PDF-1.7\n%\u{e2}\u{e3}\n".to_owned(), String::new());
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let (start, size) = (out.len(), objects.len() + 1);
    out.push_str(&format!(
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    ));
    out.into_bytes()
}

/// Three pages of A4, the third turned by 90 degrees and cropped.
pub(crate) fn contract() -> Vec<u8> {
    table_file(&contract_objects("", ["", "", "/Rotate 90/CropBox[20 30 575 812]"]))
}

/// Its objects: 1 catalog, 2 pages, 3 font, 4 6 8 pages, 5 7 9 contents.
pub(crate) fn contract_objects(catalog: &str, pages: [&str; 3]) -> Vec<String> {
    let mut objects = vec![
        format!("<</Type/Catalog/Pages 2 0 R{catalog}>>"),
        "<</Type/Pages/Count 3/Kids[4 0 R 6 0 R 8 0 R]>>".to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    for (index, extra) in pages.iter().enumerate() {
        let content = format!("BT /F1 16 Tf 72 700 Td (page {}) Tj ET", index + 1);
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]{extra}/Resources<</Font<</F1 3 0 R>>>>/Contents {} 0 R>>",
            2 * index + 5
        ));
        objects.push(format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()));
    }
    objects
}

/// A red ring with a transparent middle.
pub(crate) fn ring() -> Picture {
    let size = 120_u32;
    let mut rgba = Vec::new();
    for y in 0..size {
        for x in 0..size {
            let (dx, dy) = (f64::from(x) - 59.5, f64::from(y) - 59.5);
            let inside = (48.0..60.0).contains(&dx.hypot(dy)) || dx.abs() < 6.0 && dy < 0.0 && dy > -40.0;
            rgba.extend(if inside { [220, 20, 20, 255] } else { [0, 0, 0, 0] });
        }
    }
    Picture::from_rgba(size, size, rgba).unwrap()
}

/// The same as shapes, in 42 mm, with a transparent square in the corner below.
pub(crate) fn drawn_ring() -> Picture {
    let circle = |radius: f64| {
        let (low, high, bow) = (21.0 - radius, 21.0 + radius, radius * 0.5523);
        [
            Step::Move([high, 21.0]),
            Step::Curve([[high, 21.0 + bow], [21.0 + bow, high], [21.0, high]]),
            Step::Curve([[21.0 - bow, high], [low, 21.0 + bow], [low, 21.0]]),
            Step::Curve([[low, 21.0 - bow], [21.0 - bow, low], [21.0, low]]),
            Step::Curve([[21.0 + bow, low], [high, 21.0 - bow], [high, 21.0]]),
            Step::Close,
        ]
    };
    let rectangle = |[left, top, right, bottom]: [f64; 4]| {
        let corners = [Step::Line([right, top]), Step::Line([right, bottom]), Step::Line([left, bottom])];
        [&[Step::Move([left, top])], &corners[..], &[Step::Close]].concat()
    };
    let shape = |steps, alpha| Shape { steps, color: [220, 20, 20], alpha, even_odd: true };
    let shapes = vec![
        shape([circle(21.0), circle(16.8)].concat(), 255),
        shape(rectangle([18.9, 7.0, 23.1, 21.0]), 255),
        shape(rectangle([0.0, 38.0, 4.0, 42.0]), 51),
    ];
    Picture::from_shapes(42.0, 42.0, shapes).unwrap()
}

pub(crate) fn place(page: usize, left: f64, bottom: f64, size: f64) -> PdfPlaced {
    PdfPlaced { page, left_mm: left, bottom_mm: bottom, right_mm: left + size, top_mm: bottom + size }
}

pub(crate) fn open(bytes: &[u8]) -> PdfDocument {
    PdfDocument::open(Arc::new(bytes.to_vec()), &PdfLimits::default()).unwrap()
}

/// Prepares a seal with these marks.
pub(crate) fn prepare_marks(bytes: &[u8], marks: &[Mark], lock: bool) -> Result<PreparedPdf, SealError> {
    prepare_at(bytes, marks, lock, 1_780_000_000)
}

pub(crate) fn prepare_at(bytes: &[u8], marks: &[Mark], lock: bool, second: i64) -> Result<PreparedPdf, SealError> {
    prepare_picture(bytes, marks, &ring(), lock, second)
}

pub(crate) fn prepare_picture(
    bytes: &[u8],
    marks: &[Mark],
    picture: &Picture,
    lock: bool,
    second: i64,
) -> Result<PreparedPdf, SealError> {
    let document = PdfDocument::open(Arc::new(bytes.to_vec()), &PdfLimits::default())?;
    prepare(
        &document,
        &SealRequest {
            marks,
            picture,
            filter: "Adobe.PPKLite",
            sub_filter: "adbe.pkcs7.detached",
            signing_time: Timestamp::from_second(second).unwrap(),
            reason: Some("合同签订"),
            name: None,
            lock,
            contents_bytes: 4096,
        },
    )
}

/// Puts `value` in and gives the whole file.
pub(crate) fn finish(original: &[u8], prepared: &PreparedPdf, value: &[u8]) -> Vec<u8> {
    let segments = prepared.finish(original.len() as u64, value).unwrap();
    Assembly::new(Arc::new(original.to_vec()), segments).unwrap().read_all(1 << 30).unwrap()
}

/// Seals with a value that means nothing.
pub(crate) fn seal(bytes: &[u8], marks: &[Mark]) -> Vec<u8> {
    let prepared = prepare_marks(bytes, marks, false).unwrap();
    finish(bytes, &prepared, b"\x30\x03\x02\x01\x05")
}

/// The same with another picture.
pub(crate) fn seal_with(bytes: &[u8], marks: &[Mark], picture: &Picture) -> Vec<u8> {
    let prepared = prepare_picture(bytes, marks, picture, false, 1_780_000_000).unwrap();
    finish(bytes, &prepared, b"\x30\x03\x02\x01\x05")
}

pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: ../shared is absent");
    None
}

/// Appends an update with a table: object number and text of each.
pub(crate) fn append(bytes: &[u8], objects: &[(u32, &str)]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let previous: usize =
        text[text.rfind("startxref").unwrap() + 9..].split_whitespace().next().unwrap().parse().unwrap();
    let size = objects.iter().map(|(number, _)| number + 1).max().unwrap().max(200);
    let mut out = bytes.to_vec();
    let mut table = String::new();
    for (number, object) in objects {
        table.push_str(&format!("{number} 1\n{:010} 00000 n \n", out.len()));
        out.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let start = out.len();
    out.extend(
        format!("xref\n{table}trailer\n<</Size {size}/Root 1 0 R/Prev {previous}>>\nstartxref\n{start}\n%%EOF\n")
            .bytes(),
    );
    out
}
