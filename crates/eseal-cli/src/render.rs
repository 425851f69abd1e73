//! `eseal render`: pages of PDF and OFD as pictures (页面呈现).

use std::{fs, path::PathBuf, sync::Arc};

use anyhow::{Context, Result, bail};
use eseal::{Document, Limits};
use eseal_render::{FontLibrary, OfdPages, Options, PdfPages, Warning};

use crate::{exit::Exit, files};

/// Arguments of `eseal render`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// PDF or OFD.
    file: PathBuf,
    /// Page, from 1; `{page}` in the output's name stands for it when all are drawn.
    #[arg(long)]
    page: Option<usize>,
    /// Pixels an inch.
    #[arg(long, default_value_t = 150.0)]
    dpi: f64,
    /// Folder of fonts (.ttf, .otf, .ttc) that are preferred to those of the system and the shipped ones.
    #[arg(long)]
    fonts: Option<PathBuf>,
    /// File to write: .png, .svg, or .json for the characters with their boxes in mm.
    #[arg(short, long)]
    output: PathBuf,
}

/// Runs `eseal render`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let bytes = fs::read(&args.file).with_context(|| args.file.display().to_string())?;
    let document = Document::open(Arc::new(bytes), &Limits::default())
        .with_context(|| format!("cannot read {}", args.file.display()))?;
    let fonts = files::fonts(args.fonts.as_deref())?;
    let count = document.page_count();
    let numbers = args.page.map_or(1..=count, |page| page..=page);
    let output = args.output.to_string_lossy().into_owned();
    if args.page.is_none() && count > 1 && !output.contains("{page}") {
        bail!("{count} pages: name one with --page, or write {{page}} in the output's name");
    }
    let draw = Draw::new(&document, &fonts, args.dpi)?;
    for number in numbers {
        let path = PathBuf::from(output.replace("{page}", &number.to_string()));
        let warnings = match path.extension().and_then(|extension| extension.to_str()) {
            Some("png") => draw.png(number, &path)?,
            Some("svg") => draw.svg(number, &path)?,
            Some("json") => draw.text(number, &path)?,
            _ => bail!("{}: .png, .svg or .json", path.display()),
        };
        for warning in &warnings {
            eprintln!("page {}: {} {} ({})", warning.page, warning.kind.as_str(), warning.detail, warning.count);
        }
        println!("{}", path.display());
    }
    Ok(Exit::Done)
}

/// What draws the pages of one kind of file.
struct Draw<'a> {
    pages: Pages<'a>,
    options: Options<'a>,
    document: &'a Document,
}

enum Pages<'a> {
    Pdf(Box<PdfPages<'a>>),
    Ofd(Box<OfdPages<'a>>),
}

impl<'a> Draw<'a> {
    fn new(document: &'a Document, fonts: &'a FontLibrary, dpi: f64) -> Result<Self> {
        let options = Options::new(dpi, fonts);
        let pages = match (document.as_pdf(), document.as_ofd()) {
            (Some(pdf), _) => Pages::Pdf(Box::new(PdfPages::new(pdf)?)),
            (_, Some(ofd)) => Pages::Ofd(Box::new(OfdPages::new(ofd, fonts, options.limits)?)),
            _ => bail!("neither PDF nor OFD"),
        };
        Ok(Self { pages, options, document })
    }

    fn png(&self, number: usize, path: &std::path::Path) -> Result<Vec<Warning>> {
        let rendered = match &self.pages {
            Pages::Pdf(pages) => pages.render(number, &self.options)?,
            Pages::Ofd(pages) => pages.render(number, self.options.dpi)?,
        };
        files::write(path, &rendered.picture.to_png()?)?;
        Ok(rendered.warnings)
    }

    fn svg(&self, number: usize, path: &std::path::Path) -> Result<Vec<Warning>> {
        let svg = match &self.pages {
            Pages::Pdf(pages) => pages.svg(number, &self.options)?,
            Pages::Ofd(pages) => pages.svg(number)?,
        };
        files::write(path, svg.markup.as_bytes())?;
        Ok(svg.warnings)
    }

    /// The layer of text: one entry a character, boxes in mm from the lower left.
    fn text(&self, number: usize, path: &std::path::Path) -> Result<Vec<Warning>> {
        let text = match &self.pages {
            Pages::Pdf(_) => {
                let pdf = self.document.as_pdf().context("no PDF")?;
                eseal_render::page_text(eseal_render::Document::Pdf(pdf), number, &self.options)?
            }
            Pages::Ofd(pages) => pages.text(number)?,
        };
        let characters: Vec<serde_json::Value> = text
            .chars
            .iter()
            .map(|found| {
                let bounds = found.bounds;
                serde_json::json!({
                    "text": found.text, "left": bounds.left, "bottom": bounds.bottom, "right": bounds.right,
                    "top": bounds.top, "size": found.size_mm, "direction": found.direction, "hidden": found.hidden,
                })
            })
            .collect();
        files::write(path, serde_json::to_string(&characters)?.as_bytes())?;
        Ok(Vec::new())
    }
}
