//! What a log says of itself: how many entries it has, and their hash (C2SP `tlog-checkpoint`).

use std::fmt;
use std::str::FromStr;

use crate::Hash;

/// The head of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// Their hash.
    pub root: Hash,
}

/// A text that is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a checkpoint: it says the log, the number of entries and their hash, a line each")]
pub struct NoCheckpoint;

impl fmt::Display for Checkpoint {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "{}\n{}\n{}", self.origin, self.size, self.root)
    }
}

impl FromStr for Checkpoint {
    type Err = NoCheckpoint;

    fn from_str(text: &str) -> Result<Checkpoint, NoCheckpoint> {
        let mut lines = text.strip_suffix('\n').ok_or(NoCheckpoint)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(NoCheckpoint);
        };
        let number: u64 = size.parse().map_err(|_| NoCheckpoint)?;
        let root = Hash::from_base64(root).ok_or(NoCheckpoint)?;
        // Further lines are extensions, which this log writes none of.
        let is_known = !origin.is_empty() && number.to_string() == size && lines.next().is_none();
        if is_known { Ok(Checkpoint { origin: origin.to_owned(), size: number, root }) } else { Err(NoCheckpoint) }
    }
}
