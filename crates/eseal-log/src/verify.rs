//! Checking proofs without the tree (验证证明), RFC 9162, 2.1.3.2 and 2.1.4.2.

use crate::hash::{Hash, node_hash};

/// Why a proof does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The leaf is not in a tree of that size, or the sizes are in the wrong order.
    #[error("no such position: {position} of {size}")]
    NoSuchPosition {
        /// Leaf, or earlier size.
        position: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// The proof has too few or too many hashes.
    #[error("a proof of {found} hashes does not fit")]
    WrongLength {
        /// Hashes in the proof.
        found: usize,
    },
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    OtherRoot,
}

/// Checks that `leaf_hash` is leaf `index` of the tree of `size` leaves with this `root`.
///
/// # Errors
/// See [`VerifyError`].
pub fn verify_inclusion(
    leaf_hash: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), VerifyError> {
    if index >= size {
        return Err(VerifyError::NoSuchPosition { position: index, size });
    }
    let mut walk = Walk { node: index, last: size.saturating_sub(1) };
    let mut hash = *leaf_hash;
    for sibling in proof {
        if walk.last == 0 {
            return Err(VerifyError::WrongLength { found: proof.len() });
        }
        hash = if walk.is_right() { node_hash(sibling, &hash) } else { node_hash(&hash, sibling) };
        walk.up();
    }
    finish(walk.last == 0, proof.len(), &[(&hash, root)])
}

/// Checks that the tree of `second` leaves continues the tree of `first` leaves.
///
/// Equal sizes need an empty proof and equal roots.
///
/// # Errors
/// See [`VerifyError`].
pub fn verify_consistency(
    first: u64,
    second: u64,
    proof: &[Hash],
    first_root: &Hash,
    second_root: &Hash,
) -> Result<(), VerifyError> {
    let (Some(first_last), Some(second_last)) = (first.checked_sub(1), second.checked_sub(1)) else {
        return Err(VerifyError::NoSuchPosition { position: first, size: second });
    };
    if first > second {
        return Err(VerifyError::NoSuchPosition { position: first, size: second });
    }
    if first == second {
        return finish(proof.is_empty(), proof.len(), &[(first_root, second_root)]);
    }
    // A first tree that is complete is itself the first hash of the proof, which therefore leaves it out.
    let (start, rest) = if first.is_power_of_two() {
        (first_root, proof)
    } else {
        proof.split_first().ok_or(VerifyError::WrongLength { found: 0 })?
    };
    let down = first_last.trailing_ones();
    let mut walk =
        Walk { node: first_last.checked_shr(down).unwrap_or(0), last: second_last.checked_shr(down).unwrap_or(0) };
    let (mut old, mut new) = (*start, *start);
    for sibling in rest {
        if walk.last == 0 {
            return Err(VerifyError::WrongLength { found: proof.len() });
        }
        if walk.is_right() {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
        } else {
            new = node_hash(&new, sibling);
        }
        walk.up();
    }
    finish(walk.last == 0, proof.len(), &[(&old, first_root), (&new, second_root)])
}

fn finish(length_fits: bool, found: usize, pairs: &[(&Hash, &Hash)]) -> Result<(), VerifyError> {
    if !length_fits {
        return Err(VerifyError::WrongLength { found });
    }
    if pairs.iter().any(|(computed, expected)| computed != expected) {
        return Err(VerifyError::OtherRoot);
    }
    Ok(())
}

/// The way from a leaf to the root: `fn` and `sn` of the RFC.
struct Walk {
    node: u64,
    last: u64,
}

impl Walk {
    /// Whether the next hash of the proof stands on the left.
    const fn is_right(&self) -> bool {
        self.node & 1 == 1 || self.node == self.last
    }

    /// Goes up, skipping the levels on which the node is a lone left child.
    const fn up(&mut self) {
        if self.node & 1 == 0 && self.node == self.last {
            while self.node & 1 == 0 && self.node != 0 {
                self.node >>= 1;
                self.last >>= 1;
            }
        }
        self.node >>= 1;
        self.last >>= 1;
    }
}
