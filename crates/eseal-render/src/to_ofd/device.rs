//! A page of a PDF as objects of OFD (页面转换): what the interpreter draws is kept, in mm from the upper left.

use std::rc::Rc;

use eseal_ofd::PackageWriter;
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, Paint, SoftMask, StrokeProps,
    font::{Glyph, GlyphRun},
    kurbo::{Affine, BezPath, Point, Rect, Shape as _},
};

use super::{
    fonts::{Fonts, UsedGlyph},
    gradient,
    object::{Clip, ImageObject, Ink, Kind, Line, Object, PathObject, PlacedGlyph, TextObject, overlap},
    pictures::{Missing, Pictures},
};
use crate::{
    Limits, RenderError,
    number::long,
    pdf::stop,
    warning::{WarningKind, Warnings},
};

/// Width of the thinnest line, which PDF leaves to the screen, mm: a quarter of a point.
const HAIRLINE: f64 = 0.0882;
/// Most objects of a transparent group that are compared with each other.
const COMPARED: usize = 200;
/// Most characters of one text object.
const CHARS: usize = 2_000;

/// What all pages share while they are written.
pub(super) struct Shared {
    pub(super) package: PackageWriter,
    pub(super) fonts: Fonts,
    pub(super) pictures: Pictures,
    pub(super) last_id: u32,
}

impl Shared {
    pub(super) fn id(&mut self) -> u32 {
        next(&mut self.last_id)
    }
}

pub(super) fn next(last: &mut u32) -> u32 {
    *last = last.saturating_add(1);
    *last
}

/// One page while it is interpreted.
pub(super) struct PageDevice<'s> {
    shared: &'s mut Shared,
    limits: Limits,
    page: Rect,
    pub(super) objects: Vec<Object>,
    pub(super) warnings: Warnings,
    clips: Vec<Rc<Clip>>,
    groups: Vec<Group>,
    count: u64,
}

/// A transparency group that is open.
struct Group {
    start: usize,
    opacity: f64,
    /// Why OFD cannot say it.
    unsupported: Option<&'static str>,
}

impl<'s> PageDevice<'s> {
    pub(super) fn new(shared: &'s mut Shared, size: (f64, f64), limits: Limits) -> Self {
        let page = Rect::new(0.0, 0.0, size.0, size.1);
        Self {
            shared,
            limits,
            page,
            objects: Vec::new(),
            warnings: Warnings::default(),
            clips: vec![Rc::new(Clip::of_page(page))],
            groups: Vec::new(),
            count: 0,
        }
    }

    /// Counts objects; unwinds out of the interpreter when there are too many.
    fn count(&mut self, objects: usize) {
        self.count = self.count.saturating_add(long(objects));
        if self.count > self.limits.objects {
            stop(RenderError::TooLarge { what: "drawing operations of a page", limit: self.limits.objects });
        }
    }

    fn clip(&self) -> Rc<Clip> {
        self.clips.last().cloned().unwrap_or_else(|| Rc::new(Clip::of_page(self.page)))
    }

    fn push(&mut self, kind: Kind, bounds: Rect) {
        if bounds.is_finite() {
            self.objects.push(Object { kind, alpha: 1.0, clip: self.clip(), bounds });
        }
    }

    /// A part of the page that becomes a picture.
    fn region(&mut self, bounds: Rect, why: &str) {
        let seen = overlap(overlap(bounds, self.page), self.clip().bounds);
        if seen != Rect::ZERO {
            self.warnings.add(WarningKind::FeatureDropped, format!("{why}: that part of the page becomes a picture"));
            self.objects.push(Object { kind: Kind::Region, alpha: 1.0, clip: self.clip(), bounds: seen });
        }
    }

