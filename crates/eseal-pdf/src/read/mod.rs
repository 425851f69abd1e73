//! Reading (读取): from bytes to objects, lazily.

mod cursor;
mod document;
mod dss;
mod filter;
mod lexer;
mod load;
mod open;
mod pages;
mod rebuild;
mod scan;
mod xref;

pub(crate) use cursor::window;
pub(crate) use document::{Entry, Kind, View};
pub use document::{PdfDocument, Revision};
pub use dss::Dss;
pub(crate) use lexer::{Lexer, hex_value, is_space};
pub(crate) use load::{Loaded, parse_indirect};
pub(crate) use pages::rectangle;
pub(crate) use scan::header_before;
pub(crate) use xref::Section;
