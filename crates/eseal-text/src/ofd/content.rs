//! What a page, a template, an annotation or a composite consists of (图元), as far as it is text.

use eseal_ofd::xml;
use roxmltree::Node;

use super::{
    object::TextObject,
    space::{Drawn, Matrix, Region},
};
use crate::MAX_CHARS;

/// Most levels of blocks in each other: readers of pages give up earlier.
const DEEPEST: usize = 64;

/// One object that has text.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A TextObject.
    Text(Vec<Drawn>),
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
            "PathObject" | "ImageObject" | "Actions" | "Clips" => {}
            _ => collect(element, deeper, chars, found),
        }
    }
}

/// False if the standard's attributes say that nothing of it is seen.
fn is_drawn(element: Node<'_, '_>) -> bool {
    let is = |name: &str, value: &str| xml::attribute(element, name).is_some_and(|found| found.trim() == value);
    !is("Visible", "false") && !is("Alpha", "0")
}
