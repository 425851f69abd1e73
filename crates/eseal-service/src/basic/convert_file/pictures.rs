//! What is drawn (页面呈现): 1-2 with `targetType` PNG or SVG, one file a page, and OFD to PDF and back.

use std::sync::Arc;

use eseal::Document;
use eseal_api::{ConversionWarning, Pages, TargetType};
use eseal_bytes::ByteSource;
use eseal_convert::{Options as ConvertOptions, Target};
use eseal_render::{Limits, OfdOptions, OfdPages, Options, PdfOptions, PdfPages, RenderError, Rendered, Svg, Warning};
use serde::{Deserialize, Serialize};

use crate::{App, Error, Result};

/// What pictures are asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Wanted {
    /// As in the request; all pages if absent.
    pub(super) pages: Option<Vec<(i64, i64)>>,
    pub(super) dpi: Option<u32>,
}

/// Most pictures of one request: a request for a whole volume goes in parts.
const PICTURES: usize = 200;
/// Resolution that is not asked for, pixels an inch.
const DPI: u32 = 150;
/// What stands on every page of a sealed file that was converted.
const MARK: &str = "转换件，不含有效签章";
/// Most bytes of a sealed file that goes along as attachment.
const ORIGINAL_BYTES: u64 = 128 << 20;
/// Resolutions that can be asked for.
const DPI_RANGE: std::ops::RangeInclusive<u32> = 10..=1200;

impl Wanted {
    /// # Errors
    /// A resolution that is none.
    pub(super) fn of(pages: Option<&Pages>, dpi: Option<u32>) -> Result<Self> {
        if dpi.is_some_and(|dpi| !DPI_RANGE.contains(&dpi)) {
            return Err(Error::bad("/dpi", "not from 10 to 1200"));
        }
        let pages = match pages {
            Some(Pages::Ranges(ranges)) => Some(ranges.clone()),
            Some(Pages::All) | None => None,
        };
        Ok(Self { pages, dpi })
    }

    /// Pages from 1, in the order asked for.
    fn numbers(&self, count: usize) -> Result<Vec<usize>> {
        let last = i64::try_from(count).unwrap_or(i64::MAX);
        let whole = vec![(1, -1)];
        let mut numbers = Vec::new();
        for (from, to) in self.pages.as_ref().unwrap_or(&whole) {
            let at = |page: i64| if page == -1 { last } else { page };
            let (from, to) = (at(*from), at(*to));
            if from < 1 || to > last || from > to {
                return Err(Error::bad("/pages", format!("the document has {count} pages")));
            }
            let range = (from..=to).filter_map(|page| usize::try_from(page).ok());
            numbers.extend(range.take(PICTURES + 1 - numbers.len().min(PICTURES)));
            if numbers.len() > PICTURES {
                return Err(Error::bad("/pages", format!("more than {PICTURES} pictures at once")));
            }
        }
        Ok(numbers)
    }
}

/// Draws the pages; blocking.
pub(super) fn draw(
    app: &App,
    source: Arc<dyn ByteSource>,
    file_type: Option<&str>,
    target: TargetType,
    wanted: &Wanted,
) -> Result<(Vec<Vec<u8>>, Vec<ConversionWarning>)> {
    let limits = app.config.document_limits();
    let mut warnings = Vec::new();
    let document = match Document::open(source.clone(), &limits) {
        Ok(document) => document,
        // Texts and pictures become pages first.
        Err(eseal::OpenError::UnknownType) => {
            let options = ConvertOptions::default();
            let converted = eseal_convert::convert(source.as_ref(), file_type, Target::Pdf, &options)?;
            warnings.extend(
                converted
                    .warnings
                    .into_iter()
                    .map(|warning| ConversionWarning { kind: warning.kind.as_str().into(), detail: warning.detail }),
            );
            Document::open(Arc::new(converted.bytes), &limits)?
        }
        Err(error) => return Err(error.into()),
    };
    let mut files = Vec::new();
    let numbers = wanted.numbers(document.page_count())?;
    let mut add = |page: Page| -> Result<()> {
        warnings.extend(page.warnings.iter().map(wire));
        files.push(page.bytes);
        Ok(())
    };
    let options = Options::new(f64::from(wanted.dpi.unwrap_or(DPI)), app.fonts.library());
    let is_svg = target == TargetType::Svg;
    if let Some(pdf) = document.as_pdf() {
        let pages = PdfPages::new(pdf)?;
        for number in numbers {
            add(if is_svg {
                pages.svg(number, &options)?.into()
            } else {
                Page::png(pages.render(number, &options)?)?
            })?;
        }
    } else if let Some(ofd) = document.as_ofd() {
        let pages = OfdPages::new(ofd, app.fonts.library(), Limits::default())?;
        for number in numbers {
            add(if is_svg { pages.svg(number)?.into() } else { Page::png(pages.render(number, options.dpi)?)? })?;
        }
    }
    Ok((files, warnings))
}

