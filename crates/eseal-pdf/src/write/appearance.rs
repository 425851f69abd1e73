//! How a seal looks on its page (签章外观): form XObjects around one XObject that is the picture.

use std::{collections::BTreeSet, io::Write};

use flate2::{Compression, write::ZlibEncoder};

use super::{
    Mark, Picture, SealError, Shape, Step,
    picture::Kind,
    serialize::{dict, name, numbers, write_object},
    update::Update,
};
use crate::{
    object::{Dict, Object, Ref},
    page::Page,
};

/// Writes appearances; equal ones are written once.
pub(super) struct Appearances {
    picture: Ref,
    /// Size of the picture in its own units, whose y points up or down.
    units: Units,
    forms: Vec<(Dict, Vec<u8>, Ref)>,
}

/// What the picture's XObject is drawn in.
enum Units {
    /// An image fills the unit square.
    Square,
    /// Shapes count millimetres from the upper left corner.
    Millimetres { width: f64, height: f64 },
}

impl Appearances {
    /// Writes the picture.
    pub(super) fn new(update: &mut Update<'_>, picture: &Picture) -> Result<Self, SealError> {
        let (picture, units) = match &picture.kind {
            Kind::Pixels { width, height, rgba } => (image(update, *width, *height, rgba)?, Units::Square),
            Kind::Shapes { width_mm: width, height_mm: height, shapes } => {
                let (width, height) = (*width, *height);
                (drawing(update, [width, height], shapes)?, Units::Millimetres { width, height })
            }
        };
        Ok(Self { picture, units, forms: Vec::new() })
    }

    /// The form XObject that shows `mark` upright on the displayed `page`.
    pub(super) fn form(&mut self, update: &mut Update<'_>, mark: &Mark, page: &Page) -> Result<Ref, SealError> {
        let place = mark.place;
        let unit = page.mm_per_unit();
        let width = (place.right_mm - place.left_mm) / unit;
        let height = (place.top_mm - place.bottom_mm) / unit;
        let [left, bottom, right, top] = mark.part;
        // The whole picture, placed so that its part fills the box; the box cuts off the rest.
        let (whole_width, whole_height) = (width / (right - left), height / (top - bottom));
        let mut content = b"q ".to_vec();
        let (x, y) = (-left * whole_width, -bottom * whole_height);
        // Millimetres are scaled up from small numbers: they need more decimals than points.
        let (matrix, decimals) = match self.units {
            Units::Square => ([whole_width, 0.0, 0.0, whole_height, x, y], 4),
            Units::Millimetres { width, height } => {
                ([whole_width / width, 0.0, 0.0, -whole_height / height, x, y + whole_height], 7)
            }
        };
        for value in matrix {
            write_number(value, decimals, &mut content);
        }
        content.extend(b"cm /Seal Do Q");
        let resources = dict([(b"XObject", Object::Dict(dict([(b"Seal", Object::Ref(self.picture))])))]);
        let mut form = dict([
            (b"Type", name(b"XObject")),
            (b"Subtype", name(b"Form")),
            (b"BBox", numbers([0.0, 0.0, width, height])),
            (b"Resources", Object::Dict(resources)),
        ]);
        if let Some(matrix) = upright(page.rotate, width, height) {
            form.set(b"Matrix", numbers(matrix));
        }
        if let Some((.., known)) = self.forms.iter().find(|(dict, data, _)| *dict == form && *data == content) {
            return Ok(*known);
        }
        let reference = update.add_stream(form.clone(), &content)?;
        self.forms.push((form, content, reference));
        Ok(reference)
    }
}

