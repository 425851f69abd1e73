//! OFD to PDF (OFD 转 PDF): pages drawn as they are seen, text as text, with information, outline and attachments.

mod canvas;
mod extras;
mod links;

use std::panic::{AssertUnwindSafe, catch_unwind};

use eseal_ofd::Ofd;
use krilla::{
    Document, SerializeSettings,
    configure::{Archival, ConfigurationBuilder},
    error::KrillaError,
    page::PageSettings,
};

use crate::{
    FontLibrary, Limits, RenderError, Warning,
    number::single,
    ofd::OfdPages,
    warning::{WarningKind, Warnings},
};
use canvas::{POINTS_PER_MM, PdfCanvas, PdfFonts};

/// How an OFD becomes a PDF (转换选项).
#[derive(Clone, Default)]
pub struct PdfOptions<'a> {
    /// 标题; that of the document if absent.
    pub title: Option<&'a str>,
    /// The file itself as attachment, with its name: for sealed ones, whose seals become pictures.
    pub original: Option<(&'a str, &'a [u8])>,
    /// Words at the foot of each page.
    pub mark: Option<&'a str>,
    /// PDF/A-2b, for archives (长期保存): attachments are dropped, which is told.
    pub archival: bool,
    /// What a page may cost.
    pub limits: Limits,
    /// Told after each page how many of how many are done; false ends the work.
    pub progress: Option<&'a dyn Fn(usize, usize) -> bool>,
}

impl std::fmt::Debug for PdfOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PdfOptions")
            .field("title", &self.title)
            .field("archival", &self.archival)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// A written PDF (转换结果).
#[derive(Clone, Debug)]
pub struct WrittenPdf {
    /// The file; the same OFD gives the same bytes.
    pub bytes: Vec<u8>,
    /// 页数.
    pub page_count: usize,
    /// What was lost, replaced or guessed.
    pub warnings: Vec<Warning>,
}

/// Most bytes of all attachments together.
const ATTACHED_BYTES: u64 = 256 << 20;

/// Writes the first document of an OFD as PDF.
///
/// # Errors
/// See [`RenderError`].
pub fn ofd_to_pdf(ofd: &Ofd, fonts: &FontLibrary, options: &PdfOptions<'_>) -> Result<WrittenPdf, RenderError> {
    // The writer is another's code: should it panic on what a stranger draws, this is an error, not the end.
    let written = catch_unwind(AssertUnwindSafe(|| write(ofd, fonts, options)));
    written.unwrap_or_else(|_| Err(RenderError::Write("the PDF writer failed".into())))
}

fn write(ofd: &Ofd, fonts: &FontLibrary, options: &PdfOptions<'_>) -> Result<WrittenPdf, RenderError> {
    let pages = OfdPages::new(ofd, fonts, options.limits)?;
    let mut document = Document::new_with(settings(options.archival)?);
    let mut pdf_fonts = PdfFonts::default();
    let mut told = Vec::new();
    let count = ofd.pages().len();
    let ids = ofd.pages().iter().enumerate().map(|(index, page)| (page.id.as_str(), index)).collect();
    for number in 1..=count {
        let mut warnings = Warnings::default();
        let size = pages.size(number)?;
        let settings = PageSettings::from_wh(single(size.0 * POINTS_PER_MM), single(size.1 * POINTS_PER_MM));
        let settings = settings.ok_or_else(|| RenderError::Unreadable { page: number, reason: "no area".into() })?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let mut canvas = PdfCanvas { surface: &mut surface, fonts: &mut pdf_fonts, open: 0 };
        let drawn = pages.draw_page(number, &mut canvas, &mut warnings);
        if drawn.is_ok()
            && let Some(mark) = options.mark
        {
            pages.draw_words(mark, (8.0, size.1 - 4.0), &mut canvas, &mut warnings);
        }
        while canvas.open > 0 {
            crate::canvas::Canvas::pop_clip(&mut canvas);
        }
        surface.finish();
        for part in pages.parts_of(number) {
            for link in links::of_part(ofd, part, &ids, &mut warnings) {
                page.add_annotation(link);
            }
        }
        page.finish();
        drawn?;
        told.extend(warnings.finish(number));
        if options.progress.is_some_and(|tell| !tell(number, count)) {
            return Err(RenderError::Canceled);
        }
    }
    if count == 0 {
        return Err(RenderError::NoSuchPage { page: 1 });
    }
    let mut warnings = Warnings::default();
    let extras = extras::Extras::read(ofd, &mut warnings);
    document.set_metadata(extras.metadata(options.title, options.archival));
    if let Some(outline) = extras.outline(count) {
        document.set_outline(outline);
    }
    let mut held = 0_u64;
    if options.archival {
        // ISO 19005-2, 6.8: files in a PDF/A-2 are PDF/A themselves, which nobody vouches for here.
        let names = options.original.map(|(name, _)| name.to_owned());
        for name in names.into_iter().chain(extras.attachments.into_iter().map(|(name, _)| name)) {
            warnings.add(WarningKind::AttachmentDropped, name);
        }
        told.extend(warnings.finish(1));
        return finished(document, count, told);
    }
    if let Some((name, bytes)) = options.original {
        extras::embed(&mut document, name, bytes.to_vec(), &mut warnings);
    }
    for (name, part) in extras.attachments {
        held = held.saturating_add(ofd.package().size(part));
        let bytes = ofd.package().read(part).ok().filter(|_| held <= ATTACHED_BYTES);
        match bytes {
            Some(bytes) => extras::embed(&mut document, &name, bytes, &mut warnings),
            None => warnings.add(WarningKind::AttachmentDropped, name),
        }
    }
    told.extend(warnings.finish(1));
    finished(document, count, told)
}

fn settings(archival: bool) -> Result<SerializeSettings, RenderError> {
    let builder = ConfigurationBuilder::new();
    let builder = if archival { builder.with_archival_validator(Archival::A2_B) } else { builder };
    let configuration = builder.finish().map_err(|error| RenderError::Write(format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

fn finished(document: Document, page_count: usize, warnings: Vec<Warning>) -> Result<WrittenPdf, RenderError> {
    let bytes = document.finish().map_err(|error| match error {
        KrillaError::Validation(problems) => {
            let reason = problems.first().map(|(problem, _)| format!("{problem:?}")).unwrap_or_default();
            RenderError::NotArchival { reason }
        }
        other => RenderError::Write(format!("{other:?}")),
    })?;
    Ok(WrittenPdf { bytes, page_count, warnings })
}