    fn path(&mut self, path: &BezPath, props: &DrawProps<'_>, mode: &DrawMode) {
        let (fill, stroke) = match mode {
            DrawMode::Fill(rule) => (Some(*rule), None),
            DrawMode::Stroke(stroke) => (None, Some(stroke)),
            DrawMode::FillAndStroke(rule, stroke) => (Some(*rule), Some(stroke)),
            DrawMode::Invisible => return,
        };
        let transform = props.transform;
        if path.is_empty() || !transform.is_finite() {
            return;
        }
        let scale = transform.determinant().abs().sqrt();
        let line = stroke.map(|stroke| line(stroke, scale));
        let reach = line.as_ref().map_or(0.0, |line| reach(line) * widest(transform));
        let bounds = (transform * path).bounding_box().inflate(reach, reach);
        if overlap(bounds.inflate(0.01, 0.01), self.clip().bounds) == Rect::ZERO {
            return;
        }
        if let Some(why) = unsupported(props.blend_mode, props.soft_mask.is_some()) {
            return self.region(bounds, why);
        }
        let even_odd = fill == Some(FillRule::EvenOdd);
        match &props.paint {
            Paint::Color(color) => {
                let ink = plain(color.to_rgba().components());
                let stroke = line.map(|line| (ink.clone(), line));
                let fill = fill.map(|_| ink);
                let object = PathObject { outline: path.clone(), to_page: transform, fill, even_odd, stroke };
                self.push(Kind::Path(object), bounds);
            }
            Paint::Pattern(pattern) => match gradient::of(pattern, overlap(bounds, self.clip().bounds)) {
                Ok(found) if line.is_none() => {
                    let outline = found.to_page.inverse() * (transform * path);
                    let fill = Some(Ink::Gradient(Rc::new(found.gradient)));
                    let object = PathObject { outline, to_page: found.to_page, fill, even_odd, stroke: None };
                    if let Some(clip) = &found.clip {
                        self.clips.push(Rc::new(self.clip().with(clip, false)));
                    }
                    self.push(Kind::Path(object), bounds);
                    if found.clip.is_some() {
                        self.clips.pop();
                    }
                }
                Ok(_) => self.region(bounds, "a line with a shading"),
                Err(why) => self.region(bounds, why),
            },
        }
    }

