//! SVG as carrier (矢量画布): figures stay figures, each glyph is written once, in mm.

use std::{collections::HashMap, fmt::Write as _, rc::Rc};

use image::ImageEncoder as _;
use kurbo::{Affine, BezPath, PathEl, Stroke};

use crate::{
    RenderError,
    canvas::{Canvas, Figure, GlyphRun, GradientLine, GradientPaint, Paint, Rgba, Spread, draw_outlines},
    image::Bitmap,
    number::long,
};

/// Most bytes of the markup: a page of a dense map has 30 MiB.
const MARKUP: usize = 256 << 20;

/// A page's markup while it is drawn.
pub(crate) struct SvgCanvas {
    size: (f64, f64),
    definitions: String,
    body: String,
    /// Number of each glyph that is defined, by font and glyph.
    glyphs: HashMap<(usize, u32), usize>,
    next: usize,
}

impl SvgCanvas {
    pub(crate) fn new(size: (f64, f64)) -> Self {
        Self { size, definitions: String::new(), body: String::new(), glyphs: HashMap::new(), next: 0 }
    }

    /// The markup.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`].
    pub(crate) fn finish(self) -> Result<String, RenderError> {
        if self.is_full() {
            return Err(RenderError::TooLarge { what: "bytes of the SVG", limit: long(MARKUP) });
        }
        let (width, height) = self.size;
        let Self { definitions, body, .. } = self;
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
             viewBox=\"0 0 {width} {height}\">\n<defs>\n{definitions}</defs>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n{body}</svg>\n"
        ))
    }

    fn number(&mut self) -> usize {
        self.next = self.next.saturating_add(1);
        self.next
    }

    /// Attributes of a paint for `fill` or `stroke`.
    fn paint(&mut self, paint: &Paint, of: &str) -> String {
        match paint {
            Paint::Solid(color) => {
                let opacity =
                    if color.alpha < 1.0 { format!(" {of}-opacity=\"{:.3}\"", color.alpha) } else { String::new() };
                format!(" {of}=\"{}\"{opacity}", hex(*color))
            }
            Paint::Gradient(gradient) => {
                let number = self.gradient(gradient);
                format!(" {of}=\"url(#p{number})\"")
            }
        }
    }

    fn gradient(&mut self, gradient: &GradientPaint) -> usize {
        let number = self.number();
        let spread = match gradient.spread {
            Spread::Pad => "pad",
            Spread::Repeat => "repeat",
            Spread::Reflect => "reflect",
        };
        let common = format!(
            "id=\"p{number}\" gradientUnits=\"userSpaceOnUse\" spreadMethod=\"{spread}\" gradientTransform=\"{}\"",
            matrix(gradient.to_page)
        );
        let out = &mut self.definitions;
        let (open, close) = match gradient.line {
            GradientLine::Linear { start, end } => (
                format!(
                    "<linearGradient {common} x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\">",
                    start.x, start.y, end.x, end.y
                ),
                "</linearGradient>",
            ),
            GradientLine::Radial { start, start_radius, end, end_radius } => (
                format!(
                    "<radialGradient {common} fx=\"{}\" fy=\"{}\" fr=\"{start_radius}\" cx=\"{}\" cy=\"{}\" r=\"{end_radius}\">",
                    start.x, start.y, end.x, end.y
                ),
                "</radialGradient>",
            ),
        };
        out.push_str(&open);
        for (position, color) in &gradient.stops {
            let _ = write!(
                out,
                "<stop offset=\"{position:.4}\" stop-color=\"{}\" stop-opacity=\"{:.3}\"/>",
                hex(*color),
                color.alpha
            );
        }
        out.push_str(close);
        out.push('\n');
        number
    }
}

impl Canvas for SvgCanvas {
    fn fill(&mut self, figure: Figure<'_>, paint: &Paint, smooth: bool) {
        let paint = self.paint(paint, "fill");
        let rule = if figure.even_odd { " fill-rule=\"evenodd\"" } else { "" };
        let edges = if smooth { "" } else { " shape-rendering=\"crispEdges\"" };
        let data = data(&(figure.to_page * figure.path), 3);
        let _ = writeln!(self.body, "<path{paint}{rule}{edges} d=\"{data}\"/>");
    }

