//! Composites (复合图元的资源), GB/T 33190 §13: `CompositeGraphicUnit` of resource files.

use std::{collections::HashMap, rc::Rc};

use eseal_ofd::{Ofd, Package, PartId, xml};

use super::content::{Item, items};
use crate::MAX_CHARS;

/// Text of composites by their id; what goes beyond the characters of one page is left out.
#[derive(Debug, Default)]
pub(super) struct Composites {
    by_id: HashMap<String, Rc<[Item]>>,
    chars: usize,
}

impl Composites {
    /// Those of the first document.
    pub(super) fn of_document(ofd: &Ofd) -> Self {
        let mut found = Self::default();
        let package = ofd.package();
        let Some(root) = ofd.documents().first().and_then(|document| document.root) else { return found };
        let Ok(source) = package.text(root) else { return found };
        let Ok(tree) = xml::parse(&source) else { return found };
        let common = xml::child(tree.root_element(), "CommonData").unwrap_or(tree.root_element());
        for name in ["PublicRes", "DocumentRes"] {
            for location in xml::children(common, name).map(xml::text) {
                found.read(package, root, &location);
            }
        }
        found
    }

    /// Adds those of the resource file that `location` names, seen from `base`.
    pub(super) fn read(&mut self, package: &Package, base: PartId, location: &str) {
        let Some(part) = package.find(package.name(base), location) else { return };
        let Ok(source) = package.text(part) else { return };
        if !source.contains("CompositeGraphicUnit") && !source.contains("VectorG") {
            return;
        }
        let Ok(tree) = xml::parse(&source) else { return };
        let is_composite = |name: &str| matches!(name, "CompositeGraphicUnit" | "VectorG");
        for node in xml::descendants(tree.root_element()).filter(|node| is_composite(node.tag_name().name())) {
            let Some(id) = xml::attribute(node, "ID") else { continue };
            let content = xml::child(node, "Content").unwrap_or(node);
            if self.chars > MAX_CHARS {
                return;
            }
            let found = items(content);
            let count = |item: &Item| if let Item::Text(glyphs) = item { glyphs.len() } else { 0 };
            self.chars = found.iter().map(count).fold(self.chars, usize::saturating_add);
            self.by_id.entry(id.trim().to_owned()).or_insert_with(|| found.into());
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<Rc<[Item]>> {
        self.by_id.get(id).cloned()
    }
}