    fn glyphs<'a>(&mut self, run: &GlyphRun<'_, 'a>, props: &DrawProps<'a>, mode: &DrawMode) {
        let ink = match &props.paint {
            Paint::Color(color) => Some(plain(color.to_rgba().components())),
            Paint::Pattern(_) => None,
        };
        let why = match &ink {
            None => Some("text with a pattern or shading"),
            Some(_) => unsupported(props.blend_mode, props.soft_mask.is_some()),
        };
        let is_seen = !matches!(mode, DrawMode::Invisible);
        let start = self.objects.len();
        for glyph in run.glyphs() {
            let to_page = props.transform * glyph.transform() * Affine::scale(1_000.0);
            let used = match &**glyph {
                Glyph::Outline(outline) => {
                    let Shared { fonts, last_id, .. } = &mut *self.shared;
                    fonts.outline(outline, &mut || next(last_id)).map(|used| (used, true))
                }
                Glyph::Type3(drawing) => {
                    let Shared { fonts, last_id, .. } = &mut *self.shared;
                    fonts.drawing(drawing, &mut || next(last_id))
                }
            };
            let (used, is_outline) = match used {
                Ok(used) => used,
                Err(error) => stop(error),
            };
            if let (Glyph::Type3(drawing), false, true) = (&**glyph, is_outline, is_seen) {
                drawing.interpret(self, props.transform, glyph.transform(), &props.paint);
                if !used.is_known {
                    continue; // its drawing is all there is
                }
            }
            if !used.is_known && used.bounds.is_none() {
                continue; // nothing to see and nothing to read
            }
            if !used.is_known {
                let detail = "glyphs whose characters the PDF does not tell: they cannot be searched";
                self.warnings.add(WarningKind::NonstandardInput, detail);
            }
            let look = if is_seen && is_outline && why.is_none() { ink.clone() } else { None };
            self.glyph(used, to_page, look, props.transform, mode, start);
        }
        let bounds = self.objects.get(start..).unwrap_or_default().iter().map(|object| object.bounds);
        if let (Some(why), true, Some(bounds)) = (why, is_seen, bounds.reduce(|all, one| all.union(one))) {
            self.region(bounds, why);
        }
        self.join_stroke(start);
    }

    /// Puts a glyph behind the one before it, or begins a new object; without ink it is there to be found only.
    fn glyph(
        &mut self,
        used: UsedGlyph,
        to_page: Affine,
        ink: Option<Ink>,
        space: Affine,
        mode: &DrawMode,
        start: usize,
    ) {
        let [a, b, c, d, x, y] = to_page.as_coeffs();
        let size = c.hypot(d);
        if !(to_page.is_finite() && size > 1e-6 && a.hypot(b) > 1e-9 && (a * d - b * c).abs() > 1e-12) {
            return;
        }
        let matrix = tidy([a / size, b / size, -c / size, -d / size]);
        let bounds = cell(&used, to_page);
        let clip = self.clip();
        let is_hidden = ink.is_none() || overlap(bounds, clip.bounds) == Rect::ZERO;
        let (fill, stroke) = match (mode, ink) {
            (_, None) => (Some(Ink::Plain { rgb: [0; 3], alpha: 0.0 }), None),
            (_, Some(_)) if is_hidden => (Some(Ink::Plain { rgb: [0; 3], alpha: 0.0 }), None),
            (DrawMode::Stroke(props), Some(ink)) => {
                let width = line(props, widest(space)).width * widest(space) / matrix.determinant().abs().sqrt();
                (None, Some((ink, width)))
            }
            (_, Some(ink)) => (Some(ink), None),
        };
        let placed =
            PlacedGlyph { glyph: used.glyph, is_mapped: used.is_mapped, text: used.text, at: Point::new(x, y) };
        let is_here = self.objects.len() > start;
        if let Some(last) = self.objects.last_mut().filter(|_| is_here)
            && let Kind::Text(text) = &mut last.kind
            && text.font == used.font
            && (text.size - size).abs() < size * 1e-5
            && same(text.matrix, matrix)
            && text.glyphs.len() < CHARS
            && is_clear(&text.fill) == is_clear(&fill)
        {
            text.glyphs.push(placed);
            last.bounds = last.bounds.union(bounds);
            return;
        }
        let text = TextObject { font: used.font, size, matrix, glyphs: vec![placed], fill, stroke };
        // What is hidden is not cut: it would be no more than its place.
        let clip = if is_hidden { Rc::new(Clip::of_page(self.page)) } else { clip };
        if bounds.is_finite() {
            self.objects.push(Object { kind: Kind::Text(text), alpha: 1.0, clip, bounds });
        }
    }

    /// Text that is filled and then drawn as lines is one text.
    fn join_stroke(&mut self, start: usize) {
        let count = self.objects.len().saturating_sub(start);
        let before = start.saturating_sub(count);
        let pairs: Option<Vec<(Ink, f64)>> = (0..count)
            .map(|index| {
                let first = self.objects.get(before.checked_add(index)?)?;
                let second = self.objects.get(start.checked_add(index)?)?;
                let (Kind::Text(first), Kind::Text(second)) = (&first.kind, &second.kind) else { return None };
                let joins = first.stroke.is_none() && second.fill.is_none() && first.glyphs == second.glyphs;
                second.stroke.clone().filter(|_| joins)
            })
            .collect();
        let Some(pairs) = pairs.filter(|_| count > 0 && start >= count) else { return };
        self.objects.truncate(start);
        for (object, stroke) in self.objects.iter_mut().skip(before).zip(pairs) {
            if let Kind::Text(text) = &mut object.kind {
                text.stroke = Some(stroke);
            }
        }
    }

    fn image(&mut self, image: &Image<'_, '_>, props: &ImageDrawProps<'_>) {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let to_page = props.transform * Affine::scale_non_uniform(width, height);
        let bounds = to_page.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
        if !bounds.is_finite() || overlap(bounds.inflate(0.01, 0.01), self.clip().bounds) == Rect::ZERO {
            return;
        }
        if let Some(why) = unsupported(props.blend_mode, props.soft_mask.is_some()) {
            return self.region(bounds, why);
        }
        let Shared { pictures, package, last_id, .. } = &mut *self.shared;
        match pictures.resource(image, package, &self.limits, &mut || next(last_id)) {
            Ok(resource) => self.push(Kind::Image(ImageObject { resource, to_page }), bounds),
            Err(Missing::Pattern) => self.region(bounds, "a stencil with a pattern"),
            Err(Missing::Picture(detail)) => self.warnings.add(WarningKind::ImageMissing, detail),
            Err(Missing::Failed(error)) => stop(error),
        }
    }

    fn end_group(&mut self, group: &Group) {
        let parts = self.objects.get(group.start..).unwrap_or_default();
        let seen: Vec<Rect> = parts.iter().filter(|part| !part.is_hidden()).map(|part| part.bounds).collect();
        let faded = group.opacity < 1.0;
        let why = group.unsupported.or((faded && overlaps(&seen)).then_some("a transparent group"));
        let Some(bounds) = seen.into_iter().reduce(|all, one| all.union(one)) else { return };
        if let Some(why) = why {
            let mut kept = self.objects.split_off(group.start);
            kept.retain_mut(Object::hide);
            self.objects.extend(kept);
            self.region(bounds, why);
        } else if faded {
            for part in self.objects.iter_mut().skip(group.start).filter(|part| !part.is_hidden()) {
                part.alpha *= group.opacity;
            }
        }
    }
}

