//! 矢量印模: a seal picture as paths, read from SVG.

use resvg::{
    tiny_skia::{Path, PathSegment, PathStroker, Point, Transform},
    usvg::{self, BlendMode, FillRule, Group, Node, Paint, Tree},
};

use crate::{DecodeError, Pixels, ReadPicture, vector_check, vector_pixels};

/// Millimetres of a unit of SVG, which is 1/96 inch (CSS).
const MM_PER_UNIT: f64 = 25.4 / 96.0;
/// Segments of all paths together: a traced scan has 100,000, each of 30 bytes in a PDF.
const SEGMENTS: usize = 200_000;
/// Coordinates, mm: far outside every picture, near enough for three decimals in every carrier.
const FARTHEST_MM: f64 = 10_000.0;
/// Longer side of a picture divided by the shorter one.
const SLIMMEST: f64 = 50.0;
/// How much finer than pixels of a screen outlines of strokes are: 600 dpi and some to spare.
const FINENESS: f32 = 8.0;
/// What may stand out of a clip that is none, units: less than a pixel at 600 dpi.
const CLIP_TOLERANCE: f32 = 0.05;

/// A picture of paths (矢量图): the origin is the upper left corner, y points down.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorPicture {
    /// The picture's own width.
    pub width_mm: f64,
    /// The picture's own height.
    pub height_mm: f64,
    /// From the lowest to the uppermost.
    pub paths: Vec<VectorPath>,
}

/// A filled shape (路径).
#[derive(Clone, Debug, PartialEq)]
pub struct VectorPath {
    /// Its outlines, mm.
    pub segments: Vec<Segment>,
    /// Red, green, blue.
    pub fill: [u8; 3],
    /// 255 is opaque.
    pub alpha: u8,
    /// Even-odd rule instead of nonzero winding.
    pub even_odd: bool,
}

/// A step of an outline (路径段), in thousandths of a millimetre exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment {
    /// Begins an outline.
    Move([f64; 2]),
    /// Straight on.
    Line([f64; 2]),
    /// Cubic Bézier curve: two control points and the end.
    Cubic([[f64; 2]; 3]),
    /// Back to the beginning.
    Close,
}

impl VectorPicture {
    /// Reads an SVG of shapes in plain colors; strokes become outlines.
    ///
    /// # Errors
    /// As [`crate::decode_picture`]; gradients, partial clips and transparent groups too, which only pixels show.
    pub fn from_svg(bytes: &[u8]) -> Result<Self, DecodeError> {
        match paths(&tree(bytes)?) {
            Ok(picture) => Ok(picture),
            Err(NoPaths::NeedsPixels(what)) => Err(DecodeError::NotDrawn(what.into())),
            Err(NoPaths::Refused(error)) => Err(error),
        }
    }
}

/// Paths where paths are enough, else pixels.
pub(crate) fn read(bytes: &[u8]) -> Result<ReadPicture, DecodeError> {
    let tree = tree(bytes)?;
    match paths(&tree) {
        Ok(picture) => Ok(ReadPicture::Vector(picture)),
        Err(NoPaths::NeedsPixels(_)) => vector_pixels::draw(&tree).map(ReadPicture::Pixels),
        Err(NoPaths::Refused(error)) => Err(error),
    }
}

/// Pixels of an SVG.
pub(crate) fn pixels(bytes: &[u8]) -> Result<Pixels, DecodeError> {
    vector_pixels::draw(&tree(bytes)?)
}

fn tree(bytes: &[u8]) -> Result<Tree, DecodeError> {
    let text = vector_check::text(bytes)?;
    let document = vector_check::parse(text)?;
    let mut options = usvg::Options::default();
    options.image_href_resolver.resolve_string = Box::new(|_, _| None);
    options.image_href_resolver.resolve_data = Box::new(|_, _, _| None);
    let tree = Tree::from_xmltree(&document, &options).map_err(|error| DecodeError::Damaged(error.to_string()))?;
    let (width, height) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
    let longest = width.max(height);
    if longest * MM_PER_UNIT > FARTHEST_MM || longest > width.min(height) * SLIMMEST {
        return Err(DecodeError::TooLarge);
    }
    if !tree.root().has_children() {
        return Err(DecodeError::Damaged("an SVG that shows nothing".into()));
    }
    Ok(tree)
}

