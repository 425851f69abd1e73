//! Objects drawn on a carrier (图元绘制): spaces, clips, alpha and drawing parameters, GB/T 33190 §8.

mod gradient;
mod mesh;
mod paint;
mod text;
mod tiles;

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use eseal_ofd::Ofd;
use kurbo::{Affine, BezPath, Rect, Shape as _, Stroke};

use super::{
    fonts::Fonts,
    model::{
        Cap, Clip, ClipShape, Color, DrawParam, GraphicUnit, ImageObject, Join, Kind, Object, PathObject, Resources,
    },
};
use crate::{
    Limits, RenderError,
    canvas::{Canvas, Figure, Paint},
    image::{self, Bitmap},
    number::long,
    warning::{WarningKind, Warnings},
};

/// Width of a line whose width is not said, mm (§8.2).
const LINE_WIDTH: f64 = 0.353;
/// Miter limit that is not said (§8.2).
const MITER_LIMIT: f64 = 3.528;
/// Most drawing parameters that follow one another by `Relative`.
const RELATIVES: usize = 32;
/// How far from its boundary something may be before the boundary cuts it, mm: makers round.
const SLACK: f64 = 0.2;
/// Most dashes of one line.
const DASHES: f64 = 50_000.0;

/// Draws objects of one page.
pub(crate) struct Painter<'p> {
    pub(crate) ofd: &'p Ofd,
    /// Of the page, then of its templates and the document.
    pub(crate) resources: Vec<&'p Resources>,
    pub(crate) default_space: Option<String>,
    pub(crate) fonts: &'p Fonts<'p>,
    pub(crate) images: &'p Images,
    pub(crate) canvas: &'p mut dyn Canvas,
    pub(crate) warnings: &'p mut Warnings,
    pub(crate) limits: Limits,
    pub(crate) drawn: u64,
}

/// Pictures that have been decoded, by the id of their part.
#[derive(Default)]
pub(crate) struct Images {
    decoded: RefCell<HashMap<String, Result<Rc<Bitmap>, String>>>,
}

/// Where and how objects are drawn.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    /// Container → page.
    pub(crate) to_page: Affine,
    /// DrawParam of the layer.
    pub(crate) param: Option<String>,
    pub(crate) alpha: f64,
    pub(crate) depth: usize,
}

type Done = Result<(), RenderError>;

