//! How a seal looks on its page (签章外观): form XObjects around one image XObject.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::{
    Mark, Picture, SealError,
    serialize::{dict, name, numbers},
    update::Update,
};
use crate::{
    object::{Dict, Object, Ref},
    page::Page,
};

/// Writes appearances; equal ones are written once.
pub(super) struct Appearances {
    image: Ref,
    forms: Vec<(Dict, Vec<u8>, Ref)>,
}

impl Appearances {
    /// Writes the picture.
    pub(super) fn new(update: &mut Update<'_>, picture: &Picture) -> Result<Self, SealError> {
        let pixels = || picture.rgba.as_chunks::<4>().0.iter();
        let colors: Vec<u8> = pixels().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
        let alpha: Vec<u8> = pixels().map(|[.., alpha]| *alpha).collect();
        let head = |space: &[u8]| {
            dict([
                (b"Type", name(b"XObject")),
                (b"Subtype", name(b"Image")),
                (b"Width", Object::Integer(picture.width.into())),
                (b"Height", Object::Integer(picture.height.into())),
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
        let image = update.add_stream(image, &deflate(&colors))?;
        Ok(Self { image, forms: Vec::new() })
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
        let matrix = [whole_width, 0.0, 0.0, whole_height, -left * whole_width, -bottom * whole_height];
        for value in matrix {
            super::serialize::write_object(&super::serialize::number(value), &mut content);
            content.push(b' ');
        }
        content.extend(b"cm /Seal Do Q");
        let resources = dict([(b"XObject", Object::Dict(dict([(b"Seal", Object::Ref(self.image))])))]);
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
