//! PDF to OFD, and back: pages look the same, text is the same.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use eseal_ofd::{Limits as OfdLimits, Ofd};
use eseal_pdf::{Object, PdfDocument, PdfLimits};
use eseal_render::{
    Document, FontLibrary, Limits, OfdOptions, OfdPages, Options, PdfOptions, PdfPages, RenderError, ofd_to_pdf,
    page_text, pdf_to_ofd,
};

use crate::varied::{self, Varied};

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

/// Set the first to a folder of PDF files to see more than the corpus, the second to where results are kept.
const FOLDER: &str = "ESEAL_ROUND_TRIP";
const KEPT: &str = "ESEAL_ROUND_TRIP_OUT";

/// Files that the other program draws otherwise before and after, and why that is no loss.
const OTHERWISE: [(&str, &str); 13] = [
    ("form-update", "Courier that is not in the file: of another weight there"),
    ("IndexedCS_negative_and_high", "colors beyond the table: black there, the nearest here"),
    ("Type3WordSpacing", "fine dashes; words by the names of glyphs, which are shapes"),
    ("XiaoBiaoSong", "GBK without saying so: read here, Latin letters there"),
    ("SimFang-variant", "GBK without saying so: read here, Latin letters there"),
    ("90ms_rksj", "Japanese that poppler has no table for"),
    ("ZapfDingbats", "the other program's own dingbats"),
    ("square-circle-without-appearance", "drawn there without an appearance, told here"),
    ("bitmap-composite-and-xnor-halftone", "a column of a halftone that poppler draws black"),
    (
        "arial_unicode",
        "text that poppler does not draw and MuPDF does; what glyphs mean is not in the file, which is told",
    ),
    ("PDFJS-7562-reduced", "what glyphs mean is not in the file, which is told"),
    ("annotation-tx.pdf", "a field that the other program draws from its value, which is told"),
    ("veraPDF__6-3-5-t03", "what glyphs mean is not in the file, which is told"),
];
/// Mean difference that the other program's edges make, of 255.
const OTHER_EDGES: f64 = 1.0;

/// Files of others, by the eyes of another program (poppler).
#[test]
fn files_of_others_look_and_read_the_same_through_ofd() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/pdf-plain");
    let folder = std::env::var_os(FOLDER).map_or(corpus, PathBuf::from);
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("skipped: {} is absent", folder.display());
        return;
    };
    if Command::new("pdftoppm").arg("-v").output().is_err() {
        eprintln!("skipped: pdftoppm of poppler-utils is absent");
        return;
    }
    let kept = std::env::var_os(KEPT).map(PathBuf::from);
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
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
    let is_otherwise = |trip: &&Trip| !OTHERWISE.iter().any(|(part, _)| format!("{}.pdf", trip.name).contains(part));
    let lost = |trip: &&Trip| trip.mean > OTHER_EDGES || trip.text.is_some_and(|share| share < 0.999);
    let lost: Vec<&str> = trips.iter().filter(is_otherwise).filter(lost).map(|trip| trip.name.as_str()).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(trips.len() >= 50, "{}", trips.len());
    let problems: Vec<_> = trips.iter().filter_map(|trip| trip.problem.as_deref()).collect();
    assert!(problems.is_empty(), "{problems:?}");
}

/// Mean difference of a channel that edges make, which two programs draw a little differently; of 255.
const EDGES: f64 = 1.5;

/// Text of a page, in the order of its characters: what is drawn twice is found twice in the PDF only.
fn letters(document: Document<'_>, fonts: &FontLibrary) -> Result<String, RenderError> {
    let page = page_text(document, 1, &Options::new(WHOLE_DPI, fonts))?;
    let mut letters: Vec<char> = page.chars.iter().map(|letter| letter.text).collect();
    letters.retain(|letter| !letter.is_whitespace());
    letters.sort_unstable();
    letters.dedup();
    Ok(letters.into_iter().collect())
}

