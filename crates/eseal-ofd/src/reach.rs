//! What a reader comes to from OFD.xml (可达部件): documents, pages, templates, resources, annotations, attachments, tags,
//! extensions, versions.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::Node;

use crate::{
    Ofd, Package, PartId,
    xml::{self, attribute, descendants, text},
};

/// Elements whose text is a location (ST_Loc) in GB/T 33190.
const LOCATION_ELEMENTS: [&str; 15] = [
    "Annotations",
    "Attachments",
    "Cover",
    "CustomTags",
    "DocRoot",
    "DocumentRes",
    "ExtendData",
    "Extensions",
    "File",
    "FileLoc",
    "FontFile",
    "MediaFile",
    "PageRes",
    "PublicRes",
    "SchemaLoc",
];

/// Attributes whose value is a location.
const LOCATION_ATTRIBUTES: [&str; 4] = ["BaseLoc", "FileLoc", "Profile", "SchemaLoc"];

/// Elements that lead to foreign content, which is not followed further.
const LEAVES: [&str; 6] = ["Cover", "ExtendData", "File", "FontFile", "MediaFile", "SchemaLoc"];

/// Parts that a reader comes to, and locations that lead nowhere.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// OFD.xml is not among them unless something leads back to it.
    pub(crate) parts: BTreeSet<PartId>,
    /// Locations as written → the part that names them.
    pub(crate) dangling: BTreeMap<String, String>,
    /// Parts that should be XML and cannot be read as such.
    pub(crate) unreadable: BTreeSet<PartId>,
}

/// How a reached part is to be treated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Structure: every location in it is followed.
    Structure,
    /// Page or template: large, and only PageRes in it is a location.
    Content,
    /// Picture, font, attachment.
    Leaf,
}

impl Reach {
    /// Follows every location from OFD.xml.
    pub(crate) fn of(ofd: &Ofd) -> Self {
        let mut reach = Self::default();
        let mut waiting = Vec::new();
        let package = ofd.package();
        let entry = ofd.entry();
        reach.scan(package, entry, Kind::Structure, &mut waiting);
        while let Some((part, kind)) = waiting.pop() {
            if reach.parts.insert(part) && kind != Kind::Leaf && part != entry {
                reach.scan(package, part, kind, &mut waiting);
            }
        }
        reach
    }

    fn scan(&mut self, package: &Package, part: PartId, kind: Kind, waiting: &mut Vec<(PartId, Kind)>) {
        let Ok(source) = package.text(part) else {
            self.unreadable.insert(part);
            return;
        };
        if kind == Kind::Content && !source.contains("PageRes") {
            return;
        }
        let Ok(tree) = xml::parse(&source) else {
            self.unreadable.insert(part);
            return;
        };
        let root = tree.root_element();
        let base = package.name(part);
        // Res@BaseLoc is the folder that the locations in it are seen from.
        let folder = (root.tag_name().name() == "Res").then(|| attribute(root, "BaseLoc").unwrap_or_default());
        for node in descendants(root) {
            let name = node.tag_name().name();
            for (location, next) in locations(node, name, folder.is_some()) {
                let from_folder = folder.map(|folder| format!("{}/{location}", folder.trim_end_matches(['/', '\\'])));
                let found = from_folder
                    .filter(|_| !location.starts_with('/'))
                    .and_then(|location| package.find(base, &location))
                    .or_else(|| package.find(base, &location));
                match found {
                    Some(found) => waiting.push((found, next)),
                    None => {
                        self.dangling.insert(location, base.to_owned());
                    }
                }
            }
        }
    }
}

fn locations(node: Node<'_, '_>, name: &str, is_resource: bool) -> Vec<(String, Kind)> {
    let mut found = Vec::new();
    let kind = match name {
        "Page" | "TemplatePage" => Kind::Content,
        "Attachment" => Kind::Leaf,
        name if LEAVES.contains(&name) => Kind::Leaf,
        _ => Kind::Structure,
    };
    for wanted in LOCATION_ATTRIBUTES {
        if is_resource && name == "Res" {
            continue;
        }
        if let Some(value) = attribute(node, wanted).filter(|value| !value.trim().is_empty()) {
            found.push((value.trim().to_owned(), if wanted == "Profile" { Kind::Leaf } else { kind }));
        }
    }
    if LOCATION_ELEMENTS.contains(&name) {
        let value = text(node);
        let in_attachment = node.parent_element().is_some_and(|parent| parent.tag_name().name() == "Attachment");
        if !value.is_empty() {
            found.push((value, if in_attachment { Kind::Leaf } else { kind }));
        }
    }
    found
}
