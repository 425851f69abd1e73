//! PDF as carrier (PDF 画布), by `krilla`: text stays text, in subsets of the fonts that the document shows it with.

use std::{collections::HashMap, rc::Rc};

use krilla::{
    Data,
    color::rgb,
    geom::{Path, PathBuilder, Point, Size, Transform},
    image::Image,
    num::NormalizedF32,
    paint::{
        Fill, FillRule, LineCap, LineJoin, LinearGradient, Paint as PdfPaint, RadialGradient, SpreadMethod, Stop,
        Stroke as PdfStroke, StrokeDash,
    },
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};
use kurbo::{Affine, BezPath, PathEl, Stroke};

use crate::{
    canvas::{Canvas, Figure, GlyphRun, GradientLine, GradientPaint, Paint, PlacedGlyph, Rgba, Spread, draw_outlines},
    font::LoadedFont,
    image::Bitmap,
    number::single,
};

/// Points of a millimetre.
pub(super) const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// Fonts that are in the PDF already, by the address of the loaded font, which stays where it is.
#[derive(Default)]
pub(super) struct PdfFonts {
    fonts: HashMap<usize, (Rc<LoadedFont>, Option<Font>)>,
}

/// A page of a PDF while it is drawn.
pub(super) struct PdfCanvas<'a, 's> {
    pub(super) surface: &'a mut Surface<'s>,
    pub(super) fonts: &'a mut PdfFonts,
    /// How many pushes each clip or group took.
    pub(super) open: usize,
}

impl PdfFonts {
    fn font(&mut self, loaded: &Rc<LoadedFont>) -> Option<Font> {
        let entry = self.fonts.entry(Rc::as_ptr(loaded).addr());
        let (_, font) = entry.or_insert_with(|| {
            let (bytes, index) = loaded.file();
            let font = Font::new(Data::from(bytes.as_ref().as_ref().to_vec()), index);
            (loaded.clone(), font)
        });
        font.clone()
    }
}

impl PdfCanvas<'_, '_> {
    fn draw(&mut self, path: &Path, fill: Option<Fill>, stroke: Option<PdfStroke>) {
        self.surface.set_fill(fill);
        self.surface.set_stroke(stroke);
        self.surface.draw_path(path);
    }

    /// Glyphs that differ in their places only.
    fn line(&mut self, glyphs: &[PlacedGlyph], font: &Font, run: &GlyphRun<'_>) {
        let Some(first) = glyphs.first() else { return };
        let to_points = Affine::scale(POINTS_PER_MM) * first.to_page;
        let size = to_points.determinant().abs().sqrt();
        if !(size > 1e-6 && size.is_finite()) {
            return;
        }
        let inverse = to_points.inverse();
        let place =
            |glyph: &PlacedGlyph| inverse * (Affine::scale(POINTS_PER_MM) * glyph.to_page).translation().to_point();
        let mut text = String::new();
        let mut line = Vec::with_capacity(glyphs.len());
        for (index, glyph) in glyphs.iter().enumerate() {
            let start = text.len();
            text.extend(&glyph.text);
            let at = place(glyph);
            let next = glyphs.get(index.saturating_add(1)).map(place);
            line.push(KrillaGlyph {
                glyph_id: GlyphId::new(glyph.glyph),
                text_range: start..text.len(),
                x_advance: single(next.map_or(glyph.advance, |next| next.x - at.x)),
                x_offset: 0.0,
                y_offset: single(-at.y),
                y_advance: 0.0,
                location: None,
            });
        }
        // The writer takes black where there is neither: text that is not drawn stays text, and clear.
        let clear = Paint::Solid(Rgba { alpha: 0.0, ..Rgba::BLACK });
        let ink = run.fill.or(run.stroke.is_none().then_some(&clear));
        self.surface.set_fill(ink.map(|paint| fill(paint, false)));
        self.surface.set_stroke(run.stroke.map(|(width, paint)| {
            let Fill { paint, opacity, .. } = fill(paint, false);
            PdfStroke { paint, opacity, width: single(width * size), ..PdfStroke::default() }
        }));
        self.surface.push_transform(&transform(to_points * Affine::scale(1.0 / size)));
        self.surface.draw_glyphs(Point::from_xy(0.0, 0.0), &line, font.clone(), &text, single(size), false);
        self.surface.pop();
    }
}

