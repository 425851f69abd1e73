//! Objects of a page (图元), GB/T 33190 §8–§13: what all have in common, and paths, images, composites and blocks.

use eseal_ofd::xml::{attribute, child, children, text};
use kurbo::{Affine, BezPath, Rect};
use roxmltree::Node;

use super::{
    color::Color,
    outline,
    reader::{Fault, Reader, alpha, boxed, flag, matrix, number, numbers, place, reference},
    text::TextObject,
};

/// Any object.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) unit: GraphicUnit,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// 文字.
    Text(Box<TextObject>),
    /// 图形.
    Path(Box<PathObject>),
    /// 图像.
    Image(Box<ImageObject>),
    /// 复合图元, by the id of its resource.
    Composite(String),
    /// 页面块.
    Block(Vec<Object>),
}

/// `CT_GraphicUnit` (图元): what all objects have in common.
#[derive(Clone, Debug)]
pub(crate) struct GraphicUnit {
    /// Element and id, for warnings.
    pub(crate) place: String,
    /// 外接矩形; none for blocks, or if it cannot be read.
    pub(crate) boundary: Option<Rect>,
    /// Object space to boundary.
    pub(crate) matrix: Option<Affine>,
    pub(crate) visible: bool,
    /// 0 is transparent, 1 is not.
    pub(crate) alpha: f64,
    pub(crate) param: DrawParam,
    /// All of them cut.
    pub(crate) clips: Vec<Clip>,
}

/// `CT_DrawParam` (绘制参数), or the same attributes of an object.
#[derive(Clone, Debug, Default)]
pub(crate) struct DrawParam {
    /// `Relative`, or `DrawParam` of an object: where what is missing here comes from.
    pub(crate) base: Option<String>,
    pub(crate) line_width: Option<f64>,
    pub(crate) join: Option<Join>,
    pub(crate) cap: Option<Cap>,
    pub(crate) dash_offset: Option<f64>,
    pub(crate) dash_pattern: Option<Vec<f64>>,
    pub(crate) miter_limit: Option<f64>,
    pub(crate) fill: Option<Color>,
    pub(crate) stroke: Option<Color>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    Miter,
    Round,
    Bevel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cap {
    Butt,
    Round,
    Square,
}

/// `CT_Clip` (裁剪区): its areas together.
#[derive(Clone, Debug)]
pub(crate) struct Clip {
    pub(crate) areas: Vec<ClipArea>,
    /// False if the object's CTM does not apply to it.
    pub(crate) transformed: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct ClipArea {
    pub(crate) matrix: Affine,
    pub(crate) unit: GraphicUnit,
    pub(crate) shape: ClipShape,
}

#[derive(Clone, Debug)]
pub(crate) enum ClipShape {
    Path(Box<PathObject>),
    Text(Box<TextObject>),
}

/// `CT_Path` (图形).
#[derive(Clone, Debug)]
pub(crate) struct PathObject {
    pub(crate) stroke: bool,
    pub(crate) fill: bool,
    pub(crate) even_odd: bool,
    pub(crate) outline: BezPath,
}

/// `CT_Image` (图像).
#[derive(Clone, Debug)]
pub(crate) struct ImageObject {
    pub(crate) resource: String,
    pub(crate) substitution: Option<String>,
    pub(crate) mask: Option<String>,
    pub(crate) border: Option<Border>,
}

/// `Border` of an image (图像边框).
#[derive(Clone, Debug)]
pub(crate) struct Border {
    pub(crate) param: DrawParam,
    pub(crate) radii: (f64, f64),
}

/// Most areas and clips of one object.
const CLIPS: usize = 1_000;

/// Objects inside `node`, in drawing order.
pub(crate) fn objects(node: Node<'_, '_>, reader: &mut Reader<'_>, depth: usize) -> Result<Vec<Object>, Fault> {
    let mut found = Vec::new();
    if reader.is_too_deep(depth) {
        return Ok(found);
    }
    for element in node.children().filter(Node::is_element) {
        let kind = match element.tag_name().name() {
            "TextObject" => Kind::Text(Box::new(TextObject::read(element, reader)?)),
            "PathObject" => Kind::Path(Box::new(PathObject::read(element, reader))),
            "ImageObject" => Kind::Image(Box::new(ImageObject::read(element, reader, depth)?)),
            "CompositeObject" | "CompositeGraphicUnit" if attribute(element, "ResourceID").is_some() => {
                Kind::Composite(reference(element, "ResourceID").unwrap_or_default())
            }
            "PageBlock" | "Block" | "Content" | "Layer" => {
                Kind::Block(objects(element, reader, depth.saturating_add(1))?)
            }
            "VideoObject" | "AudioObject" => {
                reader.dropped(element, "media that plays");
                continue;
            }
            "AreaHolderBlock" | "AreaHolderBlocks" | "Actions" | "Thumbnail" | "Substitution" => continue,
            other => {
                let detail = format!("unknown object {}", super::reader::short(other));
                reader.nonstandard(node, &detail);
                continue;
            }
        };
        reader.count()?;
        found.push(Object { unit: GraphicUnit::read(element, reader, depth)?, kind });
    }
    Ok(found)
}

impl GraphicUnit {
    fn read(node: Node<'_, '_>, reader: &mut Reader<'_>, depth: usize) -> Result<Self, Fault> {
        let boundary = attribute(node, "Boundary").and_then(boxed);
        let is_block = matches!(node.tag_name().name(), "PageBlock" | "Block" | "Content" | "Layer");
        if boundary.is_none() && !is_block {
            reader.nonstandard(node, "no Boundary that can be read");
        }
        let mut clips = Vec::new();
        if let Some(list) = child(node, "Clips") {
            let transformed = flag(list, "TransFlag") != Some(false);
            for clip in children(list, "Clip").take(CLIPS) {
                clips.push(Clip { areas: areas(clip, reader, depth)?, transformed });
            }
        }
        Ok(Self {
            place: place(node),
            boundary,
            matrix: matrix(node),
            visible: flag(node, "Visible") != Some(false),
            alpha: alpha(node),
            param: DrawParam::read(node, "DrawParam", reader, depth)?,
            clips,
        })
    }
}

fn areas(clip: Node<'_, '_>, reader: &mut Reader<'_>, depth: usize) -> Result<Vec<ClipArea>, Fault> {
    let mut found = Vec::new();
    for area in children(clip, "Area").take(CLIPS) {
        for element in area.children().filter(Node::is_element) {
            let shape = match element.tag_name().name() {
                "Path" | "PathObject" => ClipShape::Path(Box::new(PathObject::read(element, reader))),
                "Text" | "TextObject" => ClipShape::Text(Box::new(TextObject::read(element, reader)?)),
                _ => continue,
            };
            reader.count()?;
            let depth = depth.saturating_add(1);
            if reader.is_too_deep(depth) {
                continue;
            }
            let unit = GraphicUnit::read(element, reader, depth)?;
            found.push(ClipArea { matrix: matrix(area).unwrap_or_default(), unit, shape });
        }
    }
    Ok(found)
}

impl DrawParam {
    /// Reads the attributes and colors of `node`; `base` is the attribute that names where the rest comes from.
    pub(crate) fn read(node: Node<'_, '_>, base: &str, reader: &mut Reader<'_>, depth: usize) -> Result<Self, Fault> {
        let mut color = |name: &str| match child(node, name) {
            Some(element) => Color::read(element, reader, depth),
            None => Ok(None),
        };
        let (fill, stroke) = (color("FillColor")?, color("StrokeColor")?);
        let word = |name: &str| attribute(node, name).unwrap_or_default().trim();
        Ok(Self {
            base: reference(node, base),
            line_width: number(node, "LineWidth").filter(|width| *width >= 0.0),
            join: match word("Join") {
                "Miter" => Some(Join::Miter),
                "Round" => Some(Join::Round),
                "Bevel" => Some(Join::Bevel),
                _ => None,
            },
            cap: match word("Cap") {
                "Butt" => Some(Cap::Butt),
                "Round" => Some(Cap::Round),
                "Square" => Some(Cap::Square),
                _ => None,
            },
            dash_offset: number(node, "DashOffset"),
            dash_pattern: numbers(node, "DashPattern"),
            miter_limit: number(node, "MiterLimit").filter(|limit| *limit > 0.0),
            fill,
            stroke,
        })
    }

