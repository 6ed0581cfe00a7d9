//! The history of findings.

use cloister_model::Severity;
use jiff::Timestamp;

use crate::{Page, Paging, Result, Seen};

/// A finding with its history. Times follow the order of runs: where a clock went back, the time of the run before
/// stands for it, so that no finding ends before it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRecord {
    /// The source.
    pub source: String,
    /// As the last run saw it that had it.
    pub seen: Seen,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// Since when it is, or was, there without a break.
    pub since: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// Since when it is gone; none while it is there.
    pub resolved: Option<Timestamp>,
    /// How often it came back.
    pub returns: u32,
}

/// Whether it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// In the last run of its source, and accepted by nobody.
    #[default]
    Open,
    /// In the last run, and accepted.
    Accepted,
    /// In the last run, accepted or not.
    Present,
    /// No longer there.
    Resolved,
    /// All.
    Any,
}

/// Which findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Of this source.
    pub source: Option<String>,
    /// Of resources in these namespaces; all without, none of them with an empty list.
    pub namespaces: Option<Vec<String>>,
    /// Of this check.
    pub check: Option<String>,
    /// At least as bad.
    pub severity: Option<Severity>,
    /// Whether it is there.
    pub state: State,
}

/// What happened to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// Seen for the first time.
    New,
    /// Seen again after it was gone.
    Returned,
    /// Gone.
    Resolved,
}

/// A change of a finding. No change is written for severity, rank or acceptance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingChange {
    /// Its number: it grows from change to change.
    pub number: u64,
    /// The number of the run that brought it.
    pub run: u64,
    /// The source.
    pub source: String,
    /// The finding's id.
    pub finding: String,
    /// What happened.
    pub changed: Changed,
    /// When, in the order of runs.
    pub at: Timestamp,
}

/// Which changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// Of this source.
    pub source: Option<String>,
    /// Of this finding.
    pub finding: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

/// Findings and their changes.
pub trait Findings {
    /// Findings, highest rank first; equal ranks by source and id.
    ///
    /// # Errors
    /// The cursor is none, or the store fails.
    fn findings(&self, filter: &FindingFilter, page: &Paging) -> Result<Page<FindingRecord>>;

    /// One finding.
    ///
    /// # Errors
    /// The store fails.
    fn finding(&self, source: &str, id: &str) -> Result<Option<FindingRecord>>;

    /// Changes, the last first.
    ///
    /// # Errors
    /// The cursor is none, or the store fails.
    fn changes(&self, filter: &ChangeFilter, page: &Paging) -> Result<Page<FindingChange>>;
}
