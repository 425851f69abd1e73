//! The signed state of the log (检查点).

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::hash::Hash;

/// How every signed text of the log begins, so that no other signature of the platform can pass for one.
pub const SIGNED_TEXT_PREFIX: &str = "ESEAL-LOG/1";

/// Longest name of a log, in bytes: a host name has at most 253.
const NAME_BYTES: usize = 253;

/// Why a text is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The log's name is empty, too long, or not printable ASCII without blanks.
    #[error("not a name of a log")]
    Name,
    /// Not `ESEAL-LOG/1 name`.
    #[error("line 1 is not the origin of a log")]
    Origin,
    /// Not a decimal number without leading zeros.
    #[error("line 2 is not a tree size")]
    Size,
    /// Not base64 of 32 bytes.
    #[error("line 3 is not a root")]
    Root,
    /// Not exactly three lines, each ended by a line feed.
    #[error("not three lines")]
    Lines,
}

/// First line of a checkpoint (日志标识): `ESEAL-LOG/1`, a blank, and the log's name.
///
/// The prefix of the signed text is part of the origin, so the signed bytes are the checkpoint's text and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin of the log called `name`, such as a host name.
    ///
    /// # Errors
    /// [`CheckpointError::Name`].
    pub fn new(name: &str) -> Result<Self, CheckpointError> {
        let is_name = !name.is_empty() && name.len() <= NAME_BYTES && name.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_name {
            return Err(CheckpointError::Name);
        }
        Ok(Self(format!("{SIGNED_TEXT_PREFIX} {name}")))
    }

    /// Reads the line.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`].
    pub fn parse(line: &str) -> Result<Self, CheckpointError> {
        let name = line.strip_prefix(SIGNED_TEXT_PREFIX).and_then(|rest| rest.strip_prefix(' '));
        Self::new(name.ok_or(CheckpointError::Origin)?).map_err(|_| CheckpointError::Origin)
    }

    /// The line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The state of the log at one size (检查点).
///
/// Its text is three lines, `origin\ntreeSize\nbase64(root)\n`.  The log's SM2 key signs exactly these bytes (default
/// ID, DER value).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// Number of leaves.
    pub tree_size: u64,
    /// Root of the tree.
    pub root: Hash,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin.as_str(), self.tree_size, BASE64_STANDARD.encode(self.root))
    }
}

impl Checkpoint {
    /// Reads the text of a checkpoint; nothing else is accepted.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        let tree_size: u64 = size.parse().map_err(|_| CheckpointError::Size)?;
        if tree_size.to_string() != size {
            return Err(CheckpointError::Size);
        }
        let root = BASE64_STANDARD.decode(root).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        Ok(Self { origin: Origin::parse(origin)?, tree_size, root: root.ok_or(CheckpointError::Root)? })
    }
}