impl Painter<'_> {
    /// Draws objects in order.
    pub(crate) fn objects(&mut self, objects: &[Object], space: &Space) -> Done {
        for object in objects {
            self.object(object, space)?;
        }
        Ok(())
    }

    fn object(&mut self, object: &Object, space: &Space) -> Done {
        self.drawn = self.drawn.saturating_add(1);
        let limit = self.limits.objects;
        if self.drawn > limit {
            return Err(RenderError::TooLarge { what: "objects of a page, drawn", limit });
        }
        if self.canvas.is_full() {
            return Err(RenderError::TooLarge { what: "painted pixels of a page", limit: self.limits.painted_pixels });
        }
        let unit = &object.unit;
        if !unit.visible || unit.alpha <= 0.0 {
            return Ok(());
        }
        if space.depth > self.limits.depth {
            let detail = format!("{}: nested in more than {} levels", unit.place, long(self.limits.depth));
            self.warnings.add(WarningKind::FeatureDropped, detail);
            return Ok(());
        }
        let corner = unit.boundary.map_or((0.0, 0.0), |boundary| (boundary.x0, boundary.y0));
        let in_boundary = space.to_page * Affine::translate(corner);
        let to_page = in_boundary * unit.matrix.unwrap_or_default();
        let mut clips = 0_usize;
        for clip in &unit.clips {
            let outline = self.clip_outline(clip, unit, space)?;
            let to_page = if clip.transformed { to_page } else { in_boundary };
            let even_odd = self.is_even_odd(clip, unit);
            self.canvas.push_clip(Figure { path: &outline, to_page, even_odd });
            clips = clips.saturating_add(1);
        }
        let inner = Space { to_page, alpha: space.alpha * unit.alpha, ..space.clone() };
        let done = self.kind(object, space, &inner);
        for _ in 0..clips {
            self.canvas.pop_clip();
        }
        done
    }

    fn kind(&mut self, object: &Object, outer: &Space, space: &Space) -> Done {
        let unit = &object.unit;
        match &object.kind {
            Kind::Text(text) => self.text(text, unit, space),
            Kind::Path(path) => self.path(path, unit, outer, space),
            Kind::Image(image) => self.image(image, unit, outer, space),
            Kind::Block(objects) => {
                let param = unit.param.base.clone().or_else(|| space.param.clone());
                let inner = Space { depth: space.depth.saturating_add(1), param, ..space.clone() };
                self.grouped(unit.alpha, outer, inner, |painter, inner| painter.objects(objects, inner))
            }
            Kind::Composite(id) => self.composite(id, unit, outer, space),
        }
    }

    /// Draws with an alpha of its own: together first, then transparently.
    fn grouped(
        &mut self,
        alpha: f64,
        outer: &Space,
        inner: Space,
        draw: impl FnOnce(&mut Self, &Space) -> Done,
    ) -> Done {
        if alpha >= 1.0 {
            return draw(self, &inner);
        }
        self.canvas.push_group(alpha);
        let done = draw(self, &Space { alpha: outer.alpha, ..inner });
        self.canvas.pop_group();
        done
    }

    fn path(&mut self, path: &PathObject, unit: &GraphicUnit, outer: &Space, space: &Space) -> Done {
        let param = self.param(&unit.param, space);
        let stroke = path.stroke.then(|| stroke(&param, &path.outline));
        let reach = stroke.as_ref().map_or(0.0, |stroke| stroke.width);
        let clipped = self.push_boundary(
            unit,
            outer,
            || {
                let matrix = unit.matrix.unwrap_or_default();
                matrix.transform_rect_bbox(path.outline.bounding_box())
            },
            reach,
        );
        let figure = Figure { path: &path.outline, to_page: space.to_page, even_odd: path.even_odd };
        // Filled and stroked with alpha: the line must not show the fill below it.
        let both = path.fill && param.fill.is_some() && stroke.is_some() && space.alpha < 1.0;
        let inner = Space { alpha: if both { 1.0 } else { space.alpha }, ..space.clone() };
        if both {
            self.canvas.push_group(space.alpha);
        }
        let done = self.path_parts(path, &param, figure, stroke.as_ref(), unit, &inner);
        if both {
            self.canvas.pop_group();
        }
        if clipped {
            self.canvas.pop_clip();
        }
        done
    }

    fn path_parts(
        &mut self,
        path: &PathObject,
        param: &DrawParam,
        figure: Figure<'_>,
        line: Option<&Stroke>,
        unit: &GraphicUnit,
        space: &Space,
    ) -> Done {
        // Without a color of its own a fill is transparent (§9).
        if let Some(color) = param.fill.as_ref().filter(|_| path.fill) {
            self.fill(figure, color, unit, space)?;
        }
        if let Some(line) = line {
            self.stroke(figure, line, param.stroke.as_ref(), unit, space)?;
        }
        Ok(())
    }

    /// Strokes with a color, black if it is not said.
    fn stroke(
        &mut self,
        figure: Figure<'_>,
        line: &Stroke,
        color: Option<&Color>,
        unit: &GraphicUnit,
        space: &Space,
    ) -> Done {
        match color.map_or(Some(crate::canvas::Rgba::BLACK), |color| self.plain(color)) {
            Some(plain) => {
                self.canvas.stroke(figure, line, &Paint::Solid(plain.faded(space.alpha)));
                Ok(())
            }
            None => {
                let options = kurbo::StrokeOpts::default();
                let outline = kurbo::stroke(figure.path.elements().iter().copied(), line, &options, 0.01);
                let Some(color) = color else { return Ok(()) };
                self.fill(Figure { path: &outline, even_odd: false, ..figure }, color, unit, space)
            }
        }
    }

    fn image(&mut self, image: &ImageObject, unit: &GraphicUnit, outer: &Space, space: &Space) -> Done {
        let Some(bitmap) = self.bitmap(image, unit) else {
            self.placeholder(unit, outer);
            return Ok(());
        };
        // Without a CTM the picture fills its boundary.
        let to_page = match (unit.matrix, unit.boundary) {
            (None, Some(boundary)) => space.to_page * Affine::scale_non_uniform(boundary.width(), boundary.height()),
            _ => space.to_page,
        };
        let clipped = self.push_boundary(
            unit,
            outer,
            || match unit.matrix {
                Some(matrix) => matrix.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0)),
                None => Rect::ZERO,
            },
            0.0,
        );
        self.canvas.image(&bitmap, to_page, space.alpha);
        if clipped {
            self.canvas.pop_clip();
        }
        if let (Some(border), Some(boundary)) = (&image.border, unit.boundary) {
            let param = self.param(&border.param, space);
            let frame = boundary.with_origin((0.0, 0.0));
            let path = frame.to_rounded_rect(border.radii.0.min(border.radii.1).min(frame.width() / 2.0)).to_path(0.01);
            let to_page = outer.to_page * Affine::translate((boundary.x0, boundary.y0));
            let line = stroke(&param, &path);
            self.stroke(Figure { path: &path, to_page, even_odd: false }, &line, param.stroke.as_ref(), unit, space)?;
        }
        Ok(())
    }

    fn bitmap(&mut self, image: &ImageObject, unit: &GraphicUnit) -> Option<Rc<Bitmap>> {
        let picture = self.media(&image.resource, unit).or_else(|| {
            let other = image.substitution.as_ref()?;
            self.media(other, unit)
        })?;
        match image.mask.as_ref().and_then(|mask| self.media(mask, unit)) {
            Some(mask) => Some(Rc::new((*picture).clone().masked(&mask))),
            None => Some(picture),
        }
    }

    fn media(&mut self, id: &str, unit: &GraphicUnit) -> Option<Rc<Bitmap>> {
        let media = self.resources.iter().find_map(|resources| resources.media.get(id));
        let found = match media {
            None => Err(format!("no resource {}", id.chars().take(20).collect::<String>())),
            Some(media) => match media.part {
                None => Err(format!("{} is missing", media.location.chars().take(80).collect::<String>())),
                Some(part) => {
                    let package = self.ofd.package();
                    self.images.get(
                        package.name(part),
                        || package.read(part).map_err(|error| error.to_string()),
                        &self.limits,
                    )
                }
            },
        };
        found.map_err(|reason| self.warnings.add(WarningKind::ImageMissing, format!("{}: {reason}", unit.place))).ok()
    }

    /// A gray frame where a picture is missing.
    fn placeholder(&mut self, unit: &GraphicUnit, outer: &Space) {
        let Some(boundary) = unit.boundary else { return };
        let gray = crate::canvas::Rgba { red: 160, green: 160, blue: 160, alpha: 1.0 };
        let mut path = boundary.to_path(0.1);
        path.move_to((boundary.x0, boundary.y0));
        path.line_to((boundary.x1, boundary.y1));
        path.move_to((boundary.x1, boundary.y0));
        path.line_to((boundary.x0, boundary.y1));
        let figure = Figure { path: &path, to_page: outer.to_page, even_odd: false };
        self.canvas.stroke(figure, &Stroke::new(0.2), &Paint::Solid(gray));
    }

    fn composite(&mut self, id: &str, unit: &GraphicUnit, outer: &Space, space: &Space) -> Done {
        let Some(composite) = self.resources.iter().find_map(|resources| resources.composites.get(id)) else {
            let detail = format!("{}: no resource {}", unit.place, id.chars().take(20).collect::<String>());
            self.warnings.add(WarningKind::FeatureDropped, detail);
            return Ok(());
        };
        let (width, height) = (composite.width, composite.height);
        let inner = Space { depth: space.depth.saturating_add(1), param: None, ..space.clone() };
        let matrix = unit.matrix.unwrap_or_default();
        let clipped = self.push_boundary(
            unit,
            outer,
            || {
                if width > 0.0 {
                    matrix.transform_rect_bbox(Rect::new(0.0, 0.0, width, height))
                } else {
                    Rect::new(-1e6, -1e6, 1e6, 1e6)
                }
            },
            0.0,
        );
        let done = self.grouped(unit.alpha, outer, inner, |painter, inner| painter.objects(&composite.objects, inner));
        if clipped {
            self.canvas.pop_clip();
        }
        done
    }

    /// Cuts by the boundary, if something reaches beyond it; true if so.
    fn push_boundary(&mut self, unit: &GraphicUnit, outer: &Space, content: impl FnOnce() -> Rect, reach: f64) -> bool {
        let Some(boundary) = unit.boundary else { return false };
        // Lines often have a boundary without height or width.
        let frame = boundary.with_origin((0.0, 0.0)).inflate(reach.max(SLACK), reach.max(SLACK));
        let content = content();
        if frame.contains_rect(content) || boundary.area() == 0.0 || content == Rect::ZERO {
            return false;
        }
        let path = frame.to_path(0.1);
        let to_page = outer.to_page * Affine::translate((boundary.x0, boundary.y0));
        self.canvas.push_clip(Figure { path: &path, to_page, even_odd: false });
        true
    }

    /// Whether a clip is filled even-odd; of several areas it would take away what they share, so they never are.
    fn is_even_odd(&mut self, clip: &Clip, owner: &GraphicUnit) -> bool {
        let even_odd = |shape: &ClipShape| matches!(shape, ClipShape::Path(path) if path.even_odd);
        match clip.areas.as_slice() {
            [area] => even_odd(&area.shape),
            areas => {
                if areas.iter().any(|area| even_odd(&area.shape)) {
                    let detail = format!("{}: even-odd in a clip of several areas", owner.place);
                    self.warnings.add(WarningKind::FeatureDropped, detail);
                }
                false
            }
        }
    }

    /// The areas of a clip together, in object space.
    fn clip_outline(&mut self, clip: &Clip, owner: &GraphicUnit, space: &Space) -> Result<BezPath, RenderError> {
        let mut outline = BezPath::new();
        for area in &clip.areas {
            let unit = &area.unit;
            let corner = unit.boundary.map_or((0.0, 0.0), |boundary| (boundary.x0, boundary.y0));
            let to_object = area.matrix * Affine::translate(corner) * unit.matrix.unwrap_or_default();
            match &area.shape {
                ClipShape::Path(path) => outline.extend((to_object * &path.outline).elements().iter().copied()),
                ClipShape::Text(text) => {
                    let space = Space { to_page: to_object, ..space.clone() };
                    outline.extend(self.text_outline(text, owner, &space)?.elements().iter().copied());
                }
            }
        }
        Ok(outline)
    }

    /// What counts for an object: its own, then what its DrawParam inherits, then the layer's.
    fn param(&mut self, own: &DrawParam, space: &Space) -> DrawParam {
        let mut found = own.clone();
        for start in [own.base.clone(), space.param.clone()] {
            let mut next = start;
            for step in 0_usize.. {
                let Some(id) = next else { break };
                if step >= RELATIVES {
                    self.warnings.add(WarningKind::NonstandardInput, "DrawParam: Relative leads in a circle");
                    break;
                }
                let Some(param) = self.resources.iter().find_map(|resources| resources.draw_params.get(&id)) else {
                    break;
                };
                found = found.or(param);
                next = param.base.clone();
            }
        }
        found
    }
}

