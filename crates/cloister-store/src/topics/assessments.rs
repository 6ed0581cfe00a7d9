//! Runs: one assessment of one source each. A source is a cluster or a folder, by the name that the hub gives it.

use cloister_model::Severity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Fence, Page, Paging, Result};

/// An assessment as it is kept: bytes that the store neither reads nor changes (the hub compresses its JSON).
pub type Body = Vec<u8>;

/// An assessment to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id, unique over all sources: recording it again is no change.
    pub id: String,
    /// What was assessed.
    pub source: String,
    /// When, as whoever assessed says.
    pub at: Timestamp,
    /// The whole assessment.
    pub body: Body,
    /// Every finding, open or accepted. Equal ids are folded to one: the worst severity, the highest rank, accepted
    /// only where all are. With `since`, those alone that came or are not as they were.
    pub findings: Vec<Seen>,
    /// Every requirement.
    pub requirements: Vec<Judged>,
    /// What was before, where the caller knows what changed: all others need not be compared.
    pub since: Option<Since>,
    /// When it is recorded at all.
    pub only: OnlyIf,
}

/// On what recording depends, where several write one store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnlyIf {
    /// The run of this number was recorded last of the same source; 0 for none.
    pub last: Option<u64>,
    /// This lease was not handed on since.
    pub held: Option<Fence>,
}

/// What a run says of the findings that it does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// The id of the run that was recorded last of the same source: they are as they were there.
    pub run: String,
    /// Ids of findings of that run that are gone; those that are otherwise now may be among them.
    pub gone: Vec<String>,
    /// All open findings there are now, by severity: info, low, medium, high, critical.
    pub open: [u64; 5],
    /// All accepted ones.
    pub accepted: u64,
}

/// A finding as a run saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its fingerprint, stable over runs.
    pub id: String,
    /// The check.
    pub check: String,
    /// How bad.
    pub severity: Severity,
    /// The namespace of the resource, where it has one.
    pub namespace: Option<String>,
    /// The resource for people, as `Deployment/shop`; empty for what is absent altogether.
    pub resource: String,
    /// Severity × personal data: higher comes first.
    pub rank: u32,
    /// Whether an exception accepts it.
    pub accepted: bool,
}

/// The status of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Something speaks against it.
    NotSatisfied,
    /// Not, or not wholly, looked at.
    NotEvaluated,
    /// A person states it.
    Attested,
    /// Everything that was looked at holds.
    Satisfied,
}

impl Status {
    /// All of them, worst first.
    pub const ALL: [Status; 4] = [Status::NotSatisfied, Status::NotEvaluated, Status::Attested, Status::Satisfied];

    /// The word of the report.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::NotSatisfied => "not-satisfied",
            Status::NotEvaluated => "not-evaluated",
            Status::Attested => "attested",
            Status::Satisfied => "satisfied",
        }
    }
}

impl std::str::FromStr for Status {
    type Err = ();

    fn from_str(word: &str) -> std::result::Result<Self, ()> {
        Status::ALL.into_iter().find(|status| status.as_str() == word).ok_or(())
    }
}

/// A requirement as a run judged it. Of equal ones the last counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The framework's name.
    pub framework: String,
    /// The requirement's id in it.
    pub requirement: String,
    /// Its status.
    pub status: Status,
}

/// What recording came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The run's number: it grows from one recorded run to the next, over all sources.
    pub number: u64,
    /// Whether it had been recorded before; the rest then says what it came to that first time.
    pub repeated: bool,
    /// Ids of findings that the run before of this source did not have, sorted.
    pub new: Vec<String>,
    /// Ids of those that it had and this one does not, sorted.
    pub resolved: Vec<String>,
    /// How many are in both.
    pub still: u64,
    /// How many requirements have another status than in the run before, or none any more.
    pub changed_requirements: u64,
}

/// Findings and requirements of a run, counted. What an exception accepts counts only as accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Open findings: info, low, medium, high, critical.
    pub open: [u64; 5],
    /// Accepted ones.
    pub accepted: u64,
    /// New ones, open or accepted.
    pub new: u64,
    /// Resolved ones.
    pub resolved: u64,
    /// By framework, sorted by name.
    pub frameworks: Vec<FrameworkCounts>,
}

/// Requirements of one framework.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameworkCounts {
    /// Its name.
    pub framework: String,
    /// As [`Status::ALL`].
    pub statuses: [u64; 4],
}

/// A recorded run without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// Its number.
    pub number: u64,
    /// Its id.
    pub id: String,
    /// What was assessed.
    pub source: String,
    /// When, as was said.
    pub at: Timestamp,
    /// The numbers, for trends.
    pub counts: Counts,
    /// Bytes of the body; none when it is dropped.
    pub body: Option<u64>,
}

/// Which runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Of this source.
    pub source: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

/// A source with its last run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its last run.
    pub last: RunRecord,
}

/// Runs of sources.
pub trait Assessments {
    /// Records a run, and says what changed since the run before of its source. Runs follow each other as they are
    /// recorded, whatever their times say. Every call is whole: body, findings, requirements, counts.
    ///
    /// # Errors
    /// [`Error::Taken`](crate::Error::Taken) when another source has a run of that id;
    /// [`Error::NotSince`](crate::Error::NotSince) when another run than [`Since::run`] or [`OnlyIf::last`] was recorded
    /// last; [`Error::Lost`](crate::Error::Lost) when the lease is another one's; or the store fails.
    fn record(&self, run: &Run) -> Result<Recorded>;

    /// The body of a run; none when there is no such run or its body is dropped.
    ///
    /// # Errors
    /// The store fails.
    fn body(&self, id: &str) -> Result<Option<Body>>;

    /// A run without its body.
    ///
    /// # Errors
    /// The store fails.
    fn run(&self, id: &str) -> Result<Option<RunRecord>>;

    /// Runs, the last recorded first.
    ///
    /// # Errors
    /// The cursor is none, or the store fails.
    fn runs(&self, filter: &RunFilter, page: &Paging) -> Result<Page<RunRecord>>;

    /// All sources by name.
    ///
    /// # Errors
    /// The store fails.
    fn sources(&self) -> Result<Vec<Source>>;

    /// Forgets a source: its runs, findings, requirements and their changes. Its detections stay. Whether it was there.
    ///
    /// # Errors
    /// The store fails.
    fn forget_source(&self, name: &str) -> Result<bool>;
}
