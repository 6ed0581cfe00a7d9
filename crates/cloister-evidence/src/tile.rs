//! Nodes in files that never change once they are full (C2SP `tlog-tiles`).
//!
//! A tile holds up to 256 hashes of one level; its own tree has eight levels, of which the others are computed.

use std::fmt;
use std::str::FromStr;

use crate::Hash;
use crate::tree::{NodeId, Nodes};

/// Levels of a tile.
const HEIGHT: u32 = 8;
/// Hashes of a full tile, and entries of a full bundle.
pub const WIDTH: u64 = 1 << HEIGHT;

/// Names a tile of hashes, or a bundle of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// Its lowest hashes cover 256^`level` entries each; `None` for a bundle of entries.
    pub level: Option<u32>,
    /// From the left, on its level.
    pub index: u64,
    /// How many hashes, or entries, it holds: 1 to 256.
    pub width: u64,
}

impl Tile {
    /// The tiles of a tree of this size that have more to hold than those of the older size.
    pub fn new_between(older: u64, size: u64) -> impl Iterator<Item = Tile> {
        let levels = (0..u64::BITS / HEIGHT).take_while(move |level| size >> (level * HEIGHT) > 0);
        let hashes = levels.flat_map(move |level| {
            let shift = level * HEIGHT;
            beginning(older >> shift, size >> shift).map(move |(index, width)| Tile {
                level: Some(level),
                index,
                width,
            })
        });
        let bundles = beginning(older, size).map(|(index, width)| Tile { level: None, index, width });
        hashes.chain(bundles)
    }

    /// The one that holds a node's hash, or those of which it is made, in a tree of this size.
    pub(crate) fn of(id: NodeId, size: u64) -> Tile {
        let level = id.level / HEIGHT;
        let index = (id.index << (id.level % HEIGHT)) / WIDTH;
        let there = (size >> (level * HEIGHT)).saturating_sub(index * WIDTH);
        Tile { level: Some(level), index, width: there.min(WIDTH) }
    }
}

/// Which tiles of `after` hashes, or entries, hold more than with `before`, and how many each.
fn beginning(before: u64, after: u64) -> impl Iterator<Item = (u64, u64)> {
    let first = if before < after { before / WIDTH } else { after.div_ceil(WIDTH) };
    (first..after.div_ceil(WIDTH)).map(move |index| (index, (after - index * WIDTH).min(WIDTH)))
}

/// Its path, below the log's: `tile/0/x001/x234/067.p/8`.
impl fmt::Display for Tile {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Some(level) => write!(to, "tile/{level}/")?,
            None => to.write_str("tile/entries/")?,
        }
        let mut above = Vec::new();
        let mut rest = self.index / 1000;
        while rest > 0 {
            above.push(rest % 1000);
            rest /= 1000;
        }
        above.iter().rev().try_for_each(|part| write!(to, "x{part:03}/"))?;
        write!(to, "{:03}", self.index % 1000)?;
        if self.width < WIDTH { write!(to, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// A path that names no tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile")]
pub struct NoTile;

impl FromStr for Tile {
    type Err = NoTile;

    fn from_str(path: &str) -> Result<Tile, NoTile> {
        let tile = read(path).ok_or(NoTile)?;
        // There is one way to write each.
        if tile.to_string() == path { Ok(tile) } else { Err(NoTile) }
    }
}

fn read(path: &str) -> Option<Tile> {
    let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let level = if level == "entries" { None } else { Some(level.parse().ok().filter(|level| *level < HEIGHT)?) };
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, width.parse().ok().filter(|width| (1..WIDTH).contains(width))?),
        None => (rest, WIDTH),
    };
    let add = |index: u64, part: &str| {
        let part: u64 = part.trim_start_matches('x').parse().ok()?;
        index.checked_mul(1000)?.checked_add(part)
    };
    let index = number.split('/').try_fold(0, add)?;
    Some(Tile { level, index, width })
}

/// Reads the hashes of a tile; what is shorter than its width is an error of whoever keeps them.
pub trait ReadTile {
    /// Why one cannot be had.
    type Error;

    /// The bytes of this tile: its hashes, one behind the other.
    fn read(&self, tile: Tile) -> Result<Vec<u8>, Self::Error>;
}

impl<E, F: Fn(Tile) -> Result<Vec<u8>, E>> ReadTile for F {
    type Error = E;

    fn read(&self, tile: Tile) -> Result<Vec<u8>, E> {
        self(tile)
    }
}

/// A tree of this size, read from its tiles.
#[derive(Debug)]
pub struct Tiles<R> {
    /// How many entries the tree has: which tiles are full follows from it.
    pub size: u64,
    /// Who has them.
    pub from: R,
}

/// Why a node cannot be had.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MissingTile<E> {
    /// Whoever keeps the tiles cannot read it.
    #[error("{0} cannot be read")]
    Unread(Tile, #[source] E),
    /// It holds fewer hashes than the size of the tree asks for, or half of one.
    #[error("{0} is cut short")]
    Short(Tile),
}

impl<R: ReadTile> Nodes for Tiles<R> {
    type Error = MissingTile<R::Error>;

    fn node(&self, id: NodeId) -> Result<Hash, Self::Error> {
        let tile = Tile::of(id, self.size);
        let bytes = self.from.read(tile).map_err(|error| MissingTile::Unread(tile, error))?;
        let above = id.level % HEIGHT;
        let first = usize::try_from((id.index << above) % WIDTH).unwrap_or(usize::MAX);
        let (hashes, _) = bytes.as_chunks::<{ Hash::SIZE }>();
        let mut below: Vec<Hash> = hashes.iter().skip(first).take(1 << above).map(|bytes| Hash::from(*bytes)).collect();
        if below.len() != 1 << above {
            return Err(MissingTile::Short(tile));
        }
        while below.len() > 1 {
            below = below.as_chunks().0.iter().map(|[left, right]| Hash::node(*left, *right)).collect();
        }
        below.pop().ok_or(MissingTile::Short(tile))
    }
}
