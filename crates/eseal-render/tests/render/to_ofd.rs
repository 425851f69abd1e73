//! PDF to OFD, and back: pages look the same, text is the same.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use eseal_ofd::{Limits as OfdLimits, Ofd};
use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_render::{FontLibrary, Limits, OfdOptions, PdfOptions, ofd_to_pdf, pdf_to_ofd};

/// Resolution of the comparison, pixels an inch.
const DPI: u32 = 60;
/// Pages that are compared of each file.
const PAGES: usize = 3;
/// Side of the squares whose means are compared, pixels: edges are drawn a little differently.
const SQUARE: usize = 4;

/// What became of a file.
struct Trip {
    name: String,
    pages: usize,
    /// Mean difference of a channel, of the worst page.
    mean: f64,
    /// Share of squares that differ by more than a tenth.
    off: f64,
    text: Option<f64>,
    warnings: Vec<String>,
    sizes: (usize, usize, usize),
    problem: Option<String>,
}

/// Set this to a folder of PDF files, and to where results are kept, to see more than the corpus.
const FOLDER: &str = "ESEAL_ROUND_TRIP";
const KEPT: &str = "ESEAL_ROUND_TRIP_OUT";

#[test]
#[ignore = "minutes; set ESEAL_ROUND_TRIP to a folder of PDF files"]
fn many_files_look_and_read_the_same_through_ofd() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let kept = std::env::var_os(KEPT).map(PathBuf::from);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut trips = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "pdf")) {
        if let Some(trip) = trip(file, kept.as_deref()) {
            eprintln!(
                "{:<44} {:>3} pages  mean {:>6.3}  off {:>6.2}%  text {:>6}  {}→{}→{}  {}{}",
                trip.name.chars().take(44).collect::<String>(),
                trip.pages,
                trip.mean,
                trip.off * 100.0,
                trip.text.map_or("-".into(), |share| format!("{:.1}%", share * 100.0)),
                trip.sizes.0,
                trip.sizes.1,
                trip.sizes.2,
                trip.problem.as_deref().unwrap_or_default(),
                trip.warnings.join(" | ")
            );
            trips.push(trip);
        }
    }
    let read: Vec<f64> = trips.iter().filter_map(|trip| trip.text).collect();
    let mean = trips.iter().map(|trip| trip.mean).sum::<f64>() / trips.len().max(1) as f64;
    let worst = trips.iter().map(|trip| trip.mean).fold(0.0, f64::max);
    let whole = read.iter().filter(|share| **share >= 0.999).count();
    eprintln!(
        "{} files, {} of them failed; mean difference {mean:.3} of 255, largest {worst:.3}; text the same in {whole} of {}",
        trips.len(),
        trips.iter().filter(|trip| trip.problem.is_some()).count(),
        read.len()
    );
    assert!(trips.iter().all(|trip| trip.problem.is_none()));
}

/// There and back; none for files that the reader refuses.
fn trip(file: &Path, kept: Option<&Path>) -> Option<Trip> {
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    let bytes = fs::read(file).unwrap();
    let document = PdfDocument::open(Arc::new(bytes.clone()), &PdfLimits::default()).ok()?;
    let fonts = FontLibrary::shipped();
    let mut trip = Trip {
        name: name.clone(),
        pages: document.page_count(),
        mean: 0.0,
        off: 0.0,
        text: None,
        warnings: Vec::new(),
        sizes: (bytes.len(), 0, 0),
        problem: None,
    };
    let written = match pdf_to_ofd(&document, &fonts, &OfdOptions::default()) {
        Ok(written) => written,
        Err(error) => {
            trip.problem = Some(format!("to OFD: {error}"));
            return Some(trip);
        }
    };
    trip.sizes.1 = written.bytes.len();
    trip.warnings.extend(written.warnings.iter().map(|warning| format!("{}: {}", warning.kind.as_str(), warning.detail)));
    let folder = tempfile::tempdir().unwrap();
    let out = kept.unwrap_or(folder.path());
    fs::write(out.join(format!("{name}.ofd")), &written.bytes).unwrap();
    let ofd = Ofd::open(Arc::new(written.bytes), &OfdLimits::default()).unwrap();
    let back = ofd_to_pdf(&ofd, &fonts, &PdfOptions { limits: Limits::default(), ..PdfOptions::default() });
    let back = match back {
        Ok(back) => back,
        Err(error) => {
            trip.problem = Some(format!("to PDF: {error}"));
            return Some(trip);
        }
    };
    trip.warnings.extend(back.warnings.iter().map(|warning| format!("back: {}", warning.detail)));
    trip.sizes.2 = back.bytes.len();
    let result = out.join(format!("{name}.back.pdf"));
    fs::write(&result, &back.bytes).unwrap();
    for page in 1..=document.page_count().min(PAGES) {
        let (before, after) = (drawn(file, page), drawn(&result, page));
        let (Some(before), Some(after)) = (before, after) else { continue };
        let (mean, off) = difference(&before, &after);
        if mean > trip.mean {
            (trip.mean, trip.off) = (mean, off);
        }
        if let Some(kept) = kept {
            fs::write(kept.join(format!("{name}.{page}.a.ppm")), &before.file).unwrap();
            fs::write(kept.join(format!("{name}.{page}.b.ppm")), &after.file).unwrap();
        }
    }
    trip.text = same_text(&words(file)?, &words(&result)?);
    Some(trip)
}

