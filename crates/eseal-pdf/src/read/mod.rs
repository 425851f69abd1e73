//! Reading (读取): from bytes to objects, lazily.

mod cursor;
mod document;
mod filter;
mod lexer;
mod load;
mod open;
mod pages;
mod rebuild;
mod scan;
mod xref;

pub use document::{PdfDocument, Revision};
pub(crate) use document::{Kind, View};
pub(crate) use lexer::Lexer;
