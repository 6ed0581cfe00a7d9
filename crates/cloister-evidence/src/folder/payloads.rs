//! What records say, beside the log: one file for each 65,536 of them, and one with where each begins.
//!
//! A payload stands behind its length (four bytes) and its salt. An erased one is zeros in the same place, salt and all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::SALT;

/// Payloads of one file.
const PER_FILE: u64 = 65_536;
/// Bytes of a place in the index.
const PLACE: u64 = 8;
/// No payload is longer: what says so is damaged, or made to exhaust who reads it.
const LONGEST: usize = 1 << 30;
/// Bytes before a payload.
const HEAD: u64 = 4 + SALT as u64;

/// A payload as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// With what it takes to check it.
    Whole {
        /// Of this payload alone.
        salt: [u8; SALT],
        /// What the record says.
        payload: Vec<u8>,
    },
    /// It is no more.
    Erased,
}

/// The folder of payloads.
#[derive(Debug)]
pub(super) struct Payloads {
    folder: PathBuf,
    /// The files that were read last, with their number: who reads all payloads reads them one after the other.
    last: Mutex<Option<(u64, Arc<Pair>)>>,
}

/// What payloads say, and where each ends.
#[derive(Debug)]
struct Pair {
    data: File,
    places: File,
}

impl Payloads {
    pub(super) fn new(log: &Path) -> Payloads {
        Payloads { folder: log.join("payload"), last: Mutex::default() }
    }

    fn files(&self, index: u64) -> [PathBuf; 2] {
        let name = format!("{:06}", index / PER_FILE);
        [self.folder.join(format!("{name}.data")), self.folder.join(format!("{name}.index"))]
    }

    /// Appends payloads, the first of which is that of entry `first`, in place of what was there from it on.
    pub(super) fn append(&self, first: u64, salted: &[([u8; SALT], &[u8])]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut rest = salted;
        let mut index = first;
        while !rest.is_empty() {
            let room = usize::try_from(PER_FILE - index % PER_FILE).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at(room);
            self.append_to_one(index, now)?;
            index += now.len() as u64;
            rest = later;
        }
        File::open(&self.folder)?.sync_all()
    }

    fn append_to_one(&self, index: u64, salted: &[([u8; SALT], &[u8])]) -> io::Result<()> {
        let [data, places] = self
            .files(index)
            .map(|path| OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path));
        let (data, places) = (data?, places?);
        let within = index % PER_FILE;
        let start = end_of(&places, within)?;
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for (salt, payload) in salted {
            let length = u32::try_from(payload.len()).ok().filter(|_| payload.len() <= LONGEST);
            let length = length.ok_or_else(|| io::Error::other("a payload of more than 1 GiB"))?;
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(salt);
            bytes.extend_from_slice(payload);
            ends.extend_from_slice(&(start + bytes.len() as u64).to_be_bytes());
        }
        // What an append that did not come to its end has left is written over, and nothing stands behind.
        data.set_len(start)?;
        data.write_all_at(&bytes, start)?;
        data.sync_data()?;
        places.set_len(within * PLACE)?;
        places.write_all_at(&ends, within * PLACE)?;
        places.sync_data()
    }

    /// The payload of an entry.
    pub(super) fn read(&self, index: u64) -> io::Result<Kept> {
        let (pair, start, length) = self.find(index)?;
        let data = &pair.data;
        let mut head = [0; HEAD as usize];
        data.read_exact_at(&mut head, start)?;
        let (said, salt) = head.split_at(4);
        let salt: [u8; SALT] = salt.try_into().map_err(io::Error::other)?;
        let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("the payload {what}"));
        if u32::try_from(length).ok().is_none_or(|length| said != length.to_be_bytes()) {
            return Err(damaged("has another length than its index says"));
        }
        let mut payload = vec![0; length];
        data.read_exact_at(&mut payload, start + HEAD)?;
        if salt != [0; SALT] {
            return Ok(Kept::Whole { salt, payload });
        }
        if payload.iter().any(|byte| *byte != 0) {
            return Err(damaged("is erased in part only"));
        }
        Ok(Kept::Erased)
    }

    /// Writes zeros where the payload and its salt were.
    pub(super) fn erase(&self, index: u64) -> io::Result<()> {
        // Where it stands is asked of what is there now: this overwrites.
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let (_, start, length) = self.find(index)?;
        let [data, _] = self.files(index);
        let data = OpenOptions::new().write(true).open(data)?;
        data.write_all_at(&vec![0; SALT + length], start + 4)?;
        data.sync_data()
    }

    /// The file that holds a payload, where it begins, and how long it is without its head.
    fn find(&self, index: u64) -> io::Result<(Arc<Pair>, u64, usize)> {
        let pair = self.open(index)?;
        let within = index % PER_FILE;
        let start = end_of(&pair.places, within)?;
        let end = end_of(&pair.places, within + 1)?;
        let length = end.checked_sub(start + HEAD).and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|length| *length <= LONGEST);
        let length =
            length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the index of payloads is damaged"))?;
        if end > pair.data.metadata()?.len() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the payloads are cut short"));
        }
        Ok((pair, start, length))
    }

    /// The files with an entry's payload, which change in place and are never replaced.
    fn open(&self, index: u64) -> io::Result<Arc<Pair>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let number = index / PER_FILE;
        match &*last {
            Some((known, pair)) if *known == number => Ok(pair.clone()),
            _ => {
                let [data, places] = self.files(index);
                let pair = Arc::new(Pair { data: File::open(data)?, places: File::open(places)? });
                *last = Some((number, pair.clone()));
                Ok(pair)
            }
        }
    }
}

/// Where the payload before this one ends.
fn end_of(places: &File, within: u64) -> io::Result<u64> {
    if within == 0 {
        return Ok(0);
    }
    let mut place = [0; PLACE as usize];
    places.read_exact_at(&mut place, (within - 1) * PLACE)?;
    Ok(u64::from_be_bytes(place))
}
