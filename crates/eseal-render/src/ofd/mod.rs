//! Pages of OFD (OFD 页面呈现): templates, layers, annotations and seals in the order of GB/T 33190 §7.7.

mod annotation;
mod draw;
mod fonts;
mod model;
mod seal;

use eseal_ofd::{Ofd, OfdDocument, PartId, xml};
use kurbo::{Affine, Rect, Shape as _};
use roxmltree::Node;

use crate::{
    Limits, Picture, RenderError, Rendered, Svg,
    canvas::{Canvas, Figure},
    font::FontLibrary,
    picture::Canvas as Size,
    raster::Raster,
    svg::SvgCanvas,
    warning::{WarningKind, Warnings},
};
use draw::{Images, Painter, Space};
use fonts::Fonts;
use model::{LayerType, PageContent, Reader, Resources};

/// An OFD whose pages are drawn (OFD 文档); it keeps fonts and pictures that pages share.
pub struct OfdPages<'a> {
    ofd: &'a Ofd,
    limits: Limits,
    resources: Resources,
    default_space: Option<String>,
    fonts: Fonts<'a>,
    images: Images,
    /// What reading the document's resources found.
    warnings: Warnings,
    annotations: Vec<annotation::PageFiles>,
    seals: Vec<seal::Stamp>,
    /// Packages around this one: a seal may be a package of its own.
    nesting: usize,
}

impl std::fmt::Debug for OfdPages<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OfdPages({} pages)", self.ofd.pages().len())
    }
}

impl<'a> OfdPages<'a> {
    /// Reads what all pages of the first document share.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`]; what is missing or broken is a warning.
    pub fn new(ofd: &'a Ofd, fonts: &'a FontLibrary, limits: Limits) -> Result<Self, RenderError> {
        Self::nested(ofd, fonts, limits, 0)
    }

    fn nested(ofd: &'a Ofd, fonts: &'a FontLibrary, limits: Limits, nesting: usize) -> Result<Self, RenderError> {
        let mut pages = Self {
            ofd,
            limits,
            resources: Resources::default(),
            default_space: None,
            fonts: Fonts::new(fonts, limits),
            images: Images::default(),
            warnings: Warnings::default(),
            annotations: Vec::new(),
            seals: Vec::new(),
            nesting,
        };
        for deviation in ofd.deviations() {
            pages.warnings.add(WarningKind::NonstandardInput, *deviation);
        }
        let Some(document) = ofd.documents().first() else { return Ok(pages) };
        pages.read_document(document)?;
        pages.seals = seal::stamps(ofd, document, &mut pages.warnings);
        Ok(pages)
    }

    fn read_document(&mut self, document: &OfdDocument) -> Result<(), RenderError> {
        let package = self.ofd.package();
        let Some(root) = document.root else { return Ok(()) };
        let Ok(source) = package.text(root) else { return Ok(()) };
        let Ok(tree) = xml::parse(&source) else { return Ok(()) };
        let element = tree.root_element();
        let base = package.name(root);
        let common = xml::child(element, "CommonData").unwrap_or(element);
        self.default_space = xml::child(common, "DefaultCS").map(xml::text).filter(|id| !id.is_empty());
        let mut reader = Reader::new(self.limits, &mut self.warnings);
        for name in ["PublicRes", "DocumentRes"] {
            for node in xml::children(common, name) {
                self.resources.load(package, base, &xml::text(node), &mut reader)?;
            }
        }
        if let Some(list) = xml::child(element, "Annotations").map(xml::text).filter(|list| !list.is_empty()) {
            self.annotations = annotation::files(package, base, &list, &mut self.warnings);
        }
        Ok(())
    }

    /// The parts that page `number` (from 1) is written in, its annotations included.
    pub(crate) fn parts_of(&self, number: usize) -> Vec<PartId> {
        let Some(page) = number.checked_sub(1).and_then(|index| self.ofd.pages().get(index)) else { return Vec::new() };
        let files = self.annotations.iter().filter(|files| files.page == page.id.trim());
        page.part.into_iter().chain(files.flat_map(|files| files.parts.iter().copied())).collect()
    }