/// Pixels as an image XObject, transparency beside them.
fn image(update: &mut Update<'_>, width: u32, height: u32, rgba: &[u8]) -> Result<Ref, SealError> {
    let pixels = || rgba.as_chunks::<4>().0.iter();
    let colors: Vec<u8> = pixels().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
    let alpha: Vec<u8> = pixels().map(|[.., alpha]| *alpha).collect();
    let head = |space: &[u8]| {
        dict([
            (b"Type", name(b"XObject")),
            (b"Subtype", name(b"Image")),
            (b"Width", Object::Integer(width.into())),
            (b"Height", Object::Integer(height.into())),
            (b"ColorSpace", name(space)),
            (b"BitsPerComponent", Object::Integer(8)),
            (b"Filter", name(b"FlateDecode")),
        ])
    };
    let mut image = head(b"DeviceRGB");
    if alpha.iter().any(|alpha| *alpha != u8::MAX) {
        let mask = update.add_stream(head(b"DeviceGray"), &deflate(&alpha))?;
        image.set(b"SMask", Object::Ref(mask));
    }
    update.add_stream(image, &deflate(&colors))
}

/// Shapes as a form XObject in millimetres; the forms around it turn it upright.
fn drawing(update: &mut Update<'_>, size: [f64; 2], shapes: &[Shape]) -> Result<Ref, SealError> {
    let [width, height] = size;
    let alphas: BTreeSet<u8> = shapes.iter().map(|shape| shape.alpha).collect();
    let mut form = dict([
        (b"Type", name(b"XObject")),
        (b"Subtype", name(b"Form")),
        (b"BBox", numbers([0.0, 0.0, width, height])),
        (b"Filter", name(b"FlateDecode")),
    ]);
    let mut states = Dict::new();
    for alpha in alphas.iter().filter(|_| alphas.iter().any(|alpha| *alpha != u8::MAX)) {
        let share = super::serialize::number(f64::from(*alpha) / 255.0);
        let state = dict([(b"Type", name(b"ExtGState")), (b"ca", share)]);
        states.set(format!("A{alpha}").as_bytes(), Object::Dict(state));
    }
    form.set(b"Resources", Object::Dict(dict([(b"ExtGState", Object::Dict(states))])));
    let mut content = Vec::new();
    let (mut color, mut alpha) = (None, u8::MAX); // an appearance begins opaque (ISO 32000-1, 8.4.1)
    for shape in shapes {
        if shape.alpha != alpha {
            alpha = shape.alpha;
            content.extend(format!("/A{alpha} gs\n").bytes());
        }
        if color != Some(shape.color) {
            color = Some(shape.color);
            for part in shape.color {
                write_number(f64::from(part) / 255.0, 4, &mut content);
            }
            content.extend(b"rg\n");
        }
        for step in &shape.steps {
            write_step(step, &mut content);
        }
        content.extend(if shape.even_odd { &b"f*\n"[..] } else { b"f\n" });
    }
    update.add_stream(form, &deflate(&content))
}

fn write_step(step: &Step, out: &mut Vec<u8>) {
    let (points, operator): (&[[f64; 2]], &[u8]) = match step {
        Step::Move(to) => (std::slice::from_ref(to), b"m\n"),
        Step::Line(to) => (std::slice::from_ref(to), b"l\n"),
        Step::Curve(points) => (points, b"c\n"),
        Step::Close => (&[], b"h\n"),
    };
    for coordinate in points.iter().flatten() {
        write_number(*coordinate, 4, out);
    }
    out.extend(operator);
}

/// A number and a blank.
fn write_number(value: f64, decimals: i32, out: &mut Vec<u8>) {
    let unit = 10_f64.powi(decimals);
    let rounded = (value * unit).round() / unit;
    write_object(&Object::Real(if rounded == 0.0 { 0.0 } else { rounded }), out);
    out.push(b' ');
}

/// Turns the appearance against the page's own turn.
const fn upright(rotate: u16, width: f64, height: f64) -> Option<[f64; 6]> {
    match rotate {
        90 => Some([0.0, 1.0, -1.0, 0.0, height, 0.0]),
        180 => Some([-1.0, 0.0, 0.0, -1.0, width, height]),
        270 => Some([0.0, -1.0, 1.0, 0.0, 0.0, width]),
        _ => None,
    }
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}