    fn stroke(&mut self, figure: Figure<'_>, stroke: &Stroke, paint: &Paint) {
        let paint = self.paint(paint, "stroke");
        let (cap, join) = (
            match stroke.start_cap {
                kurbo::Cap::Butt => "butt",
                kurbo::Cap::Round => "round",
                kurbo::Cap::Square => "square",
            },
            match stroke.join {
                kurbo::Join::Bevel => "bevel",
                kurbo::Join::Miter => "miter",
                kurbo::Join::Round => "round",
            },
        );
        let dashes = if stroke.dash_pattern.is_empty() {
            String::new()
        } else {
            let parts: Vec<String> = stroke.dash_pattern.iter().map(|part| format!("{part:.3}")).collect();
            format!(" stroke-dasharray=\"{}\" stroke-dashoffset=\"{:.3}\"", parts.join(" "), stroke.dash_offset)
        };
        // A line without width is as thin as can be shown.
        let (width, thin) =
            if stroke.width > 0.0 { (stroke.width, "") } else { (1.0, " vector-effect=\"non-scaling-stroke\"") };
        let _ = writeln!(
            self.body,
            "<path fill=\"none\"{paint} stroke-width=\"{width:.4}\" stroke-linecap=\"{cap}\" stroke-linejoin=\"{join}\" \
             stroke-miterlimit=\"{:.3}\"{dashes}{thin} transform=\"{}\" d=\"{}\"/>",
            stroke.miter_limit,
            matrix(figure.to_page),
            data(figure.path, 4)
        );
    }

    fn image(&mut self, bitmap: &Bitmap, to_page: Affine, alpha: f64) {
        let mut png = Vec::new();
        let encoder = image::codecs::png::PngEncoder::new(&mut png);
        if encoder.write_image(&bitmap.rgba, bitmap.width, bitmap.height, image::ExtendedColorType::Rgba8).is_err() {
            return;
        }
        let opacity = if alpha < 1.0 { format!(" opacity=\"{alpha:.3}\"") } else { String::new() };
        let _ = writeln!(
            self.body,
            "<image width=\"1\" height=\"1\" preserveAspectRatio=\"none\"{opacity} transform=\"{}\" \
             href=\"data:image/png;base64,{}\"/>",
            matrix(to_page),
            base64(&png)
        );
    }

    fn push_clip(&mut self, figure: Figure<'_>) {
        let number = self.number();
        let rule = if figure.even_odd { " clip-rule=\"evenodd\"" } else { "" };
        let data = data(&(figure.to_page * figure.path), 3);
        let _ = writeln!(self.definitions, "<clipPath id=\"c{number}\"><path{rule} d=\"{data}\"/></clipPath>");
        let _ = writeln!(self.body, "<g clip-path=\"url(#c{number})\">");
    }

    fn pop_clip(&mut self) {
        self.body.push_str("</g>\n");
    }

    fn push_group(&mut self, alpha: f64) {
        let _ = writeln!(self.body, "<g opacity=\"{alpha:.3}\">");
    }

    fn pop_group(&mut self) {
        self.body.push_str("</g>\n");
    }

    fn glyphs(&mut self, run: &GlyphRun<'_>) {
        let (Some(font), None, Some(paint)) = (run.font, run.stroke, run.fill) else {
            draw_outlines(self, run);
            return;
        };
        let paint = self.paint(paint, "fill");
        let _ = writeln!(self.body, "<g{paint}>");
        // The font stays alive as long as the document's, so its address names it.
        let key = Rc::as_ptr(font).addr();
        for glyph in run.glyphs {
            let Some(outline) = font.outline(glyph.glyph).filter(|outline| !outline.is_empty()) else { continue };
            let number = match self.glyphs.get(&(key, glyph.glyph)) {
                Some(number) => *number,
                None => {
                    let number = self.number();
                    let _ = writeln!(self.definitions, "<path id=\"g{number}\" d=\"{}\"/>", data(&outline, 4));
                    self.glyphs.insert((key, glyph.glyph), number);
                    number
                }
            };
            let _ = writeln!(self.body, "<use href=\"#g{number}\" transform=\"{}\"/>", matrix(glyph.to_page));
        }
        self.body.push_str("</g>\n");
    }

    fn is_full(&self) -> bool {
        self.body.len().saturating_add(self.definitions.len()) > MARKUP
    }
}

fn hex(color: Rgba) -> String {
    format!("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue)
}

fn matrix(to: Affine) -> String {
    let [a, b, c, d, e, f] = to.as_coeffs();
    format!("matrix({a:.6} {b:.6} {c:.6} {d:.6} {e:.4} {f:.4})")
}

fn data(path: &BezPath, digits: usize) -> String {
    let mut out = String::new();
    for element in path.elements() {
        let _ = match element {
            PathEl::MoveTo(p) => write!(out, "M{:.digits$} {:.digits$}", p.x, p.y),
            PathEl::LineTo(p) => write!(out, "L{:.digits$} {:.digits$}", p.x, p.y),
            PathEl::QuadTo(a, p) => write!(out, "Q{:.digits$} {:.digits$} {:.digits$} {:.digits$}", a.x, a.y, p.x, p.y),
            PathEl::CurveTo(a, b, p) => write!(
                out,
                "C{:.digits$} {:.digits$} {:.digits$} {:.digits$} {:.digits$} {:.digits$}",
                a.x, a.y, b.x, b.y, p.x, p.y
            ),
            PathEl::ClosePath => write!(out, "Z"),
        };
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let value = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (digit, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let index = usize::try_from(value >> shift & 63).unwrap_or(0);
            let known = digit <= chunk.len();
            out.push(if known { DIGITS.get(index).copied().map_or('=', char::from) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (text, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
