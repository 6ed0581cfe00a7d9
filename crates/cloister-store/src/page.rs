//! Lists in pages: a cursor goes on where the page before ended, whatever was added or removed in between.

use crate::{Error, Result};

/// The most that one page holds.
pub const MOST: u32 = 10_000;

/// Where a page ended. Opaque: only what a page names as its next is one. Harmless in a URL once it is percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Cursor(pub String);

/// Which page is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// How many at the most: at least 1 and no more than [`MOST`] are given, whatever stands here.
    pub most: u32,
    /// Where to go on; from the start without one.
    pub after: Option<Cursor>,
}

impl Paging {
    /// The first so many.
    pub fn first(most: u32) -> Paging {
        Paging { most, after: None }
    }

    /// The next page of the same size.
    pub fn next(&self, after: Cursor) -> Paging {
        Paging { most: self.most, after: Some(after) }
    }

    /// How many are given.
    pub fn limit(&self) -> u32 {
        self.most.clamp(1, MOST)
    }
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one starts; none after the last.
    pub next: Option<Cursor>,
}

impl Cursor {
    /// Ends at a number.
    pub fn at(number: u64) -> Cursor {
        Cursor(number.to_string())
    }

    /// The number that it ends at.
    ///
    /// # Errors
    /// It is no such cursor.
    pub fn number(&self) -> Result<u64> {
        self.0.parse().map_err(|_| Error::Cursor)
    }
}
