//! What other programs say of our files: qpdf, poppler, pyHanko.

use std::{fs, path::Path, process::Command, sync::OnceLock};

use eseal_pdf::{Mark, PdfPlaced};
use tempfile::TempDir;

use crate::support::*;

/// Exit code and output of a program; none, with a word about it, if it is absent.
fn run(program: &str, arguments: &[&str]) -> Option<(i32, String)> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            Some((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned()))
        }
        Err(_) => {
            println!("skipped: {program} is absent");
            None
        }
    }
}

/// qpdf's exit code: 0 good, 3 warnings, 2 errors.
fn qpdf(path: &Path) -> Option<(i32, String)> {
    run("qpdf", &["--check", path.to_str().unwrap()])
}

/// Sealing adds no trouble that qpdf sees.
pub(crate) fn no_worse_for_qpdf(name: &str, original: &[u8], sealed: &[u8]) {
    let folder = TempDir::new().unwrap();
    let (before, after) = (folder.path().join("before.pdf"), folder.path().join("after.pdf"));
    fs::write(&before, original).unwrap();
    fs::write(&after, sealed).unwrap();
    let (Some(was), Some(is)) = (qpdf(&before), qpdf(&after)) else { return };
    let rank = |code: i32| match code {
        0 => 0,
        3 => 1,
        _ => 2,
    };
    assert!(rank(is.0) <= rank(was.0), "{name}:\n{}\n{}", was.1, is.1);
}

/// A certificate and its key, made once.
fn signer() -> Option<&'static TempDir> {
    static SIGNER: OnceLock<Option<TempDir>> = OnceLock::new();
    let make = || {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (key, certificate) = (at("key.pem"), at("cert.pem"));
        let words = format!(
            "req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 3000 -subj /CN=Seal -addext keyUsage=digitalSignature,nonRepudiation"
        );
        let (code, text) = run("openssl", &words.split(' ').collect::<Vec<_>>())?;
        assert_eq!(code, 0, "{text}");
        Some(folder)
    };
    SIGNER.get_or_init(make).as_ref()
}

/// Seals with a CMS signature that every viewer understands.
fn seal_with_cms(original: &[u8], marks: &[Mark], lock: bool) -> Option<Vec<u8>> {
    let signer = signer()?;
    let prepared = prepare_marks(original, marks, lock).unwrap();
    let whole = finish(original, &prepared, b"");
    let [_, first, second, _] = prepared.byte_range.map(|number| number as usize);
    let folder = TempDir::new().unwrap();
    let (data, value) = (folder.path().join("data"), folder.path().join("value"));
    fs::write(&data, [&whole[..first], &whole[second..]].concat()).unwrap();
    let words = format!(
        "cms -sign -binary -in {} -signer {s}/cert.pem -inkey {s}/key.pem -outform DER -nosmimecap -md sha256 -out {}",
        data.display(),
        value.display(),
        s = signer.path().display()
    );
    let (code, text) = run("openssl", &words.split(' ').collect::<Vec<_>>())?;
    assert_eq!(code, 0, "{text}");
    Some(finish(original, &prepared, &fs::read(&value).unwrap()))
}

/// Fields of every signature with pyHanko's opinion: intact, coverage, level of modification.
const PYHANKO: &str = "
import sys
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
reader = PdfFileReader(open(sys.argv[1], 'rb'))
context = ValidationContext(allow_fetching=False)
for signature in reader.embedded_signatures:
    status = validate_pdf_signature(signature, context)
    print(signature.field_name, status.intact, status.valid, status.coverage.name, status.modification_level.name, status.docmdp_ok)
";

fn pyhanko(path: &Path) -> Option<Vec<String>> {
    let (code, text) = run("python3", &["-c", PYHANKO, path.to_str().unwrap()])?;
    if text.contains("ModuleNotFoundError") {
        println!("skipped: pyHanko is absent");
        return None;
    }
    assert_eq!(code, 0, "{text}");
    Some(text.lines().filter(|line| line.starts_with("Seal")).map(str::to_owned).collect())
}

