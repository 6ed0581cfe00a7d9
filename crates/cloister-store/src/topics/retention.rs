//! What is dropped when it was kept long enough.

use jiff::Timestamp;

use crate::Result;

/// What is kept. A time says: what is older goes; none keeps it for good. The last run of each source stays whatever is
/// said, with its body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Bodies of runs.
    pub bodies: Option<Timestamp>,
    /// Runs with their counts.
    pub runs: Option<Timestamp>,
    /// Findings that were resolved before.
    pub resolved: Option<Timestamp>,
    /// Changes of findings and of statuses.
    pub changes: Option<Timestamp>,
    /// Detections.
    pub detections: Option<Timestamp>,
    /// Ids of events and sessions that end by then.
    pub expired: Option<Timestamp>,
}

/// What a sweep dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Bodies of runs.
    pub bodies: u64,
    /// Runs.
    pub runs: u64,
    /// Findings.
    pub findings: u64,
    /// Changes.
    pub changes: u64,
    /// Detections.
    pub detections: u64,
    /// Ids of events.
    pub events: u64,
    /// Sessions.
    pub sessions: u64,
    /// Whether there is more: the limit was met.
    pub more: bool,
}

/// Sweeps, and the health of the store.
pub trait Retention {
    /// Drops at most so many of each, so that nobody waits for long; sweep again while there is more.
    ///
    /// # Errors
    /// The store fails.
    fn sweep(&self, keep: &Keep, most: u32) -> Result<Swept>;

    /// Whether it answers and can write: for probes of readiness.
    ///
    /// # Errors
    /// It does not.
    fn ready(&self) -> Result<()>;

    /// Reads everything that can be read, and says whether it is whole. Takes long.
    ///
    /// # Errors
    /// It is not.
    fn examine(&self) -> Result<()>;
}
