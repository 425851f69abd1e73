//! Pages of PDF (PDF 页面呈现), drawn by `hayro` on the area that seals are placed on.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
};

use eseal_bytes::ByteSource as _;
use eseal_pdf::{Page, PdfDocument};
use hayro::vello_cpu;
use hayro_interpret::{
    InterpreterSettings, InterpreterWarning,
    font::FontQuery,
    kurbo::{Affine, Rect},
};
use hayro_syntax::Pdf;

use crate::{
    FontLibrary, Options, Picture, RenderError, Rendered, Svg,
    font::Wanted,
    picture::Canvas,
    warning::{WarningKind, Warnings},
};

mod annotations;
mod cost;

pub(crate) use cost::stop;

/// A PDF whose pages are drawn (PDF 文档).
pub struct PdfPages<'a> {
    document: &'a PdfDocument,
    pdf: Pdf,
}

impl std::fmt::Debug for PdfPages<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PdfPages({:?})", self.document)
    }
}

/// The interpreter's settings and what it warned of.
pub(crate) struct Settings {
    interpreter: InterpreterSettings,
    found: Arc<Mutex<Warnings>>,
}

impl<'a> PdfPages<'a> {
    /// Prepares to draw pages of `document`.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`] above the usual limit, [`RenderError::Read`], [`RenderError::Unreadable`].
    pub fn new(document: &'a PdfDocument) -> Result<Self, RenderError> {
        let bytes = document.source().read_all(crate::Limits::default().file_bytes)?;
        let bytes = eseal_text::legacy::with_chinese_fonts(bytes);
        let unreadable = || RenderError::Unreadable { page: 1, reason: "not understood".into() };
        // The interpreter is another's code on a stranger's file: should it panic, this is an error, not the end.
        let pdf = catch_unwind(|| Pdf::new(bytes).ok()).ok().flatten().ok_or_else(unreadable)?;
        if pdf.pages().len() != document.page_count() {
            return Err(unreadable());
        }
        Ok(Self { document, pdf })
    }

    /// Draws page `number` (from 1), annotations and seals included.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&self, number: usize, options: &Options<'_>) -> Result<Rendered, RenderError> {
        let (page, own) = self.page(number)?;
        let mut warnings = Warnings::default();
        let canvas = Canvas::of((page.width_mm(), page.height_mm()), options.dpi, &options.limits, &mut warnings);
        annotations::warn(own, &mut warnings);
        let settings = Settings::new(options.fonts, warnings);
        let to_pixels =
            Affine::new([canvas.scale(), 0.0, 0.0, -canvas.scale(), 0.0, f64::from(canvas.height)]) * displayed(page);
        let area = Rect::new(0.0, 0.0, f64::from(canvas.width), f64::from(canvas.height));
        let drawn = catch_unwind(AssertUnwindSafe(|| {
            cost::check(own, to_pixels, area, &options.limits)?;
            Ok(draw(own, &settings.interpreter, canvas, to_pixels))
        }));
        let unreadable = RenderError::Unreadable { page: number, reason: "not understood".into() };
        let picture = drawn.unwrap_or(Err(unreadable))?;
        Ok(Rendered { picture, warnings: settings.finish(number) })
    }

    /// Page `number` (from 1) as SVG.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn svg(&self, number: usize, options: &Options<'_>) -> Result<Svg, RenderError> {
        let (page, own) = self.page(number)?;
        let mut warnings = Warnings::default();
        annotations::warn(own, &mut warnings);
        let settings = Settings::new(options.fonts, warnings);
        let area = Rect::new(0.0, 0.0, page.width_mm(), page.height_mm());
        let made = catch_unwind(AssertUnwindSafe(|| {
            cost::check(own, displayed(page), area, &options.limits)?;
            let white = hayro_svg::SvgRenderSettings { bg_color: [255; 4] };
            Ok(hayro_svg::convert(own, &hayro_svg::RenderCache::new(), &settings.interpreter, &white))
        }));
        let unreadable = RenderError::Unreadable { page: number, reason: "not understood".into() };
        let markup = made.unwrap_or(Err(unreadable))?;
        Ok(Svg { markup, warnings: settings.finish(number) })
    }

    /// The document, and the same as the interpreter sees it.
    pub(crate) fn file(&self) -> (&PdfDocument, &Pdf) {
        (self.document, &self.pdf)
    }

    pub(crate) fn page(&self, number: usize) -> Result<(&Page, &hayro_syntax::page::Page<'_>), RenderError> {
        let missing = || RenderError::NoSuchPage { page: number };
        let page = self.document.page(number).ok_or_else(missing)?;
        let own = number.checked_sub(1).and_then(|index| self.pdf.pages().get(index)).ok_or_else(missing)?;
        Ok((page, own))
    }
}

