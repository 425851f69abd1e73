//! The right edge of the tree (前沿): all that is needed to append.

use crate::hash::{Hash, empty_root, node_hash};

/// A node whose subtree is complete, so that it never changes again: it covers the leaves
/// `index·2^level .. (index+1)·2^level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Height above the leaves.
    pub level: u32,
    /// Position among the nodes of its level, from 0.
    pub index: u64,
    /// Its hash.
    pub hash: Hash,
}

/// Why a stored frontier cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrontierError {
    /// The number of hashes does not fit the size.
    #[error("a tree of {size} leaves has {expected} roots of complete subtrees, not {found}")]
    WrongLength {
        /// Leaves of the tree.
        size: u64,
        /// Hashes that it needs.
        expected: u32,
        /// Hashes that were given.
        found: usize,
    },
    /// A hash is not to be had.
    #[error("no node {index} on level {level}")]
    NoNode {
        /// Height above the leaves.
        level: u32,
        /// Position on the level.
        index: u64,
    },
    /// 2^64 leaves.
    #[error("the tree is full")]
    Full,
}

/// The roots of the maximal complete subtrees, from left to right (最大完全子树根序列).
///
/// One for each bit of `size` that is set: at most 64 hashes, whatever the size of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// The frontier of the empty tree.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, roots: Vec::new() }
    }

    /// Takes a stored frontier up again.
    ///
    /// # Errors
    /// [`FrontierError::WrongLength`].
    pub fn from_parts(size: u64, roots: Vec<Hash>) -> Result<Self, FrontierError> {
        let expected = size.count_ones();
        if u32::try_from(roots.len()) != Ok(expected) {
            return Err(FrontierError::WrongLength { size, expected, found: roots.len() });
        }
        Ok(Self { size, roots })
    }

    /// Reads the frontier of a tree of `size` leaves from its stored nodes: one look-up a bit.
    ///
    /// # Errors
    /// [`FrontierError::NoNode`].
    pub fn from_nodes(size: u64, node: impl Fn(u32, u64) -> Option<Hash>) -> Result<Self, FrontierError> {
        let mut roots = Vec::new();
        for level in (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1) {
            // The subtree of this bit stands after all higher bits: the size without the lower ones, counted in subtrees.
            let index = (size >> level) ^ 1;
            roots.push(node(level, index).ok_or(FrontierError::NoNode { level, index })?);
        }
        Ok(Self { size, roots })
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes, from left to right, for a store to keep.
    #[must_use]
    pub fn roots(&self) -> &[Hash] {
        &self.roots
    }

    /// Appends a leaf and gives the nodes that became complete, the leaf first: two on average.
    ///
    /// # Errors
    /// [`FrontierError::Full`].
    pub fn append(&mut self, leaf_hash: Hash) -> Result<Vec<Node>, FrontierError> {
        let mut index = self.size;
        self.size = self.size.checked_add(1).ok_or(FrontierError::Full)?;
        let mut hash = leaf_hash;
        let mut level = 0;
        let mut complete = vec![Node { level, index, hash }];
        while index & 1 == 1 {
            // An odd index has a left sibling, and that is the last root.
            let Some(left) = self.roots.pop() else { break };
            hash = node_hash(&left, &hash);
            index >>= 1;
            level = level.saturating_add(1);
            complete.push(Node { level, index, hash });
        }
        self.roots.push(hash);
        Ok(complete)
    }

    /// Root of the whole tree (根杂凑值).
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(last) = roots.next() else { return empty_root() };
        roots.fold(*last, |right, left| node_hash(left, &right))
    }
}
