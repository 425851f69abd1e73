//! Interface 1-2, 文件格式转换.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{FileForm, FileInput, FileOutput, Pages, TargetType, TaskStarted, envelope::overall, field::request};

request! {
    /// Content of 1-2 `convertFile`.
    struct ConvertFile, common {
        /// 源文件.
        file: FileInput = "file",
        /// 目标类型.
        target_type: TargetType = "targetType",
        /// 页码, for pictures.
        pages: Option<Pages> = "pages",
        /// 分辨率, for pictures.
        dpi: Option<u32> = "dpi",
        /// 选项.
        options: Option<ConvertOptions> = "options",
        /// 异步: answer a task at once.
        run_async: bool = "async",
        /// 文件返回形式.
        form: Option<FileForm> = "as",
    }
}

request! {
    /// 转换选项.
    struct ConvertOptions {
        /// 允许转换已签章文件: its seals become pictures.
        allow_signed: bool = "allowSigned",
        /// PDF/A-2b 归档格式, for `targetType` PDF: what may not be in one is dropped and told, or refused.
        pdf_a: bool = "pdfA",
        /// 每张工作表一页: a sheet of a table on one page, however large.
        single_page_sheets: bool = "singlePageSheets",
    }
}

/// Answer of 1-2.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ConvertFileResult {
    /// Done.
    Converted(Converted),
    /// Goes on as a task.
    Started(TaskStarted),
}

/// A converted file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Converted {
    /// The file; of pictures the first page.
    pub file: FileOutput,
    /// One picture a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<FileOutput>>,
    /// What was lost or replaced.
    pub warnings: Vec<ConversionWarning>,
}

/// 转换提示: a font substituted, a glyph missing, a feature dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversionWarning {
    /// Kind, such as `FONT_SUBSTITUTED`.
    pub kind: String,
    /// In words.
    pub detail: String,
}

overall! { ConvertFileResult; }
