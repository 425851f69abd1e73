//! Objects of a page of OFD (图元) before they are written, and how they are written, GB/T 33190 §8–§13.

use std::{fmt::Write as _, rc::Rc};

use eseal_ofd::xml::escape;
use kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape as _};

/// Any object; all places are in mm from the upper left of the page, y down.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) kind: Kind,
    /// 0 is transparent, 1 is not.
    pub(super) alpha: f64,
    pub(super) clip: Rc<Clip>,
    /// What it may reach; boxes around text are larger than what is drawn.
    pub(super) bounds: Rect,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Path(PathObject),
    Text(TextObject),
    Image(ImageObject),
    /// What OFD cannot say: this part of the page as a picture.
    Region,
}

/// Areas that all cut.
#[derive(Clone, Debug)]
pub(super) struct Clip {
    /// What upright rectangles leave.
    pub(super) rect: Rect,
    /// The others, and whether they are filled even-odd.
    pub(super) paths: Vec<(Rc<BezPath>, bool)>,
    /// What is left of all.
    pub(super) bounds: Rect,
}

#[derive(Clone, Debug)]
pub(super) struct PathObject {
    /// In its own space.
    pub(super) outline: BezPath,
    /// From there to the page.
    pub(super) to_page: Affine,
    pub(super) fill: Option<Ink>,
    pub(super) even_odd: bool,
    pub(super) stroke: Option<(Ink, Line)>,
}

/// How a line is drawn; lengths are in the object's space.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) width: f64,
    pub(super) cap: kurbo::Cap,
    pub(super) join: kurbo::Join,
    pub(super) miter_limit: f64,
    pub(super) dashes: Vec<f64>,
    pub(super) dash_offset: f64,
}

#[derive(Clone, Debug)]
pub(super) enum Ink {
    Plain { rgb: [u8; 3], alpha: f64 },
    Gradient(Rc<Gradient>),
}

/// Axial or radial shading in the object's space.
#[derive(Clone, Debug)]
pub(super) struct Gradient {
    pub(super) start: Point,
    pub(super) end: Point,
    /// Radii of the two circles; none for an axis.
    pub(super) radii: Option<(f64, f64)>,
    /// Position, color, alpha.
    pub(super) stops: Vec<(f64, [u8; 3], f64)>,
}

#[derive(Clone, Debug)]
pub(super) struct TextObject {
    pub(super) font: u32,
    /// 字号, mm.
    pub(super) size: f64,
    /// Type space, y down, of that size to the page, without its place.
    pub(super) matrix: Affine,
    pub(super) glyphs: Vec<PlacedGlyph>,
    pub(super) fill: Option<Ink>,
    /// Width is in type space.
    pub(super) stroke: Option<(Ink, f64)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlacedGlyph {
    pub(super) glyph: u16,
    pub(super) is_mapped: bool,
    pub(super) text: String,
    /// Where it stands on the page.
    pub(super) at: Point,
}

#[derive(Clone, Debug)]
pub(super) struct ImageObject {
    pub(super) resource: u32,
    /// Unit square, y down, to the page.
    pub(super) to_page: Affine,
}

impl Clip {
    pub(super) fn of_page(page: Rect) -> Self {
        Self { rect: page, paths: Vec::new(), bounds: page }
    }

    /// This and another.
    pub(super) fn with(&self, path: &BezPath, even_odd: bool) -> Self {
        if let Some(rect) = upright(path) {
            return Self {
                rect: overlap(self.rect, rect),
                bounds: overlap(self.bounds, rect),
                paths: self.paths.clone(),
            };
        }
        let bounds = if path.is_empty() { Rect::ZERO } else { path.bounding_box() };
        let mut paths = self.paths.clone();
        paths.push((Rc::new(path.clone()), even_odd));
        Self { rect: self.rect, paths, bounds: overlap(self.bounds, bounds) }
    }
}

/// What two have in common; empty ones have no place.
pub(super) fn overlap(first: Rect, second: Rect) -> Rect {
    let both = first.intersect(second);
    if both.width() > 0.0 && both.height() > 0.0 { both } else { Rect::ZERO }
}

/// The rectangle that a path is, if it is one.
fn upright(path: &BezPath) -> Option<Rect> {
    let mut corners = Vec::new();
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(point) if corners.is_empty() => corners.push(point),
            PathEl::LineTo(point) if corners.len() < 5 => corners.push(point),
            PathEl::ClosePath => {}
            _ => return None,
        }
    }
    if corners.len() == 5 && corners.first() == corners.last() {
        corners.pop();
    }
    let [a, b, c, d] = <[Point; 4]>::try_from(corners).ok()?;
    let near = |first: f64, second: f64| (first - second).abs() < 1e-6;
    let is_upright = near(a.x, b.x) && near(b.y, c.y) && near(c.x, d.x) && near(d.y, a.y)
        || near(a.y, b.y) && near(b.x, c.x) && near(c.y, d.y) && near(d.x, a.x);
    is_upright.then(|| Rect::from_points(a, c))
}

