//! 印模: seal pictures, drawn from templates and decoded from seals.
//!
//! [`draw`] turns a [`SealDesign`] into a PNG with transparency and an SVG of paths.  What a seal looks like stands in
//! `seal-templates.toml`, not in code: no regulation on the looks was at hand that would not change.
//! [`clean`] turns a scanned seal into such a picture.
//! [`read_picture`] gives the picture of a seal as paths where it has them, [`decode_picture`] always as pixels, both
//! within limits, for the carriers.

#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod arc;
mod clean;
mod decode;
mod design;
mod glyph;
mod ink;
mod layout;
mod output;
mod specks;
mod template;
mod vector;
mod vector_check;
mod vector_pixels;

pub use clean::{CleanError, CleanPicture, LARGEST_SCAN_BYTES, Scan, clean};
pub use decode::{DecodeError, Pixels, ReadPicture, decode_picture, read_picture};
pub use design::{DEFAULT_DPI, DrawError, SealDesign, SealPicture, Warning, draw, draw_with, draw_with_fonts};
pub use glyph::{FontFile, OwnFonts};
pub use template::{Arc, Centre, Grid, InnerRing, Line, Order, Shape, Template, TemplateError, Templates};
pub use vector::{Segment, VectorPath, VectorPicture};
