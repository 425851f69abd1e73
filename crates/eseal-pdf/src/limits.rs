//! What a stranger's PDF may cost us (限额): every number with its reason.

/// Limits for one PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PdfLimits {
    /// Most pages.
    pub pages: usize,
    /// Most entries of all cross-reference sections together.
    pub entries: usize,
    /// Most cross-reference sections (revisions).
    pub sections: usize,
    /// Largest object without its stream data, in bytes.
    pub object_bytes: u64,
    /// Most bytes that one stream may decode to.
    pub stream_bytes: u64,
    /// Most bytes of parsed objects that are kept for another look.
    pub cache_bytes: usize,
    /// Most signatures that are looked at.
    pub signatures: usize,
    /// Most form fields that are visited.
    pub fields: usize,
    /// Most marks of one seal signature.
    pub marks: usize,
}

impl Default for PdfLimits {
    fn default() -> Self {
        Self {
            pages: 50_000,          // twice the largest archive volume we were told of
            entries: 4_000_000,     // a tender of 20,000 pages has ten objects a page and some revisions
            sections: 4_096,        // 1,000 seals and as many time stamps and form fills
            object_bytes: 16 << 20, // 16 MiB: an array of 1,000,000 references
            stream_bytes: 64 << 20, // 64 MiB: cross-reference and object streams are far below
            cache_bytes: 8 << 20,   // 8 MiB: a hundred requests at once need no more than 800 MiB
            signatures: 1_000,      // a page seal on every page of a long tender
            fields: 100_000,        // the largest public form has 4,000
            marks: 500,             // the contract's default
        }
    }
}

/// Deepest nesting of arrays and dictionaries: real files stay below 20, the parser's stack is good for thousands.
pub(crate) const MAX_DEPTH: usize = 100;

/// Longest chain of references to references.
pub(crate) const MAX_REFERENCES: usize = 32;

/// Largest object number (ISO 32000-1, Annex C).
pub(crate) const MAX_NUMBER: u32 = 8_388_607;

/// Deepest page tree and form field tree: balanced trees of 50,000 pages need 6.
pub(crate) const MAX_TREE_DEPTH: usize = 64;
