//! Shadings of PDF as those of OFD (渐变), where OFD has them.

use hayro_interpret::{
    encode::EncodedShadingType,
    gradient::{SvgGradientKind, SvgGradientStop},
    kurbo::{Affine, BezPath, Rect},
    pattern::Pattern,
    shading::ShadingType,
};

use super::object::Gradient;
use crate::number::byte;

/// How much a color between two stops may differ.
const TOLERANCE: f32 = 0.01;
/// Most stops of one shading.
const STOPS: usize = 256;

/// A shading with its space.
pub(super) struct Found {
    pub(super) gradient: Gradient,
    pub(super) to_page: Affine,
    /// What it is limited to.
    pub(super) clip: Option<BezPath>,
}

/// An axial or radial shading as far as it is seen in `area`; else why there is none.
pub(super) fn of(pattern: &Pattern<'_>, area: Rect) -> Result<Found, &'static str> {
    let Pattern::Shading(shading) = pattern else { return Err("a pattern of tiles") };
    if !matches!(*shading.shading.shading_type, ShadingType::RadialAxial { .. }) {
        return Err("a shading of a mesh or a function");
    }
    let encoded = shading.encode();
    let EncodedShadingType::RadialAxial(inner) = &encoded.shading_type else { return Err("a shading without extent") };
    let native = inner.as_svg_gradient(&encoded, area, TOLERANCE).ok_or("a shading that ends before its area")?;
    let usable = native.transform.is_finite() && native.transform.determinant().abs() > 1e-12;
    if !usable || native.stops.len() > STOPS {
        return Err("a shading that is too fine");
    }
    let (start, end, radii) = match native.kind {
        SvgGradientKind::Linear { start, end } => (start, end, None),
        SvgGradientKind::Radial { start_center, start_radius, end_center, end_radius } => {
            (start_center, end_center, Some((f64::from(start_radius), f64::from(end_radius))))
        }
    };
    // Millimetres instead of parts of the axis: numbers are written with four decimals.
    let [a, b, c, d, ..] = native.transform.as_coeffs();
    let scale = a.hypot(b).max(c.hypot(d));
    let start = (start.to_vec2() * scale).to_point();
    let end = (end.to_vec2() * scale).to_point();
    let radii = radii.map(|(first, last)| (first * scale, last * scale));
    let to_page = native.transform * Affine::scale(1.0 / scale);
    let stops = stops(&native.stops);
    let clip = shading.shading.clip_path.clone();
    Ok(Found { gradient: Gradient { start, end, radii, stops }, to_page, clip })
}

/// Equal neighbors once.
fn stops(all: &[SvgGradientStop]) -> Vec<(f64, [u8; 3], f64)> {
    let mut found: Vec<(f64, [u8; 3], f64)> = all
        .iter()
        .map(|stop| {
            let [red, green, blue, alpha] = stop.color.map(f64::from);
            (f64::from(stop.offset).clamp(0.0, 1.0), [byte(red), byte(green), byte(blue)], alpha)
        })
        .collect();
    found.dedup();
    found
}
