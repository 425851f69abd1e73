//! Links of pages and annotations (链接, 动作), GB/T 33190 §14: what a click leads to.

use std::collections::HashMap;

use eseal_ofd::{
    Ofd, PartId,
    xml::{self, attribute, child, children, descendants},
};
use krilla::{
    action::{Action, LinkAction},
    annotation::{Annotation, LinkAnnotation, Target},
    destination::{Destination, XyzDestination},
    geom::{Point, Rect},
};
use roxmltree::Node;

use super::{canvas::POINTS_PER_MM, extras::place};
use crate::{
    number::single,
    warning::{WarningKind, Warnings},
};

/// Most links of a page: an index page has some hundred.
const LINKS: usize = 5_000;
/// Longest address: browsers take no longer ones.
const URI_BYTES: usize = 2_048;
/// Addresses that a reader may open without asking a program.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// Links in one part of a page, as annotations of the PDF; what cannot be carried is told.
pub(super) fn of_part(
    ofd: &Ofd,
    part: PartId,
    pages: &HashMap<&str, usize>,
    warnings: &mut Warnings,
) -> Vec<Annotation> {
    let mut found = Vec::new();
    let Ok(source) = ofd.package().text(part) else { return found };
    let Ok(tree) = xml::parse(&source) else { return found };
    for actions in descendants(tree.root_element()).filter(|node| node.tag_name().name() == "Actions") {
        let Some(bounds) = actions.parent().and_then(bounds) else { continue };
        for action in children(actions, "Action") {
            if found.len() >= LINKS {
                warnings.add(WarningKind::FeatureDropped, format!("links beyond the first {LINKS}"));
                return found;
            }
            match target(action, pages) {
                Some(target) => found.push(Annotation::new_link(LinkAnnotation::new(bounds, target), None)),
                None => warnings.add(WarningKind::FeatureDropped, "an action that is no link to a page or address"),
            }
        }
    }
    found
}

/// Where the object is clicked, pt from the page's upper left corner; objects of an annotation stand in its appearance.
fn bounds(object: Node<'_, '_>) -> Option<Rect> {
    let own = if object.tag_name().name() == "Annot" { child(object, "Appearance")? } else { object };
    let numbers = |node: Node<'_, '_>| attribute(node, "Boundary").and_then(xml::numbers);
    let [x, y, width, height] = *numbers(own)?.as_slice() else { return None };
    let appearance = own.ancestors().skip(1).find(|node| node.tag_name().name() == "Appearance");
    let corner = appearance.and_then(numbers);
    let (left, top) = match corner.as_deref() {
        Some([left, top, ..]) => (*left, *top),
        _ => (0.0, 0.0),
    };
    let point = |mm: f64| single(mm * POINTS_PER_MM);
    Rect::from_xywh(point(left + x), point(top + y), point(width), point(height))
}

fn target(action: Node<'_, '_>, pages: &HashMap<&str, usize>) -> Option<Target> {
    if let Some(uri) = child(action, "URI") {
        let uri = attribute(uri, "URI")?.trim();
        let lower = uri.to_ascii_lowercase();
        let may = uri.len() <= URI_BYTES && uri.is_ascii() && SCHEMES.iter().any(|scheme| lower.starts_with(scheme));
        return may.then(|| Target::Action(Action::from(LinkAction::new(uri.to_owned()))));
    }
    let (page, x, y) = place(xml::descendant(child(action, "Goto")?, "Dest")?, pages)?;
    let point = Point::from_xy(single(x * POINTS_PER_MM), single(y * POINTS_PER_MM));
    Some(Target::Destination(Destination::from(XyzDestination::new(page, point))))
}
