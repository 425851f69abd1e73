//! PDF to OFD (PDF 转 OFD): pages by way of the interpreter, so that vectors stay vectors and text stays text.
//!
//! ```text
//! page → PageDevice (objects in mm) → Content.xml      fonts of the glyphs used → PublicRes.xml, Res/font_n.ttf
//!                                                       pictures, each once      → DocumentRes.xml, Res/image_n.jpg|png
//! outline → Outlines   links → Annotations   files → Attachments   information → DocInfo
//! ```
//! What OFD has no words for (blend modes, soft masks, meshes, tiles) becomes a picture of that part of the page, with its
//! text still there to be found, and is told.

mod device;
mod extras;
mod font_file;
mod fonts;
mod gradient;
mod object;
mod pictures;
mod region;
mod xml;

use std::panic::{AssertUnwindSafe, catch_unwind};

use eseal_ofd::PackageWriter;
use eseal_pdf::PdfDocument;
use hayro_interpret::{
    Context, InterpreterCache, interpret_page,
    kurbo::{Affine, Rect},
};

use crate::{
    FontLibrary, Limits, PdfPages, RenderError, Warning,
    pdf::{self, Settings},
    warning::Warnings,
};
use device::{PageDevice, Shared};
use extras::Extras;
use object::Writer;

/// How a PDF becomes an OFD (转换选项).
#[derive(Clone, Default)]
pub struct OfdOptions<'a> {
    /// 标题; that of the document if absent.
    pub title: Option<&'a str>,
    /// The file itself as attachment, with its name: for sealed ones, whose seals become pictures.
    pub original: Option<(&'a str, &'a [u8])>,
    /// Words at the foot of each page.
    pub mark: Option<&'a str>,
    /// What a page may cost.
    pub limits: Limits,
    /// Told after each page how many of how many are done; false ends the work.
    pub progress: Option<&'a dyn Fn(usize, usize) -> bool>,
}

impl std::fmt::Debug for OfdOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfdOptions").field("title", &self.title).field("mark", &self.mark).finish_non_exhaustive()
    }
}

/// A written OFD (转换结果).
#[derive(Clone, Debug)]
pub struct WrittenOfd {
    /// The file; the same PDF gives the same bytes.
    pub bytes: Vec<u8>,
    /// 页数.
    pub page_count: usize,
    /// What was lost, replaced or guessed.
    pub warnings: Vec<Warning>,
}

/// Most bytes of the description of one page: three times the densest map we know.
const PAGE_BYTES: usize = 48 << 20;
/// Pages after which what the interpreter keeps of fonts and colors is forgotten, so that memory does not grow.
const PAGES_TOGETHER: usize = 64;
/// Most warnings of a document: more would not be read.
const WARNINGS: usize = 2_000;

/// Writes a PDF as OFD.
///
/// Blocking and busy.
///
/// # Errors
/// See [`RenderError`].
pub fn pdf_to_ofd(
    document: &PdfDocument,
    fonts: &FontLibrary,
    options: &OfdOptions<'_>,
) -> Result<WrittenOfd, RenderError> {
    let pages = PdfPages::new(document)?;
    let count = document.page_count();
    if count == 0 {
        return Err(RenderError::NoSuchPage { page: 1 });
    }
    let mut conversion = Conversion {
        pages: &pages,
        fonts,
        options,
        shared: Shared {
            package: PackageWriter::default(),
            fonts: Default::default(),
            pictures: Default::default(),
            last_id: 0,
        },
        written: Vec::new(),
        told: Vec::new(),
    };
    let mut number = 1;
    while number <= count {
        // One cache for some pages: fonts that they share are read once.
        let cache = InterpreterCache::new();
        let end = number.saturating_add(PAGES_TOGETHER).min(count.saturating_add(1));
        while number < end {
            conversion.page(number, &cache)?;
            if options.progress.is_some_and(|progress| !progress(number, count)) {
                return Err(RenderError::Canceled);
            }
            number = number.saturating_add(1);
        }
    }
    conversion.finish()
}

/// A page that has been written.
pub(super) struct WrittenPage {
    id: u32,
    /// Width and height, mm.
    size: (f64, f64),
}

struct Conversion<'c> {
    pages: &'c PdfPages<'c>,
    fonts: &'c FontLibrary,
    options: &'c OfdOptions<'c>,
    shared: Shared,
    written: Vec<WrittenPage>,
    told: Vec<Warning>,
}

impl<'c> Conversion<'c> {
    fn tell(&mut self, warnings: Vec<Warning>) {
        let room = WARNINGS.saturating_sub(self.told.len());
        self.told.extend(warnings.into_iter().take(room));
    }

