//! A log as it was at one head, for whoever reads it while another process appends.
//!
//! What a head covers stays: tiles grow beside those that they replace, payloads stand before what follows them. Only
//! erasing takes something away, and says so in an entry of a later head: see [`super::bundle::steadily`].

use std::fs;
use std::path::Path;

use super::{Fault, Reader, at, head_of, read_head};
use crate::seal::Sealer;
use crate::{Checkpoint, Record, Verifier};

/// A log at one head.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) reader: Reader,
    note: String,
    head: Checkpoint,
}

impl Snapshot {
    /// Of this folder, at the head that it has now, which this key must have signed. Takes no lock.
    pub fn take(root: &Path, verifier: &Verifier) -> Result<Snapshot, Fault> {
        let path = head_of(root);
        let note = fs::read_to_string(&path).map_err(at(&path))?;
        let head = read_head(&path, &note, verifier)?;
        Ok(Snapshot { reader: Reader::new(root), note, head })
    }

    /// The head.
    pub fn head(&self) -> &Checkpoint {
        &self.head
    }

    /// The head, as it is signed.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// An entry as it stands in the log.
    pub fn record(&self, index: u64) -> Result<Record, Fault> {
        self.reader.record(index, self.head.size).ok_or_else(|| Fault::Changed(self.reader.root().to_owned()))
    }

    /// What an entry says; `None` where it is erased.
    pub fn content(&self, index: u64, sealer: Option<&Sealer>) -> Result<Option<Vec<u8>>, Fault> {
        self.reader.content(index, sealer)
    }
}
