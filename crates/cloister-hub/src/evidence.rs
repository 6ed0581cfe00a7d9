//! The record that nobody changes unseen: what the hub writes into it, and what pages show of it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use cloister_evidence::folder::{self, Entry, Group, Kept, Reader, Writer, random};
use cloister_evidence::seal::{self, Form, PayloadKey, Sealer};
use cloister_evidence::verify::{Evidence as _, Outcome, With, verify};
use cloister_evidence::{Checkpoint, Hash, Kind, Record, Retention, Rule, Signer, Tile, Tiles, Verifier, tree};
use jiff::Timestamp;
use serde_json::Value;

/// A log that the hub writes.
pub struct Log {
    group: Mutex<Option<Group>>,
    writer: Writer,
    sealer: Option<Sealer>,
    reader: Reader,
    verifier: Verifier,
    path: PathBuf,
    remember: Mutex<Box<dyn Fn() -> Result<(), String> + Send + Sync>>,
    checked: Mutex<Option<(u64, Timestamp, Arc<Outcome>)>>,
    held: Option<Held>,
}

/// What signs bundles for auditors.
#[derive(Debug)]
pub struct Held {
    /// The log's own key.
    pub signer: Signer,
    /// One is made at a time: each may be large.
    pub making: Mutex<()>,
}

impl std::fmt::Debug for Log {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Log({})", self.path.display())
    }
}

/// An entry, as a page shows it.
#[derive(Debug)]
pub struct Shown {
    /// Its number.
    pub index: u64,
    /// The record itself.
    pub record: Record,
    /// The hash of its leaf.
    pub leaf: Hash,
    /// The hashes that lead from it to the root, and whether they do.
    pub proof: Vec<Hash>,
    /// Whether they do.
    pub proven: bool,
    /// What it says.
    pub said: Said,
}

/// What an entry says.
#[derive(Debug)]
pub enum Said {
    /// As JSON.
    This(Value),
    /// It is no more.
    Erased,
    /// The key is not here, or it is damaged.
    Unreadable(String),
}

impl Log {
    /// Writes this log from a thread of its own. `remember` is called after each write, to keep the head elsewhere.
    pub fn start(
        folder: folder::Folder,
        (verifier, sealer): (Verifier, Option<Sealer>),
        path: PathBuf,
        remember: Box<dyn Fn() -> Result<(), String> + Send + Sync>,
    ) -> std::io::Result<Log> {
        let reader = folder.reader();
        let group = Group::start(folder, Timestamp::now)?;
        let writer = group.writer();
        Ok(Log {
            group: Mutex::new(Some(group)),
            writer,
            sealer,
            reader,
            verifier,
            path,
            remember: Mutex::new(remember),
            checked: Mutex::new(None),
            held: None,
        })
    }

    /// Signs bundles for auditors, too, with the log's own key.
    #[must_use]
    pub fn signing(self, signer: Signer) -> Log {
        Log { held: Some(Held { signer, making: Mutex::default() }), ..self }
    }