    /// Draws page `number` (from 1), annotations and seals included.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&self, number: usize, dpi: f64) -> Result<Rendered, RenderError> {
        let mut warnings = self.warnings.clone();
        let page = self.read(number, &mut warnings)?;
        let size = Size::of(page.size, dpi, &self.limits, &mut warnings);
        let mut raster = Raster::new(size, self.limits.painted_pixels)?;
        self.draw(&page, &mut raster, Affine::IDENTITY, &mut warnings)?;
        let picture = Picture::opaque(size, &raster.finish()?);
        Ok(Rendered { picture, warnings: warnings.finish(number) })
    }

    /// Page `number` (from 1) as SVG.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn svg(&self, number: usize) -> Result<Svg, RenderError> {
        let mut warnings = self.warnings.clone();
        let page = self.read(number, &mut warnings)?;
        let mut svg = SvgCanvas::new(page.size);
        self.draw(&page, &mut svg, Affine::IDENTITY, &mut warnings)?;
        Ok(Svg { markup: svg.finish()?, warnings: warnings.finish(number) })
    }

    /// Characters of page `number` (from 1) with their boxes, as wide as their glyphs.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn text(&self, number: usize) -> Result<eseal_text::PageText, RenderError> {
        let mut warnings = self.warnings.clone();
        let page = self.read(number, &mut warnings)?;
        let mut layer = crate::text_layer::TextLayer::new(page.size);
        self.draw(&page, &mut layer, Affine::IDENTITY, &mut warnings)?;
        Ok(layer.finish())
    }

    /// Width and height of a page, mm.
    pub(crate) fn size(&self, number: usize) -> Result<(f64, f64), RenderError> {
        let size = self.ofd.page_size(number);
        let size = size.map_err(|error| RenderError::Unreadable { page: number, reason: error.to_string() })?;
        Ok((size.width, size.height))
    }

    /// Draws a page on any carrier.
    pub(crate) fn draw_page(
        &self,
        number: usize,
        canvas: &mut dyn Canvas,
        warnings: &mut Warnings,
    ) -> Result<(), RenderError> {
        if number == 1 {
            *warnings = self.warnings.clone();
        }
        let page = self.read(number, warnings)?;
        self.draw(&page, canvas, Affine::IDENTITY, warnings)
    }

    /// Draws a line of gray words, for marks of our own.
    pub(crate) fn draw_words(&self, words: &str, (x, y): (f64, f64), canvas: &mut dyn Canvas, warnings: &mut Warnings) {
        const SIZE: f64 = 2.8;
        let chosen = self.fonts.choose(self.ofd, None, warnings);
        let mut left = x;
        let gray = crate::canvas::Paint::Solid(crate::canvas::Rgba { red: 120, green: 120, blue: 120, alpha: 1.0 });
        let mut glyphs = Vec::new();
        let mut font = None;
        for character in words.chars() {
            let Some(found) = self.fonts.by_char(&chosen, character, &mut Warnings::default()) else { continue };
            let advance = found.font.advance(found.glyph).unwrap_or(1.0);
            let to_page = Affine::translate((left, y)) * Affine::scale(SIZE);
            glyphs.push(crate::canvas::PlacedGlyph { glyph: found.glyph, to_page, text: vec![character], advance });
            left += advance * SIZE;
            font = Some(found.font);
        }
        let run = crate::canvas::GlyphRun { font: font.as_ref(), glyphs: &glyphs, fill: Some(&gray), stroke: None };
        canvas.glyphs(&run);
    }

    fn read(&self, number: usize, warnings: &mut Warnings) -> Result<ReadPage, RenderError> {
        let missing = RenderError::NoSuchPage { page: number };
        let page = number.checked_sub(1).and_then(|index| self.ofd.pages().get(index)).ok_or(missing)?;
        let unreadable = |reason: String| RenderError::Unreadable { page: number, reason };
        let part = page.part.ok_or_else(|| unreadable(format!("{} is missing", page.location)))?;
        let content = self.content(part, warnings)?.map_err(unreadable)?;
        let size = self.ofd.page_size(number).map_err(|error| unreadable(error.to_string()))?;
        let document = self.ofd.documents().first();
        if content.physical_box.is_empty() && document.is_none_or(|document| document.page_size.is_none()) {
            let detail = format!("no PhysicalBox: {:.0} by {:.0} mm are taken", size.width, size.height);
            warnings.add(WarningKind::PageBoxGuessed, detail);
        }
        let base = self.ofd.package().name(part).to_owned();
        let mut resources = self.page_resources(&base, &content, warnings)?;
        let mut layers = Vec::new();
        for reference in &content.templates {
            let Some(part) = document.and_then(|document| document.template(&reference.id)) else {
                warnings.add(WarningKind::NonstandardInput, "a template page is missing");
                continue;
            };
            match self.content(part, warnings)? {
                Ok(template) => {
                    resources.extend(self.page_resources(self.ofd.package().name(part), &template, warnings)?);
                    let rank = if reference.z_order == LayerType::Foreground { 1 } else { 0 };
                    let rank = (reference.z_order, rank * 2);
                    layers.extend(template.layers.into_iter().map(|layer| (rank, layer)));
                }
                Err(error) => {
                    let detail =
                        format!("a template page cannot be read: {}", error.chars().take(100).collect::<String>());
                    warnings.add(WarningKind::NonstandardInput, detail);
                }
            }
        }
        layers.extend(content.layers.into_iter().map(|layer| ((layer.kind, 1), layer)));
        layers.sort_by_key(|(rank, _)| *rank); // stable
        let layers = layers.into_iter().map(|(_, layer)| layer).collect();
        Ok(ReadPage { number, id: page.id.clone(), size: (size.width, size.height), layers, resources })
    }

    /// A page or template; the inner error says why it cannot be read.
    fn content(&self, part: PartId, warnings: &mut Warnings) -> Result<Result<PageContent, String>, RenderError> {
        let source = match self.ofd.package().text(part) {
            Ok(source) => source,
            Err(eseal_ofd::Error::TooLarge { what, limit, .. }) => return Err(RenderError::TooLarge { what, limit }),
            Err(error) => return Ok(Err(error.to_string())),
        };
        match xml::parse(&source) {
            Ok(tree) => PageContent::read(tree.root_element(), &mut Reader::new(self.limits, warnings)).map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }

    fn page_resources(
        &self,
        base: &str,
        content: &PageContent,
        warnings: &mut Warnings,
    ) -> Result<Vec<Resources>, RenderError> {
        let mut found = Vec::new();
        let mut reader = Reader::new(self.limits, warnings);
        for location in &content.resources {
            let mut resources = Resources::default();
            resources.load(self.ofd.package(), base, location, &mut reader)?;
            found.push(resources);
        }
        Ok(found)
    }

    /// Draws a page through `to`.
    fn draw(
        &self,
        page: &ReadPage,
        canvas: &mut dyn Canvas,
        to: Affine,
        warnings: &mut Warnings,
    ) -> Result<(), RenderError> {
        let mut resources: Vec<&Resources> = page.resources.iter().collect();
        resources.push(&self.resources);
        let mut painter = Painter {
            ofd: self.ofd,
            resources,
            default_space: self.default_space.clone(),
            fonts: &self.fonts,
            images: &self.images,
            canvas,
            warnings,
            limits: self.limits,
            drawn: 0,
        };
        for layer in &page.layers {
            let space = Space { to_page: to, param: layer.draw_param.clone(), alpha: 1.0, depth: 1 };
            painter.objects(&layer.objects, &space)?;
        }
        let files = self.annotations.iter().filter(|files| files.page == page.id);
        for part in files.flat_map(|files| &files.parts) {
            annotation::draw(&mut painter, *part, to)?;
        }
        let drawn = painter.drawn;
        for stamp in self.seals.iter().filter(|stamp| stamp.page == page.id) {
            self.stamp(stamp, canvas, to, warnings, drawn)?;
        }
        Ok(())
    }

    fn stamp(
        &self,
        stamp: &seal::Stamp,
        canvas: &mut dyn Canvas,
        to: Affine,
        warnings: &mut Warnings,
        drawn: u64,
    ) -> Result<(), RenderError> {
        let boundary = stamp.boundary;
        let clip = stamp.clip.map(|clip| clip + boundary.origin().to_vec2());
        if let Some(clip) = clip {
            canvas.push_clip(Figure { path: &clip.to_path(0.1), to_page: to, even_odd: false });
        }
        let into = to
            * Affine::translate(boundary.origin().to_vec2())
            * Affine::scale_non_uniform(boundary.width(), boundary.height());
        let done = match &stamp.picture {
            Ok(seal::SealPicture::Pixels(bitmap)) => {
                canvas.image(bitmap, into, 1.0);
                Ok(())
            }
            Ok(seal::SealPicture::Ofd(inner)) if self.nesting < seal::NESTED => {
                let limits = Limits { objects: self.limits.objects.saturating_sub(drawn), ..self.limits };
                self.nested_page(inner, canvas, into, limits, warnings)
            }
            Ok(seal::SealPicture::Ofd(_)) => {
                warnings.add(
                    WarningKind::FeatureDropped,
                    format!("seal {}: a package in a package in a package", stamp.id),
                );
                Ok(())
            }
            Err(reason) => {
                warnings.add(WarningKind::ImageMissing, format!("seal {}: {reason}", stamp.id));
                let gray = crate::canvas::Paint::Solid(crate::canvas::Rgba { red: 200, green: 0, blue: 0, alpha: 0.5 });
                let frame = boundary.to_path(0.1);
                canvas.stroke(Figure { path: &frame, to_page: to, even_odd: false }, &kurbo::Stroke::new(0.2), &gray);
                Ok(())
            }
        };
        if clip.is_some() {
            canvas.pop_clip();
        }
        done
    }

    /// A whole OFD as the picture of a seal: its first page fills the box.
    fn nested_page(
        &self,
        inner: &Ofd,
        canvas: &mut dyn Canvas,
        into: Affine,
        limits: Limits,
        warnings: &mut Warnings,
    ) -> Result<(), RenderError> {
        let pages = OfdPages::nested(inner, self.fonts.library(), limits, self.nesting.saturating_add(1))?;
        match pages.read(1, warnings) {
            Ok(page) => {
                let (width, height) = page.size;
                let area = Rect::new(0.0, 0.0, 1.0, 1.0).to_path(0.1);
                canvas.push_clip(Figure { path: &area, to_page: into, even_odd: false });
                let done =
                    pages.draw(&page, canvas, into * Affine::scale_non_uniform(1.0 / width, 1.0 / height), warnings);
                canvas.pop_clip();
                done
            }
            Err(RenderError::TooLarge { what, limit }) => Err(RenderError::TooLarge { what, limit }),
            Err(error) => {
                warnings.add(WarningKind::ImageMissing, format!("a seal's picture: {error}"));
                Ok(())
            }
        }
    }
}

/// A page with its templates, ready to be drawn.
struct ReadPage {
    #[expect(dead_code, reason = "for messages while debugging")]
    number: usize,
    id: String,
    size: (f64, f64),
    layers: Vec<model::Layer>,
    resources: Vec<Resources>,
}

/// Text of an element's child, if it is not empty.
fn location(node: Node<'_, '_>, name: &str) -> Option<String> {
    Some(xml::child_text(node, name)).filter(|location| !location.is_empty())
}
