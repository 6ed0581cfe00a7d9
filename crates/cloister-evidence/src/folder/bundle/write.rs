//! Writes a bundle.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Contents, MANIFEST, Manifest, OPENINGS, Opening, content_of, hex, packed_of};
use crate::folder::read::{bundle_of, witnessed};
use crate::folder::{Fault, Kept, Snapshot, at, stamps};
use crate::seal::{self, Sealer};
use crate::tree;
use crate::verify::Evidence as _;
use crate::{Checkpoint, Erasure, Kind, Note, Signer, Tile, Tiles};

/// The entries of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// From this moment …
    pub from: Timestamp,
    /// … to before this one.
    pub to: Timestamp,
    /// The first.
    pub first: u64,
    /// The one behind the last.
    pub end: u64,
    /// Entries that say that some of them were erased, later too.
    erasing: Vec<u64>,
    erased: BTreeSet<u64>,
}

/// What is exported.
#[derive(Debug)]
pub struct Export<'a> {
    /// From this log, as it is at one head.
    pub log: &'a Snapshot,
    /// Signs the list of what is in it: the log's own key.
    pub signer: &'a Signer,
    /// Reads its payloads.
    pub sealer: Option<&'a Sealer>,
    /// The log's name.
    pub framework: &'a str,
    /// Which entries.
    pub selection: Selection,
    /// Heads that the auditor has seen: what proves that the log goes on from them is exported, too.
    pub older: &'a [Checkpoint],
    /// Reports, with their names.
    pub files: Vec<(String, Vec<u8>)>,
    /// So many bytes it may hold.
    pub most: u64,
}

impl Snapshot {
    /// The entries from one moment to before another. What was recorded between two of them is one of them, whatever a
    /// clock has said.
    pub fn select(&self, from: Timestamp, to: Timestamp) -> Result<Selection, Fault> {
        let (reader, root) = (&self.reader, self.reader.root());
        let (mut first, mut end, mut before) = (None, 0, 0);
        let mut erasures = Vec::new();
        for (index, record) in reader.records(self.head().size) {
            if record.time >= from && record.time < to {
                first = first.or(Some(index));
                end = index + 1;
            } else if record.time < from {
                before = index + 1;
            }
            if record.kind == Kind::Erasure {
                erasures.push(index);
            }
        }
        let (first, end) = first.map_or((before, before), |first| (first, end));
        let mut selection = Selection { from, to, first, end, erasing: Vec::new(), erased: BTreeSet::new() };
        for index in first..end {
            if reader.kept(index).map_err(at(root))? == Kept::Erased {
                selection.erased.insert(index);
            }
        }
        for index in erasures {
            let content = reader.content(index, None)?;
            let said = content.and_then(|content| serde_json::from_slice::<Erasure>(&content).ok());
            if said.is_some_and(|said| said.runs().any(|run| selection.erased.range(run).next().is_some())) {
                selection.erasing.push(index);
            }
        }
        Ok(selection)
    }
}

