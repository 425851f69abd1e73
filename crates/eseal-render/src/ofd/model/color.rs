//! Colors (颜色), GB/T 33190 §8.3: values in color spaces, patterns, axial, radial and Gouraud shading.

use std::rc::Rc;

use eseal_ofd::xml::{self, attribute, child, children};
use kurbo::{Affine, Point};
use roxmltree::Node;

use super::{
    object::{Object, objects},
    reader::{Fault, Reader, alpha, flag, list, matrix, number, numbers, reference},
};

/// `CT_Color` (颜色).
#[derive(Clone, Debug)]
pub(crate) struct Color {
    /// 0 is transparent, 1 is not.
    pub(crate) alpha: f64,
    pub(crate) kind: ColorKind,
}

#[derive(Clone, Debug)]
pub(crate) enum ColorKind {
    /// One color.
    Plain(Plain),
    /// 底纹.
    Pattern(Rc<Pattern>),
    /// 轴向渐变 or 径向渐变.
    Gradient(Rc<Gradient>),
    /// 三角形渐变, both kinds.
    Mesh(Rc<Mesh>),
}

/// A value in a color space, not yet looked up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plain {
    /// Channels as written; hexadecimal ones are decoded.
    pub(crate) value: Vec<f64>,
    /// Index into the palette.
    pub(crate) index: Option<usize>,
    /// Id of the color space.
    pub(crate) space: Option<String>,
}

/// `CT_ColorSpace` (颜色空间).
#[derive(Clone, Debug)]
pub(crate) struct ColorSpace {
    pub(crate) kind: ColorSpaceKind,
    /// Largest value of a channel.
    pub(crate) most: f64,
    pub(crate) palette: Vec<Vec<f64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColorSpaceKind {
    Gray,
    Rgb,
    Cmyk,
}

/// `CT_Pattern` (底纹): a cell that is repeated.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) x_step: f64,
    pub(crate) y_step: f64,
    pub(crate) reflect: Reflect,
    /// Relative to the page's container instead of the object.
    pub(crate) to_page: bool,
    pub(crate) matrix: Affine,
    pub(crate) cell: Vec<Object>,
}

/// `ReflectMethod` (翻转方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reflect {
    Normal,
    Column,
    Row,
    RowAndColumn,
}

/// `CT_AxialShd` or `CT_RadialShd` (渐变).
#[derive(Clone, Debug)]
pub(crate) struct Gradient {
    pub(crate) shape: Shape,
    pub(crate) map: MapType,
    /// Length of one interval, for repeated and reflected ones.
    pub(crate) unit: Option<f64>,
    /// Goes on before the start.
    pub(crate) extend_start: bool,
    /// Goes on behind the end.
    pub(crate) extend_end: bool,
    pub(crate) stops: Vec<Stop>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    Axial { start: Point, end: Point },
    Radial { start: Point, start_radius: f64, end: Point, end_radius: f64, eccentricity: f64, angle: f64 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MapType {
    Direct,
    Repeat,
    Reflect,
}

/// `Segment` (颜色段).
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) position: f64,
    pub(crate) color: Plain,
    pub(crate) alpha: f64,
}

/// `CT_GouraudShd` or `CT_LaGouraudShd` (高洛德渐变): triangles with a color at each corner.
#[derive(Clone, Debug)]
pub(crate) struct Mesh {
    pub(crate) triangles: Vec<[(Point, Plain); 3]>,
    /// What lies around the triangles.
    pub(crate) back: Option<Plain>,
}

/// Most triangles of a mesh, before they are divided.
const TRIANGLES: usize = 20_000;
/// Most segments of a gradient.
const STOPS: usize = 256;
/// Most colors of a palette.
const PALETTE: usize = 65_536;

