//! Tiles: their names as the specification gives them, and the tree that is read from them.
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;

use cloister_evidence::tree::{Frontier, consistency, inclusion, root, verify_consistency, verify_inclusion};
use cloister_evidence::{Hash, MissingTile, Tile, Tiles, add_entry, entries};
use proptest::prelude::*;

#[test]
fn names_are_those_of_the_specification() {
    let hashes = |level, index, width| Tile { level: Some(level), index, width };
    for (tile, path) in [
        (hashes(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (hashes(0, 273, 112), "tile/0/273.p/112"),
        (hashes(1, 1, 17), "tile/1/001.p/17"),
        (hashes(2, 0, 1), "tile/2/000.p/1"),
        (Tile { level: None, index: 1000, width: 256 }, "tile/entries/x001/000"),
    ] {
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse(), Ok(tile));
    }
    for wrong in ["", "tile/0/1", "tile/0/x000/001", "tile/0/001.p/0", "tile/0/001.p/256", "tile/8/000", "tile/0/../1"]
    {
        assert!(wrong.parse::<Tile>().is_err(), "{wrong}");
    }
}

/// A folder of tiles that was written as the log grew: by path.
#[derive(Default)]
struct Folder {
    files: HashMap<String, Vec<u8>>,
    levels: Vec<Vec<Hash>>,
}

impl Folder {
    fn grow(frontier: &mut Frontier, steps: &[u64]) -> Folder {
        let mut folder = Folder::default();
        for step in steps {
            let older = frontier.size();
            for number in older..older + step {
                frontier.push(Hash::leaf(&number.to_be_bytes()), |node| {
                    if node.id.level % 8 == 0 {
                        let level = node.id.level as usize / 8;
                        folder.levels.resize(folder.levels.len().max(level + 1), Vec::new());
                        folder.levels[level].push(node.hash);
                    }
                });
            }
            for tile in Tile::new_between(older, frontier.size()) {
                let Some(level) = tile.level else { continue };
                let first = usize::try_from(tile.index).unwrap() * 256;
                let hashes = &folder.levels[level as usize][first..first + usize::try_from(tile.width).unwrap()];
                let bytes = hashes.iter().flat_map(|hash| *hash.bytes()).collect();
                folder.files.insert(tile.to_string(), bytes);
            }
        }
        folder
    }

    fn read(&self, tile: Tile) -> Result<Vec<u8>, String> {
        self.files.get(&tile.to_string()).cloned().ok_or_else(|| tile.to_string())
    }
}

#[test]
fn what_is_new_is_named() {
    let named = |older, size| Tile::new_between(older, size).map(|tile| tile.to_string()).collect::<Vec<_>>();
    assert_eq!(named(0, 1), ["tile/0/000.p/1", "tile/entries/000.p/1"]);
    assert_eq!(
        named(255, 257),
        ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/1"]
    );
    assert_eq!(named(256, 257), ["tile/0/001.p/1", "tile/entries/001.p/1"]);
    assert_eq!(named(5, 5), [""; 0]);
}

#[test]
fn a_tile_that_is_cut_is_named() {
    let mut frontier = Frontier::default();
    let folder = Folder::grow(&mut frontier, &[300]);
    let cut = |tile| {
        folder.read(tile).map(|mut bytes| {
            bytes.truncate(31);
            bytes
        })
    };
    let path = inclusion(&Tiles { size: 300, from: cut }, 7, 300);
    assert!(matches!(path, Err(MissingTile::Short(_))), "{path:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn proofs_from_tiles_hold(
        steps in prop::collection::vec(prop_oneof![0u64..5, 250u64..260, 0u64..3000, Just(65_536)], 1..6),
        at in 0u64..1_000_000,
        before in 0u64..1_000_000,
    ) {
        let mut frontier = Frontier::default();
        let folder = Folder::grow(&mut frontier, &steps);
        let size = frontier.size();
        prop_assume!(size > 0);
        let tiles = Tiles { size, from: |tile| folder.read(tile) };
        prop_assert_eq!(root(&tiles, size).unwrap(), frontier.root());
        let index = at % size;
        let path = inclusion(&tiles, index, size).unwrap();
        let leaf = Hash::leaf(&index.to_be_bytes());
        prop_assert_eq!(verify_inclusion(leaf, index, size, &path, frontier.root()), Ok(()));
        let older = before % (size + 1);
        let path = consistency(&tiles, older, size).unwrap();
        let older_root = root(&tiles, older).unwrap();
        prop_assert_eq!(verify_consistency((older, older_root), (size, frontier.root()), &path), Ok(()));
    }

    #[test]
    fn bundles_are_read_as_written(written in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..256), cut in any::<prop::sample::Index>()) {
        let mut bundle = Vec::new();
        prop_assert!(written.iter().all(|entry| add_entry(&mut bundle, entry)));
        let read: Result<Vec<&[u8]>, _> = entries(&bundle).collect();
        prop_assert_eq!(read.unwrap(), written.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let cut = cut.index(bundle.len() + 1);
        let whole = entries(&bundle[..cut]).filter(|entry| entry.is_ok()).count();
        prop_assert!(whole <= written.len());
    }
}

#[test]
fn an_entry_that_is_too_long_is_refused() {
    let mut bundle = Vec::new();
    assert!(!add_entry(&mut bundle, &vec![0; 65_536]));
    assert!(bundle.is_empty());
}
