//! A log's folder, for whoever reads and checks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::payloads::{Kept, Payloads};
use super::{Fault, at, stamps};
use crate::seal::{self, Sealer};
use crate::verify::{Evidence, Said};
use crate::{Hash, Record, Tile, WIDTH, entries};

/// Reads a log, as far as it is there. It checks nothing.
#[derive(Debug)]
pub struct Reader {
    root: PathBuf,
    payloads: Payloads,
}

impl Reader {
    /// Of this folder.
    pub fn new(root: &Path) -> Reader {
        Reader { root: root.to_owned(), payloads: Payloads::new(root) }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// One entry of a log of this size; `None` where it cannot be read.
    pub fn record(&self, index: u64, size: u64) -> Option<Record> {
        let tile = bundle_of(index, size)?;
        let bytes = self.tile(tile).ok()??;
        let place = usize::try_from(index % WIDTH).ok()?;
        entries(&bytes).nth(place)?.ok().and_then(|entry| Record::read(entry).ok())
    }

    /// All of a log of this size that can be read, with their numbers.
    pub fn records(&self, size: u64) -> impl Iterator<Item = (u64, Record)> {
        Tile::new_between(0, size).filter(|tile| tile.level.is_none()).flat_map(|tile| {
            let bytes = self.tile(tile).ok().flatten().unwrap_or_default();
            let read: Vec<Option<Record>> =
                entries(&bytes).map(|entry| entry.ok().and_then(|entry| Record::read(entry).ok())).collect();
            (tile.index * WIDTH..).zip(read).filter_map(|(index, record)| record.map(|record| (index, record)))
        })
    }

    /// The beginning of a tile that was filled further since the head was signed: a log is checked while it grows.
    fn fuller(&self, tile: Tile) -> Option<Vec<u8>> {
        let mut wider = (tile.width + 1..=WIDTH).map(|width| Tile { width, ..tile });
        let mut bytes = wider.find_map(|tile| fs::read(self.root.join(tile.to_string())).ok())?;
        let width = usize::try_from(tile.width).ok()?;
        let end = match tile.level {
            Some(_) => width * Hash::SIZE,
            None => entries(&bytes).take(width).map(|entry| entry.map_or(0, |entry| entry.len() + 2)).sum(),
        };
        bytes.truncate(end);
        Some(bytes)
    }

    /// What an entry says, as it is kept.
    pub fn kept(&self, index: u64) -> io::Result<Kept> {
        self.payloads.read(index)
    }

    /// What an entry says; `None` where it is erased.
    pub fn content(&self, index: u64, sealer: Option<&Sealer>) -> Result<Option<Vec<u8>>, Fault> {
        let Kept::Whole { salt, payload } = self.kept(index).map_err(at(&self.root))? else { return Ok(None) };
        let key = sealer.map(|sealer| sealer.key(&salt));
        let wrong = |error: seal::Closed| at(&self.root)(io::Error::new(io::ErrorKind::InvalidData, error.to_string()));
        seal::open(&payload, key.as_ref()).map(Some).map_err(wrong)
    }
}

/// The bundle with this entry in a log of this size.
pub(crate) fn bundle_of(index: u64, size: u64) -> Option<Tile> {
    let width = size.checked_sub(index / WIDTH * WIDTH)?.min(WIDTH);
    (index < size).then_some(Tile { level: None, index: index / WIDTH, width })
}

impl Evidence for Reader {
    fn checkpoint(&self) -> io::Result<String> {
        fs::read_to_string(self.root.join("checkpoint"))
    }

    fn tile(&self, tile: Tile) -> io::Result<Option<Vec<u8>>> {
        let read = fs::read(self.root.join(tile.to_string()));
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.fuller(tile).ok_or(error).map(Some),
            read => read.map(Some),
        }
    }

    fn said(&self, index: u64) -> io::Result<Said> {
        Ok(match self.payloads.read(index)? {
            Kept::Erased => Said::Erased,
            Kept::Whole { salt, payload } => Said::Whole { salt, kept: payload, key: None },
        })
    }

    fn witnessed(&self) -> io::Result<Vec<(String, String)>> {
        witnessed(&self.root)
    }

    fn stamped(&self) -> io::Result<Vec<stamps::Kept>> {
        stamps::all(&self.root)
    }
}

/// The heads that witnesses have signed, with their files' names.
pub(super) fn witnessed(root: &Path) -> io::Result<Vec<(String, String)>> {
    let folder = match fs::read_dir(root.join("witness")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        folder => folder?,
    };
    let mut all = Vec::new();
    for file in folder {
        let file = file?;
        let name = format!("witness/{}", file.file_name().to_string_lossy());
        all.push((name, fs::read_to_string(file.path())?));
    }
    all.sort();
    Ok(all)
}