/// An OFD as PDF; of a sealed one the seals become pictures, the file itself goes along, and each page says so.  Blocking.
pub(super) fn ofd_to_pdf(
    app: &App,
    source: Arc<dyn ByteSource>,
    title: Option<&str>,
    is_sealed: bool,
    archival: bool,
    progress: &dyn Fn(usize, usize) -> bool,
) -> Result<(Vec<Vec<u8>>, Vec<ConversionWarning>)> {
    let document = Document::open(source.clone(), &app.config.document_limits())?;
    let ofd = document.as_ofd().ok_or(Error::UnsupportedConversion)?;
    let original = if is_sealed { Some(source.read_all(ORIGINAL_BYTES)?) } else { None };
    let options = PdfOptions {
        title,
        original: original.as_ref().map(|bytes| ("original.ofd", bytes.as_slice())),
        mark: is_sealed.then_some(MARK),
        archival,
        progress: Some(progress),
        ..PdfOptions::default()
    };
    let written = eseal_render::ofd_to_pdf(ofd, app.fonts.library(), &options)?;
    let mut warnings: Vec<ConversionWarning> = written.warnings.iter().map(wire).collect();
    if is_sealed {
        warnings.push(ConversionWarning { kind: "FEATURE_DROPPED".into(), detail: MARK.into() });
    }
    Ok((vec![written.bytes], warnings))
}

/// A PDF as OFD; a sealed one as above.  Blocking.
pub(super) fn pdf_to_ofd(
    app: &App,
    source: Arc<dyn ByteSource>,
    title: Option<&str>,
    is_sealed: bool,
    progress: &dyn Fn(usize, usize) -> bool,
) -> Result<(Vec<Vec<u8>>, Vec<ConversionWarning>)> {
    let document = Document::open(source.clone(), &app.config.document_limits())?;
    let pdf = document.as_pdf().ok_or(Error::UnsupportedConversion)?;
    let original = if is_sealed { Some(source.read_all(ORIGINAL_BYTES)?) } else { None };
    let options = OfdOptions {
        title,
        original: original.as_ref().map(|bytes| ("original.pdf", bytes.as_slice())),
        mark: is_sealed.then_some(MARK),
        progress: Some(progress),
        ..OfdOptions::default()
    };
    let written = eseal_render::pdf_to_ofd(pdf, app.fonts.library(), &options)?;
    let mut warnings: Vec<ConversionWarning> = written.warnings.iter().map(wire).collect();
    if is_sealed {
        warnings.push(ConversionWarning { kind: "FEATURE_DROPPED".into(), detail: MARK.into() });
    }
    Ok((vec![written.bytes], warnings))
}

struct Page {
    bytes: Vec<u8>,
    warnings: Vec<Warning>,
}

impl Page {
    fn png(rendered: Rendered) -> Result<Self> {
        Ok(Self { bytes: rendered.picture.to_png()?, warnings: rendered.warnings })
    }
}

impl From<Svg> for Page {
    fn from(svg: Svg) -> Self {
        Self { bytes: svg.markup.into_bytes(), warnings: svg.warnings }
    }
}

fn wire(warning: &Warning) -> ConversionWarning {
    let times = if warning.count > 1 { format!(" ({} times)", warning.count) } else { String::new() };
    ConversionWarning {
        kind: warning.kind.as_str().into(),
        detail: format!("page {}: {}{times}", warning.page, warning.detail),
    }
}

impl From<RenderError> for Error {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::NoSuchPage { page } => Self::OffPage { problem: format!("no page {page}") },
            RenderError::Unreadable { page, reason } => Self::FileDamaged { problem: format!("page {page}: {reason}") },
            RenderError::TooLarge { limit, .. } => Self::FileTooLarge { limit_bytes: limit },
            RenderError::NotArchival { reason } => Self::bad("/options/pdfA", reason),
            RenderError::Read(error) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_those_asked_for_and_the_document_has() {
        let ask = |pages: &[(i64, i64)]| Wanted { pages: Some(pages.to_vec()), dpi: None };
        assert_eq!(ask(&[(2, 3), (-1, -1), (1, 1)]).numbers(5).unwrap(), [2, 3, 5, 1]);
        assert_eq!(Wanted { pages: None, dpi: None }.numbers(2).unwrap(), [1, 2]);
        for wrong in [(0, 1), (6, 6), (3, 2), (1, 6)] {
            assert!(ask(&[wrong]).numbers(5).is_err(), "{wrong:?}");
        }
        assert!(Wanted { pages: None, dpi: None }.numbers(10_000).is_err());
        assert!(Wanted::of(None, Some(5)).is_err() && Wanted::of(Some(&Pages::All), Some(300)).is_ok());
    }
}
