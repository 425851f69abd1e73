//! What a page of a PDF will cost (开销预估), counted before it is drawn: the rasterizer itself cannot be stopped.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
};

use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask,
    font::GlyphRun,
    interpret_page,
    kurbo::{Affine, BezPath, Rect, Shape as _},
};
use hayro_syntax::page::Page;

use crate::{
    Limits, RenderError,
    number::{float, long},
};

/// Refuses a page that would cost more than the limits allow.
pub(super) fn check(page: &Page<'_>, to: Affine, area: Rect, limits: &Limits) -> Result<(), RenderError> {
    let mut counter = Counter { area, limits: *limits, objects: 0, painted: 0.0 };
    let done = catch_unwind(AssertUnwindSafe(|| {
        let cache = InterpreterCache::new();
        let settings = InterpreterSettings { warning_sink: Arc::new(|_| {}), ..InterpreterSettings::default() };
        let mut context = Context::new(to, area, &cache, page.xref(), settings);
        interpret_page(page, &mut context, &mut counter);
    }));
    match done {
        Ok(()) => Ok(()),
        Err(cause) => match cause.downcast::<RenderError>() {
            Ok(error) => Err(*error),
            Err(other) => resume_unwind(other),
        },
    }
}

struct Counter {
    area: Rect,
    limits: Limits,
    objects: u64,
    painted: f64,
}

impl Counter {
    /// Counts one object; unwinds out of the interpreter when there are too many.
    fn count(&mut self, objects: u64, bounds: Rect) {
        self.objects = self.objects.saturating_add(objects);
        let seen = self.area.intersect(bounds).area();
        self.painted += if seen.is_finite() { seen } else { 0.0 };
        if self.objects > self.limits.objects {
            stop(RenderError::TooLarge { what: "drawing operations of a page", limit: self.limits.objects });
        }
        if self.painted > float(self.limits.painted_pixels) {
            stop(RenderError::TooLarge { what: "painted pixels of a page", limit: self.limits.painted_pixels });
        }
    }
}

/// Unwinds out of the interpreter, which cannot be stopped otherwise.
pub(crate) fn stop(error: RenderError) -> ! {
    resume_unwind(Box::new(error))
}

impl<'a> Device<'a> for Counter {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, _: &DrawMode) {
        self.count(1, props.transform.transform_rect_bbox(path.bounding_box()));
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.count(1, clip.path.bounding_box());
    }

    fn push_clip_rect(&mut self, _: &Rect) {
        self.count(1, Rect::ZERO);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.count(1, self.area);
    }

    fn draw_glyph_run(&mut self, glyphs: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {
        self.count(long(glyphs.glyphs().iter().count()), Rect::ZERO);
    }

    fn draw_image(&mut self, _: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count(1, props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0)));
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
