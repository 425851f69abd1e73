//! Colors as they are seen (颜色呈现), and shapes filled with them.

use std::rc::Rc;

use kurbo::Shape as _;

use super::{Done, Painter, Space};
use crate::{
    canvas::{Figure, Paint, Rgba},
    number::byte,
    ofd::model::{Color, ColorKind, ColorSpaceKind, GraphicUnit, Plain},
};

impl Painter<'_> {
    /// The color, if it is one color.
    pub(super) fn plain(&self, color: &Color) -> Option<Rgba> {
        match &color.kind {
            ColorKind::Plain(plain) => Some(self.rgba(plain).faded(color.alpha)),
            _ => None,
        }
    }

    /// A value in its color space.
    pub(super) fn rgba(&self, plain: &Plain) -> Rgba {
        let id = plain.space.as_ref().or(self.default_space.as_ref());
        let space = id.and_then(|id| self.resources.iter().find_map(|resources| resources.color_spaces.get(id)));
        let indexed = plain.index.and_then(|index| space?.palette.get(index));
        let value = indexed.unwrap_or(&plain.value);
        let most = space.map_or(255.0, |space| space.most);
        let part = |value: f64| (value / most).clamp(0.0, 1.0);
        // Where space and number of channels do not agree, the number decides.
        match (space.map(|space| space.kind), value.as_slice()) {
            (_, []) => Rgba::BLACK,
            (_, [gray]) => solid([part(*gray); 3]),
            (Some(ColorSpaceKind::Gray), [gray, ..]) => solid([part(*gray); 3]),
            (_, [cyan, magenta, yellow, black]) => {
                let key = 1.0 - part(*black);
                solid([cyan, magenta, yellow].map(|ink| (1.0 - part(*ink)) * key))
            }
            (_, [red, green, blue, ..]) => solid([part(*red), part(*green), part(*blue)]),
            (_, [gray, ..]) => solid([part(*gray); 3]),
        }
    }

    /// Fills a figure of an object with any kind of color.
    pub(super) fn fill(&mut self, figure: Figure<'_>, color: &Color, unit: &GraphicUnit, space: &Space) -> Done {
        let space = Space { alpha: space.alpha * color.alpha, ..space.clone() };
        match &color.kind {
            ColorKind::Plain(plain) => {
                let paint = Paint::Solid(self.rgba(plain).faded(space.alpha));
                self.canvas.fill(figure, &paint, true);
                Ok(())
            }
            ColorKind::Gradient(gradient) => {
                self.gradient(figure, &Rc::clone(gradient), unit, &space);
                Ok(())
            }
            ColorKind::Mesh(mesh) => self.mesh(figure, &Rc::clone(mesh), &space),
            ColorKind::Pattern(pattern) => self.tiles(figure, &Rc::clone(pattern), unit, &space),
        }
    }
}

pub(super) fn bounds(figure: Figure<'_>) -> kurbo::Rect {
    figure.to_page.transform_rect_bbox(figure.path.bounding_box())
}

fn solid([red, green, blue]: [f64; 3]) -> Rgba {
    Rgba { red: byte(red), green: byte(green), blue: byte(blue), alpha: 1.0 }
}
