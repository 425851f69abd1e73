//! The drawing model of OFD (OFD 图元模型), GB/T 33190 §7–§15, as typed values: read tolerantly, bounded, not yet drawn.
//!
//! ```text
//! Page { Area, Template*, PageRes*, Content { Layer* { objects } } }
//! object = TextObject | PathObject | ImageObject | CompositeObject | PageBlock   (all: CT_GraphicUnit)
//! ```

mod color;
mod object;
mod outline;
mod page;
mod reader;
mod resource;
mod text;

pub(crate) use color::{Color, ColorKind, ColorSpaceKind, Gradient, MapType, Mesh, Pattern, Plain, Reflect, Shape};
pub(crate) use object::{
    Cap, Clip, ClipShape, DrawParam, GraphicUnit, ImageObject, Join, Kind, Object, PathObject, objects,
};
pub(crate) use page::{Layer, LayerType, PageContent};
pub(crate) use reader::{Reader, boxed};
pub(crate) use resource::{Font, Resources};
pub(crate) use text::{TextCode, TextObject};
