//! The tiles and the bundle that are not full yet.

use crate::tree::Grown;
use crate::{Hash, Tile, WIDTH, add_entry};

/// Files of a log, and what is to stand in them.
pub(super) type Files = Vec<(Tile, Vec<u8>)>;

/// What the next entries are added to.
#[derive(Clone, Debug, Default)]
pub(super) struct Edge {
    /// Of each level of tiles, the last one.
    levels: Vec<Open>,
    bundle: Open,
}

/// A tile or bundle, as far as it is filled.
#[derive(Clone, Debug, Default)]
struct Open {
    index: u64,
    width: u64,
    bytes: Vec<u8>,
    changed: bool,
}

impl Open {
    fn add(&mut self, level: Option<u32>, full: &mut Files, add: impl FnOnce(&mut Vec<u8>)) {
        add(&mut self.bytes);
        self.width += 1;
        self.changed = true;
        if self.width == WIDTH {
            full.push((self.tile(level), std::mem::take(&mut self.bytes)));
            *self = Open { index: self.index + 1, ..Open::default() };
        }
    }

    fn tile(&self, level: Option<u32>) -> Tile {
        Tile { level, index: self.index, width: self.width }
    }

    /// What of it is not in a file yet.
    fn flush(&mut self, level: Option<u32>) -> Option<(Tile, Vec<u8>)> {
        let changed = std::mem::take(&mut self.changed) && self.width > 0;
        changed.then(|| (self.tile(level), self.bytes.clone()))
    }
}

impl Edge {
    /// Of a log that has files already: `read` has what stands in one.
    pub(super) fn read<E>(size: u64, mut read: impl FnMut(Tile) -> Result<Vec<u8>, E>) -> Result<Edge, E> {
        let mut edge = Edge::default();
        let mut open = |level: Option<u32>, count: u64| -> Result<Open, E> {
            let (index, width) = (count / WIDTH, count % WIDTH);
            let bytes = if width > 0 { read(Tile { level, index, width })? } else { Vec::new() };
            Ok(Open { index, width, bytes, changed: false })
        };
        edge.bundle = open(None, size)?;
        let mut hashes = size;
        for level in 0.. {
            if hashes == 0 {
                break;
            }
            edge.levels.push(open(Some(level), hashes)?);
            hashes /= WIDTH;
        }
        Ok(edge)
    }

    /// Adds an entry's bytes; those that are too long for a bundle were refused before.
    pub(super) fn entry(&mut self, entry: &[u8], full: &mut Files) {
        self.bundle.add(None, full, |bytes| {
            let _ = add_entry(bytes, entry);
        });
    }

    /// Adds a node that is full.
    pub(super) fn node(&mut self, node: Grown, full: &mut Files) {
        if node.id.level.is_multiple_of(8) {
            let level = node.id.level / 8;
            let place = usize::try_from(level).unwrap_or_default();
            if self.levels.len() <= place {
                self.levels.resize_with(place + 1, Open::default);
            }
            if let Some(open) = self.levels.get_mut(place) {
                open.add(Some(level), full, |bytes| bytes.extend_from_slice(Hash::bytes(&node.hash)));
            }
        }
    }

    /// What has changed since it was last asked, without what is full.
    pub(super) fn partial(&mut self) -> Files {
        let levels = (0..).zip(&mut self.levels).filter_map(|(level, open)| open.flush(Some(level)));
        levels.chain(self.bundle.flush(None)).collect()
    }
}