    /// What signs bundles, where it is here.
    pub fn held(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    /// Makes the keys of payloads.
    pub fn sealer(&self) -> Option<&Sealer> {
        self.sealer.as_ref()
    }

    /// Records something. It is on the disk when this returns.
    pub fn record(&self, kind: Kind, said: &Value) -> Result<u64, String> {
        self.append(vec![self.to_write(kind, &serde_json::to_vec(said).unwrap_or_default())?])
    }

    /// The same of what is written already, in the form in which it is to be kept.
    pub fn record_in(&self, kind: Kind, form: Form, text: &[u8]) -> Result<u64, String> {
        self.append(vec![self.entry_of(kind, |key| seal::kept(form, text, key))?])
    }

    /// Records several things together, one behind the other; the number of the first.
    pub fn record_all(&self, kind: Kind, said: &[Value]) -> Result<u64, String> {
        let entry = |said| self.to_write(kind, &serde_json::to_vec(said).unwrap_or_default());
        self.append(said.iter().map(entry).collect::<Result<_, _>>()?)
    }

    fn to_write(&self, kind: Kind, content: &[u8]) -> Result<Entry, String> {
        self.entry_of(kind, |key| seal::keep(kind, content, key))
    }

    fn entry_of(&self, kind: Kind, keep: impl Fn(Option<&PayloadKey>) -> Vec<u8>) -> Result<Entry, String> {
        let salt = random().map_err(|error| error.to_string())?;
        let sealer = self.sealer.as_ref().filter(|_| kind.can_be_erased());
        let payload = keep(sealer.map(|sealer| sealer.key(&salt)).as_ref());
        Ok(Entry { kind, time: Timestamp::now(), salt, payload })
    }

    fn append(&self, entries: Vec<Entry>) -> Result<u64, String> {
        let number = self.writer.append(entries).map_err(|lost| lost.to_string())?;
        self.remember()?;
        Ok(number)
    }

    /// Keeps the head elsewhere: one at a time, so that none is put in the place of a newer one.
    fn remember(&self) -> Result<(), String> {
        let remember = self.remember.lock().unwrap_or_else(PoisonError::into_inner);
        remember()
    }

    /// What the log says of how long things are kept, last.
    pub fn policy(&self) -> Result<Option<Retention>, String> {
        let mut last = None;
        for (index, _) in self.records()?.filter(|(_, record)| record.kind == Kind::Configuration) {
            let content = self.reader.content(index, None).map_err(|fault| fault.to_string())?.unwrap_or_default();
            last = serde_json::from_slice(&content).ok().or(last);
        }
        Ok(last)
    }

    /// What is to be erased by this policy.
    pub fn due(&self, policy: &Retention, now: Timestamp) -> Vec<u64> {
        let records = self.records().into_iter().flatten();
        records.filter(|(_, record)| policy.is_over(record.kind, record.time, now)).map(|(index, _)| index).collect()
    }

    fn records(&self) -> Result<impl Iterator<Item = (u64, Record)>, String> {
        Ok(self.reader.records(self.head()?.size))
    }

    /// Erases what these entries say, since they were kept long enough; nothing where all of them are erased already.
    pub fn erase(&self, mut entries: Vec<u64>, reason: &str) -> Result<(), String> {
        entries.retain(|index| !matches!(self.reader.kept(*index), Ok(Kept::Erased)));
        if entries.is_empty() {
            return Ok(());
        }
        let salt = random().map_err(|error| error.to_string())?;
        self.writer.erase(entries, Rule::Retention, reason, salt).map_err(|lost| lost.to_string())?;
        self.remember()
    }

    /// Where it is.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// The public key.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The signed head.
    pub fn head(&self) -> Result<Checkpoint, String> {
        folder::head(&self.path, &self.verifier).map_err(|fault| fault.to_string())
    }

    /// Entries from `from` backwards, the newest first.
    pub fn entries(&self, size: u64, before: u64, most: usize) -> Vec<(u64, Record)> {
        let last = before.min(size);
        let numbers = (last.saturating_sub(most as u64)..last).rev();
        numbers.filter_map(|index| Some((index, self.reader.record(index, size)?))).collect()
    }

    /// One entry with its proof; `None` where there is none.
    pub fn entry(&self, index: u64) -> Option<Shown> {
        let head = self.head().ok()?;
        let record = self.reader.record(index, head.size)?;
        let leaf = Hash::leaf(&record.write());
        let tiles = Tiles { size: head.size, from: |tile: Tile| self.tile(tile) };
        let proof = tree::inclusion(&tiles, index, head.size).unwrap_or_default();
        let proven = tree::verify_inclusion(leaf, index, head.size, &proof, head.root).is_ok();
        Some(Shown { index, record, leaf, proof, proven, said: self.said(index, &record) })
    }

    /// A tile, of a log that grows meanwhile.
    fn tile(&self, tile: Tile) -> std::io::Result<Vec<u8>> {
        self.reader.tile(tile)?.ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    /// What an entry of this kind says; `None` where it is of another, or there is none.
    pub fn said_at(&self, (index, size): (u64, u64), kind: Kind) -> Option<Said> {
        let record = self.reader.record(index, size)?;
        (record.kind == kind).then(|| self.said(index, &record))
    }

    /// When everything was checked last, and how many faults there were.
    pub fn last_check(&self) -> Option<(Timestamp, u64)> {
        let checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        checked.as_ref().map(|(_, at, outcome)| (*at, (outcome.faults.len() as u64).saturating_add(outcome.more)))
    }

    fn said(&self, index: u64, record: &Record) -> Said {
        match self.reader.kept(index) {
            Ok(Kept::Erased) => Said::Erased,
            Ok(Kept::Whole { salt, payload }) if !record.commitment.opens(&salt, &payload) => {
                Said::Unreadable("what is kept is not what was recorded".to_owned())
            }
            Ok(Kept::Whole { .. }) => match self.reader.content(index, self.sealer.as_ref()) {
                Ok(Some(content)) => serde_json::from_slice(&content)
                    .map_or_else(|_| Said::Unreadable("it is no JSON".to_owned()), Said::This),
                Ok(None) => Said::Erased,
                Err(fault) => Said::Unreadable(fault.to_string()),
            },
            Err(error) => Said::Unreadable(error.to_string()),
        }
    }

    /// Checks all of it; what was checked at this size is not checked again, unless asked.
    pub fn verify(&self, anew: bool) -> Arc<Outcome> {
        // One at a time: who comes meanwhile waits, and takes what came of it.
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let size = self.head().map_or(0, |head| head.size);
        if let Some((_, _, outcome)) = checked.as_ref().filter(|(of, ..)| *of == size && !anew) {
            return outcome.clone();
        }
        let with = With { key: &self.verifier, witnesses: &[], older: &[] };
        let outcome = Arc::new(verify(&self.reader, with, |_, _, _| {}));
        *checked = Some((size, Timestamp::now(), outcome.clone()));
        outcome
    }

    /// Writes what waits, and closes the log.
    pub fn close(self) {
        let group = self.group.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(self.writer);
        group.map(Group::close);
    }
}