impl Color {
    /// Reads `FillColor`, `StrokeColor` and the like.
    pub(crate) fn read(node: Node<'_, '_>, reader: &mut Reader<'_>, depth: usize) -> Result<Option<Self>, Fault> {
        for element in node.children().filter(Node::is_element) {
            let kind = match element.tag_name().name() {
                "Pattern" => pattern(element, reader, depth)?.map(|pattern| ColorKind::Pattern(Rc::new(pattern))),
                "AxialShd" => gradient(element, false).map(|gradient| ColorKind::Gradient(Rc::new(gradient))),
                "RadialShd" => gradient(element, true).map(|gradient| ColorKind::Gradient(Rc::new(gradient))),
                "GouraudShd" => Some(ColorKind::Mesh(Rc::new(free_mesh(element)))),
                "LaGouraudShd" | "LaGourandShd" => Some(ColorKind::Mesh(Rc::new(lattice(element)))),
                "Value" => {
                    reader.nonstandard(node, "color value as an element");
                    let value = channels(&xml::text(element));
                    Some(ColorKind::Plain(Plain { value, index: None, space: reference(node, "ColorSpace") }))
                }
                _ => continue,
            };
            if kind.is_none() {
                reader.dropped(element, "cannot be read");
            }
            return Ok(kind.map(|kind| Self { alpha: alpha(node), kind }));
        }
        Ok(Some(Self { alpha: alpha(node), kind: ColorKind::Plain(Plain::read(node)) }))
    }
}

impl Plain {
    pub(crate) fn read(node: Node<'_, '_>) -> Self {
        Self {
            value: attribute(node, "Value").map(channels).unwrap_or_default(),
            index: attribute(node, "Index").and_then(|index| index.trim().parse().ok()),
            space: reference(node, "ColorSpace"),
        }
    }
}

/// Channels in decimal, as `#0f`, or all in one as `#ff0000`.
fn channels(text: &str) -> Vec<f64> {
    let mut found = Vec::new();
    for word in text.split_whitespace().take(8) {
        match word.strip_prefix('#') {
            None => found.extend(list(word).unwrap_or_default()),
            Some(digits) if digits.len() == 6 || digits.len() == 8 => {
                let value = u32::from_str_radix(digits, 16).unwrap_or(0);
                let bytes = value.to_be_bytes();
                found.extend(bytes.iter().skip(if digits.len() == 6 { 1 } else { 0 }).map(|byte| f64::from(*byte)));
            }
            Some(digits) => found.extend(u32::from_str_radix(digits, 16).ok().map(f64::from)),
        }
    }
    found
}

impl ColorSpace {
    pub(crate) fn read(node: Node<'_, '_>) -> Self {
        let kind = match attribute(node, "Type").unwrap_or_default().trim().to_ascii_uppercase().as_str() {
            "GRAY" => ColorSpaceKind::Gray,
            "CMYK" => ColorSpaceKind::Cmyk,
            _ => ColorSpaceKind::Rgb,
        };
        let bits = number(node, "BitsPerComponent").unwrap_or(8.0).clamp(1.0, 16.0);
        let entries = child(node, "Palette").into_iter().flat_map(|palette| children(palette, "CV"));
        let palette = entries.take(PALETTE).map(|entry| channels(&xml::text(entry))).collect();
        Self { kind, most: 2_f64.powf(bits) - 1.0, palette }
    }
}

fn pattern(node: Node<'_, '_>, reader: &mut Reader<'_>, depth: usize) -> Result<Option<Pattern>, Fault> {
    let Some((width, height)) = number(node, "Width").zip(number(node, "Height")) else { return Ok(None) };
    if width <= 0.0 || height <= 0.0 {
        return Ok(None);
    }
    let cell = match child(node, "CellContent") {
        Some(content) => objects(content, reader, depth.saturating_add(1))?,
        None => Vec::new(),
    };
    let step = |name: &str, least: f64| number(node, name).map_or(least, |step| step.abs().max(least));
    let reflect = match attribute(node, "ReflectMethod").unwrap_or_default().trim() {
        "Row" => Reflect::Row,
        "Column" => Reflect::Column,
        "RowAndColumn" => Reflect::RowAndColumn,
        _ => Reflect::Normal,
    };
    Ok(Some(Pattern {
        width,
        height,
        // A step below the cell's size is raised to it (§8.3.3).
        x_step: step("XStep", width),
        y_step: step("YStep", height),
        reflect,
        to_page: attribute(node, "RelativeTo").is_some_and(|to| to.trim() == "Page"),
        matrix: matrix(node).unwrap_or_default(),
        cell,
    }))
}

fn point(node: Node<'_, '_>, name: &str) -> Option<Point> {
    match numbers(node, name)?.as_slice() {
        [x, y] => Some(Point::new(*x, *y)),
        _ => None,
    }
}

