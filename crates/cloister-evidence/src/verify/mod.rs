//! Checks a log, or the part of one that an auditor was given, with nothing but a public key.
//!
//! ```text
//!  signature ─▶ head ─▶ root ─▶ tiles, from the top ─▶ entries ─▶ commitments ─▶ payloads ─▶ erasures
//!                 └▶ older heads, heads that witnesses have signed, heads that authorities have stamped with the time
//! ```
//! What is wrong is told with its place, and everything else is checked all the same.

mod heads;
mod runs;
mod stamps;
mod tiles;

use std::io;

use jiff::Timestamp;

pub use stamps::{Stamping, timestamps};

use crate::folder::stamps::Kept;
use crate::seal::{self, PayloadKey};
use crate::{Checkpoint, Erasure, Hash, Kind, Record, SALT, Tile, Verifier, WIDTH, entries};
use runs::Runs;
use tiles::Tree;

/// More faults than these are counted, not told: what is wholly wrong need not be read to its end.
const MOST: usize = 100;

/// What is checked.
pub trait Evidence {
    /// The signed head.
    fn checkpoint(&self) -> io::Result<String>;
    /// The bytes of a tile or bundle; `None` where it was left out on purpose.
    fn tile(&self, tile: Tile) -> io::Result<Option<Vec<u8>>>;
    /// What an entry says.
    fn said(&self, index: u64) -> io::Result<Said>;
    /// Heads that witnesses have signed, each with the name of its file.
    fn witnessed(&self) -> io::Result<Vec<(String, String)>>;
    /// Heads that authorities have stamped with the time.
    fn stamped(&self) -> io::Result<Vec<Kept>> {
        Ok(Vec::new())
    }
    /// The tiles that are there; `None` where all should be.
    fn present(&self) -> Option<Vec<Tile>> {
        None
    }
}

/// What is kept of what an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// All that it takes to check it.
    Whole {
        /// Of this payload alone.
        salt: [u8; SALT],
        /// As it is kept: plain or encrypted.
        kept: Vec<u8>,
        /// To read it, where it was disclosed.
        key: Option<PayloadKey>,
    },
    /// It is no more.
    Erased,
    /// It is not in what was handed over.
    Withheld,
}

/// What it is checked with.
#[derive(Clone, Copy, Debug)]
pub struct With<'a> {
    /// The log's public key.
    pub key: &'a Verifier,
    /// Witnesses that must have seen it.
    pub witnesses: &'a [Verifier],
    /// Heads that were seen before, with their names: the log must go on from each.
    pub older: &'a [(String, String)],
}

/// Something that is not as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

/// A head that somebody has seen, and that the log goes on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The witness, or the name of an older head.
    pub by: String,
    /// How many entries there were.
    pub size: u64,
    /// When, where a witness says so.
    pub time: Option<Timestamp>,
}

/// What checking came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The signed head.
    pub head: Option<Checkpoint>,
    /// Entries that were checked.
    pub entries: u64,
    /// Of those, the ones whose payload is there, and is what was recorded.
    pub whole: u64,
    /// Of those, the ones that are encrypted and whose key is not here.
    pub sealed: u64,
    /// Whose payload is erased, as the log says.
    pub erased: u64,
    /// Whose payload was not handed over.
    pub withheld: u64,
    /// When the first and the last were recorded.
    pub times: Option<(Timestamp, Timestamp)>,
    /// Witnesses' heads.
    pub witnesses: Vec<Seen>,
    /// Heads that authorities have stamped with the time, where it was asked.
    pub timestamps: Vec<Seen>,
    /// Older heads.
    pub older: Vec<Seen>,
    /// What is wrong.
    pub faults: Vec<Found>,
    /// How many more there are.
    pub more: u64,
}

impl Outcome {
    /// Whether everything is as it was recorded.
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }

    /// Adds something that is wrong.
    pub fn fault(&mut self, place: impl Into<String>, what: impl Into<String>) {
        if self.faults.len() < MOST {
            self.faults.push(Found { place: place.into(), what: what.into() });
        } else {
            self.more += 1;
        }
    }

    fn is_full(&self) -> bool {
        self.more > 0
    }
}

/// Checks everything. `seen` is told of each entry that can be read, and of what was kept of it.
pub fn verify<E: Evidence>(evidence: &E, with: With<'_>, mut seen: impl FnMut(u64, &Record, &Said)) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(head) = heads::own(evidence, with.key, &mut outcome) else { return outcome };
    outcome.head = Some(head.clone());
    let tree = Tree::check(evidence, &head, &mut outcome);
    let mut payloads = Payloads::default();
    for tile in tree.bundles(evidence) {
        if outcome.is_full() {
            break;
        }
        bundle(evidence, &tree, tile, &mut outcome, &mut |index, record, outcome| {
            let said = payloads.check(evidence, index, record, outcome);
            seen(index, record, &said);
        });
    }
    payloads.end(&mut outcome);
    heads::others(evidence, with, &head, &mut outcome);
    outcome
}

