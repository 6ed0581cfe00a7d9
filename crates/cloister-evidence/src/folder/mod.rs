//! A log in a folder: one process appends, any may read and check.
//!
//! ```text
//!  checkpoint      the signed head: what is beyond it does not count
//!  tile/…          hashes and entries, as C2SP tlog-tiles names them
//!  payload/…       what the records say, with their salts: can be erased
//!  witness/…       heads that witnesses have signed, a file each
//!  timestamp/…     heads that authorities have stamped with the time, two files each
//!  key.pub         the public key, for convenience: trust one that you got another way
//!  lock            held by the process that appends
//! ```
//!
//! What is appended counts when the head that covers it is on the disk: payloads first, then tiles, then the head. A
//! process that is killed in between leaves what the next one writes over.
#![allow(clippy::disallowed_methods, reason = "below the line: reads and writes the folder of a log")]

pub mod bundle;
mod durable;
mod edge;
mod group;
mod keys;
mod payloads;
mod read;
mod snapshot;
pub mod stamps;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub use self::group::{Entry, Group, Lost, Receipt, Writer};
pub use self::keys::{KeyFault, Keys, random, read_verifier};
pub use self::payloads::Kept;
pub use self::read::Reader;
pub(crate) use self::read::bundle_of;
pub use self::snapshot::Snapshot;

use crate::tree::{self, Frontier};
use crate::{
    Checkpoint, Commitment, Erasure, Hash, Kind, Note, Record, Rule, SALT, Signer, Tile, Tiles, Verifier, WIDTH, seal,
};
use durable::Writing;
use edge::{Edge, Files};
use payloads::Payloads;

/// Why a folder is no log, or cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file or folder.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The head is not what this key signs, or not the head of this log.
    #[error("{path}: {why}")]
    Head {
        /// The head's file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another process appends.
    #[error("{0} is in use by another process that appends to it")]
    InUse(PathBuf),
    /// There is a log already.
    #[error("{0} holds a log already")]
    Exists(PathBuf),
    /// The tiles do not lead to the head: a file was changed, or lost.
    #[error("{0}: the files do not lead to what was signed: one of them was changed or lost")]
    Changed(PathBuf),
    /// A head was signed, and nobody knows whether it is on the disk.
    #[error("{0}: the last head may or may not be on the disk: open the log again")]
    Unknown(PathBuf),
    /// A bundle is longer than it may be.
    #[error("the bundle is longer than {0} bytes")]
    Large(u64),
    /// A report of a bundle.
    #[error("the report cannot be made: {0}")]
    Report(String),
    /// An entry that is not there, or of a kind that stays.
    #[error("entry {0}: {1}")]
    Entry(u64, &'static str),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Fault + '_ {
    |error| Fault::Io { path: path.to_owned(), error }
}

/// Something to record.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// What it is about.
    pub kind: Kind,
    /// When it is recorded.
    pub time: Timestamp,
    /// Random, for this payload alone.
    pub salt: [u8; SALT],
    /// What it says.
    pub payload: &'a [u8],
}

/// A log that is appended to.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    signer: Signer,
    frontier: Frontier,
    edge: Edge,
    payloads: Payloads,
    /// A head was signed that may be on the disk: another of the same size must not be.
    in_doubt: bool,
    /// How many were signed since it was opened.
    heads: u64,
    /// Held until this is dropped.
    _lock: File,
}

impl Folder {
    /// Begins a log: an empty one is signed, so that who sees it first knows that nothing was there.
    pub fn create(root: &Path, signer: Signer, now: Timestamp) -> Result<Folder, Fault> {
        fs::create_dir_all(root).map_err(at(root))?;
        let lock = lock(root)?;
        if head_of(root).exists() {
            return Err(Fault::Exists(root.to_owned()));
        }
        let mut log = Folder::new(root, signer, (Frontier::default(), Edge::default()), lock);
        let empty = log.frontier.clone();
        log.sign(&empty, now)?;
        Ok(log)
    }

    /// Goes on with a log whose head this key has signed.
    pub fn open(root: &Path, signer: Signer) -> Result<Folder, Fault> {
        let lock = lock(root)?;
        let head = head(root, signer.verifier())?;
        let tiles = Tiles { size: head.size, from: |tile| fs::read(root.join(Tile::to_string(&tile))) };
        let changed = || Fault::Changed(root.to_owned());
        let peaks: Result<Vec<Hash>, _> = Frontier::nodes(head.size).map(|id| tree::Nodes::node(&tiles, id)).collect();
        let frontier = peaks.ok().and_then(|peaks| Frontier::new(head.size, peaks)).ok_or_else(changed)?;
        if frontier.root() != head.root {
            return Err(changed());
        }
        let edge = Edge::read(head.size, |tile| fs::read(root.join(tile.to_string())).map_err(|_| changed()))?;
        Ok(Folder::new(root, signer, (frontier, edge), lock))
    }

