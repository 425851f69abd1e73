//! ASN.1 (抽象语法标记): a lenient reader that keeps the original bytes, and a strict DER writer.
//!
//! Real seals and certificates are not always DER, and signatures are checked over bytes as they stand, never over a
//! re-encoding.  So the reader gives every element with the slice it was read from, takes lengths that are longer than
//! needed and of indefinite form, and leaves it to the caller whether that is acceptable.  What is written is DER.
//!
//! ```
//! use eseal_asn1::{Node, tag, write};
//!
//! let der = write::sequence(&[&write::integer_i64(4), &write::ia5("ES")]);
//! let whole = Node::parse(&der)?;
//! let mut fields = whole.children();
//! assert_eq!(fields.expect(tag::INTEGER, "version")?.integer(), Some(4));
//! assert_eq!(fields.expect(tag::IA5_STRING, "id")?.text(), "ES");
//! fields.finish()?;
//! # Ok::<(), eseal_asn1::Error>(())
//! ```
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod children;
mod error;
mod length;
mod node;
pub mod oid;
pub mod tag;
mod text;
mod time;
pub mod write;

pub use children::Children;
pub use error::Error;
pub use node::{BitString, Node};
pub use time::{Clock, parse_time};

/// Deepest nesting that is read: certificates and seals have less than twenty levels.
pub const MAX_DEPTH: u8 = 32;

/// Most bytes that are read as one structure, 64 MiB: a seal signature with a whole OFD package as its picture.
pub const MAX_SIZE: usize = 64 << 20;