/// Checks only that a log with this head goes on from the older ones, and that witnesses have seen it.
pub fn goes_on<E: Evidence>(evidence: &E, with: With<'_>, head: &Checkpoint, outcome: &mut Outcome) {
    heads::others(evidence, with, head, outcome);
}

/// Checks the entries of one bundle against their hashes.
fn bundle<E: Evidence>(
    evidence: &E,
    tree: &Tree,
    tile: Tile,
    outcome: &mut Outcome,
    each: &mut impl FnMut(u64, &Record, &mut Outcome),
) {
    let read = |tile: Tile| evidence.tile(tile).and_then(|bytes| bytes.ok_or_else(left_out));
    let of_hashes = Tile { level: Some(0), ..tile };
    let (bytes, hashes) = match (read(tile), read(of_hashes)) {
        (Ok(bytes), Ok(hashes)) => (bytes, hashes),
        (Err(error), _) => return outcome.fault(tile.to_string(), error.to_string()),
        // The tree has told of it.
        (_, Err(_)) => return,
    };
    let (hashes, _) = hashes.as_chunks::<{ Hash::SIZE }>();
    let mut count = 0;
    for (index, entry) in (tile.index * WIDTH..).zip(entries(&bytes)) {
        let Ok(entry) = entry else {
            return outcome.fault(tile.to_string(), format!("ends within entry {index}"));
        };
        let hash = usize::try_from(count).ok().and_then(|place| hashes.get(place)).map(|hash| Hash::from(*hash));
        count += 1;
        if hash != Some(Hash::leaf(entry)) {
            if tree.is_bad(of_hashes) {
                outcome.fault(of_hashes.to_string(), format!("holds another hash than that of entry {index}"));
            } else {
                outcome.fault(format!("entry {index} in {tile}"), "is not what was recorded");
            }
        }
        outcome.entries += 1;
        match Record::read(entry) {
            Ok(record) => {
                let (first, last) = outcome.times.unwrap_or((record.time, record.time));
                outcome.times = Some((first.min(record.time), last.max(record.time)));
                each(index, &record, outcome);
            }
            Err(error) => outcome.fault(format!("entry {index} in {tile}"), error.to_string()),
        }
    }
    if count != tile.width {
        outcome.fault(tile.to_string(), format!("holds {count} entries instead of {}", tile.width));
    }
}

fn left_out() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "is not there")
}

/// Which payloads are there, which are not, and which should not be.
#[derive(Default)]
struct Payloads {
    whole: Runs,
    erased: Runs,
    /// What the log says was erased.
    told: Runs,
}

impl Payloads {
    fn check<E: Evidence>(&mut self, evidence: &E, index: u64, record: &Record, outcome: &mut Outcome) -> Said {
        let place = || format!("payload of entry {index}");
        let said = match evidence.said(index) {
            Ok(said) => said,
            Err(error) => {
                outcome.fault(place(), error.to_string());
                return Said::Withheld;
            }
        };
        match &said {
            Said::Withheld => outcome.withheld += 1,
            Said::Erased if record.kind.can_be_erased() => self.erased.add(index),
            Said::Erased => outcome.fault(place(), "is erased, although it must stay"),
            Said::Whole { salt, kept, .. } if !record.commitment.opens(salt, kept) => {
                outcome.fault(place(), "is not what was recorded");
            }
            Said::Whole { kept, key, .. } => {
                self.whole.add(index);
                outcome.whole += 1;
                match seal::open(kept, key.as_ref()) {
                    Err(seal::Closed::Sealed) => outcome.sealed += 1,
                    Err(error) => outcome.fault(place(), error.to_string()),
                    Ok(content) if record.kind == Kind::Erasure => self.told(index, &content, outcome),
                    Ok(_) => {}
                }
            }
        }
        said
    }

    fn told(&mut self, index: u64, content: &[u8], outcome: &mut Outcome) {
        match serde_json::from_slice::<Erasure>(content) {
            // What comes later cannot have been erased.
            Ok(erasure) if erasure.entries.iter().all(|(first, last)| first <= last && *last < index) => {
                erasure.entries.iter().for_each(|(first, last)| self.told.add_run(*first, *last));
            }
            _ => outcome.fault(format!("payload of entry {index}"), "does not say what was erased"),
        }
    }

    fn end(mut self, outcome: &mut Outcome) {
        self.told.sort();
        for index in self.erased.each() {
            if self.told.has(index) {
                outcome.erased += 1;
            } else {
                outcome.fault(format!("payload of entry {index}"), "is gone, and no entry says that it was erased");
            }
        }
        let (whole, told) = (&self.whole, &self.told);
        for index in whole.each().filter(|index| told.has(*index)) {
            outcome.fault(
                format!("payload of entry {index}"),
                "the log says that it was erased, and it is still there: erase it again",
            );
        }
    }
}
