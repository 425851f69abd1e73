//! Pages of PDF and OFD as pictures (页面呈现): PNG, SVG and a layer of positioned text.
//!
//! ```text
//! Document (PDF | OFD) ─ render_page ─→ Picture (any dpi) + warnings ─ to_png
//!                      ├ page_svg ────→ SVG + warnings
//!                      ├ thumbnail ───→ PNG of a width
//!                      └ page_text ───→ characters with their boxes, mm
//! ```
//!
//! The same pages come out on the server, in reports and before sealing.  Whatever was lost, replaced or guessed is a
//! [`Warning`] with its place; whatever a stranger can make us do is bounded by [`Limits`].  Nothing here reads a file or
//! asks a clock: fonts come in as bytes, see [`FontLibrary`].
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod canvas;
mod error;
mod font;
mod image;
mod limits;
mod number;
mod ofd;
mod pdf;
mod picture;
mod raster;
mod svg;
mod text_layer;
mod to_ofd;
mod to_pdf;
mod warning;

pub use error::RenderError;
pub use font::{FontBytes, FontLibrary, LibraryFace};
pub use limits::Limits;
pub use ofd::OfdPages;
pub use pdf::PdfPages;
pub use picture::Picture;
pub use to_ofd::{OfdOptions, WrittenOfd, pdf_to_ofd};
pub use to_pdf::{PdfOptions, WrittenPdf, ofd_to_pdf};
pub use warning::{Warning, WarningKind};

use eseal_ofd::Ofd;
use eseal_pdf::PdfDocument;
use eseal_text::PageText;

/// A document whose pages are drawn (文档).
#[derive(Clone, Copy)]
pub enum Document<'a> {
    /// PDF.
    Pdf(&'a PdfDocument),
    /// OFD.
    Ofd(&'a Ofd),
}

impl Document<'_> {
    /// 页数.
    #[must_use]
    pub fn page_count(&self) -> usize {
        match self {
            Self::Pdf(pdf) => pdf.page_count(),
            Self::Ofd(ofd) => ofd.pages().len(),
        }
    }

    /// Displayed width and height of page `number` (from 1), mm.
    #[must_use]
    pub fn page_size_mm(&self, number: usize) -> Option<(f64, f64)> {
        match self {
            Self::Pdf(pdf) => pdf.page(number).map(|page| (page.width_mm(), page.height_mm())),
            Self::Ofd(ofd) => ofd.page_size(number).ok().map(|size| (size.width, size.height)),
        }
    }
}

/// How a page is drawn (呈现选项).
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// 分辨率, pixels an inch.
    pub dpi: f64,
    /// What stands in for fonts that are not embedded.
    pub fonts: &'a FontLibrary,
    /// What a page may cost.
    pub limits: Limits,
}

impl<'a> Options<'a> {
    /// The usual limits.
    #[must_use]
    pub fn new(dpi: f64, fonts: &'a FontLibrary) -> Self {
        Self { dpi, fonts, limits: Limits::default() }
    }
}

/// A drawn page (页面图像).
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The pixels.
    pub picture: Picture,
    /// What was lost, replaced or guessed.
    pub warnings: Vec<Warning>,
}

/// A page as SVG (页面矢量图).
#[derive(Clone, Debug)]
pub struct Svg {
    /// The markup.
    pub markup: String,
    /// What was lost, replaced or guessed.
    pub warnings: Vec<Warning>,
}

/// Draws page `number` (from 1).
///
/// Blocking and busy.  For many pages of one file use [`PdfPages`] or [`OfdPages`], which read it once.
///
/// # Errors
/// See [`RenderError`].
pub fn render_page(document: Document<'_>, number: usize, options: &Options<'_>) -> Result<Rendered, RenderError> {
    match document {
        Document::Pdf(pdf) => PdfPages::new(pdf)?.render(number, options),
        Document::Ofd(ofd) => OfdPages::new(ofd, options.fonts, options.limits)?.render(number, options.dpi),
    }
}

/// Page `number` (from 1) as SVG with its size in mm.
///
/// # Errors
/// See [`RenderError`].
pub fn page_svg(document: Document<'_>, number: usize, options: &Options<'_>) -> Result<Svg, RenderError> {
    match document {
        Document::Pdf(pdf) => PdfPages::new(pdf)?.svg(number, options),
        Document::Ofd(ofd) => OfdPages::new(ofd, options.fonts, options.limits)?.svg(number),
    }
}

/// Characters of page `number` (from 1) with their boxes in mm, for a layer over the picture.
///
/// # Errors
/// See [`RenderError`].
pub fn page_text(document: Document<'_>, number: usize, options: &Options<'_>) -> Result<PageText, RenderError> {
    match document {
        Document::Pdf(pdf) => eseal_text::pdf::page_chars(pdf, number).map_err(RenderError::from),
        Document::Ofd(ofd) => OfdPages::new(ofd, options.fonts, options.limits)?.text(number),
    }
}

/// Page `number` (from 1) as PNG, `width_px` wide (缩略图).
///
/// # Errors
/// See [`RenderError`].
pub fn thumbnail(
    document: Document<'_>,
    number: usize,
    width_px: u32,
    fonts: &FontLibrary,
) -> Result<Vec<u8>, RenderError> {
    let (width_mm, _) = document.page_size_mm(number).ok_or(RenderError::NoSuchPage { page: number })?;
    let dpi = f64::from(width_px.max(1)) * number::MM_PER_INCH / width_mm.max(1.0);
    render_page(document, number, &Options::new(dpi, fonts))?.picture.to_png()
}
