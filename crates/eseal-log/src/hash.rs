//! Hashes of the tree (RFC 9162, 2.1.1, with SM3).

use eseal_gm::{sm3, sm3_many};

/// Hash of a leaf, a node or the whole tree.
pub type Hash = [u8; 32];

/// First byte of what is hashed for a leaf; keeps a node from being passed off as a leaf.
const LEAF_PREFIX: u8 = 0x00;
/// First byte of what is hashed for a node.
const NODE_PREFIX: u8 = 0x01;

/// Hash of a leaf (叶子杂凑值): `SM3(00 ‖ leaf)`.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    let mut input = Vec::with_capacity(leaf.len().saturating_add(1));
    input.push(LEAF_PREFIX);
    input.extend_from_slice(leaf);
    sm3(&input)
}

/// Hashes of many leaves, side by side: faster than one by one.
#[must_use]
pub fn leaf_hashes(leaves: &[Vec<u8>]) -> Vec<Hash> {
    let inputs: Vec<Vec<u8>> = leaves.iter().map(|leaf| [&[LEAF_PREFIX], leaf.as_slice()].concat()).collect();
    sm3_many(&inputs.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Hash of an inner node (中间节点杂凑值): `SM3(01 ‖ left ‖ right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut input = Vec::with_capacity(65);
    input.push(NODE_PREFIX);
    input.extend_from_slice(left);
    input.extend_from_slice(right);
    sm3(&input)
}

/// Root of the tree without leaves (空树): `SM3()`.
#[must_use]
pub fn empty_root() -> Hash {
    sm3(&[])
}
