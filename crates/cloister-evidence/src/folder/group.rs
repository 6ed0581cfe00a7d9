//! Many writers, one disk: what comes while the disk is waited for is written together with what follows.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use jiff::Timestamp;

use super::{Fault, Folder, Item};
use crate::{Kind, Rule, SALT};

/// So many requests wait; who comes then waits, too.
const QUEUE: usize = 16_384;
/// So many entries are written at once.
const MOST: usize = 16_384;

/// Something to record, of one's own.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is about.
    pub kind: Kind,
    /// When it is recorded.
    pub time: Timestamp,
    /// Random, for this payload alone.
    pub salt: [u8; SALT],
    /// What it says, as it is kept.
    pub payload: Vec<u8>,
}

/// Why something is not recorded.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Lost {
    /// The log could not be written. It may be tried again.
    #[error(transparent)]
    Fault(#[from] Arc<Fault>),
    /// The log is closed.
    #[error("the log is closed")]
    Closed,
}

struct Job {
    entries: Vec<Entry>,
    done: SyncSender<Result<u64, Arc<Fault>>>,
}

/// What is to be erased, why, and the salt of the record of it.
struct Erasing {
    entries: Vec<u64>,
    rule: Rule,
    reason: String,
    salt: [u8; SALT],
    done: SyncSender<Result<u64, Arc<Fault>>>,
}

enum Order {
    Append(Job),
    Erase(Erasing),
}

/// A log that is written by one thread for many.
#[derive(Debug)]
pub struct Group {
    writer: Writer,
    thread: JoinHandle<Folder>,
}

/// Hands over what is to be recorded. Clones write to the same log.
#[derive(Clone, Debug)]
pub struct Writer(SyncSender<Order>);

/// Something that is being written.
#[derive(Debug)]
pub struct Receipt(Receiver<Result<u64, Arc<Fault>>>);

impl Group {
    /// Writes a log from a thread of its own; `clock` says what time it is when a head is signed.
    pub fn start(folder: Folder, clock: fn() -> Timestamp) -> std::io::Result<Group> {
        let (to, from) = sync_channel(QUEUE);
        let thread =
            std::thread::Builder::new().name("evidence".to_owned()).spawn(move || write(folder, &from, clock))?;
        Ok(Group { writer: Writer(to), thread })
    }

    /// For one more that writes.
    pub fn writer(&self) -> Writer {
        self.writer.clone()
    }

    /// Waits until all writers are gone and everything is written, and gives the log back.
    pub fn close(self) -> Option<Folder> {
        drop(self.writer);
        self.thread.join().ok()
    }
}

impl Writer {
    /// Hands these over, together or not at all. They count when the receipt says so.
    pub fn begin(&self, entries: Vec<Entry>) -> Result<Receipt, Lost> {
        let (done, receipt) = sync_channel(1);
        self.0.send(Order::Append(Job { entries, done })).map_err(|_| Lost::Closed)?;
        Ok(Receipt(receipt))
    }

    /// Records these, and returns when they are on the disk: the number of the first.
    pub fn append(&self, entries: Vec<Entry>) -> Result<u64, Lost> {
        self.begin(entries)?.wait()
    }
}

impl Writer {
    /// Erases what these entries say, and records that before: the number of the record.
    pub fn erase(&self, entries: Vec<u64>, rule: Rule, reason: &str, salt: [u8; SALT]) -> Result<u64, Lost> {
        let (done, receipt) = sync_channel(1);
        let erasing = Erasing { entries, rule, reason: reason.to_owned(), salt, done };
        self.0.send(Order::Erase(erasing)).map_err(|_| Lost::Closed)?;
        Receipt(receipt).wait()
    }
}

impl Receipt {
    /// Returns when it is on the disk: the number of the first.
    pub fn wait(self) -> Result<u64, Lost> {
        Ok(self.0.recv().map_err(|_| Lost::Closed)??)
    }
}

fn write(mut folder: Folder, from: &Receiver<Order>, clock: fn() -> Timestamp) -> Folder {
    while let Ok(first) = from.recv() {
        let (mut jobs, mut erasing, mut count, mut next) = (Vec::new(), None, 0, Some(first));
        while let Some(order) = next {
            next = match order {
                Order::Append(job) => {
                    count += job.entries.len();
                    jobs.push(job);
                    if count < MOST { from.try_recv().ok() } else { None }
                }
                // What came before it is written before it.
                Order::Erase(order) => {
                    erasing = Some(order);
                    None
                }
            };
        }
        append(&mut folder, &jobs, clock);
        if let Some(order) = erasing {
            let erased = folder.erase(&order.entries, order.rule, &order.reason, order.salt, clock());
            let _ = order.done.send(erased.map_err(Arc::new));
        }
    }
    folder
}

fn append(folder: &mut Folder, jobs: &[Job], clock: fn() -> Timestamp) {
    if jobs.is_empty() {
        return;
    }
    let items: Vec<Item<'_>> = jobs.iter().flat_map(|job| &job.entries).map(Entry::item).collect();
    let written = folder.append(&items, clock()).map_err(Arc::new);
    let mut before = 0;
    for job in jobs {
        // Nobody may wait any more.
        let _ = job.done.send(written.clone().map(|first| first + before));
        before += job.entries.len() as u64;
    }
}

impl Entry {
    fn item(&self) -> Item<'_> {
        Item { kind: self.kind, time: self.time, salt: self.salt, payload: &self.payload }
    }
}
