//! Parts of a page as pictures (局部图像): what OFD cannot say is shown as it looks.

use image::ExtendedColorType;
use kurbo::{Affine, Point, Rect};

use super::{
    device::{Shared, next},
    object::{Clip, ImageObject, Ink, Kind, Object, PlacedGlyph, TextObject, overlap},
    pictures,
};
use crate::{
    Picture, RenderError, Rendered,
    number::pixels,
    warning::{WarningKind, Warnings},
};

/// Resolution of such pictures, pixels an inch: what offices print with.
pub(super) const DPI: f64 = 200.0;
/// Most pictures of one page; more become one.
const PICTURES: usize = 40;
/// Together they may be so many times the page; more become one.
const TIMES: f64 = 1.5;

/// Replaces the regions of a page by pictures; what was drawn before shows in them.
pub(super) fn as_images(
    mut objects: Vec<Object>,
    page: Rect,
    shared: &mut Shared,
    drawing: impl FnOnce() -> Result<Rendered, RenderError>,
    warnings: &mut Warnings,
) -> Result<Vec<Object>, RenderError> {
    let regions: Vec<(usize, Rect)> = objects
        .iter()
        .enumerate()
        .filter(|(_, object)| matches!(object.kind, Kind::Region))
        .map(|(index, object)| (index, object.bounds))
        .collect();
    let Some((last, _)) = regions.last() else { return Ok(objects) };
    let picture = match drawing() {
        Ok(rendered) => rendered.picture,
        Err(error) => {
            warnings.add(WarningKind::ImageMissing, format!("that part of the page cannot be drawn: {error}"));
            return Ok(objects);
        }
    };
    let scale = f64::from(picture.width) / page.width();
    let total: f64 = regions.iter().map(|(_, bounds)| bounds.area()).sum();
    let all = regions.iter().map(|(_, bounds)| *bounds).reduce(|all, one| all.union(one)).unwrap_or(page);
    let chosen =
        if regions.len() > PICTURES || total > page.area() * TIMES { vec![(*last, all)] } else { regions.clone() };
    for (index, bounds) in chosen {
        let whole = whole_pixels(bounds, scale, page);
        let Some(bytes) = cut(&picture, whole, scale) else { continue };
        let Shared { pictures, package, last_id, .. } = &mut *shared;
        let resource = pictures.write(&bytes, false, package, &mut || next(last_id))?;
        let to_page =
            Affine::translate(whole.origin().to_vec2()) * Affine::scale_non_uniform(whole.width(), whole.height());
        if let Some(object) = objects.get_mut(index) {
            let clip = std::rc::Rc::new(Clip::of_page(page));
            *object = Object { kind: Kind::Image(ImageObject { resource, to_page }), alpha: 1.0, clip, bounds: whole };
        }
    }
    objects.retain(|object| !matches!(object.kind, Kind::Region));
    Ok(objects)
}

/// Gray words at the foot of a page.
pub(super) fn mark(words: &str, page: Rect, shared: &mut Shared) -> Result<Option<Object>, RenderError> {
    const SIZE: f64 = 2.8;
    let Some(font) = crate::font::LoadedFont::embedded(eseal_fonts::SANS_REGULAR.to_vec()) else { return Ok(None) };
    let (mut left, base) = (8.0, page.height() - 4.0);
    let mut glyphs = Vec::new();
    let mut id = 0;
    for character in words.chars() {
        let Shared { fonts, last_id, .. } = &mut *shared;
        let used = fonts.own(character, &font, &mut || next(last_id))?;
        id = used.font;
        let at = Point::new(left, base);
        glyphs.push(PlacedGlyph { glyph: used.glyph, is_mapped: used.is_mapped, text: used.text, at });
        left += used.advance / 1_000.0 * SIZE;
    }
    let fill = Some(Ink::Plain { rgb: [120; 3], alpha: 1.0 });
    let text = TextObject { font: id, size: SIZE, matrix: Affine::IDENTITY, glyphs, fill, stroke: None };
    let bounds = Rect::new(8.0, base - SIZE, left.max(9.0), base + SIZE * 0.3);
    let clip = std::rc::Rc::new(Clip::of_page(page));
    Ok(Some(Object { kind: Kind::Text(text), alpha: 1.0, clip, bounds }))
}

/// The region up to whole pixels.
fn whole_pixels(bounds: Rect, scale: f64, page: Rect) -> Rect {
    let [x0, y0] = [bounds.x0, bounds.y0].map(|edge| (edge * scale).floor() / scale);
    let [x1, y1] = [bounds.x1, bounds.y1].map(|edge| (edge * scale).ceil() / scale);
    overlap(Rect::new(x0, y0, x1, y1), page)
}

fn cut(picture: &Picture, bounds: Rect, scale: f64) -> Option<Vec<u8>> {
    let [left, top, right, bottom] = [bounds.x0, bounds.y0, bounds.x1, bounds.y1].map(|edge| pixels(edge * scale));
    let (right, bottom) = (right.min(picture.width), bottom.min(picture.height));
    let (width, height) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
    if width == 0 || height == 0 {
        return None;
    }
    let index = |value: u32| usize::try_from(value).ok();
    let row = index(picture.width)?.checked_mul(3)?;
    let mut rgb = Vec::new();
    for line in picture.rgb.chunks_exact(row).skip(index(top)?).take(index(height)?) {
        let start = index(left)?.checked_mul(3)?;
        rgb.extend_from_slice(line.get(start..start.checked_add(index(width)?.checked_mul(3)?)?)?);
    }
    pictures::png(&rgb, width, height, ExtendedColorType::Rgb8)
}
