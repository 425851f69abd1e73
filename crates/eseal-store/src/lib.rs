//! Records and files of the platform (存储层): who may do what, prepared documents, codes, tasks, the seal-use log.
//!
//! Use cases see [`Store`], a set of repository traits, and [`Objects`], the bytes of files.  [`SqliteStore`] is the
//! embedded database; another one implements the same traits.  What belongs to a system is looked up by system and
//! identifier: for another system it does not exist.  Secrets come here hashed.

mod error;
mod housekeeping;
mod objects;
mod records;
mod repository;
mod sqlite;

pub use error::StoreError;
pub use housekeeping::{remove_orphans, sweep};
pub use objects::{ObjectWriter, Objects};
pub use records::*;
pub use repository::*;
pub use sqlite::SqliteStore;

/// Result of the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