impl Canvas for PdfCanvas<'_, '_> {
    fn fill(&mut self, figure: Figure<'_>, paint: &Paint, _: bool) {
        if let Some(path) = path(figure.path, Affine::scale(POINTS_PER_MM) * figure.to_page) {
            self.draw(&path, Some(fill(paint, figure.even_odd)), None);
        }
    }

    fn stroke(&mut self, figure: Figure<'_>, stroke: &Stroke, paint: &Paint) {
        let Some(path) = path(figure.path, Affine::IDENTITY) else { return };
        let Fill { paint, opacity, .. } = fill(paint, false);
        let dash = (!stroke.dash_pattern.is_empty()).then(|| StrokeDash {
            array: stroke.dash_pattern.iter().map(|part| single(*part)).collect(),
            offset: single(stroke.dash_offset),
        });
        let line = PdfStroke {
            paint,
            width: single(stroke.width),
            miter_limit: single(stroke.miter_limit),
            line_cap: match stroke.start_cap {
                kurbo::Cap::Butt => LineCap::Butt,
                kurbo::Cap::Round => LineCap::Round,
                kurbo::Cap::Square => LineCap::Square,
            },
            line_join: match stroke.join {
                kurbo::Join::Bevel => LineJoin::Bevel,
                kurbo::Join::Miter => LineJoin::Miter,
                kurbo::Join::Round => LineJoin::Round,
            },
            opacity,
            dash,
        };
        let to_points = Affine::scale(POINTS_PER_MM) * figure.to_page;
        if to_points.determinant().abs() < 1e-12 || !to_points.is_finite() {
            return;
        }
        self.surface.push_transform(&transform(to_points));
        self.draw(&path, None, Some(line));
        self.surface.pop();
    }

    fn image(&mut self, bitmap: &Bitmap, to_page: Affine, alpha: f64) {
        let Some(unit) = Size::from_wh(1.0, 1.0) else { return };
        let jpeg = bitmap.jpeg.as_ref().and_then(|jpeg| Image::from_jpeg(Data::from(jpeg.to_vec()), false).ok());
        let image = jpeg.unwrap_or_else(|| Image::from_rgba8(bitmap.rgba.clone(), bitmap.width, bitmap.height));
        self.surface.push_transform(&transform(Affine::scale(POINTS_PER_MM) * to_page));
        if alpha < 1.0 {
            self.surface.push_opacity(normal(alpha));
        }
        self.surface.draw_image(image, unit);
        if alpha < 1.0 {
            self.surface.pop();
        }
        self.surface.pop();
    }

    fn push_clip(&mut self, figure: Figure<'_>) {
        // A clip without area leaves nothing: a point stands for it.
        let nothing = || {
            let mut builder = PathBuilder::new();
            builder.move_to(-10.0, -10.0);
            builder.line_to(-9.0, -10.0);
            builder.line_to(-9.0, -9.0);
            builder.close();
            builder.finish()
        };
        let rule = if figure.even_odd { FillRule::EvenOdd } else { FillRule::NonZero };
        if let Some(path) = path(figure.path, Affine::scale(POINTS_PER_MM) * figure.to_page).or_else(nothing) {
            self.surface.push_clip_path(&path, &rule);
            self.open = self.open.saturating_add(1);
        }
    }

    fn pop_clip(&mut self) {
        if self.open > 0 {
            self.surface.pop();
            self.open = self.open.saturating_sub(1);
        }
    }

