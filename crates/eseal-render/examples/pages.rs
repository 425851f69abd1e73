//! Draws every page of files: `cargo run -p eseal-render --example pages -- DPI FOLDER [--font FONT]… FILE…`.

use std::{error::Error, fs, path::Path, sync::Arc, time::Instant};

use eseal_ofd::Ofd;
use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_render::{FontLibrary, Limits, OfdPages, Options, PdfOptions, PdfPages, RenderError, Rendered, ofd_to_pdf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let dpi: f64 = arguments.next().ok_or("DPI")?.parse()?;
    let folder = arguments.next().ok_or("FOLDER")?;
    let mut fonts = FontLibrary::shipped();
    let mut files = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument == "--font" {
            fonts.add_font(Arc::new(fs::read(arguments.next().ok_or("FONT")?)?));
        } else {
            files.push(argument);
        }
    }
    for file in files {
        if let Err(error) = pages(&file, &folder, dpi, &fonts) {
            println!("{file}: {error}");
        }
    }
    Ok(())
}

fn pages(file: &str, folder: &str, dpi: f64, fonts: &FontLibrary) -> Result<(), Box<dyn Error>> {
    let bytes = fs::read(file)?;
    let options = Options::new(dpi, fonts);
    if bytes.starts_with(b"PK") {
        let ofd = Ofd::open(Arc::new(bytes), &eseal_ofd::Limits::default())?;
        let pages = OfdPages::new(&ofd, fonts, Limits::default())?;
        for number in 1..=ofd.pages().len() {
            let start = Instant::now();
            save(file, folder, number, start, pages.render(number, dpi))?;
            fs::write(name(file, folder, number, "svg"), pages.svg(number)?.markup)?;
        }
        let start = Instant::now();
        let written = ofd_to_pdf(&ofd, fonts, &PdfOptions::default())?;
        println!("{file}: PDF of {} bytes in {:?}", written.bytes.len(), start.elapsed());
        fs::write(name(file, folder, 0, "pdf"), written.bytes)?;
    } else {
        let pdf = PdfDocument::open(Arc::new(bytes), &PdfLimits::default())?;
        let pages = PdfPages::new(&pdf)?;
        for number in 1..=pdf.page_count() {
            let start = Instant::now();
            save(file, folder, number, start, pages.render(number, &options))?;
        }
    }
    Ok(())
}

fn save(
    file: &str,
    folder: &str,
    number: usize,
    start: Instant,
    rendered: Result<Rendered, RenderError>,
) -> Result<(), Box<dyn Error>> {
    let rendered = rendered?;
    println!("{file} {number}: {:?} in {:?}", rendered.picture, start.elapsed());
    for warning in &rendered.warnings {
        println!("    {} {} ({})", warning.kind.as_str(), warning.detail, warning.count);
    }
    fs::write(name(file, folder, number, "png"), rendered.picture.to_png()?)?;
    Ok(())
}

fn name(file: &str, folder: &str, number: usize, extension: &str) -> String {
    let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
    format!("{folder}/{stem}-{number}.{extension}")
}
