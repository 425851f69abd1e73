//! Annotations that are not drawn (未呈现的注释): those that bring no picture of what they look like.

use hayro_syntax::{
    object::{Array, Dict, Name, Object},
    page::Page,
};

use crate::warning::{WarningKind, Warnings};

/// Flags that hide an annotation from the screen: hidden, and not to be viewed (ISO 32000-2, 12.5.3).
const UNSEEN: u32 = 1 << 1 | 1 << 5;
/// Kinds that a reader would see something of; links, pop-up windows and sounds show nothing by themselves.
const SEEN: [&str; 14] = [
    "Caret",
    "Circle",
    "FileAttachment",
    "FreeText",
    "Highlight",
    "Ink",
    "Line",
    "PolyLine",
    "Polygon",
    "Square",
    "Squiggly",
    "Stamp",
    "StrikeOut",
    "Underline",
];
/// Most annotations of a page that are looked at.
const ANNOTATIONS: usize = 10_000;

/// Tells of those that other readers might draw as they please.
pub(super) fn warn(page: &Page<'_>, warnings: &mut Warnings) {
    let Some(annotations) = page.raw().get::<Array<'_>>(b"Annots") else { return };
    for annotation in annotations.iter::<Dict<'_>>().take(ANNOTATIONS) {
        if annotation.get::<u32>(b"F").unwrap_or(0) & UNSEEN != 0 || has_appearance(&annotation) {
            continue;
        }
        let Some(kind) = annotation.get::<Name<'_>>(b"Subtype") else { continue };
        if SEEN.contains(&kind.as_str()) {
            let detail = format!("an annotation without a picture of itself: {}", kind.as_str());
            warnings.add(WarningKind::FeatureDropped, detail);
        } else if kind.as_str() == "Widget" && holds_text(&annotation) {
            warnings.add(WarningKind::FeatureDropped, "the value of a form field without a picture of itself");
        }
    }
}

/// True if it says how it looks, even if that is nothing: a box that is not ticked has no picture for that.
fn has_appearance(annotation: &Dict<'_>) -> bool {
    let normal = annotation.get::<Dict<'_>>(b"AP").and_then(|all| all.get::<Object<'_>>(b"N"));
    matches!(normal, Some(Object::Stream(_) | Object::Dict(_)))
}

/// True for a field with a text in it, its own or that of its parent.
fn holds_text(widget: &Dict<'_>) -> bool {
    let parent = widget.get::<Dict<'_>>(b"Parent");
    let own = [Some(widget), parent.as_ref()];
    own.into_iter()
        .flatten()
        .any(|field| matches!(field.get::<Object<'_>>(b"V"), Some(Object::String(text)) if !text.as_bytes().is_empty()))
}
