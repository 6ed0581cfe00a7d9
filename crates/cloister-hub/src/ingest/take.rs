//! From what was sent to the queue.

use std::fmt::Write as _;
use std::time::Duration;

use cloister_audit::ingest::{Each, Limits, Refused, Sent, Taken};
use cloister_store::{Error, Item, Pushed, QueueSize};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{EVENT, FINDING, LIMITS, Way, finding, queue};
use crate::Hub;
use crate::detections::place;

/// How much is taken at once.
pub const AT_ONCE: Limits = Limits { bytes: 32 << 20, events: 20_000 };
/// The largest single event.
const LARGEST: usize = 4 << 20;
/// So long it is remembered what came: whoever lost an answer sends again within minutes.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// What of it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wants {
    /// Audit events.
    pub events: bool,
    /// What a sensor found.
    pub findings: bool,
}

/// What was taken, all of it on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Took {
    /// New ones.
    pub taken: u64,
    /// Those that were taken before.
    pub repeated: u64,
    /// JSON that is not what is taken here.
    pub foreign: u64,
    /// What could not be read.
    pub unreadable: u64,
}

/// Why nothing was taken.
#[derive(Debug)]
pub enum NotTaken {
    /// It is not what it should be.
    Bad(Refused),
    /// There is nothing in it that is taken here.
    Nothing(Took),
    /// There is no room: later there may be.
    Full(QueueSize),
    /// The store fails.
    Store(Error),
}

struct Taking {
    wants: Wants,
    items: Vec<Item>,
    took: Took,
}

/// Takes what was sent for a source; it is on the disk when this returns.
pub fn take_in(
    hub: &Hub,
    (source, way, wants): (&str, Way, Wants),
    read: impl FnOnce(Limits, &mut Each<'_>) -> Result<Taken, Refused>,
) -> Result<Took, NotTaken> {
    let mut taking = Taking { wants, items: Vec::new(), took: Took::default() };
    let read = read(AT_ONCE, &mut |sent| taking.take(&sent)).map_err(NotTaken::Bad);
    let taken = read.and_then(|taken| {
        taking.took.unreadable += taken.unreadable as u64;
        taking.push(hub, source)
    });
    let (stored, repeated, refused) = match &taken {
        Ok(took) => (took.taken, took.repeated, took.unreadable + took.foreign),
        Err(_) => (0, 0, (taking.items.len() as u64).max(1)),
    };
    hub.numbers.events(way, [stored, repeated, refused]);
    taken
}

impl Taking {
    fn take(&mut self, sent: &Sent<'_, '_>) {
        let (kind, id, text) = match sent {
            Sent::Event(event, text) if self.wants.events => (EVENT, event.id(), *text),
            Sent::Foreign(text) if self.wants.findings => match finding(text) {
                Some(found) => (FINDING, found.item(), *text),
                None => return self.took.foreign += 1,
            },
            Sent::Event(..) | Sent::Foreign(_) => return self.took.foreign += 1,
        };
        if text.len() > LARGEST {
            self.took.unreadable += 1;
            return;
        }
        let mut body = Vec::with_capacity(text.len() + 1);
        body.push(kind);
        body.extend_from_slice(text);
        self.items.push(Item { id: hashed(kind, &id), body });
    }

    fn push(&mut self, hub: &Hub, source: &str) -> Result<Took, NotTaken> {
        if self.items.is_empty() {
            let nothing = self.took.foreign + self.took.unreadable > 0;
            return if nothing { Err(NotTaken::Nothing(self.took)) } else { Ok(self.took) };
        }
        if !hub.ingest.is_known(source) {
            place::begin(&*hub.store, source).map_err(NotTaken::Store)?;
            hub.ingest.has_queue(source);
        }
        let now = Timestamp::now();
        let until = now.checked_add(REMEMBERED).unwrap_or(now);
        let pushed = hub.store.push(&queue(source), &self.items, LIMITS, now, until).map_err(NotTaken::Store)?;
        match pushed {
            Pushed::Kept { new, repeated } => (self.took.taken, self.took.repeated) = (new, repeated),
            Pushed::Full(size) => return Err(NotTaken::Full(size)),
        }
        hub.ingest.ring();
        Ok(self.took)
    }
}

/// Parts of an event's id are chosen by whoever asks, and may be long.
fn hashed(kind: u8, id: &str) -> String {
    let mut hash = Sha256::new();
    hash.update([kind]);
    hash.update(id.as_bytes());
    let mut text = String::with_capacity(40);
    hash.finalize().iter().take(20).for_each(|byte| {
        let _ = write!(text, "{byte:02x}");
    });
    text
}
