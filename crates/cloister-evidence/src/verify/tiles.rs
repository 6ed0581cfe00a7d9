//! Checks that tiles lead to the signed root, from the top: what is below a tile that holds is itself to blame.

use std::collections::BTreeSet;

use super::{Evidence, Outcome, left_out};
use crate::tree::{self, NodeId};
use crate::{Checkpoint, Hash, Tile, Tiles, WIDTH};

/// A tree that was checked.
pub(super) struct Tree {
    size: u64,
    bad: BTreeSet<Tile>,
}

impl Tree {
    pub(super) fn check<E: Evidence>(evidence: &E, head: &Checkpoint, outcome: &mut Outcome) -> Tree {
        let mut tree = Tree { size: head.size, bad: BTreeSet::new() };
        let read = |tile: Tile| evidence.tile(tile).and_then(|bytes| bytes.ok_or_else(left_out));
        let edge = match tree::root(&Tiles { size: head.size, from: read }, head.size) {
            Ok(root) => root == head.root,
            Err(error) => {
                let why = std::error::Error::source(&error).map(|why| format!(": {why}")).unwrap_or_default();
                outcome.fault("checkpoint", format!("its tree cannot be computed: {error}{why}"));
                return tree;
            }
        };
        // The few tiles above the lowest, from the top.
        let mut upper: Vec<Tile> =
            tree.tiles(evidence).filter(|tile| tile.level.is_some_and(|level| level > 0)).collect();
        upper.sort_by_key(|tile| std::cmp::Reverse(tile.level));
        for tile in upper {
            tree.against_parent(evidence, tile, edge, outcome);
        }
        let lowest: Box<dyn Iterator<Item = Tile>> =
            Box::new(tree.tiles(evidence).filter(|tile| tile.level == Some(0)));
        for tile in lowest {
            if outcome.is_full() {
                break;
            }
            tree.against_parent(evidence, tile, edge, outcome);
        }
        if !edge {
            let partial = tree.partial().map(|tile| tile.to_string()).collect::<Vec<_>>().join(", ");
            outcome.fault(partial, "the last tiles do not lead to the signed root: one of them was changed");
        }
        tree
    }

    fn tiles<E: Evidence>(&self, evidence: &E) -> Box<dyn Iterator<Item = Tile>> {
        let size = self.size;
        match evidence.present() {
            // What a bundle holds and the tree has no place for is told where the bundle is checked.
            Some(all) => Box::new(all.into_iter().filter(move |tile| belongs(*tile, size))),
            None => Box::new(Tile::new_between(0, size)),
        }
    }

    pub(super) fn bundles<E: Evidence>(&self, evidence: &E) -> Box<dyn Iterator<Item = Tile>> {
        Box::new(self.tiles(evidence).filter(|tile| tile.level.is_none()))
    }

    pub(super) fn is_bad(&self, tile: Tile) -> bool {
        self.bad.contains(&tile)
    }

    /// Tiles at the right edge, of which the root is made.
    fn partial(&self) -> impl Iterator<Item = Tile> {
        let size = self.size;
        (0..8).filter_map(move |level| {
            let hashes = size >> (level * 8);
            let width = hashes % WIDTH;
            (width > 0).then_some(Tile { level: Some(level), index: hashes / WIDTH, width })
        })
    }

    fn against_parent<E: Evidence>(&mut self, evidence: &E, tile: Tile, edge: bool, outcome: &mut Outcome) {
        let read = |tile: Tile| evidence.tile(tile).and_then(|bytes| bytes.ok_or_else(left_out));
        let bytes = match read(tile) {
            Ok(bytes) if bytes.len() as u64 == tile.width * Hash::SIZE as u64 => bytes,
            Ok(_) => {
                self.bad.insert(tile);
                return outcome.fault(tile.to_string(), "has another length than its name says");
            }
            Err(error) => return outcome.fault(tile.to_string(), error.to_string()),
        };
        if tile.width < WIDTH {
            if !edge {
                self.bad.insert(tile);
            }
            return;
        }
        let above = Tile::of(NodeId { level: (tile.level.unwrap_or_default() + 1) * 8, index: tile.index }, self.size);
        let place = usize::try_from(tile.index % WIDTH).unwrap_or_default();
        let parent = read(above).ok();
        let expected = parent.as_deref().and_then(|bytes| bytes.as_chunks::<{ Hash::SIZE }>().0.get(place));
        if expected.map(|hash| Hash::from(*hash)) == folded(&bytes) {
            return;
        }
        self.bad.insert(tile);
        let what = if expected.is_none() {
            format!("{above}, to which it leads, is not there")
        } else if self.bad.contains(&above) {
            format!("does not lead to {above}: one of them was changed")
        } else {
            format!("was changed: it does not lead to {above}")
        };
        outcome.fault(tile.to_string(), what);
    }
}

/// Whether a tree of this size has such a tile.
fn belongs(tile: Tile, size: u64) -> bool {
    let count = size >> (tile.level.unwrap_or_default() * 8);
    count.checked_sub(tile.index.saturating_mul(WIDTH)).is_some_and(|there| there > 0 && tile.width == there.min(WIDTH))
}

/// The hash over a full tile.
fn folded(bytes: &[u8]) -> Option<Hash> {
    let mut below: Vec<Hash> = bytes.as_chunks::<{ Hash::SIZE }>().0.iter().map(|bytes| Hash::from(*bytes)).collect();
    while below.len() > 1 {
        below = below.as_chunks().0.iter().map(|[left, right]| Hash::node(*left, *right)).collect();
    }
    below.pop()
}
