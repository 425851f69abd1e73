//! 制作印章图片: ours, beside the sixteen interfaces.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Base64, ConversionWarning, envelope::overall, field::request};

request! {
    /// Content of `makeSealImage`: a picture is drawn from a template, or a scanned seal (`scan`) is cleaned.
    struct MakeSealImage {
        /// 印模模板, such as `co-42`.
        template: Option<String> = "template",
        /// 印文: name on the arc, or of the person.
        seal_name: Option<String> = "sealName",
        /// 登记名称: another name on the seal is warned about.
        registered_name: Option<String> = "registeredName",
        /// 横排文字: replaces the template's lines one by one.
        lines: Option<Vec<String>> = "lines",
        /// 印章编码, on the lower arc.
        seal_code: Option<String> = "sealCode",
        /// 字体: name of a font in the server's `fonts/` folder, `仿宋`; the shipped 宋体 if left out.
        font: Option<String> = "font",
        /// 颜色, `#rrggbb`.
        color: Option<String> = "color",
        /// 分辨率: 72 to 1200, 600 if left out.
        dpi: Option<u32> = "dpi",
        /// 扫描的印模: PNG, JPEG, BMP or GIF, at most 5 MiB.
        scan: Option<Base64> = "scan",
        /// 宽, mm: of the scanned seal on paper.
        width: Option<f64> = "width",
        /// 高, mm.
        height: Option<f64> = "height",
    }
}

/// Answer of `makeSealImage`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MakeSealImageResult {
    /// 印章图片: PNG with transparency.
    pub seal_img: Base64,
    /// 图片类型: `png`.
    pub image_type: String,
    /// The same as paths, SVG in mm; not of a scan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub svg: Option<String>,
    /// 宽, mm.
    pub width: f64,
    /// 高, mm.
    pub height: f64,
    /// Pixels an inch.
    pub dpi: u32,
    /// 提示: what a person should look at before the seal is made.
    pub warnings: Vec<ConversionWarning>,
}

overall! { MakeSealImageResult; }