    fn page(&mut self, number: usize, cache: &InterpreterCache<'c>) -> Result<(), RenderError> {
        let (page, own) = self.pages.page(number)?;
        let size = (page.width_mm(), page.height_mm());
        let to_page = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, size.1]) * pdf::displayed(page);
        let area = Rect::new(0.0, 0.0, size.0, size.1);
        if !(area.is_finite() && size.0 > 0.0 && size.1 > 0.0) {
            return Err(RenderError::Unreadable { page: number, reason: "no area".into() });
        }
        let id = self.shared.id();
        let settings = Settings::new(self.fonts, Warnings::default());
        let limits = self.options.limits;
        let mut device = PageDevice::new(&mut self.shared, size, limits);
        // The interpreter is another's code on a stranger's file: should it panic, this is an error, not the end.
        let drawn = catch_unwind(AssertUnwindSafe(|| {
            let mut context = Context::new(to_page, area, cache, own.xref(), settings.interpreter());
            interpret_page(own, &mut context, &mut device);
        }));
        if let Err(cause) = drawn {
            return Err(match cause.downcast::<RenderError>() {
                Ok(error) => *error,
                Err(_) => RenderError::Unreadable { page: number, reason: "not understood".into() },
            });
        }
        let (objects, mut warnings) = (std::mem::take(&mut device.objects), std::mem::take(&mut device.warnings));
        drop(device);
        let drawing = || self.pages.render(number, &crate::Options { dpi: region::DPI, fonts: self.fonts, limits });
        let mut objects = region::as_images(objects, area, &mut self.shared, drawing, &mut warnings)?;
        if let Some(mark) = self.options.mark {
            objects.extend(region::mark(mark, area, &mut self.shared)?);
        }
        self.tell(settings.finish(number));
        self.tell(warnings.finish(number));
        self.write_page(id, size, &objects)
    }

    fn write_page(&mut self, id: u32, size: (f64, f64), objects: &[object::Object]) -> Result<(), RenderError> {
        let last_id = &mut self.shared.last_id;
        let mut ids = || device::next(last_id);
        let layer = ids();
        let mut writer = Writer { page: Rect::new(0.0, 0.0, size.0, size.1), ids: &mut ids, out: String::new() };
        for object in objects {
            writer.object(object);
            if writer.out.len() > PAGE_BYTES {
                let limit = crate::number::long(PAGE_BYTES);
                return Err(RenderError::TooLarge { what: "bytes of the description of a page", limit });
            }
        }
        let content = writer.out;
        let differs = self.written.first().is_some_and(|first| first.size != size);
        let number = self.written.len();
        let part = xml::page(differs.then_some(size), layer, &content);
        let name = format!("Doc_0/Pages/Page_{number}/Content.xml");
        self.shared.package.add(&name, part.as_bytes()).map_err(failed)?;
        self.written.push(WrittenPage { id, size });
        Ok(())
    }

    fn finish(mut self) -> Result<WrittenOfd, RenderError> {
        let mut warnings = Warnings::default();
        let extras = Extras::read(self.pages.file(), &mut warnings);
        let title = self.options.title;
        let original = self.options.original;
        let parts = xml::Parts {
            fonts: self.write_fonts()?,
            annotations: extras.write_links(&self.written, &mut self.shared)?,
            attachments: extras.write_attachments(original, &mut self.shared)?,
            outlines: extras.outlines(&self.written),
        };
        let shared = &mut self.shared;
        let add =
            |package: &mut PackageWriter, name: &str, part: String| package.add(name, part.as_bytes()).map_err(failed);
        if !shared.pictures.media.is_empty() {
            add(&mut shared.package, "Doc_0/DocumentRes.xml", xml::document_res(&shared.pictures.media))?;
        }
        let document = xml::document(&parts, &self.written, shared.last_id, !shared.pictures.media.is_empty());
        add(&mut shared.package, "Doc_0/Document.xml", document)?;
        let entry = xml::entry(&shared.package.document_id(), title, &extras.info);
        add(&mut shared.package, "OFD.xml", entry)?;
        self.tell(warnings.finish(1));
        let bytes = self.shared.package.finish().map_err(failed)?;
        Ok(WrittenOfd { bytes, page_count: self.written.len(), warnings: self.told })
    }

    /// Writes the fonts; false if there is none.
    fn write_fonts(&mut self) -> Result<bool, RenderError> {
        let Shared { fonts, package, .. } = &mut self.shared;
        let mut list = Vec::new();
        for (id, name, file) in fonts.files() {
            package.add(&format!("Doc_0/Res/font_{id}.ttf"), &file).map_err(failed)?;
            list.push((id, name));
        }
        if list.is_empty() {
            return Ok(false);
        }
        package.add("Doc_0/PublicRes.xml", xml::public_res(&list).as_bytes()).map_err(failed)?;
        Ok(true)
    }
}

fn failed(error: eseal_ofd::Error) -> RenderError {
    match error {
        eseal_ofd::Error::TooLarge { what, limit, .. } => RenderError::TooLarge { what, limit },
        other => RenderError::Write(other.to_string()),
    }
}
