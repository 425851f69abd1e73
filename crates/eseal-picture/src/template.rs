//! Templates: the looks of seals as data.

use std::sync::LazyLock;

use serde::Deserialize;

static SHIPPED: LazyLock<Templates> = LazyLock::new(|| {
    Templates::parse(include_str!("../seal-templates.toml")).expect("a test parses the shipped templates")
});

/// 印模模板: a set of templates.
#[derive(Clone, Debug, Deserialize)]
pub struct Templates {
    template: Vec<Template>,
}

/// 印模模板: how one kind of seal looks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What designs name it by.
    pub id: String,
    /// 名称.
    pub name: String,
    /// 印章类型: the code list of the interfaces, `01` to `06` and `99`.
    pub seal_type: String,
    /// The outline.
    pub shape: Shape,
    /// The width on paper.
    pub width_mm: f64,
    /// The height on paper.
    pub height_mm: f64,
    /// 边宽: how thick the outer ring is; 0 for borderless.
    pub ring_mm: f64,
    /// 内圈: a second, thin ring.
    pub inner_ring: Option<InnerRing>,
    /// What stands in the middle.
    #[serde(default)]
    pub centre: Centre,
    /// 五角星: the diameter of the circle through the tips.
    pub star_tip_mm: Option<f64>,
    /// 弧形文字: the name.
    pub arc: Option<Arc>,
    /// 横排文字.
    #[serde(default, rename = "line")]
    pub lines: Vec<Line>,
    /// 印章编码: on the lower arc.
    pub code: Option<Arc>,
    /// 名章: characters in columns from right to left, instead of an arc.
    pub grid: Option<Grid>,
    /// `#rrggbb`.
    #[serde(default = "red")]
    pub color: String,
    /// Where the numbers are from.
    pub basis: String,
    /// How sure they are: high, medium or low.
    pub confidence: String,
}

/// The outline of a seal.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Round or oval.
    Ellipse,
    /// Square or rectangle.
    Rectangle,
}

/// What stands in the middle of a round seal.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Centre {
    /// Nothing.
    #[default]
    None,
    /// 五角星.
    Star,
    /// 国徽: protected, so not shipped.
    Emblem,
    /// 镰刀锤头, 党徽: protected, so not shipped.
    HammerSickle,
}

/// 内圈: a thin ring inside the outer one.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InnerRing {
    /// Between the rings.
    pub gap_mm: f64,
    /// How thick it is.
    pub ring_mm: f64,
}

/// Text along the ring.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arc {
    /// How high the characters are.
    pub height_mm: f64,
    /// Between ring and characters.
    pub gap_mm: f64,
    /// The angle between the first and the last character of a long text.
    pub span_deg: f64,
    /// The same angle where characters would become too narrow otherwise.
    #[serde(default = "nearly_all")]
    pub widest_span_deg: f64,
    /// The widest that a character becomes, as a share of its height.
    #[serde(default = "full_width")]
    pub width_ratio: f64,
}

/// 横排文字: one line across.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What stands there unless the design says otherwise.
    #[serde(default)]
    pub text: String,
    /// How high the characters are.
    pub height_mm: f64,
    /// How wide one character is, spacing included.
    pub width_mm: f64,
    /// The line's upper edge below the centre of the seal; negative above it.
    pub top_below_centre_mm: f64,
}

/// 名章: characters in columns.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// Between border and characters.
    pub margin_mm: f64,
    /// Between characters.
    pub gap_mm: f64,
    /// How the characters stand.
    #[serde(default)]
    pub order: Order,
}

/// 排列: how the characters of a name seal stand.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// 回文: as many columns as rows, from right to left.
    #[default]
    Square,
    /// 横排: one row, from left to right.
    Row,
    /// 竖排: one column, from top to bottom.
    Column,
}

/// The template file is wrong.
#[derive(Debug, thiserror::Error)]
#[error("seal templates: {0}")]
pub struct TemplateError(#[from] toml::de::Error);

impl Templates {
    /// The templates that are shipped.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads templates in the form of the shipped file, `[[template]]` for each.
    ///
    /// # Errors
    /// TOML that is broken, or fields that are missing or unknown.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        Ok(toml::from_str(text)?)
    }

    /// The template with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Template> {
        self.template.iter().find(|template| template.id == id)
    }

    /// All of them, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        self.template.iter()
    }
}

fn red() -> String {
    "#e60012".into()
}

/// A gap at the bottom shows where the text begins.
fn nearly_all() -> f64 {
    300.0
}

fn full_width() -> f64 {
    0.86
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_templates_parse_and_have_ids_of_their_own() {
        let mut ids: Vec<_> = Templates::shipped().iter().map(|template| &template.id).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert!(Templates::shipped().find("co-42").is_some());
    }

    #[test]
    fn an_unknown_field_is_an_error() {
        assert!(Templates::parse("[[template]]\nid = \"x\"\ncolour = 1\n").is_err());
    }
}
