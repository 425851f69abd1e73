//! What all readers of the model share: limits, warnings, and attributes as values.

use eseal_ofd::xml;
use kurbo::{Affine, Rect};
use roxmltree::Node;

use crate::{
    Limits, RenderError,
    number::long,
    warning::{WarningKind, Warnings},
};

/// Why reading ends early.
pub(crate) type Fault = RenderError;

/// Reads elements, counts objects, notes what is not understood.
pub(crate) struct Reader<'w> {
    pub(crate) limits: Limits,
    pub(crate) warnings: &'w mut Warnings,
    objects: u64,
}

impl<'w> Reader<'w> {
    pub(crate) fn new(limits: Limits, warnings: &'w mut Warnings) -> Self {
        Self { limits, warnings, objects: 0 }
    }

    /// Counts one object.
    pub(crate) fn count(&mut self) -> Result<(), Fault> {
        self.objects = self.objects.saturating_add(1);
        let limit = self.limits.objects;
        if self.objects > limit { Err(RenderError::TooLarge { what: "objects of a page", limit }) } else { Ok(()) }
    }

    /// True if `depth` is one level too many; noted.
    pub(crate) fn is_too_deep(&mut self, depth: usize) -> bool {
        let deep = depth > self.limits.depth;
        if deep {
            let detail = format!("what is nested in more than {} levels", long(self.limits.depth));
            self.warnings.add(WarningKind::FeatureDropped, detail);
        }
        deep
    }

    pub(crate) fn nonstandard(&mut self, node: Node<'_, '_>, what: &str) {
        self.warnings.add(WarningKind::NonstandardInput, format!("{}: {what}", place(node)));
    }

    pub(crate) fn dropped(&mut self, node: Node<'_, '_>, what: &str) {
        self.warnings.add(WarningKind::FeatureDropped, format!("{}: {what}", place(node)));
    }
}

/// Element and id, as `TextObject 17`.
pub(crate) fn place(node: Node<'_, '_>) -> String {
    let name = node.tag_name().name();
    xml::attribute(node, "ID").map_or_else(|| name.to_owned(), |id| format!("{name} {}", short(id)))
}

/// The beginning of a word that a stranger wrote.
pub(crate) fn short(word: &str) -> String {
    word.trim().chars().filter(|c| !c.is_control()).take(40).collect()
}

/// Largest coordinate that is believed, mm: a kilometre.
const FARTHEST: f64 = 1e6;

pub(crate) fn number(node: Node<'_, '_>, name: &str) -> Option<f64> {
    match list(xml::attribute(node, name)?)?.as_slice() {
        [number] => Some(*number),
        _ => None,
    }
}

pub(crate) fn numbers(node: Node<'_, '_>, name: &str) -> Option<Vec<f64>> {
    list(xml::attribute(node, name)?)
}

/// Numbers of a list; none if one is no number, or farther than paper reaches.
pub(crate) fn list(text: &str) -> Option<Vec<f64>> {
    xml::numbers(text).filter(|numbers| numbers.iter().all(|number| number.abs() <= FARTHEST))
}

pub(crate) fn flag(node: Node<'_, '_>, name: &str) -> Option<bool> {
    match xml::attribute(node, name)?.trim() {
        "true" | "1" | "True" | "TRUE" => Some(true),
        "false" | "0" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Alpha of 0 to 255 as 0 to 1.
pub(crate) fn alpha(node: Node<'_, '_>) -> f64 {
    number(node, "Alpha").map_or(1.0, |alpha| (alpha / 255.0).clamp(0.0, 1.0))
}

/// `ST_Box`: x, y, width, height.
pub(crate) fn boxed(text: &str) -> Option<Rect> {
    match list(text)?.as_slice() {
        [x, y, width, height] if *width >= 0.0 && *height >= 0.0 => Some(Rect::new(*x, *y, x + width, y + height)),
        _ => None,
    }
}

/// The `CTM` of an element.
pub(crate) fn matrix(node: Node<'_, '_>) -> Option<Affine> {
    let numbers: [f64; 6] = numbers(node, "CTM")?.try_into().ok()?;
    Some(Affine::new(numbers))
}

/// Reference to a resource by its id.
pub(crate) fn reference(node: Node<'_, '_>, name: &str) -> Option<String> {
    xml::attribute(node, name).map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned)
}
