//! Plain text and tables (纯文本、CSV): decoded, broken into lines, laid out on A4.

mod decode;
mod layout;
mod line_break;
mod table;

use crate::{ConvertError, Limits, page::Page, warning::Warnings};

/// The pages of a text.
pub(crate) fn pages(bytes: &[u8], limits: &Limits, warnings: &mut Warnings) -> Result<Vec<Page>, ConvertError> {
    let text = decode::decode(bytes, warnings)?;
    layout::pages(&text, limits, warnings)
}

/// The pages of a table as text.
pub(crate) fn table_pages(bytes: &[u8], limits: &Limits, warnings: &mut Warnings) -> Result<Vec<Page>, ConvertError> {
    let text = decode::decode(bytes, warnings)?;
    table::pages(&text, limits, warnings)
}
