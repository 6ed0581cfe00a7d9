//! The Merkle tree of RFC 9162, section 2.1, whatever its nodes are kept in.

mod frontier;
mod prove;
mod verify;

pub use frontier::{Frontier, Grown};
pub use prove::{consistency, inclusion, root};
pub use verify::{Disproved, verify_consistency, verify_inclusion};

use crate::Hash;

/// A node that covers 2^`level` entries, of which the first has the number `index` × 2^`level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId {
    /// Zero for entries.
    pub level: u32,
    /// From the left, on its level.
    pub index: u64,
}

/// Where the hashes of full nodes are kept.
pub trait Nodes {
    /// Why one cannot be had.
    type Error;

    /// The hash of this node, all of whose entries are in the tree.
    fn node(&self, id: NodeId) -> Result<Hash, Self::Error>;
}

/// The largest power of two below this, which is at least two: where a tree is split.
fn split(entries: u64) -> u64 {
    1 << (entries - 1).ilog2()
}
