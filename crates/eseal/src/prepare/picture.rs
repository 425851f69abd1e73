//! The seal's picture (印模): for a PDF as paths where it has them, else as pixels; for an OFD it stays as it is.

use eseal_pdf::{Picture, Shape, Step};
use eseal_picture::{ReadPicture, Segment, VectorPath, decode_picture, read_picture};

use super::ofd_picture;
use crate::value::SealFacts;

/// The picture for a PDF; in words what is wrong with it.
pub(super) fn of(seal: &SealFacts) -> Result<Picture, String> {
    let bytes = &seal.view.picture;
    let read = if is_ofd(seal) {
        match ofd_picture::of(bytes)? {
            ofd_picture::Content::Svg(svg) => read_picture("svg", svg.as_bytes()),
            ofd_picture::Content::Image(image) => decode_picture("", &image).map(ReadPicture::Pixels),
        }
    } else {
        read_picture(&seal.view.picture_type, bytes)
    };
    match read.map_err(|error| error.to_string())? {
        ReadPicture::Pixels(pixels) => Picture::from_rgba(pixels.width, pixels.height, pixels.rgba),
        ReadPicture::Vector(picture) => {
            let shapes = picture.paths.into_iter().map(shape).collect();
            Picture::from_shapes(picture.width_mm, picture.height_mm, shapes)
        }
    }
    .map_err(|error| error.to_string())
}

/// Whether a reader of OFD can show the picture, which goes into the file as it is; in words why not.
///
/// A picture that is an OFD may have all that pages have: it must be whole, and show something.
pub(super) fn check_shown(seal: &SealFacts) -> Result<(), String> {
    if is_ofd(seal) {
        return ofd_picture::check_shown(&seal.view.picture);
    }
    read_picture(&seal.view.picture_type, &seal.view.picture).map(|_| ()).map_err(|error| error.to_string())
}

fn is_ofd(seal: &SealFacts) -> bool {
    let kind = seal.view.picture_type.trim().trim_start_matches('.');
    kind.eq_ignore_ascii_case("ofd") || seal.view.picture.starts_with(b"PK\x03\x04")
}

fn shape(path: VectorPath) -> Shape {
    let step = |segment| match segment {
        Segment::Move(to) => Step::Move(to),
        Segment::Line(to) => Step::Line(to),
        Segment::Cubic(points) => Step::Curve(points),
        Segment::Close => Step::Close,
    };
    let VectorPath { segments, fill: color, alpha, even_odd } = path;
    Shape { steps: segments.into_iter().map(step).collect(), color, alpha, even_odd }
}
