//! Pages beside those of other programs: ofd.js in Chromium, poppler, MuPDF.
//!
//! `peers.csv` holds file, page, program and the largest difference that is accepted.  A few rows are looked at in every
//! run, all with `PEERS=all`; `UPDATE_PEERS=1` measures all anew.  What is not installed is skipped.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use eseal_ofd::{Limits as OfdLimits, Ofd};
use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_render::{FontLibrary, Limits, OfdPages, Options, PdfPages, Picture};

use crate::corpus::difference;

/// Resolution of poppler's and MuPDF's pages.
const DPI: f64 = 60.0;
/// Rows that are looked at in every run, by a part of the file's name.
const USUAL: [&str; 7] = [
    "ofdrw__V4RideRight",
    "mozilla__alphatrans",
    "mozilla__ArabicCIDTrueType",
    "mozilla__ShowText",
    "mozilla__bitmap-composite-and-xnor-text",
    "MatthiasValvek__minimal-two-pages",
    "veraPDF__veraPDF_test_suite_6-1-12-t04",
];
/// Pages of one file that are compared.
const PAGES: usize = 6;

/// One row of the table.
struct Row {
    file: String,
    page: usize,
    peer: String,
    most: f64,
}

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/render/peers.csv")
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(table()).unwrap_or_default();
    let read = |line: &str| {
        let mut parts = line.split(',');
        let mut next = || parts.next().unwrap_or_default().trim().to_owned();
        Row { file: next(), page: next().parse().unwrap(), peer: next(), most: next().parse().unwrap() }
    };
    text.lines().skip(1).filter(|line| !line.is_empty()).map(read).collect()
}

/// A page of a peer, and the resolution at which ours has its size.
struct Theirs {
    picture: image::RgbImage,
    dpi: f64,
}