/// Seals of several marks, one after another.
fn several(count: usize) -> Option<Vec<u8>> {
    let mut file = contract();
    for round in 0..count {
        let left = 10.0 + 8.0 * round as f64;
        let marks: Vec<Mark> = (1..=3).map(|page| Mark::whole(place(page, left, 30.0 + left, 30.0))).collect();
        file = seal_with_cms(&file, if round % 2 == 0 { &marks } else { &marks[..1] }, false)?;
    }
    Some(file)
}

#[test]
fn others_find_every_seal_intact_and_earlier_ones_unchanged() {
    let Some(file) = several(4) else { return };
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("sealed.pdf");
    fs::write(&path, &file).unwrap();
    if let Some((code, text)) = qpdf(&path) {
        assert_eq!(code, 0, "{text}");
    }
    if let Some(lines) = pyhanko(&path) {
        println!("{lines:#?}");
        assert_eq!(lines.len(), 8, "3 + 1 + 3 + 1 fields");
        for line in lines {
            let good = line.contains(" True True ") && line.ends_with(" True");
            let unchanged =
                line.contains(" NONE ") || line.contains(" LTA_UPDATES ") || line.contains(" FORM_FILLING ");
            assert!(good && unchanged, "{line}");
        }
    }
    if let Some((_, text)) = run("pdfsig", &["-nocert", path.to_str().unwrap()]) {
        assert_eq!(text.matches("Signature is Valid").count(), 8, "{text}");
        assert!(!text.contains("Invalid"), "{text}");
    }
}

#[test]
fn others_accept_a_locked_seal() {
    let mark = [Mark::whole(place(1, 20.0, 20.0, 40.0))];
    let Some(certified) = seal_with_cms(&contract(), &mark, true) else { return };
    let Some(locked) = seal_with_cms(&contract(), &mark, false).and_then(|file| seal_with_cms(&file, &mark, true))
    else {
        return;
    };
    let folder = TempDir::new().unwrap();
    for (name, file, count) in [("certified.pdf", certified, 1), ("locked.pdf", locked, 2)] {
        let path = folder.path().join(name);
        fs::write(&path, &file).unwrap();
        if let Some(lines) = pyhanko(&path) {
            println!("{name}: {lines:#?}");
            assert_eq!(lines.len(), count);
            assert!(lines.iter().all(|line| line.contains(" True True ") && line.ends_with(" True")), "{lines:?}");
        }
        if let Some((_, text)) = run("pdfsig", &["-nocert", path.to_str().unwrap()]) {
            assert_eq!(text.matches("Signature is Valid").count(), count, "{text}");
        }
    }
}

/// Pixels of a page at 72 dpi in poppler's rendering: width, height, RGB.
fn render(path: &Path, page: usize) -> Option<(usize, usize, Vec<u8>)> {
    let number = page.to_string();
    let output = Command::new("pdftoppm")
        .args(["-r", "72", "-cropbox", "-f", &number, "-l", &number, path.to_str().unwrap()])
        .output();
    let Ok(output) = output else {
        println!("skipped: pdftoppm is absent");
        return None;
    };
    let mut parts = output.stdout.splitn(4, |byte| *byte == b'\n');
    let (_, size, _, pixels) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let size = String::from_utf8_lossy(size).into_owned();
    let (width, height) = size.split_once(' ')?;
    Some((width.parse().ok()?, height.parse().ok()?, pixels.to_vec()))
}

