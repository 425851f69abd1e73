//! Drawing pages and converting office documents (呈现与转换性能), on documents made here; `--files` keeps them for peers.

use std::{fs, path::Path, sync::Arc, time::Instant};

use anyhow::{Context, Result};
use eseal_convert::{Options as ConvertOptions, Target, convert};
use eseal_ofd::Ofd;
use eseal_office::{Job, Office};
use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_render::{Limits, OfdPages, Options, PdfOptions, PdfPages, ofd_to_pdf};

use super::{Figures, timer::per_second};
use crate::zip::zip;

/// Resolution of screens and reports, pixels an inch.
const DPI: f64 = 150.0;
/// Pages of the text.
const PAGES: usize = 10;
/// Documents that one worker converts for the mean.
const ROUNDS: u32 = 10;

/// Ten pages of Chinese text, full to the margins.
fn text() -> String {
    let line =
        "第一条　为规范电子印章应用服务，保障交易安全，依据 DB4403/T 383.4—2023 制定本办法，自 2026 年起施行。\n";
    line.repeat(22 * PAGES)
}

/// Pages a second as PNG: `ofd`, `pdf`; documents a second: `ofd_to_pdf`.
pub(super) fn render(files: Option<&Path>) -> Result<Figures> {
    let (fonts, _) = eseal_service::font_library(None);
    let made = |target| convert(&text().into_bytes(), Some("TXT"), target, &ConvertOptions::default());
    let (pdf_bytes, ofd_bytes) = (made(Target::Pdf)?.bytes, made(Target::Ofd)?.bytes);
    if let Some(folder) = files {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("pages.pdf"), &pdf_bytes)?;
        fs::write(folder.join("pages.ofd"), &ofd_bytes)?;
    }
    let options = Options::new(DPI, &fonts);
    let (pdf_bytes, ofd_bytes) = (Arc::new(pdf_bytes), Arc::new(ofd_bytes));
    let mut figures = Figures::new();
    let mut pages = 0_usize;
    // Opened each time, as the programs beside it do.
    let pdf = per_second(|| {
        let document = PdfDocument::open(pdf_bytes.clone(), &PdfLimits::default())?;
        let drawn = PdfPages::new(&document)?;
        pages = document.page_count();
        for number in 1..=pages {
            std::hint::black_box(drawn.render(number, &options)?.picture.to_png()?);
        }
        Ok::<_, anyhow::Error>(())
    })?;
    figures.insert("pdf", pdf * count(pages));
    let ofd = per_second(|| {
        let document = Ofd::open(ofd_bytes.clone(), &eseal_ofd::Limits::default())?;
        let drawn = OfdPages::new(&document, &fonts, Limits::default())?;
        pages = document.pages().len();
        for number in 1..=pages {
            std::hint::black_box(drawn.render(number, DPI)?.picture.to_png()?);
        }
        Ok::<_, anyhow::Error>(())
    })?;
    figures.insert("ofd", ofd * count(pages));
    let converted = per_second(|| {
        let document = Ofd::open(ofd_bytes.clone(), &eseal_ofd::Limits::default())?;
        std::hint::black_box(ofd_to_pdf(&document, &fonts, &PdfOptions::default())?);
        Ok::<_, anyhow::Error>(())
    })?;
    figures.insert("ofd_to_pdf", converted);
    Ok(figures)
}

/// Milliseconds of wall time for one document, by a worker that runs: `docx_ms`, `html_ms`, and the first with its start.
pub(super) fn office(files: Option<&Path>) -> Result<Figures> {
    let folder = std::env::temp_dir().join(format!("eseal-bench-{}", std::process::id()));
    let office = Office::new(eseal_office::Settings::new(&folder));
    let documents = [("docx_ms", "office.docx", docx()), ("html_ms", "office.html", html())];
    let mut figures = Figures::new();
    for (name, file, bytes) in &documents {
        if let Some(folder) = files {
            fs::create_dir_all(folder)?;
            fs::write(folder.join(file), bytes)?;
        }
        let stated = file.rsplit('.').next().map(str::to_uppercase);
        let job = Job { bytes, stated: stated.as_deref(), ..Job::default() };
        let start = Instant::now();
        office.convert(&job, &|_| ()).with_context(|| (*file).to_owned())?;
        figures.entry("first_ms").or_insert_with(|| start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        for _ in 0..ROUNDS {
            office.convert(&job, &|_| ())?;
        }
        figures.insert(name, start.elapsed().as_secs_f64() * 1e3 / f64::from(ROUNDS));
    }
    drop(office);
    let _ = fs::remove_dir_all(folder);
    Ok(figures)
}

fn count(pages: usize) -> f64 {
    u32::try_from(pages).map_or(0.0, f64::from)
}

fn html() -> Vec<u8> {
    let rows: String =
        (1..=60).map(|row| format!("<tr><td>{row}</td><td>单位{row:02}</td><td>已签章</td></tr>")).collect();
    format!("<html><body><h1>台账</h1><table border=1>{rows}</table></body></html>").into_bytes()
}

fn docx() -> Vec<u8> {
    const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let paragraphs: String = text()
        .lines()
        .take(66)
        .map(|line| format!("<w:p><w:r><w:rPr><w:rFonts w:eastAsia=\"宋体\"/></w:rPr><w:t>{line}</w:t></w:r></w:p>"))
        .collect();
    let document = format!("<w:document xmlns:w=\"{WORD}\"><w:body>{paragraphs}</w:body></w:document>");
    let types = format!(
        "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/word/document.xml\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>"
    );
    let relations = format!(
        "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
         </Relationships>"
    );
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations.as_bytes()),
        ("word/document.xml", document.as_bytes()),
    ])
}