#[test]
fn varied_files_look_and_read_the_same_through_ofd() {
    let fonts = FontLibrary::shipped();
    let kept = std::env::var_os(KEPT).map(PathBuf::from);
    let all = varied::all();
    assert!(all.len() >= 50, "{}", all.len());
    let (mut problems, mut worst, mut sum) = (Vec::new(), 0.0_f64, 0.0);
    for (at, Varied { name, bytes, told }) in all.iter().enumerate() {
        let before = PdfDocument::open(Arc::new(bytes.clone()), &PdfLimits::default()).expect(name);
        let written = pdf_to_ofd(&before, &fonts, &OfdOptions::default()).expect(name);
        let ofd = Ofd::open(Arc::new(written.bytes), &OfdLimits::default()).expect(name);
        let back = ofd_to_pdf(&ofd, &fonts, &PdfOptions::default()).expect(name);
        let after = PdfDocument::open(Arc::new(back.bytes.clone()), &PdfLimits::default()).expect(name);
        if let Some(kept) = &kept {
            fs::write(kept.join(format!("{at:02} {name}.pdf")), bytes).unwrap();
        }
        let draw = |document: &PdfDocument| {
            PdfPages::new(document).unwrap().render(1, &Options::new(WHOLE_DPI, &fonts)).unwrap().picture
        };
        let (first, last) = (draw(&before), draw(&after));
        if (first.width, first.height) != (last.width, last.height) {
            problems.push(format!("{name}: {}×{} → {}×{}", first.width, first.height, last.width, last.height));
        }
        let pairs = first.rgb.iter().zip(&last.rgb);
        let mean = pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / first.rgb.len() as f64;
        (worst, sum) = (worst.max(mean), sum + mean);
        if mean > EDGES {
            problems.push(format!("{name}: pages differ by {mean:.2}"));
        }
        match (letters(Document::Pdf(&before), &fonts), letters(Document::Pdf(&after), &fonts)) {
            (Ok(read), Ok(again)) if read == again => {}
            (read, again) => problems.push(format!("{name}: {read:?} → {again:?}")),
        }
        let warnings = written.warnings.iter().chain(&back.warnings);
        let warnings: Vec<String> =
            warnings.map(|warning| format!("{} {}", warning.kind.as_str(), warning.detail)).collect();
        let unexpected = warnings.iter().find(|warning| !told.iter().any(|told| warning.contains(told)));
        let missing = told.iter().find(|told| !warnings.iter().any(|warning| warning.contains(**told)));
        if unexpected.is_some() || missing.is_some() {
            problems.push(format!("{name}: told {warnings:?}, expected {told:?}"));
        }
    }
    let count = all.len();
    eprintln!("{count} files: mean difference {:.3} of 255, largest {worst:.3}", sum / count as f64);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// A page of 60 by 40 mm, turned, with that content.
fn pdf(content: &str, rotate: u32) -> Arc<Vec<u8>> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 150]/CropBox[10 10 180.08 123.39]/Rotate {rotate}/Contents 4 0 R\
             /Annots[5 0 R]/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>>>\
             /Shading<</S<</ShadingType 2/ColorSpace/DeviceRGB/Coords[20 0 90 0]/Extend[true true]\
             /Function<</FunctionType 2/N 1/Domain[0 1]/C0[1 0 0]/C1[0 0 1]>>>>>>\
             /ExtGState<</M<</BM/Multiply>>/H<</ca 0.5>>>>>>>>"
        ),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len() + 1),
        "<</Type/Annot/Subtype/Link/Rect[20 20 60 40]/A<</S/URI/URI(https://example.com/?a=1&b=2)>>>>".to_owned(),
    ];
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
    }
    let start = out.len();
    out.extend(b"xref\n0 6\n0000000000 65535 f \n");
    for offset in offsets {
        out.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    out.extend(format!("trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
    Arc::new(out)
}

/// Contents, and what their conversion warns of.
const CONTENTS: [(&str, &str, &str); 8] = [
    ("a line of text", "BT /F 14 Tf 20 60 Td (Seal No. 42) Tj ET", ""),
    ("text that leans", "BT /F 14 Tf .9 .3 -.3 .9 20 60 Tm [(A) -500 (V) 200 (fi)] TJ 0 -16 Td 2 Tr (two) Tj ET", ""),
    ("lines", "2 w 20 20 m 160 100 l S [6 3] 0 d 1 J 1 0 0 RG 20 100 m 100 120 150 20 160 40 c S", ""),
    ("even-odd", "0 .5 0 rg 20 20 100 80 re 40 40 60 40 re f*", ""),
    (
        "clips",
        "q 90 60 m 150 60 l 120 110 l h W n 0 0 1 rg 0 0 200 150 re f Q q 20 20 30 30 re W n 30 30 40 40 re f Q",
        "",
    ),
    ("a shading", "q 20 20 120 60 re W n /S sh Q", ""),
    ("half transparent", "/H gs 1 0 0 rg 20 20 60 60 re f 0 0 1 rg 50 50 60 60 re f", ""),
    (
        "a blend mode",
        "1 1 0 rg 20 20 60 60 re f /M gs 0 1 1 rg 50 50 60 60 re f BT /F 12 Tf 55 80 Td (on it) Tj ET",
        "a blend mode",
    ),
];

/// 200 × 150 pt are whole pixels then: else the two grids, from the top and from the bottom, are a part of a pixel apart.
const WHOLE_DPI: f64 = 144.0;

#[test]
fn what_a_page_draws_is_drawn_by_its_ofd() {
    let fonts = FontLibrary::shipped();
    for (name, content, warning) in CONTENTS {
        for rotate in [0, 90, 180, 270] {
            let document = PdfDocument::open(pdf(content, rotate), &PdfLimits::default()).unwrap();
            let written = pdf_to_ofd(&document, &fonts, &OfdOptions::default()).unwrap();
            assert!(
                written.bytes == pdf_to_ofd(&document, &fonts, &OfdOptions::default()).unwrap().bytes,
                "{name}: not the same bytes twice"
            );
            let told: Vec<&str> = written.warnings.iter().map(|warning| warning.detail.as_str()).collect();
            assert!(
                told.iter().any(|told| told.contains(warning) && !warning.is_empty())
                    || warning.is_empty() && told.iter().all(|told| told.contains("font")),
                "{name}: {told:?}"
            );
            let ofd = Ofd::open(Arc::new(written.bytes), &OfdLimits::default()).unwrap();
            let before = PdfPages::new(&document).unwrap().render(1, &Options::new(WHOLE_DPI, &fonts)).unwrap().picture;
            let pages = OfdPages::new(&ofd, &fonts, Limits::default()).unwrap();
            let after = pages.render(1, WHOLE_DPI).unwrap();
            assert_eq!((before.width, before.height), (after.picture.width, after.picture.height), "{name} {rotate}");
            let pairs = before.rgb.iter().zip(&after.picture.rgb);
            let mean = pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / before.rgb.len() as f64;
            assert!(mean < 1.5, "{name} {rotate}: {mean}");
            assert!(after.warnings.is_empty(), "{name}: {:?}", after.warnings);
            let options = Options::new(WHOLE_DPI, &fonts);
            let text = |document| -> String {
                let page = page_text(document, 1, &options).unwrap();
                let mut letters: Vec<char> = page.chars.iter().map(|letter| letter.text).collect();
                letters.retain(|letter| !letter.is_whitespace());
                letters.sort_unstable();
                // What is filled and then drawn as lines is found twice in the PDF.
                letters.dedup();
                letters.into_iter().collect()
            };
            assert_eq!(text(Document::Ofd(&ofd)), text(Document::Pdf(&document)), "{name}");
        }
    }
}

fn side(number: &Object) -> f64 {
    match number {
        Object::Integer(number) => *number as f64,
        Object::Real(number) => *number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn links_and_marks_are_written_and_pages_have_bounds() {
    let fonts = FontLibrary::shipped();
    let document = PdfDocument::open(pdf("0 0 10 10 re f", 0), &PdfLimits::default()).unwrap();
    let options = OfdOptions {
        title: Some("合同 <1>"),
        mark: Some("转换件，不含有效签章"),
        original: Some(("original.pdf", b"%PDF")),
        ..OfdOptions::default()
    };
    let written = pdf_to_ofd(&document, &fonts, &options).unwrap();
    let ofd = Ofd::open(Arc::new(written.bytes), &OfdLimits::default()).unwrap();
    assert!(ofd.deviations().is_empty(), "{:?}", ofd.deviations());
    let package = ofd.package();
    let part = |name: &str| package.text(package.find("", name).unwrap_or_else(|| panic!("{name}"))).unwrap();
    assert!(part("Doc_0/Document.xml").contains("<ofd:PhysicalBox>0 0 60.0004 40.0015</ofd:PhysicalBox>"));
    assert!(part("Doc_0/Annots/Page_0/Annotation.xml").contains("https://example.com/?a=1&amp;b=2"));
    assert!(part("Doc_0/Pages/Page_0/Content.xml").contains("转换件，不含有效签章"));
    assert!(part("Doc_0/Attachs/Attachments.xml").contains("original.pdf"));
    assert!(part("OFD.xml").contains("合同 &lt;1&gt;"));
    // And back: the link is one of the PDF again, where it was.
    let back = ofd_to_pdf(&ofd, &fonts, &PdfOptions::default()).unwrap();
    let links = |document: &PdfDocument| -> Vec<(Vec<i64>, String)> {
        let page = document.object(document.page(1).unwrap().reference).unwrap();
        let Object::Dict(page) = page else { panic!("a page") };
        let annotations = document.resolve(page.get(b"Annots").unwrap()).unwrap();
        let one = |link| {
            let Object::Dict(link) = document.resolve(link).unwrap() else { panic!("a link") };
            let Some(Object::Dict(action)) = link.get(b"A") else { panic!("an action") };
            let uri = String::from_utf8_lossy(action.get(b"URI").unwrap().as_string().unwrap()).into_owned();
            let sides: Vec<f64> = link.get(b"Rect").unwrap().as_array().unwrap().iter().map(side).collect();
            // The page's own corner may be elsewhere: sizes are compared.
            (vec![(sides[2] - sides[0]).round() as i64, (sides[3] - sides[1]).round() as i64], uri)
        };
        annotations.as_array().unwrap().iter().map(one).collect()
    };
    let back = PdfDocument::open(Arc::new(back.bytes), &PdfLimits::default()).unwrap();
    assert_eq!(links(&back), links(&document));
    assert_eq!(links(&back), [(vec![40, 20], "https://example.com/?a=1&b=2".to_owned())]);
    let limits = Limits { objects: 100, ..Limits::default() };
    let many = PdfDocument::open(pdf(&"0 0 1 1 re f ".repeat(200), 0), &PdfLimits::default()).unwrap();
    let outcome = pdf_to_ofd(&many, &fonts, &OfdOptions { limits, ..OfdOptions::default() });
    assert!(matches!(outcome, Err(RenderError::TooLarge { .. })), "{outcome:?}");
    let stop = |_, _| false;
    let outcome = pdf_to_ofd(&document, &fonts, &OfdOptions { progress: Some(&stop), ..OfdOptions::default() });
    assert!(matches!(outcome, Err(RenderError::Canceled)), "{outcome:?}");
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
    trip.warnings
        .extend(written.warnings.iter().map(|warning| format!("{}: {}", warning.kind.as_str(), warning.detail)));
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
    let mut letters: Vec<char> = text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !('\u{e000}'..='\u{f8ff}').contains(c))
        .collect();
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