    fn new(root: &Path, signer: Signer, (frontier, edge): (Frontier, Edge), lock: File) -> Folder {
        let payloads = Payloads::new(root);
        Folder { root: root.to_owned(), signer, frontier, edge, payloads, in_doubt: false, heads: 0, _lock: lock }
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// How many heads were signed since it was opened: how often the disk was waited for.
    pub fn heads(&self) -> u64 {
        self.heads
    }

    /// Records all of these at once, and returns when they are on the disk: the number of the first. Of what fails
    /// nothing counts, and what follows may succeed again.
    pub fn append(&mut self, items: &[Item<'_>], now: Timestamp) -> Result<u64, Fault> {
        let first = self.size();
        if self.in_doubt {
            return Err(Fault::Unknown(self.root.clone()));
        }
        let salted: Vec<_> = items.iter().map(|item| (item.salt, item.payload)).collect();
        self.payloads.append(first, &salted).map_err(at(&self.root))?;
        let (mut edge, mut frontier, mut files) = (self.edge.clone(), self.frontier.clone(), Files::new());
        let mut writing = Writing::default();
        for item in items {
            let commitment = Commitment::new(&item.salt, item.payload);
            let entry = Record { kind: item.kind, time: item.time, commitment }.write();
            edge.entry(&entry, &mut files);
            frontier.push(Hash::leaf(&entry), |node| edge.node(node, &mut files));
        }
        files.extend(edge.partial());
        for (tile, bytes) in &files {
            let path = self.root.join(tile.to_string());
            writing.put(&path, bytes).map_err(at(&path))?;
        }
        writing.settle().map_err(at(&self.root))?;
        self.sign(&frontier, now)?;
        (self.edge, self.frontier) = (edge, frontier);
        self.forget_older(&files, first);
        Ok(first)
    }

    /// Signs the head of this tree and puts it in its place: from then on all before it counts.
    fn sign(&mut self, frontier: &Frontier, now: Timestamp) -> Result<(), Fault> {
        let path = head_of(&self.root);
        let origin = self.signer.verifier().name().to_owned();
        let head = Checkpoint { origin, size: frontier.size(), root: frontier.root() };
        let fault = |why: &str| Fault::Head { path: path.clone(), why: why.to_owned() };
        let mut note = Note::new(head.to_string()).ok_or_else(|| fault("it cannot be written"))?;
        note.sign(&self.signer, now);
        let mut writing = Writing::default();
        writing.put(&path, note.to_string().as_bytes()).map_err(at(&path))?;
        self.in_doubt = true;
        writing.settle().map_err(at(&path))?;
        self.in_doubt = false;
        self.heads += 1;
        Ok(())
    }

    /// Removes partial tiles that the new head has fuller ones for. One that stays costs a little room and no more.
    fn forget_older(&self, files: &Files, before: u64) {
        for (tile, _) in files {
            let shift = tile.level.unwrap_or_default() * WIDTH.ilog2();
            let was = (before >> shift).saturating_sub(tile.index * WIDTH);
            if (1..tile.width).contains(&was) {
                let _ = fs::remove_file(self.root.join(Tile { width: was, ..*tile }.to_string()));
            }
        }
    }

    /// Erases what these entries say; that something was recorded, when, and as what kind of thing stays. That it is erased
    /// is recorded first, since erasing without a record would be damage. Says the number of that record.
    ///
    /// Erasing what is erased already is no error: a process that was killed in between is made good by doing it again.
    pub fn erase(
        &mut self,
        entries: &[u64],
        rule: Rule,
        reason: &str,
        salt: [u8; SALT],
        now: Timestamp,
    ) -> Result<u64, Fault> {
        for index in entries {
            if *index >= self.size() {
                return Err(Fault::Entry(*index, "the log has no so many"));
            }
            if !self.record(*index)?.kind.can_be_erased() {
                return Err(Fault::Entry(
                    *index,
                    "what says that something was erased, or how long things are kept, stays",
                ));
            }
        }
        let said = serde_json::to_vec(&Erasure::new(entries, rule, reason)).unwrap_or_default();
        let item = Item { kind: Kind::Erasure, time: now, salt, payload: &seal::plain(&said) };
        let number = self.append(&[item], now)?;
        entries.iter().try_for_each(|index| self.payloads.erase(*index)).map_err(at(&self.root))?;
        Ok(number)
    }

    /// Reads the log.
    pub fn reader(&self) -> Reader {
        Reader::new(&self.root)
    }

    /// An entry as it stands in the log.
    pub fn record(&self, index: u64) -> Result<Record, Fault> {
        let reader = Reader::new(&self.root);
        reader.record(index, self.size()).ok_or_else(|| Fault::Changed(self.root.clone()))
    }
}

/// The head of a log, which this key must have signed.
pub fn head(root: &Path, verifier: &Verifier) -> Result<Checkpoint, Fault> {
    let path = head_of(root);
    let text = fs::read_to_string(&path).map_err(at(&path))?;
    read_head(&path, &text, verifier)
}

fn read_head(path: &Path, text: &str, verifier: &Verifier) -> Result<Checkpoint, Fault> {
    let fault = |why: String| Fault::Head { path: path.to_owned(), why };
    let note = Note::read(text).map_err(|error| fault(error.to_string()))?;
    note.verify(verifier).map_err(|error| fault(error.to_string()))?;
    let head: Checkpoint = note.text().parse().map_err(|error: crate::NoCheckpoint| fault(error.to_string()))?;
    if head.origin == verifier.name() { Ok(head) } else { Err(fault("it is the head of another log".to_owned())) }
}

/// What an entry says, as it is kept.
pub fn payload(root: &Path, index: u64) -> Result<Kept, Fault> {
    Payloads::new(root).read(index).map_err(at(root))
}

fn head_of(root: &Path) -> PathBuf {
    root.join("checkpoint")
}

fn lock(root: &Path) -> Result<File, Fault> {
    let path = root.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Fault::InUse(root.to_owned())),
        Err(fs::TryLockError::Error(error)) => Err(Fault::Io { path, error }),
    }
}
