//! What is wanted, and what comes out.

use crate::{
    glyph::OwnFonts,
    layout,
    output::{self, Canvas},
    template::{Template, Templates},
};

/// The resolution that pictures are drawn in where none is asked for: a 42 mm seal is 992 pixels wide.
pub const DEFAULT_DPI: u16 = 600;

/// 印模设计: a template and the words on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealDesign {
    /// The id of a template, `co-42`.
    pub template: String,
    /// 印文: the name on the arc, or the name of the person on a name seal.
    pub name: String,
    /// 横排文字: replaces the template's lines one by one; an empty string drops a line, a missing one keeps the template's.
    pub lines: Vec<String>,
    /// 印章编码: the digits on the lower arc, if any.
    pub code: Option<String>,
    /// Pixels an inch of the PNG; [`DEFAULT_DPI`] if none.
    pub dpi: Option<u16>,
    /// `#rrggbb` instead of the template's colour.
    pub color: Option<String>,
    /// 登记名称: what the holder is called in the register; another name on the seal is worth a warning.
    pub registered_name: Option<String>,
}

/// 印模: the drawn picture in two formats.
#[derive(Clone, Debug)]
pub struct SealPicture {
    /// PNG with transparency.
    pub png: Vec<u8>,
    /// SVG with paths only, in mm.
    pub svg: String,
    /// The width on paper.
    pub width_mm: f64,
    /// The height on paper.
    pub height_mm: f64,
    /// What a human should look at before the seal is made.
    pub warnings: Vec<Warning>,
}

/// Something about the picture that a human should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// 缺字: the font has no glyph for the character; a box stands in its place.
    MissingGlyph(char),
    /// 借字: the seal's font has no glyph for the character; it was taken from another one.
    OtherFont(char),
    /// 过密: the characters had to be condensed to this share of their height, in percent.
    TooDense {
        /// Width divided by height.
        percent: u8,
    },
    /// 徽: the template wants an emblem, which is protected and not shipped; the centre is empty.
    EmblemMissing,
    /// 名称不符: the name on the seal is not the one in the register.
    NameDiffers {
        /// As registered.
        registered: String,
    },
    /// 分辨率低: a scan has too few pixels for its size on paper.
    Coarse {
        /// Pixels an inch.
        dpi: u16,
    },
    /// 比例不符: the scanned seal is not as wide and high as stated; it was not stretched.
    Proportions {
        /// Width found, pixels.
        width: u32,
        /// Height found, pixels.
        height: u32,
    },
    /// 其他墨色: ink of another colour, such as writing under a red seal, was left out.
    OtherInk {
        /// Of all ink.
        percent: u8,
    },
}

impl Warning {
    /// Stable name, for those who count or translate them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingGlyph(_) => "MISSING_GLYPH",
            Self::OtherFont(_) => "OTHER_FONT",
            Self::TooDense { .. } => "TOO_DENSE",
            Self::EmblemMissing => "EMBLEM_MISSING",
            Self::NameDiffers { .. } => "NAME_DIFFERS",
            Self::Coarse { .. } => "COARSE",
            Self::Proportions { .. } => "PROPORTIONS",
            Self::OtherInk { .. } => "OTHER_INK",
        }
    }

    /// In words: Chinese, English.
    #[must_use]
    pub fn words(&self) -> (String, String) {
        match self {
            Self::MissingGlyph(character) => (
                format!("字库中没有“{character}”，以方框代替"),
                format!("the font has no {character}: a box stands in its place"),
            ),
            Self::OtherFont(character) => (
                format!("印章字库中没有“{character}”，取自另一字库，请核对字形"),
                format!("the seal's font has no {character}: it is from another font, look at its form"),
            ),
            Self::TooDense { percent } => (
                format!("文字过密，宽度已压缩到高度的 {percent}%"),
                format!("the characters are condensed to {percent} % of their height"),
            ),
            Self::EmblemMissing => (
                "该模板需要国徽或党徽，本系统不提供其图样，中心留空".into(),
                "the template wants an emblem, which is not shipped: the centre is left empty".into(),
            ),
            Self::NameDiffers { registered } => (
                format!("印文与登记名称“{registered}”不一致"),
                format!("the name on the seal is not the registered one, {registered}"),
            ),
            Self::Coarse { dpi } => (
                format!("图像只有 {dpi} dpi，打印时会显得粗糙，请用 300 dpi 以上扫描"),
                format!("only {dpi} dpi, coarse in print: scan with 300 dpi or more"),
            ),
            Self::Proportions { width, height } => (
                format!("印模为 {width}×{height} 像素，与给定的宽高比例不符，未作拉伸"),
                format!("the seal is {width}×{height} pixels, other proportions than stated; it was not stretched"),
            ),
            Self::OtherInk { percent } => (
                format!("有 {percent}% 的墨迹不是印章的颜色，已去除"),
                format!("{percent} % of the ink has another colour than the seal and was left out"),
            ),
        }
    }
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// No template has this id.
    #[error("no seal template {0:?}")]
    UnknownTemplate(String),
    /// A text is too short or too long.
    #[error("{what} has {length} characters, {min} to {max} are possible")]
    TextLength {
        /// Which text.
        what: &'static str,
        /// Its length.
        length: usize,
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// The resolution is outside 72 to 1200.
    #[error("{0} dpi are outside 72 to 1200")]
    Resolution(u16),
    /// Not `#rrggbb`.
    #[error("a colour is written #rrggbb")]
    Color,
    /// The template gives measures that leave no room.
    #[error("template {0:?} gives measures that cannot be drawn")]
    Geometry(String),
    /// The picture could not be encoded.
    #[error("PNG: {0}")]
    Encoding(String),
}

