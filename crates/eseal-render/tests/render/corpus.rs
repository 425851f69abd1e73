//! Public sample files: every page is drawn, and what must be seen is there.

use std::{fs, path::Path, sync::Arc};

use eseal_ofd::{Limits as OfdLimits, Ofd};
use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_render::{FontLibrary, Limits, OfdPages, Options, PdfOptions, PdfPages, Picture, ofd_to_pdf};

/// Warnings that tell of something that is not shown.
const LOSSES: [&str; 3] = ["GLYPH_MISSING", "FEATURE_DROPPED", "IMAGE_MISSING"];

#[test]
fn sample_pages_are_drawn_and_nothing_is_lost() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let fonts = FontLibrary::shipped();
    let mut count = 0;
    for folder in ["ofd-plain", "ofd-sealed"] {
        let Ok(entries) = fs::read_dir(corpus.join(folder)) else {
            eprintln!("skipped: ../shared is absent");
            return;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let ofd = Ofd::open(Arc::new(fs::read(&path).unwrap()), &OfdLimits::default()).unwrap();
            let pages = OfdPages::new(&ofd, &fonts, Limits::default()).unwrap();
            for number in 1..=ofd.pages().len() {
                let rendered = pages.render(number, 24.0).unwrap();
                assert!(ink(&rendered.picture) > 0, "{} page {number} is blank", path.display());
                let lost: Vec<_> =
                    rendered.warnings.iter().filter(|warning| LOSSES.contains(&warning.kind.as_str())).collect();
                // One file asks for a picture without saying which.
                let known = lost.iter().all(|warning| warning.detail == "ImageObject 75: no resource ");
                assert!(known, "{} page {number}: {lost:?}", path.display());
                count += 1;
            }
        }
    }
    assert!(count >= 59, "{count}");
}

#[test]
fn seals_are_whole_where_they_were_put() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/ofd-sealed");
    let fonts = FontLibrary::shipped();
    // File, page, and the box that must hold red up to each of its edges, mm from the upper left.
    for (file, number, edges) in [
        ("ofdrw__SESV4SignDoc.ofd", 1, [50.0, 50.0, 90.0, 90.0]),
        ("ofdrw__allprotected.ofd", 1, [50.0, 50.0, 90.0, 90.0]),
    ] {
        let Ok(bytes) = fs::read(corpus.join(file)) else {
            eprintln!("skipped: ../shared is absent");
            return;
        };
        let ofd = Ofd::open(Arc::new(bytes), &OfdLimits::default()).unwrap();
        let picture = OfdPages::new(&ofd, &fonts, Limits::default()).unwrap().render(number, 96.0).unwrap().picture;
        let found = red(&picture, 25.4 / 96.0);
        assert!(found.iter().zip(edges).all(|(a, b): (&f64, f64)| (a - b).abs() < 1.5), "{file}: {found:?}");
    }
}

/// Largest mean difference of a channel between a page and the same page through PDF: two rasterizers make stems of
/// letters and hairlines of other strength; a missing line of text in a page of text would be 8.
const DIFFERENCE: f64 = 6.0;
/// Side of the squares that are compared, pixels.
const SQUARE: u32 = 6;

#[test]
fn sample_files_look_and_read_the_same_as_pdf() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let fonts = FontLibrary::shipped();
    for folder in ["ofd-plain", "ofd-sealed"] {
        let Ok(entries) = fs::read_dir(corpus.join(folder)) else {
            eprintln!("skipped: ../shared is absent");
            return;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let ofd = Ofd::open(Arc::new(fs::read(&path).unwrap()), &OfdLimits::default()).unwrap();
            let pages = OfdPages::new(&ofd, &fonts, Limits::default()).unwrap();
            let written = ofd_to_pdf(&ofd, &fonts, &PdfOptions::default()).unwrap();
            assert!(
                written.bytes == ofd_to_pdf(&ofd, &fonts, &PdfOptions::default()).unwrap().bytes,
                "not the same twice"
            );
            let pdf = PdfDocument::open(Arc::new(written.bytes), &PdfLimits::default()).unwrap();
            let pdf_pages = PdfPages::new(&pdf).unwrap();
            for number in 1..=ofd.pages().len() {
                let one = pages.render(number, 60.0).unwrap().picture;
                let other = pdf_pages.render(number, &Options::new(60.0, &fonts)).unwrap().picture;
                assert!(one.width.abs_diff(other.width) <= 1 && one.height.abs_diff(other.height) <= 1);
                let difference = difference(&one, &other);
                assert!(difference < DIFFERENCE, "{} page {number}: {difference}", path.display());
                let words = |text: eseal_text::PageText| -> Vec<char> {
                    // Bold text is filled and stroked, which the reader of PDF tells twice.
                    let mut found: Vec<_> = text.chars.iter().filter(|found| !found.text.is_whitespace()).collect();
                    let mut seen = std::collections::BTreeSet::new();
                    found.retain(|found| {
                        seen.insert((found.text, (found.origin.0 * 1e4) as i64, (found.origin.1 * 1e4) as i64))
                    });
                    let mut characters: Vec<char> = found.iter().map(|found| found.text).collect();
                    characters.sort_unstable();
                    characters
                };
                let (one, other) =
                    (words(pages.text(number).unwrap()), words(eseal_text::pdf::page_chars(&pdf, number).unwrap()));
                assert!(one == other, "{} page {number}: {} and {} characters", path.display(), one.len(), other.len());
            }
        }
    }
}

/// Over squares of [`SQUARE`] pixels, so that the thickness of hairlines does not count.
pub(crate) fn difference(one: &Picture, other: &Picture) -> f64 {
    let (columns, rows) = (one.width.min(other.width) / SQUARE, one.height.min(other.height) / SQUARE);
    let mean = |picture: &Picture, column: u32, row: u32| {
        let lines = row * SQUARE..(row + 1) * SQUARE;
        let sum: f64 = lines
            .map(|y| {
                let at = ((y * picture.width + column * SQUARE) * 3) as usize;
                picture.rgb[at..at + SQUARE as usize * 3].iter().map(|part| f64::from(*part)).sum::<f64>()
            })
            .sum();
        sum / f64::from(SQUARE * SQUARE * 3)
    };
    let squares = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
    let sum: f64 = squares.map(|(column, row)| (mean(one, column, row) - mean(other, column, row)).abs()).sum();
    sum / f64::from(columns * rows)
}

fn ink(picture: &Picture) -> usize {
    picture.rgb.chunks(3).filter(|pixel| pixel.iter().any(|part| *part < 200)).count()
}

/// Left, top, right and bottom of what is red.
fn red(picture: &Picture, mm: f64) -> [f64; 4] {
    let mut found = [f64::INFINITY, f64::INFINITY, 0.0, 0.0];
    for (index, pixel) in picture.rgb.chunks(3).enumerate() {
        if pixel[0] > 150 && pixel[1] < 120 && pixel[2] < 120 {
            let (x, y) = (index as u32 % picture.width, index as u32 / picture.width);
            let (x, y) = (f64::from(x) * mm, f64::from(y) * mm);
            found = [found[0].min(x), found[1].min(y), found[2].max(x), found[3].max(y)];
        }
    }
    found
}