/// Why a picture is not one of paths.
enum NoPaths {
    NeedsPixels(&'static str),
    Refused(DecodeError),
}

fn paths(tree: &Tree) -> Result<VectorPicture, NoPaths> {
    let mut outlines = Outlines { paths: Vec::new(), segments: 0 };
    outlines.group(tree.root(), 1.0)?;
    if outlines.paths.is_empty() {
        return Err(NoPaths::Refused(DecodeError::Damaged("an SVG that shows nothing".into())));
    }
    Ok(VectorPicture {
        width_mm: millimetres(tree.size().width()),
        height_mm: millimetres(tree.size().height()),
        paths: outlines.paths,
    })
}

struct Outlines {
    paths: Vec<VectorPath>,
    segments: usize,
}

impl Outlines {
    fn group(&mut self, group: &Group, opacity: f32) -> Result<(), NoPaths> {
        if group.blend_mode() != BlendMode::Normal || group.mask().is_some() || !group.filters().is_empty() {
            return Err(NoPaths::NeedsPixels("blending"));
        }
        if !is_uncut(group) {
            return Err(NoPaths::NeedsPixels("a clip"));
        }
        let own = group.opacity().get();
        // A transparent group is one thing through which the ground shines; so is a single shape.
        if own < 1.0 && !is_one_shape(group) {
            return Err(NoPaths::NeedsPixels("a transparent group"));
        }
        for node in group.children() {
            match node {
                Node::Group(inner) => self.group(inner, opacity * own)?,
                Node::Path(path) if path.is_visible() => self.path(path, opacity * own)?,
                Node::Path(_) => {}
                Node::Image(_) => return Err(NoPaths::Refused(DecodeError::NotDrawn("image".into()))),
                Node::Text(_) => return Err(NoPaths::Refused(DecodeError::NotDrawn("text".into()))),
            }
        }
        Ok(())
    }

    fn path(&mut self, path: &usvg::Path, opacity: f32) -> Result<(), NoPaths> {
        let fill = |outlines: &mut Self| match path.fill() {
            Some(fill) => {
                let even_odd = fill.rule() == FillRule::EvenOdd;
                outlines.add(path.data(), path, fill.paint(), fill.opacity().get() * opacity, even_odd)
            }
            None => Ok(()),
        };
        let stroke = |outlines: &mut Self| match path.stroke() {
            Some(stroke) => {
                outlines.room(path.data().len())?;
                let scale = PathStroker::compute_resolution_scale(&path.abs_transform()) * FINENESS;
                match path.data().stroke(&stroke.to_tiny_skia(), scale) {
                    Some(line) => outlines.add(&line, path, stroke.paint(), stroke.opacity().get() * opacity, false),
                    None => Ok(()), // a line without length
                }
            }
            None => Ok(()),
        };
        if path.paint_order() == usvg::PaintOrder::FillAndStroke {
            fill(self)?;
            stroke(self)
        } else {
            stroke(self)?;
            fill(self)
        }
    }

    fn add(
        &mut self,
        outline: &Path,
        path: &usvg::Path,
        paint: &Paint,
        opacity: f32,
        even_odd: bool,
    ) -> Result<(), NoPaths> {
        let Paint::Color(color) = paint else { return Err(NoPaths::NeedsPixels("a gradient")) };
        self.room(outline.len())?;
        let alpha = share(opacity);
        if alpha == 0 {
            return Ok(());
        }
        let segments = segments(outline, path.abs_transform())
            .ok_or_else(|| NoPaths::Refused(DecodeError::Damaged("coordinates beyond every picture".into())))?;
        self.segments = self.segments.saturating_add(segments.len());
        self.paths.push(VectorPath { segments, fill: [color.red, color.green, color.blue], alpha, even_odd });
        Ok(())
    }