/// Draws a seal picture from one of the shipped templates.
///
/// # Errors
/// An unknown template, words that do not fit, or a resolution out of bounds.
pub fn draw(design: &SealDesign) -> Result<SealPicture, DrawError> {
    let template = Templates::shipped()
        .find(&design.template)
        .ok_or_else(|| DrawError::UnknownTemplate(design.template.clone()))?;
    draw_with(template, design)
}

/// Draws a seal picture from a template of one's own; `design.template` is not looked at.
///
/// # Errors
/// As [`draw`].
pub fn draw_with(template: &Template, design: &SealDesign) -> Result<SealPicture, DrawError> {
    draw_with_fonts(template, design, &OwnFonts::default())
}

/// As [`draw_with`], with fonts of one's own: another face, or rare characters of names.
///
/// # Errors
/// As [`draw`].
pub fn draw_with_fonts(
    template: &Template,
    design: &SealDesign,
    fonts: &OwnFonts<'_>,
) -> Result<SealPicture, DrawError> {
    let dpi = design.dpi.unwrap_or(DEFAULT_DPI);
    // Below 72 no character can be read; above 1200 no printer shows more.
    if !(72..=1200).contains(&dpi) {
        return Err(DrawError::Resolution(dpi));
    }
    check_texts(template, design)?;
    let color = design.color.as_deref().unwrap_or(&template.color);
    if output::rgb(color).is_none() {
        return Err(DrawError::Color);
    }
    let mut drawing = layout::lay_out(template, design, fonts)?;
    if let Some(registered) = &design.registered_name
        && plain(registered) != plain(&design.name)
    {
        drawing.warnings.push(Warning::NameDiffers { registered: registered.clone() });
    }
    let canvas = Canvas { width_mm: template.width_mm, height_mm: template.height_mm, color };
    Ok(SealPicture {
        png: output::png(&canvas, &drawing.shapes, dpi)?,
        svg: output::svg(&canvas, &drawing.shapes),
        width_mm: template.width_mm,
        height_mm: template.height_mm,
        warnings: drawing.warnings,
    })
}

/// A name as it is compared: brackets of either width are the same, blanks do not count.
fn plain(name: &str) -> String {
    let narrow = |character| match character {
        '（' | '〔' | '［' => '(',
        '）' | '〕' | '］' => ')',
        other => other,
    };
    name.chars().filter(|character| !character.is_whitespace()).map(narrow).collect()
}

fn check_texts(template: &Template, design: &SealDesign) -> Result<(), DrawError> {
    // 50: the longest registered name seen on a seal has 38 characters; 9 fill a 3 × 3 name seal.
    let (min, max) = if template.grid.is_some() { (1, 9) } else { (2, 50) };
    within("the name", &design.name, min, max)?;
    for line in &design.lines {
        within("a line", line, 0, 30)?; // 30: 18 digits of a tax number are the longest known line
    }
    within("the code", design.code.as_deref().unwrap_or_default(), 0, 20) // 13 digits, GA 241.1
}

