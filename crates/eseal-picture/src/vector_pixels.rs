//! An SVG as pixels (矢量图栅格化), within a budget of work.

use resvg::usvg::{Group, Node, Path, Tree};
use tiny_skia::{Pixmap, Transform};

use crate::{DecodeError, Pixels, glyph::single};

/// Pixels of a unit of SVG, which is 1/96 inch: 600 dpi.
const PIXELS_PER_UNIT: f64 = 600.0 / 96.0;
/// The longer side: 100 mm at 600 dpi; larger pictures have fewer pixels an inch.
const LONGEST: f64 = 2_400.0;
/// The longer side at least: a seal whose size is told in pixels of a screen may be told small.
const SHORTEST: f64 = 400.0;
/// Drawn area, in pictures: 100 shapes as large as the picture, or 5,000 spots.
const PICTURES: f64 = 100.0;
/// Coordinates, units: 10 m.  The rasteriser counts in 16 bits and fractions of pixels, and fails far outside.
const FARTHEST: f32 = 37_800.0;
/// Layers: groups that need pixels of their own, clips among them.
const LAYERS: usize = 64;

pub(crate) fn draw(tree: &Tree) -> Result<Pixels, DecodeError> {
    let mut work = Work { canvas: f64::from(tree.size().width()) * f64::from(tree.size().height()), ..Work::default() };
    work.add(tree.root(), Transform::identity())?;
    let (width, height) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
    let longest = width.max(height);
    let scale = PIXELS_PER_UNIT.clamp(SHORTEST / longest, LONGEST / longest);
    let no_size = || DecodeError::Damaged("an SVG without size".into());
    let mut pixmap = Pixmap::new(side(width * scale), side(height * scale)).ok_or_else(no_size)?;
    resvg::render(tree, Transform::from_scale(single(scale), single(scale)), &mut pixmap.as_mut());
    let (width, height) = (pixmap.width(), pixmap.height());
    let rgba = pixmap.take_demultiplied();
    let is_transparent = rgba.chunks_exact(4).any(|pixel| pixel.last() != Some(&0xff));
    Ok(Pixels { width, height, rgba, is_transparent })
}

#[derive(Default)]
struct Work {
    canvas: f64,
    area: f64,
    layers: usize,
}

impl Work {
    /// `outer` is what the coordinates of a clip are turned by.
    fn add(&mut self, group: &Group, outer: Transform) -> Result<(), DecodeError> {
        if group.should_isolate() {
            self.layers = self.layers.saturating_add(1);
        }
        let mut clip = group.clip_path();
        while let Some(path) = clip {
            self.layers = self.layers.saturating_add(1);
            self.check()?;
            self.add(path.root(), outer.pre_concat(group.abs_transform()).pre_concat(path.transform()))?;
            clip = path.clip_path();
        }
        for node in group.children() {
            match node {
                Node::Group(group) => self.add(group, outer)?,
                Node::Path(path) => self.shape(path, outer)?,
                Node::Image(_) => return Err(DecodeError::NotDrawn("image".into())),
                Node::Text(_) => return Err(DecodeError::NotDrawn("text".into())),
            }
            self.check()?;
        }
        Ok(())
    }

    fn shape(&mut self, path: &Path, outer: Transform) -> Result<(), DecodeError> {
        let beyond = || DecodeError::Damaged("coordinates beyond every picture".into());
        let all = outer.pre_concat(path.abs_transform());
        let drawn = path.stroke_bounding_box().transform(all).ok_or_else(beyond)?;
        let points = path.data().bounds().transform(all).ok_or_else(beyond)?;
        for area in [drawn, points] {
            let edges = [area.left(), area.top(), area.right(), area.bottom()];
            if !edges.iter().all(|edge| edge.abs() <= FARTHEST) {
                return Err(beyond());
            }
        }
        self.area += (f64::from(drawn.width()) * f64::from(drawn.height())).min(self.canvas);
        Ok(())
    }

    fn check(&self) -> Result<(), DecodeError> {
        let fits = self.layers <= LAYERS && self.area <= self.canvas * PICTURES;
        if fits { Ok(()) } else { Err(DecodeError::TooLarge) }
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded just before"
)]
const fn side(length: f64) -> u32 {
    length.round().clamp(1.0, LONGEST) as u32
}
