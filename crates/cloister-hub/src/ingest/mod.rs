//! What is sent in: audit events of API servers, and what sensors found. It is answered when it is on the disk, in a queue
//! of its source; the thread that judges takes it from there.

mod finding;
mod forward;
mod take;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloister_store::Limits;

pub use self::finding::finding;
pub use self::forward::listen as listen_for_forward;
pub use self::take::{NotTaken, Took, Wants, take_in};

/// How much may wait for each source.
pub const LIMITS: Limits = Limits { items: 100_000, bytes: 256 << 20 };

/// How something came in, as metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The API server's webhook.
    Webhook,
    /// Lines of JSON by HTTP.
    Http,
    /// The forward protocol.
    Forward,
    /// A sensor's findings by HTTP.
    Agent,
}

impl Way {
    /// As metrics name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Webhook => "webhook",
            Way::Http => "http",
            Way::Forward => "forward",
            Way::Agent => "agent",
        }
    }
}

/// The first byte of what is queued says what it is.
pub const EVENT: u8 = b'e';
/// A sensor's finding.
pub const FINDING: u8 = b'f';

/// The queue of a source.
pub fn queue(source: &str) -> String {
    format!("events/{source}")
}

/// What the thread that judges must know of what came in.
#[derive(Debug, Default)]
pub struct Ingest {
    inner: Mutex<Inner>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    /// Sources that have a queue.
    sources: BTreeSet<String>,
    /// Why what waits is not judged.
    trouble: BTreeMap<String, String>,
    rung: bool,
}

impl Ingest {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something came in.
    pub fn ring(&self) {
        self.inner().rung = true;
        self.bell.notify_all();
    }

    /// Waits until something comes in, or for so long.
    pub fn wait(&self, time: Duration) {
        let inner = self.inner();
        let waited = self.bell.wait_timeout_while(inner, time, |inner| !inner.rung);
        waited.unwrap_or_else(PoisonError::into_inner).0.rung = false;
    }

    /// A source has a queue from now on.
    pub fn has_queue(&self, source: &str) {
        let mut inner = self.inner();
        if !inner.sources.contains(source) {
            inner.sources.insert(source.to_owned());
        }
    }

    /// Whether this source has a queue.
    pub fn is_known(&self, source: &str) -> bool {
        self.inner().sources.contains(source)
    }

    /// Sources that have a queue.
    pub fn sources(&self) -> Vec<String> {
        self.inner().sources.iter().cloned().collect()
    }

    /// Says why what waits is not judged, or that it is again.
    pub fn tell(&self, source: &str, trouble: Option<String>) {
        let mut inner = self.inner();
        match trouble {
            Some(trouble) => drop(inner.trouble.insert(source.to_owned(), trouble)),
            None => drop(inner.trouble.remove(source)),
        }
    }

    /// Why what waits of a source is not judged.
    pub fn trouble(&self, source: &str) -> Option<String> {
        self.inner().trouble.get(source).cloned()
    }
}