fn within(what: &'static str, text: &str, min: usize, max: usize) -> Result<(), DrawError> {
    let length = text.chars().filter(|character| !character.is_whitespace()).count();
    if (min..=max).contains(&length) { Ok(()) } else { Err(DrawError::TextLength { what, length, min, max }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glyph::FontFile;

    fn design(template: &str, name: &str) -> SealDesign {
        SealDesign { template: template.into(), name: name.into(), ..SealDesign::default() }
    }

    fn warnings(template: &str, name: &str) -> Vec<Warning> {
        draw(&SealDesign { dpi: Some(96), ..design(template, name) }).unwrap().warnings
    }

    #[test]
    fn a_42_mm_seal_is_992_pixels_wide_and_transparent_outside_the_ring() {
        let picture = draw(&design("co-42", "深圳市示例科技股份有限公司")).unwrap();
        let pixels = crate::decode_picture("png", &picture.png).unwrap();
        assert_eq!((pixels.width, pixels.height), (992, 992));
        assert_eq!(pixels.rgba[3], 0, "the corner");
        let middle = (496 * 992 + 496) * 4;
        assert_eq!(pixels.rgba[middle + 3], 255, "the star's middle");
        assert!(picture.svg.starts_with("<svg") && picture.svg.contains("width=\"42mm\""));
        assert!(!picture.svg.contains("<text"), "characters are outlines");
    }

    #[test]
    fn the_same_design_gives_the_same_bytes() {
        let design = design("fin-38", "深圳市示例科技有限公司");
        assert_eq!(draw(&design).unwrap().png, draw(&design).unwrap().png);
    }

    #[test]
    fn every_shipped_template_can_be_drawn() {
        for template in Templates::shipped().iter() {
            let name = if template.grid.is_some() { "张三丰" } else { "深圳市示例科技有限公司" };
            let found = warnings(&template.id, name);
            assert!(found.iter().all(|warning| *warning == Warning::EmblemMissing), "{}: {found:?}", template.id);
        }
    }

    #[test]
    fn a_character_without_glyph_is_named() {
        assert_eq!(warnings("co-42", "深圳\u{2A6D6}公司"), [Warning::MissingGlyph('\u{2A6D6}')]);
    }

    #[test]
    fn a_very_long_name_is_drawn_with_a_warning() {
        let found = warnings("co-38", &"深圳市示例科技".repeat(7));
        assert!(matches!(found[..], [Warning::TooDense { .. }]), "{found:?}");
    }

    #[test]
    fn another_name_than_the_registered_one_is_named() {
        let named = |name: &str, registered: &str| {
            let design =
                SealDesign { dpi: Some(96), registered_name: Some(registered.into()), ..design("co-42", name) };
            draw(&design).unwrap().warnings
        };
        assert_eq!(named("深圳（示例）公司", "深圳(示例)公司"), []);
        assert_eq!(
            named("深圳市示例科技公司", "深圳市示例科技有限公司"),
            [Warning::NameDiffers { registered: "深圳市示例科技有限公司".into() }]
        );
    }

    #[test]
    fn colour_and_fonts_of_ones_own_are_used() {
        let blue = SealDesign { color: Some("#0000ff".into()), dpi: Some(96), ..design("co-42", "深圳市") };
        let pixels = crate::decode_picture("png", &draw(&blue).unwrap().png).unwrap();
        let (width, height) = (usize::try_from(pixels.width).unwrap(), usize::try_from(pixels.height).unwrap());
        assert_eq!(pixels.rgba[(height / 2 * width + width / 2) * 4..][..4], [0, 0, 255, 255], "the star");
        let wrong = SealDesign { color: Some("blue".into()), ..blue.clone() };
        assert!(matches!(draw(&wrong), Err(DrawError::Color)));

        let template = Templates::shipped().find("co-42").unwrap();
        let no_font = [FontFile { bytes: b"no font", index: 0 }];
        let sans = [FontFile { bytes: eseal_fonts::SANS_REGULAR, index: 0 }];
        let drawn = |fonts| draw_with_fonts(template, &blue, &fonts).unwrap();
        let usual = drawn(OwnFonts { first: &no_font, last: &sans });
        assert_ne!(usual.svg, drawn(OwnFonts { first: &sans, last: &[] }).svg);
        assert_eq!(usual.svg, draw(&blue).unwrap().svg, "the last are asked for what is missing only");
    }

    #[test]
    fn bad_designs_are_refused() {
        assert!(matches!(draw(&design("none", "深圳")), Err(DrawError::UnknownTemplate(_))));
        assert!(matches!(draw(&design("co-42", "深")), Err(DrawError::TextLength { length: 1, .. })));
        assert!(matches!(draw(&design("name-20", &"深".repeat(10))), Err(DrawError::TextLength { .. })));
        let fine = SealDesign { dpi: Some(9600), ..design("co-42", "深圳市") };
        assert!(matches!(draw(&fine), Err(DrawError::Resolution(9600))));
    }
}
