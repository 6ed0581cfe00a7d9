//! The status of requirements over time.

use jiff::Timestamp;

use crate::{Page, Paging, Result, Status};

/// A requirement as the last run of a source judged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementRecord {
    /// The framework's name.
    pub framework: String,
    /// The requirement's id in it.
    pub requirement: String,
    /// Its status.
    pub status: Status,
    /// Since when it is this one, in the order of runs.
    pub since: Timestamp,
}

/// A change of a status. The first run of a source brings one for each requirement, from none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// Its number: it grows from change to change.
    pub number: u64,
    /// The number of the run that brought it.
    pub run: u64,
    /// The source.
    pub source: String,
    /// The framework's name.
    pub framework: String,
    /// The requirement's id in it.
    pub requirement: String,
    /// What it was; none where it was not judged before.
    pub from: Option<Status>,
    /// What it is; none where it is judged no longer.
    pub to: Option<Status>,
    /// When, in the order of runs.
    pub at: Timestamp,
}

/// Which changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusFilter {
    /// Of this source.
    pub source: Option<String>,
    /// Of this framework.
    pub framework: Option<String>,
    /// Of the requirements with this id.
    pub requirement: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

/// Statuses and their changes.
pub trait Requirements {
    /// All requirements of a source, by framework and id.
    ///
    /// # Errors
    /// The store fails.
    fn statuses(&self, source: &str) -> Result<Vec<RequirementRecord>>;

    /// Changes, the last first.
    ///
    /// # Errors
    /// The cursor is none, or the store fails.
    fn status_changes(&self, filter: &StatusFilter, page: &Paging) -> Result<Page<StatusChange>>;
}
