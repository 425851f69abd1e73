//! Making proofs from stored nodes (生成证明), RFC 9162, 2.1.3.1 and 2.1.4.1.
//!
//! `node(level, index)` is asked for complete nodes only, O(log n) times.

use crate::hash::{Hash, empty_root, node_hash};

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The leaf is not in a tree of that size.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    NoSuchLeaf {
        /// Leaf asked for, from 0.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// The first size is not between 1 and the second.
    #[error("no proof from {first} to {second} leaves")]
    NoSuchSizes {
        /// Earlier size.
        first: u64,
        /// Later size.
        second: u64,
    },
    /// The store lacks a node.
    #[error("no node {index} on level {level}")]
    NoNode {
        /// Height above the leaves.
        level: u32,
        /// Position on the level.
        index: u64,
    },
}

/// Root of the first `size` leaves.
///
/// # Errors
/// [`ProofError::NoNode`].
pub fn root(size: u64, node: impl Fn(u32, u64) -> Option<Hash>) -> Result<Hash, ProofError> {
    if size == 0 {
        return Ok(empty_root());
    }
    subtree_root(0, size, &node)
}

/// Proof that leaf `index` is in the tree of the first `size` leaves (包含证明), from the leaf upwards.
///
/// # Errors
/// [`ProofError::NoSuchLeaf`], [`ProofError::NoNode`].
pub fn inclusion_proof(
    index: u64,
    size: u64,
    node: impl Fn(u32, u64) -> Option<Hash>,
) -> Result<Vec<Hash>, ProofError> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let mut range = 0..size;
    let mut proof = Vec::new();
    while let Some(middle) = middle(range.start, range.end) {
        if index < middle {
            proof.push(subtree_root(middle, range.end, &node)?);
            range.end = middle;
        } else {
            proof.push(subtree_root(range.start, middle, &node)?);
            range.start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Proof that the tree of `second` leaves continues the tree of `first` leaves (一致性证明).
///
/// # Errors
/// [`ProofError::NoSuchSizes`], [`ProofError::NoNode`].
pub fn consistency_proof(
    first: u64,
    second: u64,
    node: impl Fn(u32, u64) -> Option<Hash>,
) -> Result<Vec<Hash>, ProofError> {
    if first == 0 || first > second {
        return Err(ProofError::NoSuchSizes { first, second });
    }
    let mut range = 0..second;
    let mut whole = true; // SUBPROOF's b: the old tree is still the left edge, whose root the verifier knows
    let mut proof = Vec::new();
    while range.end != first {
        let Some(middle) = middle(range.start, range.end) else { break };
        if first <= middle {
            proof.push(subtree_root(middle, range.end, &node)?);
            range.end = middle;
        } else {
            proof.push(subtree_root(range.start, middle, &node)?);
            range.start = middle;
            whole = false;
        }
    }
    if !whole {
        proof.push(subtree_root(range.start, range.end, &node)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Where RFC 9162 splits the leaves `start..end`: after the largest power of two smaller than their number.
fn middle(start: u64, end: u64) -> Option<u64> {
    let last = end.checked_sub(start)?.checked_sub(1)?;
    let half = 1_u64.checked_shl(last.checked_ilog2()?)?;
    start.checked_add(half)
}

/// Root of the leaves `start..end`, where `start` is a multiple of the largest complete subtree in them.
fn subtree_root(start: u64, end: u64, node: &impl Fn(u32, u64) -> Option<Hash>) -> Result<Hash, ProofError> {
    let length = end.saturating_sub(start);
    let mut at = start;
    let mut roots = Vec::new();
    for level in (0..u64::BITS).rev().filter(|level| length >> level & 1 == 1) {
        let index = at >> level;
        roots.push(node(level, index).ok_or(ProofError::NoNode { level, index })?);
        at = at.saturating_add(1 << level);
    }
    let mut roots = roots.iter().rev();
    let last = roots.next().copied().unwrap_or_else(empty_root);
    Ok(roots.fold(last, |right, left| node_hash(left, &right)))
}