#[test]
fn pages_look_as_other_programs_draw_them() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("skipped: ../shared is absent");
        return;
    }
    if std::env::var_os("UPDATE_PEERS").is_some() {
        return measure(&corpus);
    }
    let all = std::env::var_os("PEERS").is_some_and(|which| which == "all");
    let mut by_file: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
    for row in rows().into_iter().filter(|row| all || USUAL.iter().any(|usual| row.file.contains(usual))) {
        by_file.entry((row.file.clone(), row.peer.clone())).or_default().push(row);
    }
    let mut faults = Vec::new();
    for ((file, peer), rows) in by_file {
        let Some(theirs) = theirs(&corpus.join(&file), &peer) else { continue };
        let ours = ours(&corpus.join(&file), &theirs);
        for row in rows {
            match ours.get(row.page - 1).zip(theirs.get(row.page - 1)) {
                None => faults.push(format!("{file} {}: no such page", row.page)),
                Some((ours, theirs)) => {
                    let found = compare(ours, &theirs.picture);
                    if found > row.most {
                        faults.push(format!("{file} {} {peer}: {found:.2} instead of {:.2}", row.page, row.most));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Writes the table anew: a quarter more than was found, and a half.
fn measure(corpus: &Path) {
    let mut text = "file,page,program,difference accepted,difference found\n".to_owned();
    for (folder, peers) in
        [("ofd-plain", &["ofd.js"][..]), ("ofd-sealed", &["ofd.js"]), ("pdf-plain", &["poppler", "mupdf"])]
    {
        let mut files: Vec<PathBuf> =
            fs::read_dir(corpus.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for path in files {
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            for peer in peers {
                let Some(theirs) = theirs(&path, peer) else { continue };
                for (page, (ours, theirs)) in ours(&path, &theirs).iter().zip(&theirs).enumerate() {
                    let found = compare(ours, &theirs.picture);
                    println!("{name} {} {peer}: {found:.2}", page + 1);
                    text += &format!("{name},{},{peer},{:.2},{found:.2}\n", page + 1, found * 1.25 + 0.5);
                }
            }
        }
    }
    fs::write(table(), text).unwrap();
}

fn compare(ours: &Picture, theirs: &image::RgbImage) -> f64 {
    let (width, height) = theirs.dimensions();
    let near = ours.width.abs_diff(width) <= 3 && ours.height.abs_diff(height) <= 3;
    assert!(near, "{ours:?} beside {width} × {height}");
    difference(ours, &Picture { width, height, rgb: theirs.as_raw().clone(), centi_dpi: ours.centi_dpi })
}

/// Our pages, each at the resolution of theirs; none if the file is refused.
fn ours(path: &Path, theirs: &[Theirs]) -> Vec<Picture> {
    let fonts = FontLibrary::shipped();
    let bytes = Arc::new(fs::read(path).unwrap());
    let numbered = theirs.iter().enumerate().map(|(index, theirs)| (index + 1, theirs.dpi));
    if path.extension().is_some_and(|extension| extension == "ofd") {
        let ofd = Ofd::open(bytes, &OfdLimits::default()).unwrap();
        let pages = OfdPages::new(&ofd, &fonts, Limits::default()).unwrap();
        return numbered.map(|(number, dpi)| pages.render(number, dpi).unwrap().picture).collect();
    }
    let Ok(pdf) = PdfDocument::open(bytes, &PdfLimits::default()) else { return Vec::new() };
    let pages = PdfPages::new(&pdf).unwrap();
    numbered.map(|(number, dpi)| pages.render(number, &Options::new(dpi, &fonts)).unwrap().picture).collect()
}

/// Pages as `peer` draws them; none if it is not installed, or draws nothing.
fn theirs(path: &Path, peer: &str) -> Option<Vec<Theirs>> {
    let folder = tempfile::tempdir().unwrap();
    let drawn = match peer {
        "poppler" => {
            let output = folder.path().join("p");
            run("pdftoppm", &["-cropbox", "-r", "60", "-l", "6", "-png"], &[path, &output])?;
            read_all(folder.path())
        }
        "mupdf" => {
            let output = folder.path().join("%03d.png");
            let arguments = ["draw", "-q", "-r", "60", "-o", output.to_str().unwrap()];
            run("mutool", &arguments, &[path, Path::new("1-6")])?;
            read_all(folder.path())
        }
        _ => return ofd_js(path, folder.path()),
    };
    let drawn: Vec<Theirs> = drawn.into_iter().take(PAGES).map(|picture| Theirs { picture, dpi: DPI }).collect();
    (!drawn.is_empty()).then_some(drawn)
}

fn read_all(folder: &Path) -> Vec<image::RgbImage> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| Some(image::open(path).ok()?.into_rgb8())).collect()
}

/// Runs a program; `None`, and says so, if it is not installed.
fn run(program: &str, arguments: &[&str], files: &[&Path]) -> Option<Vec<u8>> {
    match Command::new(program).args(arguments).args(files).output() {
        Ok(output) => Some(output.stdout),
        Err(_) => {
            println!("skipped: {program} is not installed");
            None
        }
    }
}

/// Where `cargo xtask test` puts ofd.js.
fn script() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("peers");
    let path = folder.join("node_modules/ofd.js/lib/ofd.umd.min.js");
    path.is_file().then_some(path)
}

/// Chromium shows what ofd.js makes of the file, at 800 pixels a page.
fn ofd_js(path: &Path, folder: &Path) -> Option<Vec<Theirs>> {
    let Some(script) = script() else {
        println!("skipped: ofd.js is not installed");
        return None;
    };
    let page = folder.join("page.html");
    fs::write(&page, html(&fs::read(path).unwrap(), &script)).unwrap();
    let address = format!("file://{}", page.display());
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let usual = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        "--disable-background-networking",
        "--allow-file-access-from-files",
        "--force-device-scale-factor=1",
        "--virtual-time-budget=8000",
        &profile,
    ];
    let look = |more: &[&str]| run("chromium", &[&usual[..], more, &[address.as_str()]].concat(), &[]);
    let seen = String::from_utf8_lossy(&look(&["--window-size=900,1200", "--dump-dom"])?).into_owned();
    let boxes = seen.split("id=\"report\"").nth(1)?.split('>').nth(1)?.split('<').next()?;
    // Left, top, width and height of each page.
    let numbers: Vec<u32> = boxes.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let boxes: Vec<&[u32]> = numbers.chunks_exact(4).take(PAGES).collect();
    let bottom = boxes.iter().map(|place| place[1] + place[3]).max()?;
    let picture = folder.join("seen.png");
    let size = format!("--window-size=900,{}", bottom.clamp(100, 16_000));
    look(&[&size, &format!("--screenshot={}", picture.display())])?;
    let seen = image::open(&picture).ok()?.into_rgb8();
    let ofd = Ofd::open(Arc::new(fs::read(path).unwrap()), &OfdLimits::default()).unwrap();
    let page = |(index, place): (usize, &&[u32])| {
        let picture = image::imageops::crop_imm(&seen, place[0], place[1], place[2], place[3]).to_image();
        let width_mm = ofd.page_size(index + 1).ok()?.width;
        Some(Theirs { dpi: f64::from(place[2]) / width_mm * 25.4, picture })
    };
    boxes.iter().enumerate().map(page).collect()
}

fn html(bytes: &[u8], script: &Path) -> String {
    let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
    format!(
        "<!doctype html><meta charset=utf-8><style>body{{margin:0;background:#fff}}</style><script>window.Vue=undefined</script>\
         <script src=\"file://{}\"></script><body><script>\nconst file=new File([new Uint8Array([{}])],'a.ofd');\n\
         ofd.parseOfdDocument({{ofd:file,fail(){{}},success(all){{const pages=ofd.renderOfd(800,all[0]);\
         for(const page of pages)document.body.appendChild(page);\
         const told=document.createElement('pre');told.id='report';\
         told.textContent=pages.map(page=>[page.offsetLeft,page.offsetTop,page.offsetWidth,page.offsetHeight].join(' ')).join(' ');\
         told.hidden=true;\
         document.body.appendChild(told);}}}});\n</script>",
        script.display(),
        list.join(",")
    )
}
