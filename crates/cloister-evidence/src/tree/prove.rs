//! Proofs (RFC 9162, sections 2.1.3.1 and 2.1.4.1).

use super::{NodeId, Nodes, split};
use crate::Hash;

/// The hash of the first `size` entries.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 { Ok(Hash::empty()) } else { between(nodes, 0, size) }
}

/// That the entry with this number is among the first `size`: the hashes beside its way up, the lowest first. Empty
/// where it is not.
pub fn inclusion<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let (mut first, mut end) = (0, size);
    let mut path = Vec::new();
    while index < size && end - first > 1 {
        let middle = first + split(end - first);
        if index < middle {
            path.push(between(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(between(nodes, first, middle)?);
            first = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// That the first `size` entries begin with the first `older`. Empty where there is nothing to prove, or it is not so.
pub fn consistency<N: Nodes>(nodes: &N, older: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut path = Vec::new();
    if older == 0 || older >= size {
        return Ok(path);
    }
    let (mut first, mut end) = (0, size);
    while end != older {
        let middle = first + split(end - first);
        if older <= middle {
            path.push(between(nodes, middle, end)?);
            end = middle;
        } else {
            path.push(between(nodes, first, middle)?);
            first = middle;
        }
    }
    // Whoever asks knows the hash of the older tree, but not of a part of it.
    if first != 0 {
        path.push(between(nodes, first, end)?);
    }
    path.reverse();
    Ok(path)
}

/// The hash of the entries from `first` up to `end`, which form a subtree.
fn between<N: Nodes>(nodes: &N, first: u64, end: u64) -> Result<Hash, N::Error> {
    let entries = end - first;
    if entries.is_power_of_two() {
        let level = entries.ilog2();
        return nodes.node(NodeId { level, index: first >> level });
    }
    let middle = first + split(entries);
    Ok(Hash::node(between(nodes, first, middle)?, between(nodes, middle, end)?))
}
