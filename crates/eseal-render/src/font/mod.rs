//! Fonts (字库): those of documents, made readable where tables are missing, and those that stand in for them.

mod cff;
mod library;
mod loaded;
mod sfnt;

pub(crate) use library::{Face, Wanted};
pub use library::{FontBytes, FontLibrary, LibraryFace};
pub(crate) use loaded::LoadedFont;