    const fn room(&self, more: usize) -> Result<(), NoPaths> {
        let fits = self.segments.saturating_add(more) <= SEGMENTS;
        if fits { Ok(()) } else { Err(NoPaths::Refused(DecodeError::TooLarge)) }
    }
}

/// A single shape with a single paint, maybe in groups.
fn is_one_shape(group: &Group) -> bool {
    match group.children() {
        [Node::Path(path)] => path.fill().is_some() != path.stroke().is_some(),
        [Node::Group(inner)] => is_one_shape(inner),
        _ => false,
    }
}

/// Whether nothing is cut off: no clip, or a rectangle around everything, as drawing programs write it.
fn is_uncut(group: &Group) -> bool {
    let Some(clip) = group.clip_path() else { return true };
    let [Node::Path(path)] = clip.root().children() else { return false };
    if clip.clip_path().is_some() || clip.root().clip_path().is_some() || !is_rectangle(path.data()) {
        return false;
    }
    let transform = group.abs_transform().pre_concat(clip.transform()).pre_concat(path.abs_transform());
    let upright = transform.kx == 0.0 && transform.ky == 0.0;
    let Some(hole) = path.data().bounds().transform(transform) else { return false };
    let inside = group.abs_stroke_bounding_box();
    upright
        && hole.left() - CLIP_TOLERANCE <= inside.left()
        && hole.top() - CLIP_TOLERANCE <= inside.top()
        && hole.right() + CLIP_TOLERANCE >= inside.right()
        && hole.bottom() + CLIP_TOLERANCE >= inside.bottom()
}

/// Four corners and nothing else.
fn is_rectangle(path: &Path) -> bool {
    let bounds = path.bounds();
    let corners = [
        (bounds.left(), bounds.top()),
        (bounds.right(), bounds.top()),
        (bounds.right(), bounds.bottom()),
        (bounds.left(), bounds.bottom()),
    ];
    let Some(order) = path
        .points()
        .iter()
        .map(|point| corners.iter().position(|corner| *corner == (point.x, point.y)))
        .collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    let [a, b, c, d, ref rest @ ..] = order[..] else { return false };
    let around = |from: usize, to: usize| (from + 1) % 4 == to || (to + 1) % 4 == from;
    let straight = path
        .segments()
        .all(|segment| matches!(segment, PathSegment::MoveTo(_) | PathSegment::LineTo(_) | PathSegment::Close));
    straight && around(a, b) && around(b, c) && around(c, d) && a != c && b != d && rest.iter().all(|point| *point == a)
}

/// The outline in mm; none if it leaves every bound.
fn segments(outline: &Path, transform: Transform) -> Option<Vec<Segment>> {
    let outline = outline.clone().transform(transform)?;
    let mut out = Vec::with_capacity(outline.len());
    let mut last = Point::zero();
    for segment in outline.segments() {
        out.push(match segment {
            PathSegment::MoveTo(to) => Segment::Move(place(to)?),
            PathSegment::LineTo(to) => Segment::Line(place(to)?),
            PathSegment::QuadTo(control, to) => {
                // The cubic curve that is this quadratic one.
                let towards = |end: Point| Point { x: third(end.x, control.x), y: third(end.y, control.y) };
                Segment::Cubic([place(towards(last))?, place(towards(to))?, place(to)?])
            }
            PathSegment::CubicTo(first, second, to) => Segment::Cubic([place(first)?, place(second)?, place(to)?]),
            PathSegment::Close => Segment::Close,
        });
        if let PathSegment::MoveTo(to)
        | PathSegment::LineTo(to)
        | PathSegment::QuadTo(_, to)
        | PathSegment::CubicTo(_, _, to) = segment
        {
            last = to;
        }
    }
    Some(out)
}

fn third(end: f32, control: f32) -> f32 {
    end + (control - end) * (2.0 / 3.0)
}

fn place(point: Point) -> Option<[f64; 2]> {
    let [x, y] = [millimetres(point.x), millimetres(point.y)];
    (x.abs() <= FARTHEST_MM && y.abs() <= FARTHEST_MM).then_some([x, y])
}

/// Units of SVG as mm with three decimals.
fn millimetres(units: f32) -> f64 {
    let rounded = (f64::from(units) * MM_PER_UNIT * 1e3).round() / 1e3;
    if rounded == 0.0 { 0.0 } else { rounded }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded just before"
)]
fn share(opacity: f32) -> u8 {
    (opacity * 255.0).round().clamp(0.0, 255.0) as u8
}
