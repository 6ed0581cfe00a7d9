//! Queues on the disk, each with bounds. What was taken in is handed out until somebody says that it is done: at least
//! once.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Page, Paging, Result};

/// What is to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id in the queue: queueing it again, until its id expires, is no change.
    pub id: String,
    /// The content.
    pub body: Vec<u8>,
}

/// How much a queue may hold, items that are handed out or set aside included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Items.
    pub items: u64,
    /// Bytes of their content.
    pub bytes: u64,
}

/// What queueing came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// All of it is kept.
    Kept {
        /// How many are new.
        new: u64,
        /// How many were queued before, or stand twice in this call.
        repeated: u64,
    },
    /// The new ones do not fit, and none of them is kept: whoever sends has to wait.
    Full(QueueSize),
}

/// What a queue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueSize {
    /// Items.
    pub items: u64,
    /// Bytes of their content.
    pub bytes: u64,
    /// Items that are set aside, counted in both above.
    pub aside: u64,
}

/// Who has an item, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Receipt {
    /// The item's number.
    pub number: u64,
    /// How often it was handed out, this time included.
    pub tries: u32,
}

/// An item that was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// To say that it is done.
    pub receipt: Receipt,
    /// The item.
    pub item: Item,
}

/// An item that nobody could deal with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Its number.
    pub number: u64,
    /// How often it was handed out.
    pub tries: u32,
    /// Why it was set aside.
    pub reason: String,
    /// The item.
    pub item: Item,
}

/// Queues by name.
pub trait Queues {
    /// Queues items in their order, all that are new or none. Ids are remembered until then, longer than the item itself.
    ///
    /// # Errors
    /// The store fails. A full queue is no error.
    fn push(&self, queue: &str, items: &[Item], limits: Limits, now: Timestamp, until: Timestamp) -> Result<Pushed>;

    /// Takes at most so many, the oldest first, for so long. They are handed out again unless they are done, or given back,
    /// by then. A clock that jumps back by more than that ends it too.
    ///
    /// # Errors
    /// The store fails.
    fn take(&self, queue: &str, most: u32, now: Timestamp, length: Duration) -> Result<Vec<Taken>>;

    /// Done: they are dropped. Receipts of items that were handed out again since count for nothing. How many were
    /// dropped.
    ///
    /// # Errors
    /// The store fails.
    fn done(&self, queue: &str, receipts: &[Receipt]) -> Result<u64>;

    /// Gives items back: the next may take them at once. How many receipts counted.
    ///
    /// # Errors
    /// The store fails.
    fn give_back(&self, queue: &str, receipts: &[Receipt]) -> Result<u64>;

    /// Gives back whatever is handed out: for who knows that whoever took it is gone. How many items.
    ///
    /// # Errors
    /// The store fails.
    fn give_back_all(&self, queue: &str) -> Result<u64>;

    /// Sets an item aside that nobody can deal with, so that it holds up no others. Whether the receipt counted.
    ///
    /// # Errors
    /// The store fails.
    fn set_aside(&self, queue: &str, receipt: Receipt, reason: &str) -> Result<bool>;

    /// What is set aside, the oldest first.
    ///
    /// # Errors
    /// The cursor is none, or the store fails.
    fn aside(&self, queue: &str, page: &Paging) -> Result<Page<SetAside>>;

    /// Puts an item that is set aside back in its place, or drops it. Whether it was there.
    ///
    /// # Errors
    /// The store fails.
    fn settle(&self, queue: &str, number: u64, again: bool) -> Result<bool>;

    /// What a queue holds.
    ///
    /// # Errors
    /// The store fails.
    fn queue_size(&self, queue: &str) -> Result<QueueSize>;
}