impl Export<'_> {
    /// What is in it.
    pub fn contents(&self) -> Result<Contents, Fault> {
        let log = self.log.reader.root();
        let mut writing = Files { most: self.most, ..Files::default() };
        let witnesses = self.witnesses()?;
        let stamps = self.stamps()?;
        for tile in self.tiles(&witnesses, &stamps)? {
            let bytes = self.tile(tile).map_err(at(&log.join(tile.to_string())))?;
            writing.put(&format!("log/{tile}"), &bytes)?;
        }
        writing.put("log/checkpoint", self.log.note().as_bytes())?;
        for (name, note) in &witnesses {
            writing.put(&format!("log/{name}"), note.as_bytes())?;
        }
        for kept in &stamps {
            writing.put(&format!("log/{}", kept.name), &kept.token)?;
            writing.put(&format!("log/{}", kept.head_name()), kept.head.as_deref().unwrap_or_default().as_bytes())?;
        }
        self.payloads(&mut writing)?;
        for (name, bytes) in &self.files {
            writing.put(name, bytes)?;
        }
        let hashes = writing.all.iter().map(|(name, bytes)| (name.clone(), hex(&Sha256::digest(bytes).into())));
        let Selection { from, to: until, first, end, .. } = self.selection;
        let manifest = Manifest {
            origin: self.signer.verifier().name().to_owned(),
            framework: self.framework.to_owned(),
            from,
            to: until,
            entries: (first, end),
            files: hashes.collect(),
        };
        let note = Note::new(manifest.to_string());
        let mut note = note.ok_or_else(|| at(Path::new(MANIFEST))(io::Error::other("it cannot be written")))?;
        note.sign(self.signer, until);
        writing.all.insert(MANIFEST.to_owned(), note.to_string().into_bytes());
        Ok(Contents(writing.all.into()))
    }

    /// Timestamps of heads that have something of the period. One that was damaged is not handed on.
    fn stamps(&self) -> Result<Vec<stamps::Kept>, Fault> {
        let (root, sizes) = (self.log.reader.root(), self.selection.first + 1..=self.log.head().size);
        let mut all = stamps::all(root).map_err(at(root))?;
        all.retain(|kept| kept.is_itself() && kept.size().is_some_and(|size| sizes.contains(&size)));
        Ok(all)
    }

    /// What witnesses have signed, but no head that came later.
    fn witnesses(&self) -> Result<Vec<(String, String)>, Fault> {
        let root = self.log.reader.root();
        let mut all = witnessed(root).map_err(at(root))?;
        all.retain(|(_, note)| head_in(note).is_none_or(|seen| seen.size <= self.log.head().size));
        Ok(all)
    }

    /// A tile, of a log that may grow meanwhile.
    fn tile(&self, tile: Tile) -> io::Result<Vec<u8>> {
        self.log.reader.tile(tile)?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// What the entries say, and what it takes to check it.
    fn payloads(&self, writing: &mut Files) -> Result<(), Fault> {
        let (reader, root) = (&self.log.reader, self.log.reader.root());
        let mut openings = Vec::new();
        for index in self.disclosed() {
            let kept = reader.kept(index).map_err(at(root))?;
            let opening = match kept {
                Kept::Erased => Opening::erased(index),
                Kept::Whole { salt, payload } => {
                    let key = self.sealer.filter(|_| seal::is_sealed(&payload)).map(|sealer| sealer.key(&salt));
                    let content = reader.content(index, self.sealer)?.unwrap_or_default();
                    writing.put(&content_of(index), &content)?;
                    let wrong = |error: seal::Closed| at(root)(io::Error::other(error.to_string()));
                    let (form, text) = seal::opened(&payload, key.as_ref()).map_err(wrong)?;
                    if form == seal::Form::Packed {
                        writing.put(&packed_of(index), &text)?;
                    }
                    Opening::whole(index, &salt, key.as_ref(), form)
                }
            };
            openings.extend(serde_json::to_vec(&opening).unwrap_or_default());
            openings.push(b'\n');
        }
        writing.put(OPENINGS, &openings)
    }

    fn disclosed(&self) -> impl Iterator<Item = u64> {
        let Selection { first, end, .. } = self.selection;
        let later = self.selection.erasing.iter().copied().filter(move |index| !(first..end).contains(index));
        let mut all: Vec<u64> = (first..end).chain(later).collect();
        all.sort_unstable();
        all.into_iter()
    }

    /// Of the log's tiles those that the entries need, their neighbours, the root, and the heads that others have seen.
    fn tiles(&self, witnesses: &[(String, String)], stamps: &[stamps::Kept]) -> Result<BTreeSet<Tile>, Fault> {
        let size = self.log.head().size;
        let needed: RefCell<BTreeSet<Tile>> = RefCell::default();
        let neighbours = [self.selection.first.checked_sub(1), Some(self.selection.end)];
        for index in self.disclosed().chain(neighbours.into_iter().flatten()) {
            if let Some(bundle) = bundle_of(index, size) {
                needed.borrow_mut().extend([bundle, Tile { level: Some(0), ..bundle }]);
            }
        }
        let upper = Tile::new_between(0, size).filter(|tile| tile.level.is_some_and(|level| level > 0));
        needed.borrow_mut().extend(upper);
        let tiles = Tiles {
            size,
            from: |tile: Tile| {
                needed.borrow_mut().insert(tile);
                self.tile(tile)
            },
        };
        let changed = || Fault::Changed(self.log.reader.root().to_owned());
        tree::root(&tiles, size).map_err(|_| changed())?;
        let notes = witnesses.iter().map(|(_, note)| note).chain(stamps.iter().filter_map(|kept| kept.head.as_ref()));
        let seen = notes.filter_map(|note| head_in(note));
        for older in self.older.iter().cloned().chain(seen) {
            let older: Checkpoint = older;
            if older.size <= size {
                tree::consistency(&tiles, older.size, size).map_err(|_| changed())?;
            }
        }
        Ok(needed.into_inner())
    }
}

/// The head that a note is about.
fn head_in(note: &str) -> Option<Checkpoint> {
    Note::read(note).ok()?.text().parse().ok()
}

/// Files, as far as they are made.
#[derive(Default)]
struct Files {
    all: BTreeMap<String, Vec<u8>>,
    size: u64,
    most: u64,
}

impl Files {
    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.size += bytes.len() as u64;
        if self.size > self.most {
            return Err(Fault::Large(self.most));
        }
        self.all.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }
}