#[test]
fn the_seal_shows_where_it_was_put_upright_on_turned_and_cropped_pages() {
    for turn in [0, 90, 180, 270] {
        let page = format!("/Rotate {turn}/CropBox[20 30 575 812]");
        let original = table_file(&contract_objects("", [&page, "", ""]));
        let sealed = seal(&original, &[Mark::whole(place(1, 50.8, 76.2, 42.0))]);
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("sealed.pdf");
        fs::write(&path, &sealed).unwrap();
        let Some((width, height, pixels)) = render(&path, 1) else { return };
        let red = |x: usize, y: usize| {
            let at = (y * width + x) * 3;
            pixels[at] > 180 && pixels[at + 1] < 90 && pixels[at + 2] < 90
        };
        let found: Vec<(usize, usize)> =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|(x, y)| red(*x, *y)).collect();
        let left = found.iter().map(|(x, _)| *x).min().unwrap();
        let right = found.iter().map(|(x, _)| *x).max().unwrap();
        let top = found.iter().map(|(_, y)| *y).min().unwrap();
        let bottom = found.iter().map(|(_, y)| *y).max().unwrap();
        // 50.8 mm are 144 points, 76.2 mm 216, 42 mm 119.
        let near = |a: usize, b: usize| a.abs_diff(b) <= 2;
        assert!(near(left, 144) && near(right, 144 + 119), "{turn}: {left}..{right}");
        assert!(near(bottom, height - 216) && near(top, height - 216 - 119), "{turn}: {top}..{bottom} of {height}");
        // The bar of the picture is above its middle.
        let middle = (left + right) / 2;
        assert!(red(middle, top + 40) && !red(middle, bottom - 40), "{turn}");
    }
}

#[test]
fn shapes_show_what_pixels_show_also_in_parts_and_on_turned_pages() {
    let whole = Mark::whole(place(1, 30.0, 145.0, 42.0));
    let stretched = PdfPlaced { page: 1, left_mm: 100.0, bottom_mm: 150.0, right_mm: 180.0, top_mm: 180.0 };
    let slice = PdfPlaced { page: 1, left_mm: 150.0, bottom_mm: 90.0, right_mm: 164.0, top_mm: 132.0 };
    let marks = [
        whole,
        Mark::whole(stretched),
        Mark { place: slice, part: [1.0 / 3.0, 0.0, 2.0 / 3.0, 1.0] },
        Mark { place: place(1, 30.0, 90.0, 21.0), part: [0.0, 0.5, 0.5, 1.0] },
    ];
    for turn in [0, 90, 180, 270] {
        let page = format!("/Rotate {turn}/CropBox[20 30 575 812]");
        let original = table_file(&contract_objects("", [&page, "", ""]));
        let folder = TempDir::new().unwrap();
        let mut pages = Vec::new();
        for (name, picture) in [("pixels.pdf", ring()), ("shapes.pdf", drawn_ring())] {
            let sealed = seal_with(&original, &marks, &picture);
            assert_eq!(sealed, seal_with(&original, &marks, &picture), "the same bytes");
            let path = folder.path().join(name);
            fs::write(&path, &sealed).unwrap();
            if let Some((code, text)) = qpdf(&path) {
                assert_eq!(code, 0, "{text}");
            }
            let Some(page) = render(&path, 1) else { return };
            pages.push(page);
        }
        let [(width, height, pixels), (_, _, shapes)] = &pages[..] else { unreachable!() };
        let red = |page: &[u8], at: usize| page[at * 3] > 180 && page[at * 3 + 1] < 90;
        let all = width * height;
        let inked = (0..all).filter(|at| red(shapes, *at)).count();
        // Edges differ by how they are smoothed, which is a pixel; nothing else does.
        let near = |page: &[u8], at: usize| {
            [at - width - 1, at - 1, at + width - 1].iter().any(|from| (*from..from + 3).any(|at| red(page, at)))
        };
        let stray = (width + 1..all - width - 1)
            .filter(|at| red(pixels, *at) && !near(shapes, *at) || red(shapes, *at) && !near(pixels, *at))
            .count();
        assert!(inked > 8_000 && stray * 200 < inked, "{turn}: {stray} of {inked} pixels differ");
        // The pale square of the whole mark: a fifth of the color.
        let pale = (0..all).filter(|at| shapes[at * 3] > 240 && (190..230).contains(&shapes[at * 3 + 1])).count();
        assert!(pale > 80, "{turn}: {pale}");
    }
}
