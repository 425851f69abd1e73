//! Why a package cannot be read.

use eseal_bytes::ReadError;

/// Why a package cannot be read (读取失败).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not a ZIP package, or one without OFD.xml.
    #[error("not an OFD package")]
    NotOfd,
    /// The package is damaged.
    #[error("damaged: {what} at byte {offset}")]
    Damaged {
        /// What is wrong.
        what: &'static str,
        /// Where in the file.
        offset: u64,
    },
    /// One entry cannot be unpacked.
    #[error("entry {part} is damaged: {what}")]
    DamagedPart {
        /// Its name.
        part: String,
        /// What is wrong.
        what: &'static str,
    },
    /// Encrypted as ZIP or after GM/T 0099.
    #[error("encrypted")]
    Encrypted,
    /// A limit is exceeded.
    #[error("{what}: {found} is more than the limit of {limit}")]
    TooLarge {
        /// Which limit.
        what: &'static str,
        /// What the package has.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// A part that another part names is not there.
    #[error("part {part} is missing")]
    Missing {
        /// Its path as written.
        part: String,
    },
    /// Two entries have the same name: readers would disagree on which one counts.
    #[error("two entries are named {name}")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A name leads out of the package or has control characters.
    #[error("entry name {name:?} is not safe")]
    UnsafeName {
        /// The name.
        name: String,
    },
    /// The directory and the entry itself give different names.
    #[error("the directory and the entry disagree on the name {name}")]
    HeadersDisagree {
        /// Name in the directory.
        name: String,
    },
    /// A part is no well-formed XML.
    #[error("part {part}: {error}")]
    Xml {
        /// Its name.
        part: String,
        /// What the parser says, with line and column.
        error: String,
    },
    /// The bytes could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}
