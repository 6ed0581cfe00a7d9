//! How much may come out of what is packed.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;

/// What comes out of one file, where the user says nothing else: 64 GiB.
pub const DEFAULT_EXPANDED: u64 = 64 << 30;
/// So much may come out of the smallest file: 256 MiB.
const ALWAYS: u64 = 256 << 20;
/// And so many times its size of a larger one: logs that repeat themselves come to a hundred.
const TIMES: u64 = 250;

/// Bytes that are left, for a file and all that is in it.
#[derive(Clone, Debug)]
pub struct Budget {
    left: Rc<Cell<u64>>,
    limit: u64,
}

impl Budget {
    /// For a file of this size, where it is known.
    pub fn new(most: u64, size: Option<u64>) -> Budget {
        let limit = size.map_or(most, |size| most.min(ALWAYS.max(size.saturating_mul(TIMES))));
        Budget { left: Rc::new(Cell::new(limit)), limit }
    }

    /// What is left.
    pub fn left(&self) -> u64 {
        self.left.get()
    }

    /// Counts what comes out of a reader.
    pub fn meter<R: Read>(&self, inner: R) -> Meter<R> {
        Meter { inner, budget: self.clone() }
    }
}

/// A reader that stops at its budget.
pub struct Meter<R> {
    inner: R,
    budget: Budget,
}

/// The budget is used up.
#[derive(Debug)]
pub struct Bomb(u64);

impl fmt::Display for Bomb {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "expands to more than {} MiB, and was read so far", self.0 >> 20)
    }
}

impl std::error::Error for Bomb {}

/// Whether an error says so.
pub fn is_bomb(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Bomb>())
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.budget.left.get();
        if left == 0 {
            return Err(io::Error::other(Bomb(self.budget.limit)));
        }
        let read = self.inner.read(buffer)?;
        self.budget.left.set(left.saturating_sub(read as u64));
        Ok(read)
    }
}
