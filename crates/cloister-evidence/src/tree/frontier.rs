//! The right edge of a tree, from which it grows.

use super::NodeId;
use crate::Hash;

/// What a tree needs to take more entries: a hash for each bit of its size that is set, the largest node first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// A node that is full since an entry came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grown {
    /// Where it stands.
    pub id: NodeId,
    /// Its hash.
    pub hash: Hash,
}

impl Frontier {
    /// Of a tree of this size; `None` where the number of hashes does not fit it.
    pub fn new(size: u64, peaks: Vec<Hash>) -> Option<Frontier> {
        (usize::try_from(size.count_ones()) == Ok(peaks.len())).then_some(Frontier { size, peaks })
    }

    /// The nodes whose hashes a frontier of this size is made of.
    pub fn nodes(size: u64) -> impl Iterator<Item = NodeId> {
        (0..u64::BITS).rev().filter(move |level| size >> level & 1 == 1).map(move |level| {
            // What is larger stands before it.
            NodeId { level, index: (size >> level) - 1 }
        })
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes an entry's hash; `grown` is told of each node that is full with it, the entry itself first.
    pub fn push(&mut self, leaf: Hash, mut grown: impl FnMut(Grown)) {
        let mut id = NodeId { level: 0, index: self.size };
        let mut hash = leaf;
        grown(Grown { id, hash });
        while id.index & 1 == 1 {
            // Its left neighbour is the last peak: an odd index says that one stands there.
            let Some(left) = self.peaks.pop() else { break };
            hash = Hash::node(left, hash);
            id = NodeId { level: id.level + 1, index: id.index >> 1 };
            grown(Grown { id, hash });
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The hash of the whole tree.
    pub fn root(&self) -> Hash {
        let joined = self.peaks.iter().rev().copied().reduce(|right, left| Hash::node(left, right));
        joined.unwrap_or_else(Hash::empty)
    }
}
