//! 文件格式转换: text and pictures become PDF and OFD.
//!
//! ```text
//! bytes → SourceType (by content) → pages: lines of text, or one picture each → PDF | OFD
//! ```
//!
//! Text stays text, in an embedded subset of the shipped font; pictures keep their true size.  Nothing here starts a
//! process or asks a clock: the same input gives the same bytes.  Whatever was lost or guessed is a [`Warning`].

mod detect;
mod error;
mod font;
mod limits;
mod ofd;
mod page;
mod pdf;
mod picture;
mod text;
mod warning;

pub use detect::SourceType;
pub use error::ConvertError;
pub use limits::Limits;
pub use warning::{Warning, WarningKind};

use eseal_bytes::ByteSource;

use page::Page;

/// What a file becomes (目标类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// PDF 1.7.
    Pdf,
    /// OFD, GB/T 33190.
    Ofd,
}

impl Target {
    /// As on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Ofd => "OFD",
        }
    }
}

/// How to convert (转换选项).
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// 标题, written into the document's information.
    pub title: Option<String>,
    /// PDF/A-2b, for archives (长期保存); nothing to an OFD.
    pub archival: bool,
    /// What is refused for its size.
    pub limits: Limits,
}

/// A converted file (转换结果).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The new file.
    pub bytes: Vec<u8>,
    /// What the source was found to be.
    pub source_type: SourceType,
    /// 页数.
    pub page_count: u32,
    /// What was lost, replaced or guessed.
    pub warnings: Vec<Warning>,
}

/// What a file is, if it can be converted: looks at its beginning only.
///
/// # Errors
/// [`ConvertError::UnknownType`], [`ConvertError::UnsupportedPair`]; the bytes cannot be read.
pub fn check(source: &dyn ByteSource, source_type: Option<&str>, target: Target) -> Result<SourceType, ConvertError> {
    match detect::detect(source, source_type)? {
        found @ (SourceType::Text
        | SourceType::Csv
        | SourceType::Png
        | SourceType::Jpeg
        | SourceType::Bmp
        | SourceType::Tiff) => Ok(found),
        found => Err(ConvertError::UnsupportedPair { source_type: found, target }),
    }
}

/// Converts a file.  `source_type` is what the caller says it is, such as `TXT`; the content decides.
///
/// Blocking and busy: call it where that is allowed.
///
/// # Errors
/// See [`ConvertError`].
pub fn convert(
    source: &dyn ByteSource,
    source_type: Option<&str>,
    target: Target,
    options: &Options,
) -> Result<Converted, ConvertError> {
    let limits = &options.limits;
    let found = check(source, source_type, target)?;
    let mut warnings = warning::Warnings::default();
    let pages: Vec<Page> = match found {
        SourceType::Text => text::pages(&source.read_all(limits.text_bytes)?, limits, &mut warnings)?,
        SourceType::Csv => text::table_pages(&source.read_all(limits.text_bytes)?, limits, &mut warnings)?,
        SourceType::Png | SourceType::Jpeg | SourceType::Bmp | SourceType::Tiff => {
            picture::pages(source.read_all(limits.picture_bytes)?, found, limits, &mut warnings)?
        }
        _ => return Err(ConvertError::UnsupportedPair { source_type: found, target }),
    };
    let page_count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let bytes = match target {
        Target::Pdf => pdf::write(pages, options.title.as_deref(), options.archival)?,
        Target::Ofd => ofd::write(pages, options.title.as_deref())?,
    };
    Ok(Converted { bytes, source_type: found, page_count, warnings: warnings.finish() })
}

/// A seal picture of paths as a document of one page in its own size (矢量印模).
///
/// The OFD is what a seal of picture type `ofd` carries: readers draw its page in the place of the seal.  The same
/// picture gives the same bytes.
///
/// # Errors
/// [`ConvertError::Write`] for a picture without area.
#[expect(clippy::cast_possible_truncation, reason = "seal pictures are some centimetres wide")]
pub fn seal_picture(picture: eseal_picture::VectorPicture, target: Target) -> Result<Vec<u8>, ConvertError> {
    let page = Page {
        width_mm: picture.width_mm as f32,
        height_mm: picture.height_mm as f32,
        content: page::Content::Shapes(picture.paths),
    };
    match target {
        Target::Pdf => pdf::write(vec![page], None, false),
        Target::Ofd => ofd::write(vec![page], None),
    }
}
