//! 印模: the picture of a seal, as pixels or as shapes.

use crate::number::to_u64;

/// Largest picture edge, in pixels: 60 mm at 4,000 dpi.
const MAX_EDGE: u32 = 10_000;
/// Most steps of all shapes: a scanned seal traced into paths has 100,000.
const MAX_STEPS: usize = 200_000;
/// Largest coordinate, mm: 10 m, where three decimals are still told apart.
const MAX_MM: f64 = 10_000.0;
/// Smallest picture, mm.
const MIN_MM: f64 = 0.1;

/// A seal picture (印模) as decoded pixels or as shapes.
#[derive(Clone, PartialEq)]
pub struct Picture {
    pub(super) kind: Kind,
}

#[derive(Clone, PartialEq)]
pub(super) enum Kind {
    Pixels { width: u32, height: u32, rgba: Vec<u8> },
    Shapes { width_mm: f64, height_mm: f64, shapes: Vec<Shape> },
}

/// A filled shape (矢量图形).
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Its outlines.
    pub steps: Vec<Step>,
    /// Red, green, blue.
    pub color: [u8; 3],
    /// 255 is opaque.
    pub alpha: u8,
    /// Even-odd rule instead of nonzero winding.
    pub even_odd: bool,
}

/// A step of an outline (路径段): mm from the upper left corner, y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Begins an outline.
    Move([f64; 2]),
    /// Straight on.
    Line([f64; 2]),
    /// Cubic Bézier curve: two control points and the end.
    Curve([[f64; 2]; 3]),
    /// Back to the beginning.
    Close,
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// Size and bytes do not fit, or an edge has no pixel or more than 10,000.
    #[error("{width}×{height} pixels do not fit {bytes} bytes of RGBA")]
    Pixels {
        /// Width, pixels.
        width: u32,
        /// Height, pixels.
        height: u32,
        /// Bytes given.
        bytes: usize,
    },
    /// A picture without size, or larger than 10 m.
    #[error("a picture of {width_mm} by {height_mm} mm")]
    Size {
        /// Width.
        width_mm: f64,
        /// Height.
        height_mm: f64,
    },
    /// An outline that does not begin, or a coordinate beyond 10 m.
    #[error("shape {index} is none")]
    Shape {
        /// Which shape, from 0.
        index: usize,
    },
    /// More steps than a seal picture needs.
    #[error("{0} steps of outlines are too many")]
    TooManySteps(usize),
}

impl Picture {
    /// Pixels row by row from the top, four bytes each: red, green, blue, alpha (not premultiplied).
    ///
    /// # Errors
    /// [`PictureError::Pixels`].
    pub fn from_rgba(width: u32, height: u32, rgba: Vec<u8>) -> Result<Self, PictureError> {
        let error = PictureError::Pixels { width, height, bytes: rgba.len() };
        let edges = 1..=MAX_EDGE;
        let fits = u64::from(width) * u64::from(height) * 4 == to_u64(rgba.len());
        if fits && edges.contains(&width) && edges.contains(&height) {
            Ok(Self { kind: Kind::Pixels { width, height, rgba } })
        } else {
            Err(error)
        }
    }

    /// Shapes from the lowest to the uppermost, in a picture of that size; marks stretch it to theirs.
    ///
    /// # Errors
    /// See [`PictureError`].
    pub fn from_shapes(width_mm: f64, height_mm: f64, shapes: Vec<Shape>) -> Result<Self, PictureError> {
        let sizes = MIN_MM..=MAX_MM;
        if !sizes.contains(&width_mm) || !sizes.contains(&height_mm) {
            return Err(PictureError::Size { width_mm, height_mm });
        }
        let steps = shapes.iter().map(|shape| shape.steps.len()).sum();
        if steps > MAX_STEPS {
            return Err(PictureError::TooManySteps(steps));
        }
        match shapes.iter().position(|shape| !is_shape(shape)) {
            Some(index) => Err(PictureError::Shape { index }),
            None => Ok(Self { kind: Kind::Shapes { width_mm, height_mm, shapes } }),
        }
    }
}

/// Begins with a point, and stays near.
fn is_shape(shape: &Shape) -> bool {
    let near = |[x, y]: &[f64; 2]| x.abs() <= MAX_MM && y.abs() <= MAX_MM;
    matches!(shape.steps.first(), Some(Step::Move(_)))
        && shape.steps.iter().all(|step| match step {
            Step::Move(to) | Step::Line(to) => near(to),
            Step::Curve(points) => points.iter().all(near),
            Step::Close => true,
        })
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            Kind::Pixels { width, height, .. } => write!(f, "Picture({width}×{height})"),
            Kind::Shapes { width_mm, height_mm, shapes } => {
                write!(f, "Picture({width_mm}×{height_mm} mm, {} shapes)", shapes.len())
            }
        }
    }
}
