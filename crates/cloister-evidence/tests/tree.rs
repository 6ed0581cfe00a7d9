//! The tree against the vectors that logs of certificates are tested with, and against the definition in RFC 9162.
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::convert::Infallible;

use cloister_evidence::Hash;
use cloister_evidence::tree::{
    Disproved, Frontier, NodeId, Nodes, consistency, inclusion, root, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

/// The entries of the reference vectors, in hexadecimal.
const ENTRIES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
/// The hashes of the first one, two, … of them.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

/// All nodes that were ever full.
#[derive(Default)]
struct Kept(HashMap<NodeId, Hash>);

impl Nodes for Kept {
    type Error = Infallible;

    fn node(&self, id: NodeId) -> Result<Hash, Infallible> {
        Ok(self.0[&id])
    }
}

fn grown(leaves: &[Hash]) -> (Kept, Frontier) {
    let (mut kept, mut frontier) = (Kept::default(), Frontier::default());
    for leaf in leaves {
        frontier.push(*leaf, |node| assert_eq!(kept.0.insert(node.id, node.hash), None));
    }
    (kept, frontier)
}

/// MTH of RFC 9162, section 2.1.1, as it stands there.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::empty(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            Hash::node(by_definition(left), by_definition(right))
        }
    }
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|number| Hash::leaf(&number.to_be_bytes())).collect()
}

#[test]
fn reference_vectors() {
    assert_eq!(
        Hash::empty().bytes().as_slice(),
        bytes("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    );
    let leaves: Vec<Hash> = ENTRIES.iter().map(|entry| Hash::leaf(&bytes(entry))).collect();
    for (size, expected) in (1..).zip(ROOTS) {
        let (kept, frontier) = grown(&leaves[..size]);
        assert_eq!(frontier.root().bytes().as_slice(), bytes(expected), "{size}");
        assert_eq!(root(&kept, size as u64).unwrap(), frontier.root());
    }
}

#[test]
fn every_proof_of_small_trees_holds_and_no_other_does() {
    let leaves = leaves(40);
    let (kept, _) = grown(&leaves);
    for size in 1..=leaves.len() {
        let whole = by_definition(&leaves[..size]);
        for index in 0..size {
            let path = inclusion(&kept, index as u64, size as u64).unwrap();
            let check = |leaf, index, path: &[Hash]| verify_inclusion(leaf, index as u64, size as u64, path, whole);
            assert_eq!(check(leaves[index], index, &path), Ok(()));
            let other = (index + 1) % size;
            if other != index {
                assert!(check(leaves[other], index, &path).is_err());
                assert!(check(leaves[index], other, &path).is_err());
            }
            assert_eq!(check(leaves[index], size, &path), Err(Disproved::Beyond));
            assert!(check(leaves[index], index, &[path.as_slice(), &[whole]].concat()).is_err());
            if let Some((_, shorter)) = path.split_last() {
                assert!(check(leaves[index], index, shorter).is_err());
            }
        }
        for older in 0..=size {
            let before = (older as u64, by_definition(&leaves[..older]));
            let after = (size as u64, whole);
            let path = consistency(&kept, older as u64, size as u64).unwrap();
            assert_eq!(verify_consistency(before, after, &path), Ok(()), "{older} of {size}");
            let forged = (older as u64, Hash::leaf(b"forged"));
            assert!(verify_consistency(forged, after, &path).is_err());
            assert!(verify_consistency(before, (size as u64, Hash::leaf(b"forged")), &path).is_err() || older == 0);
            assert!(verify_consistency(before, after, &[path.as_slice(), &[whole]].concat()).is_err());
            if let Some((_, shorter)) = path.split_last() {
                assert!(verify_consistency(before, after, shorter).is_err());
            }
        }
    }
}

proptest! {
    #[test]
    fn a_frontier_is_the_tree_by_definition(count in 0usize..600) {
        let leaves = leaves(count);
        let (kept, frontier) = grown(&leaves);
        prop_assert_eq!(frontier.root(), by_definition(&leaves));
        let peaks = Frontier::nodes(frontier.size()).map(|id| kept.0[&id]).collect();
        prop_assert_eq!(Frontier::new(frontier.size(), peaks), Some(frontier));
    }

    #[test]
    fn a_changed_proof_fails(count in 2usize..600, at in 0usize..600, bit in 0usize..256, step in 0usize..10) {
        let leaves = leaves(count);
        let (kept, frontier) = grown(&leaves);
        let (index, size) = (at % count, count as u64);
        let mut path = inclusion(&kept, index as u64, size).unwrap();
        let step = step % path.len();
        let mut changed = *path[step].bytes();
        changed[bit / 8] ^= 1 << (bit % 8);
        path[step] = Hash::from(changed);
        prop_assert!(verify_inclusion(leaves[index], index as u64, size, &path, frontier.root()).is_err());
    }
}