fn draw(page: &hayro_syntax::page::Page<'_>, settings: &InterpreterSettings, canvas: Canvas, to: Affine) -> Picture {
    let side = |length: u32| u16::try_from(length).unwrap_or(u16::MAX);
    let mut context = vello_cpu::RenderContext::new(side(canvas.width), side(canvas.height));
    let cache = hayro::RenderCache::new();
    hayro::render_into(page, &cache, settings, &hayro::RenderSettings::default(), &mut context, to);
    context.flush();
    let mut pixmap = vello_cpu::Pixmap::new(context.width(), context.height());
    let white = vello_cpu::color::palette::css::WHITE;
    let settings = vello_cpu::RasterizerSettings {
        target_init: vello_cpu::TargetInit::Clear(white),
        ..vello_cpu::RasterizerSettings::default()
    };
    context.render_with(&mut pixmap, &mut vello_cpu::Resources::default(), settings);
    Picture::opaque(canvas, pixmap.data_as_u8_slice())
}

/// User space → mm from the lower left of the displayed page.
pub(crate) fn displayed(page: &Page) -> Affine {
    let [x0, y0, x1, y1] = page.visible;
    let turned = match page.rotate {
        90 => Affine::new([0.0, -1.0, 1.0, 0.0, -y0, x1]),
        180 => Affine::new([-1.0, 0.0, 0.0, -1.0, x1, y1]),
        270 => Affine::new([0.0, 1.0, -1.0, 0.0, y1, -x0]),
        _ => Affine::new([1.0, 0.0, 0.0, 1.0, -x0, -y0]),
    };
    Affine::scale(page.mm_per_unit()) * turned
}

impl Settings {
    pub(crate) fn new(fonts: &FontLibrary, warnings: Warnings) -> Self {
        let found = Arc::new(Mutex::new(warnings));
        let usual = InterpreterSettings::default();
        let (shipped, library, told) = (usual.font_resolver.clone(), fonts.clone(), found.clone());
        let sink = found.clone();
        let add = |warnings: &Mutex<Warnings>, kind, detail: String| {
            if let Ok(mut warnings) = warnings.lock() {
                warnings.add(kind, detail);
            }
        };
        let interpreter = InterpreterSettings {
            font_resolver: Arc::new(move |query| {
                let FontQuery::Fallback(wanted) = query else { return shipped(query) };
                let names = [&wanted.post_script_name, &wanted.font_name, &wanted.font_family];
                let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
                let chinese = wanted.character_collection.is_some() || !names.iter().all(|name| name.is_ascii());
                let look = Wanted::new(&names, wanted.is_bold || wanted.font_weight >= 600, Some(wanted.is_serif));
                let face = library.best(&look).filter(|face| chinese || face.is(&look));
                let name = names.first().copied().unwrap_or("(unnamed)");
                match face {
                    Some(face) if face.is(&look) => Some((face.bytes.clone(), face.index)),
                    Some(face) => {
                        add(&told, WarningKind::FontSubstituted, format!("{name} → {}", face.name));
                        Some((face.bytes.clone(), face.index))
                    }
                    None => {
                        add(&told, WarningKind::FontSubstituted, format!("{name} → a standard font"));
                        shipped(query)
                    }
                }
            }),
            warning_sink: Arc::new(move |warning| match warning {
                InterpreterWarning::UnsupportedFont => {
                    add(&sink, WarningKind::FeatureDropped, "a font that cannot be read".into());
                }
                InterpreterWarning::ImageDecodeFailure => {
                    add(&sink, WarningKind::ImageMissing, "a picture that cannot be decoded".into());
                }
                _ => {} // an annotation without a usable appearance: told by `annotations`, which knows those that need none
            }),
            ..usual
        };
        Self { interpreter, found }
    }

    /// For a context of the interpreter.
    pub(crate) fn interpreter(&self) -> InterpreterSettings {
        self.interpreter.clone()
    }

    pub(crate) fn finish(self, page: usize) -> Vec<crate::Warning> {
        drop(self.interpreter);
        let warnings = self.found.lock().map(|mut found| std::mem::take(&mut *found)).unwrap_or_default();
        warnings.finish(page)
    }
}
