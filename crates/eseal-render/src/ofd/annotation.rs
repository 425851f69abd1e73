//! Annotations (注释), GB/T 33190 §15: what they look like, not what they do.

use eseal_ofd::{
    Package, PartId,
    xml::{self, attribute, child, children},
};
use kurbo::{Affine, Shape as _};

use super::{
    draw::{Painter, Space},
    model::{Reader, boxed, objects},
};
use crate::{
    RenderError,
    canvas::Figure,
    warning::{WarningKind, Warnings},
};

/// Annotation files of one page.
pub(super) struct PageFiles {
    /// Id of the page.
    pub(super) page: String,
    pub(super) parts: Vec<PartId>,
}

/// Most annotations of one file.
const ANNOTATIONS: usize = 10_000;

/// Reads Annotations.xml.
pub(super) fn files(package: &Package, base: &str, location: &str, warnings: &mut Warnings) -> Vec<PageFiles> {
    let source = package.find(base, location).and_then(|part| Some((part, package.text(part).ok()?)));
    let Some((part, source)) = source else {
        warnings.add(WarningKind::NonstandardInput, "the list of annotations is missing");
        return Vec::new();
    };
    let Ok(tree) = xml::parse(&source) else {
        warnings.add(WarningKind::NonstandardInput, "the list of annotations cannot be read");
        return Vec::new();
    };
    let base = package.name(part);
    let pages = xml::descendants(tree.root_element()).filter(|node| node.tag_name().name() == "Page");
    let found = pages.map(|page| PageFiles {
        page: attribute(page, "PageID").unwrap_or_default().trim().to_owned(),
        parts: children(page, "FileLoc").filter_map(|file| package.find(base, &xml::text(file))).collect(),
    });
    found.collect()
}

/// Draws the annotations of a file.
pub(super) fn draw(painter: &mut Painter<'_>, part: PartId, to: Affine) -> Result<(), RenderError> {
    let package = painter.ofd.package();
    let source = match package.text(part) {
        Ok(source) => source,
        Err(error) => {
            painter.warnings.add(WarningKind::NonstandardInput, format!("annotations cannot be read: {error}"));
            return Ok(());
        }
    };
    let Ok(tree) = xml::parse(&source) else {
        painter.warnings.add(WarningKind::NonstandardInput, "annotations cannot be read");
        return Ok(());
    };
    let all = xml::descendants(tree.root_element()).filter(|node| node.tag_name().name() == "Annot");
    for annotation in all.take(ANNOTATIONS) {
        if attribute(annotation, "Visible").is_some_and(|visible| visible.trim() == "false") {
            continue;
        }
        let Some(appearance) = child(annotation, "Appearance") else { continue };
        let boundary = attribute(appearance, "Boundary").and_then(boxed);
        let objects = objects(appearance, &mut Reader::new(painter.limits, painter.warnings), 1)?;
        let corner = boundary.map_or((0.0, 0.0), |boundary| (boundary.x0, boundary.y0));
        let space = Space { to_page: to * Affine::translate(corner), param: None, alpha: 1.0, depth: 1 };
        let frame = boundary.filter(|boundary| boundary.area() > 0.0).map(|boundary| boundary.to_path(0.1));
        if let Some(frame) = &frame {
            painter.canvas.push_clip(Figure { path: frame, to_page: to, even_odd: false });
        }
        let done = painter.objects(&objects, &space);
        if frame.is_some() {
            painter.canvas.pop_clip();
        }
        done?;
    }
    Ok(())
}
