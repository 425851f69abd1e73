//! What a page, a template, an annotation or a composite consists of (图元), as far as it is text.

use eseal_ofd::xml;
use roxmltree::Node;

use super::{
    object::{TextObject, ink_of},
    space::{Drawn, Ink, Matrix, PAPER, Region},
};
use crate::MAX_CHARS;

/// Most levels of blocks in each other: readers of pages give up earlier.
const DEEPEST: usize = 64;
/// More transparent than this an area does not hide what is below it.
const OPAQUE: f64 = 128.0;
/// Words of an outline that are read: bands and frames with round corners have fewer.
const MOST_WORDS: usize = 100;

/// One object that has text.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A TextObject.
    Text(Vec<Drawn>),
    /// An area that is filled.
    Fill {
        /// Around it, cut by its boundary.
        area: Region,
        /// Its color.
        ink: Ink,
    },
    /// A composite that stands here.
    Composite {
        /// Resource that is drawn.
        id: String,
        /// From its space to that around it.
        to: Matrix,
        /// What is left visible of it.
        frame: Option<Region>,
    },
}

/// Objects under `node` in order, without those that are not drawn.
pub(super) fn items(node: Node<'_, '_>) -> Vec<Item> {
    let mut found = Vec::new();
    collect(node, DEEPEST, &mut 0, &mut found);
    found
}

fn collect(node: Node<'_, '_>, deeper: usize, chars: &mut usize, found: &mut Vec<Item>) {
    let Some(deeper) = deeper.checked_sub(1) else { return };
    for element in node.children().filter(Node::is_element).filter(|element| is_drawn(*element)) {
        match element.tag_name().name() {
            "TextObject" => {
                let most = MAX_CHARS.saturating_add(1).saturating_sub(*chars);
                let Some(object) = TextObject::read(element) else { continue };
                let glyphs = object.glyphs(element, most);
                *chars = chars.saturating_add(glyphs.len());
                found.push(Item::Text(glyphs));
            }
            "CompositeObject" | "CompositeGraphicUnit" if xml::attribute(element, "ResourceID").is_some() => {
                let frame = Region::boundary(element);
                let corner = frame.map_or((0.0, 0.0), |frame| (frame.left, frame.top));
                found.push(Item::Composite {
                    id: xml::attribute(element, "ResourceID").unwrap_or_default().trim().to_owned(),
                    to: Matrix::shift(corner).after(Matrix::of(element)),
                    frame: frame.filter(|frame| frame.right > frame.left && frame.bottom > frame.top),
                });
            }
            // Paths and pictures have patterns' cells and clips in them, which may hold text that is no text.
            "PathObject" => found.extend(filled(element)),
            // What it shows is not looked at: scanned pages are as white as paper.
            "ImageObject" => found.extend(Region::boundary(element).map(|area| Item::Fill { area, ink: PAPER })),
            "Actions" | "Clips" => {}
            _ => collect(element, deeper, chars, found),
        }
    }
}

/// What a path fills, as far as a box tells.
fn filled(path: Node<'_, '_>) -> Option<Item> {
    let is = |name: &str, value: &str| xml::attribute(path, name).is_some_and(|found| found.trim() == value);
    let is_thin = xml::attribute(path, "Alpha")
        .and_then(|alpha| alpha.trim().parse().ok())
        .is_some_and(|alpha: f64| alpha < OPAQUE);
    if !is("Fill", "true") || is_thin {
        return None;
    }
    let ink = xml::child(path, "FillColor").map_or(Ink::Unknown, ink_of);
    let frame = Region::boundary(path)?;
    let to = Matrix::shift((frame.left, frame.top)).after(Matrix::of(path));
    let area = Region::around(&corners(&xml::child_text(path, "AbbreviatedData"))).mapped(to).within(frame);
    (ink != Ink::None && area.left < area.right && area.top < area.bottom).then_some(Item::Fill { area, ink })
}

/// Points of an outline; none if there are more than a few, which is no area that text stands on.
fn corners(data: &str) -> Vec<(f64, f64)> {
    let (mut points, mut numbers, mut step) = (Vec::new(), Vec::new(), "");
    for (count, word) in data.split_ascii_whitespace().enumerate() {
        if count >= MOST_WORDS {
            return Vec::new();
        }
        match word.parse::<f64>() {
            Ok(number) => numbers.push(number),
            Err(_) => (step, numbers) = (word, Vec::new()),
        }
        // Of arcs radii, angle and flags come first, and the point last.
        let is_point = if step == "A" { numbers.len() == 7 } else { numbers.len() == 2 };
        if let ([.., x, y], true) = (&numbers[..], is_point) {
            points.push((*x, *y));
            numbers.clear();
        }
    }
    points
}

/// False if the standard's attributes say that nothing of it is seen.
fn is_drawn(element: Node<'_, '_>) -> bool {
    let is = |name: &str, value: &str| xml::attribute(element, name).is_some_and(|found| found.trim() == value);
    // Text that is fully transparent is found, and told to be hidden.
    !is("Visible", "false") && (!is("Alpha", "0") || element.tag_name().name() == "TextObject")
}
