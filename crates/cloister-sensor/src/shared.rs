//! What the threads share: what is known, and the numbers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use cloister_dlp::Knowledge;
use cloister_dlp::document::Finding;
use cloister_dpi::Statistics;
use cloister_packet::Counters;

/// Shared by all threads.
pub struct Shared {
    knowledge: Mutex<Arc<Knowledge>>,
    /// Grows with each knowledge that is published.
    published: AtomicU64,
    /// The one that the main loop works with.
    adopted: AtomicU64,
    numbers: Mutex<Numbers>,
}

/// Numbers for metrics and the status of policies.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    pub statistics: Statistics,
    pub packets: Counters,
    pub capture: cloister_capture::Statistics,
    pub findings: Vec<Finding>,
    pub forgotten: u64,
    /// Findings that no writer took in time, by its name.
    pub unwritten: Vec<(&'static str, u64)>,
    pub held: usize,
    pub policies: usize,
    /// Kinds that are not followed now.
    pub unwatched: u64,
    /// When frames were last looked for; nobody does in a recording.
    pub alive: Option<Instant>,
}

impl Shared {
    pub fn new(knowledge: Arc<Knowledge>) -> Shared {
        Shared {
            knowledge: Mutex::new(knowledge),
            published: AtomicU64::new(0),
            adopted: AtomicU64::new(0),
            numbers: Mutex::new(Numbers::default()),
        }
    }

    /// From now on, this is known. Gives its number.
    pub fn publish(&self, knowledge: Arc<Knowledge>) -> u64 {
        *self.knowledge.lock().unwrap_or_else(PoisonError::into_inner) = knowledge;
        self.published.fetch_add(1, Ordering::Release) + 1
    }

    /// What is known, where it is newer than the one with this number.
    pub fn newer(&self, than: u64) -> Option<(u64, Arc<Knowledge>)> {
        let published = self.published.load(Ordering::Acquire);
        (published > than).then(|| (published, self.knowledge()))
    }

    pub fn knowledge(&self) -> Arc<Knowledge> {
        self.knowledge.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The main loop works with this one now.
    pub fn adopt(&self, number: u64) {
        self.adopted.store(number, Ordering::Release);
    }

    /// Whether the main loop works with that one, or a later.
    pub fn is_adopted(&self, number: u64) -> bool {
        self.adopted.load(Ordering::Acquire) >= number
    }

    /// Changes the numbers.
    pub fn count(&self, change: impl FnOnce(&mut Numbers)) {
        change(&mut self.numbers.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The numbers.
    pub fn numbers(&self) -> Numbers {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