/// What writing an object needs to know.
pub(super) struct Writer<'w> {
    pub(super) page: Rect,
    pub(super) ids: &'w mut dyn FnMut() -> u32,
    pub(super) out: String,
}

impl Writer<'_> {
    /// Writes an object; regions have become images by then.
    pub(super) fn object(&mut self, object: &Object) {
        match &object.kind {
            Kind::Path(path) => self.path(path, object),
            Kind::Text(text) => self.text(text, object),
            Kind::Image(image) => self.image(image, object),
            Kind::Region => {}
        }
    }

    fn open(&mut self, name: &str, boundary: Rect, matrix: Option<Affine>, alpha: f64) {
        let id = (self.ids)();
        let _ = write!(self.out, r#"<ofd:{name} ID="{id}" Boundary="{}""#, boxed(boundary));
        if let Some(matrix) = matrix.filter(|matrix| *matrix != Affine::IDENTITY) {
            let _ = write!(self.out, r#" CTM="{}""#, matrix.as_coeffs().map(fine).join(" "));
        }
        if alpha < 1.0 {
            let _ = write!(self.out, r#" Alpha="{}""#, crate::number::byte(alpha));
        }
    }

    /// `Clips`; `to_page` leads from the object's space, in which they are written.
    fn clip_list(&mut self, object: &Object, to_page: Affine) {
        let clip = &object.clip;
        let inside = if clip.paths.is_empty() { object.bounds } else { overlap(object.bounds, clip.bounds) };
        let cuts = !(clip.rect.contains_rect(inside) || clip.rect.contains_rect(self.page));
        let inverse = to_page.inverse();
        if !inverse.is_finite() || !cuts && clip.paths.is_empty() {
            return;
        }
        self.out.push_str("<ofd:Clips>");
        if cuts {
            self.clip(inverse * clip.rect.to_path(0.1), false);
        }
        for (path, even_odd) in &clip.paths {
            self.clip(inverse * &**path, *even_odd);
        }
        self.out.push_str("</ofd:Clips>");
    }

    fn clip(&mut self, path: BezPath, even_odd: bool) {
        let bounds = if path.is_empty() { Rect::ZERO } else { path.bounding_box() };
        let rule = if even_odd { r#" Rule="Even-Odd""# } else { "" };
        let inside = Affine::translate(-bounds.origin().to_vec2()) * path;
        let _ = write!(
            self.out,
            r#"<ofd:Clip><ofd:Area><ofd:Path Boundary="{}" Stroke="false" Fill="true"{rule}><ofd:AbbreviatedData>{}</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip>"#,
            boxed(bounds),
            data(&inside)
        );
    }

    fn path(&mut self, path: &PathObject, object: &Object) {
        let corner = object.bounds.origin().to_vec2();
        let to_boundary = Affine::translate(-corner) * path.to_page;
        // Without a matrix of its own where that loses nothing: the simplest readers understand it.
        let is_baked = is_plain(path);
        let (outline, matrix) = if is_baked {
            (to_boundary * &path.outline, Affine::IDENTITY)
        } else {
            (path.outline.clone(), to_boundary)
        };
        let scale = if is_baked { path.to_page.determinant().abs().sqrt() } else { 1.0 };
        self.open("PathObject", object.bounds, Some(matrix), object.alpha);
        if let Some((_, line)) = &path.stroke {
            self.line(line, scale);
        } else {
            self.out.push_str(r#" Stroke="false""#);
        }
        if path.fill.is_some() {
            self.out.push_str(r#" Fill="true""#);
            if path.even_odd {
                self.out.push_str(r#" Rule="Even-Odd""#);
            }
        }
        self.out.push('>');
        let to_page = if is_baked { Affine::translate(corner) } else { path.to_page };
        self.clip_list(object, to_page);
        if let Some((ink, _)) = &path.stroke {
            self.color("StrokeColor", ink);
        }
        if let Some(ink) = &path.fill {
            self.color("FillColor", ink);
        }
        let _ = write!(self.out, "<ofd:AbbreviatedData>{}</ofd:AbbreviatedData></ofd:PathObject>", data(&outline));
    }

    fn line(&mut self, line: &Line, scale: f64) {
        let _ = write!(self.out, r#" LineWidth="{}""#, fine(line.width * scale));
        match line.cap {
            kurbo::Cap::Butt => {}
            kurbo::Cap::Round => self.out.push_str(r#" Cap="Round""#),
            kurbo::Cap::Square => self.out.push_str(r#" Cap="Square""#),
        }
        match line.join {
            kurbo::Join::Miter => {
                let _ = write!(self.out, r#" MiterLimit="{}""#, fine(line.miter_limit));
            }
            kurbo::Join::Round => self.out.push_str(r#" Join="Round""#),
            kurbo::Join::Bevel => self.out.push_str(r#" Join="Bevel""#),
        }
        if !line.dashes.is_empty() {
            let dashes: Vec<String> = line.dashes.iter().map(|dash| fine(dash * scale)).collect();
            let _ = write!(self.out, r#" DashPattern="{}""#, dashes.join(" "));
            if line.dash_offset != 0.0 {
                let _ = write!(self.out, r#" DashOffset="{}""#, fine(line.dash_offset * scale));
            }
        }
    }

    fn color(&mut self, name: &str, ink: &Ink) {
        match ink {
            Ink::Plain { rgb, alpha } => {
                let [red, green, blue] = rgb;
                let _ = write!(self.out, r#"<ofd:{name} Value="{red} {green} {blue}"{}/>"#, alpha_attribute(*alpha));
            }
            Ink::Gradient(gradient) => {
                let _ = write!(self.out, "<ofd:{name}>");
                self.gradient(gradient);
                let _ = write!(self.out, "</ofd:{name}>");
            }
        }
    }

    fn gradient(&mut self, gradient: &Gradient) {
        let point = |point: Point| format!("{} {}", fine(point.x), fine(point.y));
        let (start, end) = (point(gradient.start), point(gradient.end));
        let name = match gradient.radii {
            None => {
                let _ = write!(self.out, r#"<ofd:AxialShd Extend="3" StartPoint="{start}" EndPoint="{end}">"#);
                "AxialShd"
            }
            Some((first, last)) => {
                let _ = write!(
                    self.out,
                    r#"<ofd:RadialShd Extend="3" StartPoint="{start}" StartRadius="{}" EndPoint="{end}" EndRadius="{}">"#,
                    fine(first),
                    fine(last)
                );
                "RadialShd"
            }
        };
        for (position, [red, green, blue], alpha) in &gradient.stops {
            let _ = write!(
                self.out,
                r#"<ofd:Segment Position="{}"><ofd:Color Value="{red} {green} {blue}"{}/></ofd:Segment>"#,
                fine(*position),
                alpha_attribute(*alpha)
            );
        }
        let _ = write!(self.out, "</ofd:{name}>");
    }

    fn text(&mut self, text: &TextObject, object: &Object) {
        let corner = object.bounds.origin();
        self.open("TextObject", object.bounds, Some(text.matrix), object.alpha);
        let _ = write!(self.out, r#" Font="{}" Size="{}""#, text.font, fine(text.size));
        if text.fill.is_none() {
            self.out.push_str(r#" Fill="false""#);
        }
        if let Some((_, width)) = &text.stroke {
            let _ = write!(self.out, r#" Stroke="true" LineWidth="{}""#, fine(*width));
        }
        self.out.push('>');
        self.clip_list(object, Affine::translate(corner.to_vec2()) * text.matrix);
        if let Some(ink) = &text.fill {
            self.color("FillColor", ink);
        }
        if let Some((ink, _)) = &text.stroke {
            self.color("StrokeColor", ink);
        }
        self.glyph_maps(&text.glyphs);
        let inverse = text.matrix.inverse();
        let places: Vec<Point> = text.glyphs.iter().map(|glyph| inverse * (glyph.at - corner.to_vec2())).collect();
        let start = places.first().copied().unwrap_or_default();
        let (dx, dy) = offsets(&text.glyphs, &places);
        let _ = write!(self.out, r#"<ofd:TextCode X="{}" Y="{}""#, number(start.x), number(start.y));
        for (name, list) in [("DeltaX", dx), ("DeltaY", dy)] {
            if list.iter().any(|step| step != "0") {
                let _ = write!(self.out, r#" {name}="{}""#, grouped(&list));
            }
        }
        let words: String = text.glyphs.iter().map(|glyph| glyph.text.as_str()).collect();
        let _ = write!(self.out, ">{}</ofd:TextCode></ofd:TextObject>", escape(&words));
    }

    /// `CGTransform` where the font's table of characters does not lead to the glyph.
    fn glyph_maps(&mut self, glyphs: &[PlacedGlyph]) {
        let mut position = 0_usize;
        let mut run: Option<(usize, Vec<u16>)> = None;
        for glyph in glyphs {
            let count = glyph.text.chars().count();
            match (&mut run, glyph.is_mapped, count) {
                (Some((_, numbers)), false, 1) => numbers.push(glyph.glyph),
                (_, is_mapped, count) => {
                    if let Some((start, numbers)) = run.take() {
                        self.glyph_map(start, numbers.len(), &numbers);
                    }
                    match (is_mapped, count) {
                        (true, _) => {}
                        (false, 1) => run = Some((position, vec![glyph.glyph])),
                        (false, count) => self.glyph_map(position, count, &[glyph.glyph]),
                    }
                }
            }
            position = position.saturating_add(count);
        }
        if let Some((start, numbers)) = run {
            self.glyph_map(start, numbers.len(), &numbers);
        }
    }

    fn glyph_map(&mut self, position: usize, codes: usize, glyphs: &[u16]) {
        let list: Vec<String> = glyphs.iter().map(u16::to_string).collect();
        let _ = write!(
            self.out,
            r#"<ofd:CGTransform CodePosition="{position}" CodeCount="{codes}" GlyphCount="{}"><ofd:Glyphs>{}</ofd:Glyphs></ofd:CGTransform>"#,
            glyphs.len(),
            list.join(" ")
        );
    }

    fn image(&mut self, image: &ImageObject, object: &Object) {
        let corner = object.bounds.origin().to_vec2();
        self.open("ImageObject", object.bounds, Some(Affine::translate(-corner) * image.to_page), object.alpha);
        let _ = write!(self.out, r#" ResourceID="{}">"#, image.resource);
        self.clip_list(object, image.to_page);
        self.out.push_str("</ofd:ImageObject>");
    }
}

/// True if the matrix can be worked into the outline: no shading, and lines stay of one width.
fn is_plain(path: &PathObject) -> bool {
    let is_solid = |ink: &Ink| matches!(ink, Ink::Plain { .. });
    let solid = path.fill.as_ref().is_none_or(is_solid) && path.stroke.as_ref().is_none_or(|(ink, _)| is_solid(ink));
    solid && (path.stroke.is_none() || is_similar(path.to_page))
}

/// True if circles stay circles.
pub(super) fn is_similar(matrix: Affine) -> bool {
    let [a, b, c, d, ..] = matrix.as_coeffs();
    let (first, second) = (a.hypot(b), c.hypot(d));
    let largest = first.max(second);
    largest > 0.0 && (first - second).abs() < largest * 1e-3 && (a * c + b * d).abs() < largest * largest * 1e-3
}

/// Steps from each character to the next, in type space; rounding does not add up.
fn offsets(glyphs: &[PlacedGlyph], places: &[Point]) -> (Vec<String>, Vec<String>) {
    let (mut dx, mut dy) = (Vec::new(), Vec::new());
    let (mut at, mut sum) = (places.first().copied().unwrap_or_default(), Point::ZERO);
    let start = at;
    for (index, glyph) in glyphs.iter().enumerate() {
        let Some(next) = places.get(index.saturating_add(1)).copied() else {
            // The characters of the last glyph have no glyph to reach.
            let rest = glyph.text.chars().count().saturating_sub(1);
            dx.extend(std::iter::repeat_n("0".to_owned(), rest));
            dy.extend(std::iter::repeat_n("0".to_owned(), rest));
            break;
        };
        let parts = glyph.text.chars().count().max(1);
        let step = (next - at) / crate::number::float(crate::number::long(parts));
        for part in 1..=parts {
            let target = at + step * crate::number::float(crate::number::long(part)) - start;
            for (list, target, sum) in [(&mut dx, target.x, &mut sum.x), (&mut dy, target.y, &mut sum.y)] {
                let text = number(target - *sum);
                *sum += text.parse::<f64>().unwrap_or(0.0);
                list.push(text);
            }
        }
        at = next;
    }
    (dx, dy)
}

/// Equal steps one after another are written `g count step`.
fn grouped(steps: &[String]) -> String {
    let mut out = String::new();
    for run in steps.chunk_by(|a, b| a == b) {
        let Some(step) = run.first() else { continue };
        if !out.is_empty() {
            out.push(' ');
        }
        let _ = match run.len() {
            1 => write!(out, "{step}"),
            2 => write!(out, "{step} {step}"),
            count => write!(out, "g {count} {step}"),
        };
    }
    out
}

fn alpha_attribute(alpha: f64) -> String {
    if alpha < 1.0 { format!(r#" Alpha="{}""#, crate::number::byte(alpha)) } else { String::new() }
}

pub(super) fn boxed(rect: Rect) -> String {
    [rect.x0, rect.y0, rect.width(), rect.height()].map(number).join(" ")
}

/// `AbbreviatedData`.
fn data(path: &BezPath) -> String {
    let mut out = String::new();
    let mut put = |operator: char, points: &[Point]| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push(operator);
        for point in points {
            let _ = write!(out, " {} {}", number(point.x), number(point.y));
        }
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(point) => put('M', &[point]),
            PathEl::LineTo(point) => put('L', &[point]),
            PathEl::QuadTo(control, end) => put('Q', &[control, end]),
            PathEl::CurveTo(first, second, end) => put('B', &[first, second, end]),
            PathEl::ClosePath => put('C', &[]),
        }
    }
    out
}

/// Four decimals, a tenth of a micrometre; no needless zeros.
pub(super) fn number(value: f64) -> String {
    short(value, 4)
}

/// Six decimals, for factors.
fn fine(value: f64) -> String {
    short(value, 6)
}

fn short(value: f64, decimals: usize) -> String {
    let value = if value.is_finite() { value.clamp(-1e7, 1e7) } else { 0.0 };
    let text = format!("{value:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" || text.is_empty() { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_short_and_their_rounding_does_not_add_up() {
        let glyph = |text: &str| PlacedGlyph { glyph: 1, is_mapped: true, text: text.into(), at: Point::ZERO };
        let glyphs: Vec<PlacedGlyph> = (0..1_001).map(|_| glyph("x")).collect();
        let places: Vec<Point> = (0..1_001).map(|index| Point::new(f64::from(index) * 1.00004, 0.0)).collect();
        let (dx, dy) = offsets(&glyphs, &places);
        let sum: f64 = dx.iter().map(|step| step.parse::<f64>().unwrap()).sum();
        assert!((sum - 1_000.04).abs() < 1e-4, "{sum}");
        assert!(dy.iter().all(|step| step == "0"));
        let steps = ["1", "1", "1", "2", "2", "9"].map(String::from);
        assert_eq!(grouped(&steps), "g 3 1 2 2 9");
        // A ligature shares its width among its characters.
        let (dx, _) = offsets(&[glyph("fi"), glyph("n")], &[Point::ZERO, Point::new(5.0, 0.0)]);
        assert_eq!(dx, ["2.5", "2.5"]);
    }

    #[test]
    fn numbers_are_short() {
        for (value, expected) in
            [(210.0, "210"), (3.70413, "3.7041"), (-0.00001, "0"), (-1.5, "-1.5"), (f64::NAN, "0"), (1e12, "10000000")]
        {
            assert_eq!(number(value), expected);
        }
    }
}