impl Object {
    /// Text that is only there to be found.
    fn is_hidden(&self) -> bool {
        matches!(&self.kind, Kind::Text(text) if is_clear(&text.fill) && text.stroke.is_none())
    }

    /// Makes text invisible; false for what is no text.
    fn hide(&mut self) -> bool {
        let Kind::Text(text) = &mut self.kind else { return false };
        text.fill = Some(Ink::Plain { rgb: [0; 3], alpha: 0.0 });
        text.stroke = None;
        self.alpha = 1.0;
        true
    }
}

impl<'a> Device<'a> for PageDevice<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.count(1);
        self.path(path, &props, mode);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.count(1);
        let inner = self.clip().with(&clip.path, clip.fill == FillRule::EvenOdd);
        self.clips.push(Rc::new(inner));
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend: BlendMode) {
        self.count(1);
        let unsupported = unsupported(blend, mask.is_some());
        self.groups.push(Group { start: self.objects.len(), opacity: f64::from(opacity), unsupported });
    }

    fn draw_glyph_run(&mut self, glyphs: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.count(glyphs.glyphs().len());
        self.glyphs(glyphs, &props, mode);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count(1);
        self.image(&image, &props);
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn pop_transparency_group(&mut self) {
        if let Some(group) = self.groups.pop() {
            self.end_group(&group);
        }
    }
}

/// What OFD has no words for.
fn unsupported(blend: BlendMode, masked: bool) -> Option<&'static str> {
    match (blend, masked) {
        (_, true) => Some("a soft mask"),
        (BlendMode::Normal, false) => None,
        _ => Some("a blend mode"),
    }
}

fn plain([red, green, blue, alpha]: [f32; 4]) -> Ink {
    let byte = |part: f32| crate::number::byte(part.into());
    Ink::Plain { rgb: [byte(red), byte(green), byte(blue)], alpha: alpha.into() }
}

fn is_clear(fill: &Option<Ink>) -> bool {
    matches!(fill, Some(Ink::Plain { alpha, .. }) if *alpha <= 0.0)
}

fn line(stroke: &StrokeProps, scale: f64) -> Line {
    let width = f64::from(stroke.line_width).abs();
    // The thinnest line that a device can draw.
    let width = if width == 0.0 && scale > 0.0 { HAIRLINE / scale } else { width };
    let dashes: Vec<f64> = stroke.dash_array.iter().map(|dash| f64::from(*dash).max(0.0)).collect();
    Line {
        width,
        cap: stroke.line_cap,
        join: stroke.line_join,
        miter_limit: f64::from(stroke.miter_limit),
        dashes: if dashes.iter().sum::<f64>() > 0.0 { dashes } else { Vec::new() },
        dash_offset: f64::from(stroke.dash_offset),
    }
}

/// How far a line reaches beyond its path.
fn reach(line: &Line) -> f64 {
    let spike = if line.join == kurbo::Join::Miter { line.miter_limit.clamp(1.0, 10.0) } else { 1.5 };
    line.width / 2.0 * spike
}

/// The larger of the two scales of a matrix.
fn widest(matrix: Affine) -> f64 {
    let [a, b, c, d, ..] = matrix.as_coeffs();
    a.hypot(b).max(c.hypot(d))
}

/// Where a glyph and its line of text are.
fn cell(used: &UsedGlyph, to_page: Affine) -> Rect {
    let line = Rect::new(0.0, -0.25, (used.advance / 1_000.0).clamp(0.05, 10.0), 0.95);
    let bounds = used.bounds.map_or(line, |bounds| line.union(Affine::scale(0.001).transform_rect_bbox(bounds)));
    to_page.transform_rect_bbox(bounds)
}

/// A matrix without the dust of multiplications.
fn tidy(parts: [f64; 4]) -> Affine {
    let [a, b, c, d] = parts.map(|part| {
        let nearest = part.round();
        if (part - nearest).abs() < 1e-6 { nearest } else { part }
    });
    Affine::new([a, b, c, d, 0.0, 0.0])
}

fn same(first: Affine, second: Affine) -> bool {
    first.as_coeffs().iter().zip(second.as_coeffs()).all(|(a, b)| (a - b).abs() < 1e-5)
}

/// True if two of them cover each other, or if there are too many to say.
fn overlaps(all: &[Rect]) -> bool {
    let pairs = || {
        all.iter()
            .enumerate()
            .flat_map(|(index, one)| all.iter().skip(index.saturating_add(1)).map(move |other| (one, other)))
    };
    all.len() > COMPARED || pairs().any(|(one, other)| overlap(*one, *other).area() > 0.01)
}
