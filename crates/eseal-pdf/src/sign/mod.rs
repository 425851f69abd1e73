//! Facts about the signatures of a PDF (签章信息): no judgement, every signature is reported.

mod changes;
mod diff;
mod digest;
mod facts;
mod fields;
mod find;
mod frame;
mod lock;
mod names;
mod survey;
mod unfixed;

pub use digest::FileDigests;
pub use unfixed::Unfixed;

use std::{borrow::Cow, ops::Range};

use serde::{Deserialize, Serialize};

use crate::{object::Ref, page::PdfPlaced};

/// What is wrong with the frame of a signature (`/ByteRange` and `/Contents`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ByteRangeFault {
    /// `/ByteRange` is not an array of four non-negative integers.
    NotFourIntegers,
    /// It does not begin with the first byte of the file.
    DoesNotStartAtZero,
    /// The second range begins before the first one ends.
    Overlap,
    /// It reaches beyond the end of the file.
    BeyondEnd,
    /// `/Contents` is not a hexadecimal string that stands in the object itself.
    NoContents,
    /// What is left out is not exactly the `<…>` of this very object's `/Contents`.
    GapIsNotContents,
    /// `/Contents` has something besides hexadecimal digits.
    NotHexadecimal,
}

/// What was done to the file after a signature (签章后的变更).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum LaterChange {
    /// Another signature with its fields, widgets and appearance.
    Signature {
        /// Object number of the signature dictionary.
        object: u32,
    },
    /// An empty signature field.
    SignatureField {
        /// Object number of the field.
        object: u32,
    },
    /// A signature field without a signature that draws something, wherever it lies on its page.
    DrawingField {
        /// Object number of the field.
        object: u32,
    },
    /// A signature field with the whole name of another field: which of them is meant, readers decide differently.
    SameName {
        /// Object number of the field.
        object: u32,
    },
    /// Validation data (`/DSS`).
    ValidationData,
    /// Document information or XMP metadata.
    Metadata,
    /// The value of an existing form field.
    FormField {
        /// Object number of the field.
        object: u32,
    },
    /// Anything else on a page: content, resources, annotations that belong to no signature.
    Page {
        /// Page, from 1.
        page: usize,
        /// Object number of the page.
        object: u32,
        /// Entry of the page that changed.
        entry: String,
    },
    /// Entry of the document catalog.
    Catalog {
        /// Which.
        entry: String,
    },
    /// An object was replaced, freed, or added without being part of a signature.
    Object {
        /// Object number.
        object: u32,
        /// What happened, in English.
        what: Cow<'static, str>,
    },
    /// Bytes that are not read as part of any revision.
    StrayBytes {
        /// First such byte.
        offset: u64,
        /// How many.
        len: u64,
    },
    /// The signed revision cannot be read by itself, so the changes cannot be told.
    Unreadable,
}

impl LaterChange {
    /// True for what may follow a signature without changing what was signed: further signatures, signature fields,
    /// validation data, metadata.
    #[must_use]
    pub const fn is_harmless(&self) -> bool {
        matches!(self, Self::Signature { .. } | Self::SignatureField { .. } | Self::ValidationData | Self::Metadata)
    }
}

/// Fields that a signature locks (`FieldMDP`, `/Lock`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldLock {
    /// All fields.
    All,
    /// All fields but these.
    Exclude(Vec<Vec<u8>>),
    /// These fields.
    Include(Vec<Vec<u8>>),
}

/// Why no further seal may be added (锁定).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Locked {
    /// A certification signature permits no changes (DocMDP, P = 1).
    #[error("certified without permission to change (object {object})")]
    Certified {
        /// Object number of the signature dictionary.
        object: u32,
    },
    /// A signature locks all fields, or permits no changes any more.
    #[error("locked by a signature (object {object})")]
    FieldLock {
        /// Object number of the signature dictionary.
        object: u32,
    },
}

/// One signature (签章) and where it shows; fields that share one value are one signature.
#[derive(Clone, Debug, PartialEq)]
pub struct PdfSignature {
    /// The signature dictionary.
    pub reference: Ref,
    /// `/Filter`.
    pub filter: Option<String>,
    /// `/SubFilter`.
    pub sub_filter: Option<String>,
    /// `/M` as written.
    pub signing_time: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Name`.
    pub name: Option<String>,
    /// True for `/Type /DocTimeStamp`.
    pub is_time_stamp: bool,
    /// Fully qualified names of the fields that have it as value; empty if no field refers to it.
    pub fields: Vec<String>,
    /// Visible widgets.
    pub placements: Vec<PdfPlaced>,
    /// `/ByteRange` if it is four non-negative integers.
    pub byte_range: Option<[u64; 4]>,
    /// The `<…>` of `/Contents`, brackets included.
    pub contents_token: Option<Range<u64>>,
    /// `/Contents` decoded, with its padding.
    pub contents: Vec<u8>,
    /// What is wrong with the frame; empty if nothing.
    pub faults: Vec<ByteRangeFault>,
    /// Object numbers: true if a later revision defines the signature dictionary again.
    pub redefined: bool,
    /// True if the signed part ends with `startxref`, a number and `%%EOF`, and can be read by itself.
    pub revision_complete: bool,
    /// True if the signed part reaches the end of the file (white space aside).
    pub covers_whole_file: bool,
    /// What came afterwards; empty if nothing.
    pub later_changes: Vec<LaterChange>,
    /// Permission of a certification signature: 1 no changes, 2 form fields and signatures, 3 annotations too.
    pub doc_mdp: Option<u8>,
    /// Fields it locks.
    pub field_lock: Option<FieldLock>,
}

impl PdfSignature {
    /// End of the signed part, from the beginning of the file.
    #[must_use]
    pub fn signed_end(&self) -> Option<u64> {
        self.byte_range.and_then(|[_, _, offset, len]| offset.checked_add(len))
    }

    /// True if the bytes named by `/ByteRange` are what `/Contents` can stand for.
    #[must_use]
    pub const fn is_well_framed(&self) -> bool {
        self.faults.is_empty() && !self.redefined
    }
}
