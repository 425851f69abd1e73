//! Resources (资源), GB/T 33190 §7.9: color spaces, drawing parameters, fonts, media and composites, by id.

use std::collections::HashMap;

use eseal_ofd::{
    Package, PartId,
    xml::{self, attribute, child, child_text, children},
};
use roxmltree::Node;

use super::{
    color::ColorSpace,
    object::{DrawParam, Object, objects},
    reader::{Fault, Reader, flag, number, short},
};
use crate::warning::WarningKind;

/// Resources of a document or page, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resources {
    pub(crate) color_spaces: HashMap<String, ColorSpace>,
    pub(crate) draw_params: HashMap<String, DrawParam>,
    pub(crate) fonts: HashMap<String, Font>,
    pub(crate) media: HashMap<String, Media>,
    pub(crate) composites: HashMap<String, Composite>,
}

/// `CT_Font` (字型).
#[derive(Clone, Debug)]
pub(crate) struct Font {
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) serif: bool,
    /// The embedded file, if there is one.
    pub(crate) file: Option<PartId>,
    /// It is named, whether or not it is there.
    pub(crate) is_embedded: bool,
}

/// `CT_MultiMedia` (多媒体).
#[derive(Clone, Debug)]
pub(crate) struct Media {
    /// As written, for warnings.
    pub(crate) location: String,
    pub(crate) part: Option<PartId>,
}

/// `CompositeGraphicUnit` (矢量图像).
#[derive(Clone, Debug)]
pub(crate) struct Composite {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) objects: Vec<Object>,
}

impl Resources {
    /// Adds those of a resource file; one that cannot be read is noted.
    pub(crate) fn load(
        &mut self,
        package: &Package,
        base: &str,
        location: &str,
        reader: &mut Reader<'_>,
    ) -> Result<(), Fault> {
        let Some(part) = package.find(base, location) else {
            reader.warnings.add(WarningKind::NonstandardInput, format!("resource file {} is missing", short(location)));
            return Ok(());
        };
        let broken = |reader: &mut Reader<'_>, error: String| {
            let detail = format!("resource file {} cannot be read: {}", short(location), short(&error));
            reader.warnings.add(WarningKind::NonstandardInput, detail);
        };
        let source = match package.text(part) {
            Ok(source) => source,
            Err(error) => {
                broken(reader, error.to_string());
                return Ok(());
            }
        };
        match xml::parse(&source) {
            Ok(tree) => self.read(package, package.name(part), tree.root_element(), reader),
            Err(error) => {
                broken(reader, error);
                Ok(())
            }
        }
    }

    fn read(
        &mut self,
        package: &Package,
        base: &str,
        root: Node<'_, '_>,
        reader: &mut Reader<'_>,
    ) -> Result<(), Fault> {
        let folder = attribute(root, "BaseLoc").unwrap_or_default().trim();
        // Locations are seen from BaseLoc; some makers write them from the resource file.
        let find = |location: &str| {
            let joined = format!("{}/{location}", folder.trim_end_matches(['/', '\\']));
            let inside = (!folder.is_empty()).then(|| package.find(base, &joined)).flatten();
            inside.or_else(|| package.find(base, location))
        };
        for list in root.children().filter(Node::is_element) {
            for element in list.children().filter(Node::is_element) {
                let Some(id) = attribute(element, "ID").map(|id| id.trim().to_owned()) else { continue };
                match element.tag_name().name() {
                    "ColorSpace" => {
                        self.color_spaces.insert(id, ColorSpace::read(element));
                    }
                    "DrawParam" => {
                        self.draw_params.insert(id, DrawParam::read(element, "Relative", reader, 1)?);
                    }
                    "Font" => {
                        self.fonts.insert(id, Font::read(element, find));
                    }
                    "MultiMedia" => {
                        let location = child_text(element, "MediaFile");
                        self.media.insert(id, Media { part: find(&location), location });
                    }
                    "CompositeGraphicUnit" | "VectorG" => {
                        let side = |name: &str| number(element, name).filter(|side| *side > 0.0).unwrap_or(0.0);
                        let content = child(element, "Content").unwrap_or(element);
                        let objects = objects(content, reader, 1)?;
                        let (width, height) = (side("Width"), side("Height"));
                        self.composites.insert(id, Composite { width, height, objects });
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

impl Font {
    fn read(node: Node<'_, '_>, find: impl Fn(&str) -> Option<PartId>) -> Self {
        let word = |name: &str| attribute(node, name).unwrap_or_default().trim().to_owned();
        let location = children(node, "FontFile").next().map(xml::text).unwrap_or_default();
        Self {
            name: word("FontName"),
            family: word("FamilyName"),
            bold: flag(node, "Bold").unwrap_or(false),
            italic: flag(node, "Italic").unwrap_or(false),
            serif: flag(node, "Serif").unwrap_or(false),
            file: if location.is_empty() { None } else { find(&location) },
            is_embedded: !location.is_empty(),
        }
    }
}