    /// What is not said here is taken from `other`.
    pub(crate) fn or(&self, other: &Self) -> Self {
        Self {
            base: self.base.clone(),
            line_width: self.line_width.or(other.line_width),
            join: self.join.or(other.join),
            cap: self.cap.or(other.cap),
            dash_offset: self.dash_offset.or(other.dash_offset),
            dash_pattern: self.dash_pattern.clone().or_else(|| other.dash_pattern.clone()),
            miter_limit: self.miter_limit.or(other.miter_limit),
            fill: self.fill.clone().or_else(|| other.fill.clone()),
            stroke: self.stroke.clone().or_else(|| other.stroke.clone()),
        }
    }
}

impl PathObject {
    fn read(node: Node<'_, '_>, reader: &mut Reader<'_>) -> Self {
        let data = child(node, "AbbreviatedData").map(text).unwrap_or_default();
        let (outline, whole) = outline::parse(&data);
        if !whole {
            reader.nonstandard(node, "path data that cannot be read to its end");
        }
        Self {
            stroke: flag(node, "Stroke").unwrap_or(true),
            fill: flag(node, "Fill").unwrap_or(false),
            even_odd: attribute(node, "Rule").is_some_and(|rule| rule.trim() == "Even-Odd"),
            outline,
        }
    }
}

impl ImageObject {
    fn read(node: Node<'_, '_>, reader: &mut Reader<'_>, depth: usize) -> Result<Self, Fault> {
        let border = match child(node, "Border") {
            Some(border) => {
                let mut param = DrawParam::read(border, "DrawParam", reader, depth)?;
                if let Some(color) = child(border, "BorderColor") {
                    param.stroke = Color::read(color, reader, depth)?;
                }
                let radius = |name: &str| number(border, name).unwrap_or(0.0).max(0.0);
                let radii = (
                    radius("HorizonalCornerRadius").max(radius("HorizontalCornerRadius")),
                    radius("VerticalCornerRadius"),
                );
                Some(Border { param, radii })
            }
            None => None,
        };
        Ok(Self {
            resource: reference(node, "ResourceID").unwrap_or_default(),
            substitution: reference(node, "Substitution"),
            mask: reference(node, "ImageMask"),
            border,
        })
    }
}
