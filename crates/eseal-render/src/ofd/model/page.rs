//! Pages and templates (页面与模板页), GB/T 33190 §7.7: layers in the order in which they are drawn.

use eseal_ofd::xml::{attribute, child, child_text, children, text};
use roxmltree::Node;

use super::{
    object::{Object, objects},
    reader::{Fault, Reader, reference},
};

/// What a page's or template's Content.xml says.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageContent {
    /// `PhysicalBox` as written; empty if there is none.
    pub(crate) physical_box: String,
    pub(crate) templates: Vec<TemplateRef>,
    /// Locations of `PageRes`.
    pub(crate) resources: Vec<String>,
    /// Background first.
    pub(crate) layers: Vec<Layer>,
}

/// `Template` of a page.
#[derive(Clone, Debug)]
pub(crate) struct TemplateRef {
    pub(crate) id: String,
    pub(crate) z_order: LayerType,
}

/// `CT_Layer` (图层).
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) kind: LayerType,
    /// Id of the layer's DrawParam.
    pub(crate) draw_param: Option<String>,
    pub(crate) objects: Vec<Object>,
}

/// Where a layer or template is drawn, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LayerType {
    Background,
    Body,
    Foreground,
}

impl LayerType {
    fn of(word: Option<&str>, usual: Self) -> Self {
        match word.unwrap_or_default().trim() {
            "Background" => Self::Background,
            "Body" => Self::Body,
            "Foreground" => Self::Foreground,
            _ => usual,
        }
    }
}

impl PageContent {
    pub(crate) fn read(root: Node<'_, '_>, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut page = Self {
            physical_box: child(root, "Area").map(|area| child_text(area, "PhysicalBox")).unwrap_or_default(),
            resources: children(root, "PageRes").map(text).filter(|location| !location.is_empty()).collect(),
            ..Self::default()
        };
        page.templates.extend(children(root, "Template").filter_map(|node| {
            let z_order = LayerType::of(attribute(node, "ZOrder"), LayerType::Background);
            Some(TemplateRef { id: reference(node, "TemplateID")?, z_order })
        }));
        for content in children(root, "Content") {
            let mut loose = false;
            for element in content.children().filter(Node::is_element) {
                if element.tag_name().name() != "Layer" {
                    loose = true;
                    continue;
                }
                page.layers.push(Layer {
                    kind: LayerType::of(attribute(element, "Type"), LayerType::Body),
                    draw_param: reference(element, "DrawParam"),
                    objects: objects(element, reader, 1)?,
                });
            }
            if loose && children(content, "Layer").next().is_none() {
                reader.nonstandard(content, "objects without a layer");
                let objects = objects(content, reader, 1)?;
                page.layers.push(Layer { kind: LayerType::Body, draw_param: None, objects });
            }
        }
        page.layers.sort_by_key(|layer| layer.kind); // stable: those of one kind stay in order
        Ok(page)
    }
}