    fn push_group(&mut self, alpha: f64) {
        self.surface.push_opacity(normal(alpha));
        self.open = self.open.saturating_add(1);
    }

    fn pop_group(&mut self) {
        self.pop_clip();
    }

    fn glyphs(&mut self, run: &GlyphRun<'_>) {
        let font = run.font.and_then(|font| self.fonts.font(font));
        let Some(font) = font.filter(|_| run.fill.is_some() || run.stroke.is_some()) else {
            draw_outlines(self, run);
            return;
        };
        let linear = |glyph: &PlacedGlyph| {
            let [a, b, c, d, ..] = glyph.to_page.as_coeffs();
            [a, b, c, d]
        };
        for line in run.glyphs.chunk_by(|one, next| linear(one) == linear(next)) {
            self.line(line, &font, run);
        }
    }
}

fn normal(value: f64) -> NormalizedF32 {
    NormalizedF32::new(single(value.clamp(0.0, 1.0))).unwrap_or(NormalizedF32::ONE)
}

fn color(color: Rgba) -> rgb::Color {
    rgb::Color::new(color.red, color.green, color.blue)
}

fn fill(paint: &Paint, even_odd: bool) -> Fill {
    let rule = if even_odd { FillRule::EvenOdd } else { FillRule::NonZero };
    match paint {
        Paint::Solid(solid) => Fill { paint: color(*solid).into(), opacity: normal(solid.alpha), rule },
        Paint::Gradient(gradient) => Fill { paint: self::gradient(gradient), opacity: NormalizedF32::ONE, rule },
    }
}

fn gradient(gradient: &GradientPaint) -> PdfPaint {
    let stop = |(position, stop): &(f64, Rgba)| Stop {
        offset: normal(*position),
        color: color(*stop).into(),
        opacity: normal(stop.alpha),
    };
    let stops: Vec<Stop> = gradient.stops.iter().map(stop).collect();
    let spread_method = match gradient.spread {
        Spread::Pad => SpreadMethod::Pad,
        Spread::Repeat => SpreadMethod::Repeat,
        Spread::Reflect => SpreadMethod::Reflect,
    };
    let transform = transform(Affine::scale(POINTS_PER_MM) * gradient.to_page);
    match gradient.line {
        GradientLine::Linear { start, end } => LinearGradient {
            x1: single(start.x),
            y1: single(start.y),
            x2: single(end.x),
            y2: single(end.y),
            transform,
            spread_method,
            stops,
            anti_alias: false,
        }
        .into(),
        GradientLine::Radial { start, start_radius, end, end_radius } => RadialGradient {
            fx: single(start.x),
            fy: single(start.y),
            fr: single(start_radius),
            cx: single(end.x),
            cy: single(end.y),
            cr: single(end_radius),
            transform,
            spread_method,
            stops,
            anti_alias: false,
        }
        .into(),
    }
}

fn transform(to: Affine) -> Transform {
    let [a, b, c, d, e, f] = to.as_coeffs().map(single);
    Transform::from_row(a, b, c, d, e, f)
}

fn path(path: &BezPath, to: Affine) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let at = |point: kurbo::Point| {
        let point = to * point;
        (single(point.x), single(point.y))
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => {
                let (x, y) = at(p);
                builder.move_to(x, y);
            }
            PathEl::LineTo(p) => {
                let (x, y) = at(p);
                builder.line_to(x, y);
            }
            PathEl::QuadTo(a, p) => {
                let ((ax, ay), (x, y)) = (at(a), at(p));
                builder.quad_to(ax, ay, x, y);
            }
            PathEl::CurveTo(a, b, p) => {
                let ((ax, ay), (bx, by), (x, y)) = (at(a), at(b), at(p));
                builder.cubic_to(ax, ay, bx, by, x, y);
            }
            PathEl::ClosePath => builder.close(),
        }
    }
    builder.finish()
}