struct Drawn {
    file: Vec<u8>,
    width: usize,
    height: usize,
    start: usize,
}

/// A page by another program.
fn drawn(file: &Path, page: usize) -> Option<Drawn> {
    let page = page.to_string();
    let output = Command::new("pdftoppm")
        .args(["-cropbox", "-r", &DPI.to_string(), "-f", &page, "-l", &page])
        .arg(file)
        .output()
        .ok()?;
    let file = output.stdout;
    let mut fields = file.splitn(4, |byte| byte.is_ascii_whitespace());
    let (_, width, height) = (fields.next()?, fields.next()?, fields.next()?);
    let number = |field: &[u8]| std::str::from_utf8(field).ok()?.parse::<usize>().ok();
    let (width, height) = (number(width)?, number(height)?);
    let start = file.len().checked_sub(width * height * 3)?;
    Some(Drawn { width, height, start, file })
}

/// Mean difference, and the share of squares that differ by more than a tenth.
fn difference(a: &Drawn, b: &Drawn) -> (f64, f64) {
    let (width, height) = (a.width.min(b.width), a.height.min(b.height));
    let square = |drawn: &Drawn, x: usize, y: usize, part: usize| {
        let mut sum = 0_u32;
        for line in y..y + SQUARE {
            for column in x..x + SQUARE {
                sum += u32::from(drawn.file[drawn.start + (line * drawn.width + column) * 3 + part]);
            }
        }
        f64::from(sum) / (SQUARE * SQUARE) as f64
    };
    let (mut sum, mut off, mut count) = (0.0, 0, 0);
    for y in (0..height.saturating_sub(SQUARE - 1)).step_by(SQUARE) {
        for x in (0..width.saturating_sub(SQUARE - 1)).step_by(SQUARE) {
            let parts = (0..3).map(|part| (square(a, x, y, part) - square(b, x, y, part)).abs());
            let most = parts.fold(0.0, f64::max);
            sum += most;
            off += usize::from(most > 25.5);
            count += 1;
        }
    }
    let size = if a.width.abs_diff(b.width) > 2 || a.height.abs_diff(b.height) > 2 { 255.0 } else { 0.0 };
    (sum / f64::from(count.max(1)) + size, off as f64 / f64::from(count.max(1)))
}

fn words(file: &Path) -> Option<Vec<char>> {
    let output = Command::new("pdftotext").arg(file).arg("-").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut letters: Vec<char> =
        text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !('\u{e000}'..='\u{f8ff}').contains(c)).collect();
    letters.sort_unstable();
    Some(letters)
}

/// Share of the characters of the first that the second has too; order is the reader's guess.
fn same_text(before: &[char], after: &[char]) -> Option<f64> {
    if before.is_empty() {
        return None;
    }
    let (mut a, mut b, mut both) = (0, 0, 0);
    while let (Some(one), Some(other)) = (before.get(a), after.get(b)) {
        match one.cmp(other) {
            std::cmp::Ordering::Less => a += 1,
            std::cmp::Ordering::Greater => b += 1,
            std::cmp::Ordering::Equal => (a, b, both) = (a + 1, b + 1, both + 1),
        }
    }
    Some(f64::from(both) / before.len().max(after.len()) as f64)
}
