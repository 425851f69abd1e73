//! Pixels and PNG (图像).

use image::{
    ExtendedColorType, ImageEncoder as _,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

use crate::{
    Limits, RenderError,
    number::{MM_PER_INCH, float, pixels, whole},
    warning::{WarningKind, Warnings},
};

/// A drawn page: opaque pixels (页面图像).
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels a line.
    pub width: u32,
    /// Lines.
    pub height: u32,
    /// Red, green and blue of each pixel, from the upper left.
    pub rgb: Vec<u8>,
    /// 分辨率 that it was drawn with, in hundredths of pixels an inch.
    pub centi_dpi: u32,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} × {})", self.width, self.height)
    }
}

impl Picture {
    /// From red, green, blue and alpha over white, premultiplied.
    pub(crate) fn opaque(canvas: Canvas, rgba: &[u8]) -> Self {
        let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
        for pixel in rgba.chunks_exact(4) {
            if let [red, green, blue, alpha] = *pixel {
                let paper = 255 - alpha;
                rgb.extend([red, green, blue].map(|part| part.saturating_add(paper)));
            }
        }
        Self { width: canvas.width, height: canvas.height, rgb, centi_dpi: pixels(canvas.dpi * 100.0) }
    }

    /// The picture as PNG.
    ///
    /// # Errors
    /// [`RenderError::Write`].
    pub fn to_png(&self) -> Result<Vec<u8>, RenderError> {
        let mut out = Vec::new();
        PngEncoder::new_with_quality(&mut out, CompressionType::Fast, FilterType::Adaptive)
            .write_image(&self.rgb, self.width, self.height, ExtendedColorType::Rgb8)
            .map_err(|error| RenderError::Write(error.to_string()))?;
        Ok(out)
    }
}

/// What is drawn on: pixels, and how many of them an inch has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Canvas {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dpi: f64,
}

impl Canvas {
    /// Finds the resolution that the limits allow.
    pub(crate) fn of(size_mm: (f64, f64), dpi: f64, limits: &Limits, warnings: &mut Warnings) -> Self {
        let sane = |value: f64| if value.is_finite() { value.clamp(0.01, 1e6) } else { 210.0 };
        let (width, height) = (sane(size_mm.0), sane(size_mm.1));
        let wanted = if dpi.is_finite() { dpi.clamp(1.0, 9_600.0) } else { 96.0 };
        let side = f64::from(limits.side_pixels) * MM_PER_INCH / width.max(height);
        let area = (float(limits.pixels) / (width * height)).sqrt() * MM_PER_INCH;
        let dpi = wanted.min(side).min(area);
        if dpi < wanted {
            warnings.add(
                WarningKind::ResolutionReduced,
                format!("{width:.0} by {height:.0} mm are drawn with {} dpi instead of {}", whole(dpi), whole(wanted)),
            );
        }
        let scale = dpi / MM_PER_INCH;
        let length = |mm: f64| pixels(mm * scale).clamp(1, limits.side_pixels);
        Self { width: length(width), height: length(height), dpi }
    }

    /// Pixels of a millimetre.
    pub(crate) fn scale(&self) -> f64 {
        self.dpi / MM_PER_INCH
    }
}