fn gradient(node: Node<'_, '_>, radial: bool) -> Option<Gradient> {
    let (start, end) = (point(node, "StartPoint")?, point(node, "EndPoint")?);
    let shape = if radial {
        Shape::Radial {
            start,
            start_radius: number(node, "StartRadius").unwrap_or(0.0).max(0.0),
            end,
            end_radius: number(node, "EndRadius")?.max(0.0),
            eccentricity: number(node, "Eccentricity").unwrap_or(0.0).clamp(0.0, 0.999),
            angle: number(node, "Angle").unwrap_or(0.0),
        }
    } else {
        Shape::Axial { start, end }
    };
    let mut stops: Vec<Stop> = Vec::new();
    let segments: Vec<Node<'_, '_>> = children(node, "Segment").take(STOPS).collect();
    let last = segments.len().saturating_sub(1).max(1);
    for (index, segment) in segments.iter().enumerate() {
        let color = child(*segment, "Color")?;
        // Segments without a position are spread evenly.
        let even = u32::try_from(index).map_or(1.0, f64::from) / u32::try_from(last).map_or(1.0, f64::from);
        let least = stops.last().map_or(0.0, |stop| stop.position);
        let position = number(*segment, "Position").unwrap_or(even).clamp(0.0, 1.0).max(least);
        stops.push(Stop { position, color: Plain::read(color), alpha: alpha(color) });
    }
    let extend = number(node, "Extend").unwrap_or(0.0);
    Some(Gradient {
        shape,
        map: match attribute(node, "MapType").unwrap_or_default().trim() {
            "Repeat" => MapType::Repeat,
            "Reflect" => MapType::Reflect,
            _ => MapType::Direct,
        },
        unit: number(node, "MapUnit").filter(|unit| *unit > 0.0),
        extend_start: extend == 1.0 || extend == 3.0,
        extend_end: extend == 2.0 || extend == 3.0,
        stops,
    })
    .filter(|gradient| !gradient.stops.is_empty())
}

type Vertex = (Point, Plain, f64);

fn vertices(node: Node<'_, '_>) -> Vec<Vertex> {
    let points = children(node, "Point").take(TRIANGLES);
    let read = |point: Node<'_, '_>| {
        let at = Point::new(number(point, "X")?, number(point, "Y")?);
        Some((at, Plain::read(child(point, "Color")?), number(point, "EdgeFlag").unwrap_or(0.0)))
    };
    points.filter_map(read).collect()
}

fn back(node: Node<'_, '_>) -> Option<Plain> {
    child(node, "BackColor").map(Plain::read).filter(|_| flag(node, "Extend") != Some(false))
}

/// Each point makes a triangle with two before it; which, its edge flag says.
fn free_mesh(node: Node<'_, '_>) -> Mesh {
    let mut triangles: Vec<[(Point, Plain); 3]> = Vec::new();
    let mut fresh: Vec<(Point, Plain)> = Vec::new();
    for (at, color, edge) in vertices(node) {
        let corner = (at, color);
        let before = triangles.last().cloned().filter(|_| fresh.is_empty() && edge > 0.0);
        match before {
            Some([_, b, c]) if edge < 1.5 => triangles.push([b, c, corner]),
            Some([a, _, c]) => triangles.push([a, c, corner]),
            None => {
                fresh.push(corner);
                if let Ok(triangle) = <[_; 3]>::try_from(fresh.clone()) {
                    triangles.push(triangle);
                    fresh.clear();
                }
            }
        }
    }
    Mesh { triangles, back: back(node) }
}

/// Points in rows; each four neighbors are two triangles.
fn lattice(node: Node<'_, '_>) -> Mesh {
    let points = vertices(node);
    let row = attribute(node, "VerticesPerRow").and_then(|count| count.trim().parse::<usize>().ok());
    let row = row.filter(|count| *count >= 2).unwrap_or(2);
    let rows: Vec<&[Vertex]> = points.chunks_exact(row).collect();
    let corner = |vertex: &Vertex| (vertex.0, vertex.1.clone());
    let mut triangles = Vec::new();
    for (upper, lower) in rows.iter().zip(rows.iter().skip(1)) {
        for (above, below) in upper.windows(2).zip(lower.windows(2)) {
            if let ([a, b], [c, d]) = (above, below) {
                triangles.push([corner(a), corner(b), corner(c)]);
                triangles.push([corner(b), corner(c), corner(d)]);
            }
        }
    }
    Mesh { triangles, back: back(node) }
}
