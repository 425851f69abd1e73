//! Paints and pictures for `tiny-skia`.

use kurbo::{Affine, Point};
use tiny_skia::{
    Color, FilterQuality, GradientStop, LinearGradient, Paint as SkiaPaint, Pattern, Pixmap, RadialGradient, Shader,
    SpreadMode,
};

use super::{shrunk, transform};
use crate::{
    canvas::{GradientLine, GradientPaint, Paint, Rgba, Spread},
    image::Bitmap,
    number::single,
};

/// A paint; none if nothing of it can be seen.
pub(super) fn paint(paint: &Paint, to_pixmap: Affine, smooth: bool) -> Option<SkiaPaint<'static>> {
    let shader = match paint {
        Paint::Solid(color) => Shader::SolidColor(skia(*color)).into(),
        Paint::Gradient(gradient) => shader(gradient, to_pixmap),
    };
    Some(SkiaPaint { shader: shader?, anti_alias: smooth, ..SkiaPaint::default() })
}

fn skia(color: Rgba) -> Color {
    let alpha = crate::number::byte(color.alpha);
    Color::from_rgba8(color.red, color.green, color.blue, alpha)
}

fn shader(gradient: &GradientPaint, to_pixmap: Affine) -> Option<Shader<'static>> {
    let stops: Vec<GradientStop> =
        gradient.stops.iter().map(|(position, color)| GradientStop::new(single(*position), skia(*color))).collect();
    let last = gradient.stops.last().map(|(_, color)| Shader::SolidColor(skia(*color)));
    let spread = match gradient.spread {
        Spread::Pad => SpreadMode::Pad,
        Spread::Repeat => SpreadMode::Repeat,
        Spread::Reflect => SpreadMode::Reflect,
    };
    let at = |point: Point| tiny_skia::Point::from_xy(single(point.x), single(point.y));
    let to = transform(to_pixmap * gradient.to_page);
    let made = match gradient.line {
        GradientLine::Linear { start, end } => LinearGradient::new(at(start), at(end), stops, spread, to),
        GradientLine::Radial { start, start_radius, end, end_radius } => {
            RadialGradient::new(at(start), single(start_radius), at(end), single(end_radius), stops, spread, to)
        }
    };
    made.or(last) // a line without length: its last color
}

/// A picture that can be drawn from, made smaller where its pixels are much finer than those of the page.
pub(super) struct Source {
    pixmap: Pixmap,
    quality: FilterQuality,
}

impl Source {
    pub(super) fn of(bitmap: &Bitmap, to_device: Affine, alpha: f64) -> Option<Self> {
        let [a, b, c, d, ..] = to_device.as_coeffs();
        let (across, down) = (a.hypot(b), c.hypot(d));
        let (width, height) = (f64::from(bitmap.width), f64::from(bitmap.height));
        let (across, down) = (shrunk(across.max(1.0), bitmap.width), shrunk(down.max(1.0), bitmap.height));
        let is_finer = f64::from(across) < 0.75 * width || f64::from(down) < 0.75 * height;
        let mut pixmap = if is_finer {
            let view =
                image::ImageBuffer::<image::Rgba<u8>, &[u8]>::from_raw(bitmap.width, bitmap.height, &bitmap.rgba)?;
            let small = image::imageops::thumbnail(&view, across, down);
            let mut pixmap = Pixmap::new(across, down)?;
            pixmap.data_mut().copy_from_slice(small.as_raw().as_slice());
            pixmap
        } else {
            let mut pixmap = Pixmap::new(bitmap.width, bitmap.height)?;
            let pixels = bitmap.rgba.get(..pixmap.data().len())?;
            pixmap.data_mut().copy_from_slice(pixels);
            pixmap
        };
        if !bitmap.is_opaque {
            premultiply(pixmap.data_mut());
        }
        // Through the pixels, because a fading pattern has edges of another strength.
        if alpha < 1.0 {
            let alpha = u16::from(crate::number::byte(alpha));
            for part in pixmap.data_mut() {
                *part = u8::try_from((u16::from(*part) * alpha + 127) / 255).unwrap_or(u8::MAX);
            }
        }
        // Pixels that are much larger than those of the page are drawn as what they are.
        let scale = a.hypot(b) / width;
        let quality = if !is_finer && scale >= 3.0 { FilterQuality::Nearest } else { FilterQuality::Bilinear };
        Some(Self { pixmap, quality })
    }

    pub(super) fn paint(&self, to_device: Affine) -> SkiaPaint<'_> {
        let (width, height) = (f64::from(self.pixmap.width()), f64::from(self.pixmap.height()));
        let to = transform(to_device * Affine::scale_non_uniform(1.0 / width, 1.0 / height));
        let shader = Pattern::new(self.pixmap.as_ref(), SpreadMode::Pad, self.quality, 1.0, to);
        SkiaPaint { shader, anti_alias: true, ..SkiaPaint::default() }
    }
}

fn premultiply(pixels: &mut [u8]) {
    for pixel in pixels.chunks_exact_mut(4) {
        if let [red, green, blue, alpha] = pixel {
            for part in [red, green, blue] {
                *part = u8::try_from((u16::from(*part) * u16::from(*alpha) + 127) / 255).unwrap_or(u8::MAX);
            }
        }
    }
}