impl Images {
    fn get(
        &self,
        name: &str,
        read: impl FnOnce() -> Result<Vec<u8>, String>,
        limits: &Limits,
    ) -> Result<Rc<Bitmap>, String> {
        if let Some(known) = self.decoded.borrow().get(name) {
            return known.clone();
        }
        let decoded = read().and_then(|bytes| image::decode(&bytes, limits)).map(Rc::new);
        let mut kept = self.decoded.borrow_mut();
        let held: u64 = kept.values().flatten().map(|bitmap| long(bitmap.rgba.len())).sum();
        if held > limits.image_pixels.saturating_mul(4) {
            kept.clear(); // what is drawn again is decoded again
        }
        kept.insert(name.to_owned(), decoded.clone());
        decoded
    }
}

/// How a line is drawn.
fn stroke(param: &DrawParam, path: &BezPath) -> Stroke {
    let mut stroke = Stroke::new(param.line_width.unwrap_or(LINE_WIDTH))
        .with_miter_limit(param.miter_limit.unwrap_or(MITER_LIMIT).max(1.0))
        .with_join(match param.join {
            Some(Join::Round) => kurbo::Join::Round,
            Some(Join::Bevel) => kurbo::Join::Bevel,
            _ => kurbo::Join::Miter,
        })
        .with_caps(match param.cap {
            Some(Cap::Round) => kurbo::Cap::Round,
            Some(Cap::Square) => kurbo::Cap::Square,
            _ => kurbo::Cap::Butt,
        });
    if let Some(pattern) = param.dash_pattern.as_ref().filter(|pattern| !pattern.is_empty()) {
        let mut pattern: Vec<f64> = pattern.iter().take(64).map(|part| part.abs()).collect();
        if pattern.len() % 2 == 1 {
            pattern.extend(pattern.clone());
        }
        let period: f64 = pattern.iter().sum();
        if period > 0.0 && path.perimeter(0.1) / period * 2.0 < DASHES {
            stroke = stroke.with_dashes(param.dash_offset.unwrap_or(0.0), pattern);
        }
    }
    stroke
}
