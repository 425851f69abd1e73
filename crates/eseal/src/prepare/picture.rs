//! The seal's picture for a PDF (印模): as paths where it has them, else as pixels.

use eseal_pdf::{Picture, Shape, Step};
use eseal_picture::{ReadPicture, Segment, VectorPath, decode_picture, read_picture};

use super::ofd_picture;
use crate::value::SealFacts;

/// The picture; in words what is wrong with it.
pub(super) fn of(seal: &SealFacts) -> Result<Picture, String> {
    let (kind, bytes) = (&seal.view.picture_type, &seal.view.picture);
    let is_ofd = kind.trim().trim_start_matches('.').eq_ignore_ascii_case("ofd") || bytes.starts_with(b"PK\x03\x04");
    let read = if is_ofd {
        match ofd_picture::of(bytes)? {
            ofd_picture::Content::Svg(svg) => read_picture("svg", svg.as_bytes()),
            ofd_picture::Content::Image(image) => decode_picture("", &image).map(ReadPicture::Pixels),
        }
    } else {
        read_picture(kind, bytes)
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
