//! The seal-use log (用印日志): every use of a seal becomes a leaf of an append-only Merkle tree, so that nobody, the
//! operator included, can take a use back or put one in between without being noticed.
//!
//! The tree is that of RFC 9162 with SM3 in place of SHA-256: a leaf is `SM3(00 ‖ bytes)`, a node `SM3(01 ‖ left ‖ right)`.
//! Everything here is a pure function; a store keeps the complete nodes and hands them back:
//!
//! ```text
//! append:  Frontier (O(log n) hashes) + leaf hash → new Frontier, the nodes that became complete
//! prove:   a lookup (level, index) → hash, O(log n) of them, for any leaf and any earlier size
//! check:   leaf, proof and checkpoint alone
//! ```
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod checkpoint;
mod frontier;
mod hash;
mod leaf;
mod proof;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError, Origin, SIGNED_TEXT_PREFIX};
pub use frontier::{Frontier, FrontierError, Node};
pub use hash::{Hash, empty_root, leaf_hash, leaf_hashes, node_hash};
pub use leaf::{Kind, Leaf, LeafError, system_hash};
pub use proof::{ProofError, consistency_proof, inclusion_proof, root};
pub use verify::{VerifyError, verify_consistency, verify_inclusion};
