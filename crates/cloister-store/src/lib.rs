//! What the hub remembers: one contract, kept by an SQLite file and by PostgreSQL.
//!
//! ```text
//!  Store ─┬ Assessments   runs of sources: what was found, counted, compared with the run before; compressed bodies
//!         ├ Findings      each finding's history: first seen, resolved, come back
//!         ├ Requirements  the status of each requirement, and its changes
//!         ├ Events        ids of events that were dealt with, until they expire
//!         ├ Detections    what rules and sensors detected
//!         ├ Documents     breaches, alert states, exceptions, attestations…: versioned, written only over what was read
//!         ├ Sessions      who is signed in, by the hash of a token
//!         ├ Queues        bounded, handed out at least once
//!         ├ Leases        which of several replicas does what only one may do
//!         └ Retention     what is dropped when it was kept long enough
//! ```
//!
//! Rules that hold for every call:
//!
//! - One call is one transaction: all of it happens, or nothing. What was answered with `Ok` is on the disk.
//! - Time is passed in. Order never depends on it: numbers are given as changes are written, and grow without gaps, so
//!   that a clock that jumps back disorders nothing. Stores keep microseconds.
//! - Repeating a call is no further change: whoever lost an answer asks again.
//! - Calls block. In an asynchronous program they belong on threads that may.
#![allow(clippy::disallowed_methods, reason = "below the I/O line: opens files and sockets, and waits")]

mod error;
mod page;
mod sql;
pub mod topics;

pub use error::{Error, Result};
pub use page::{Cursor, MOST, Page, Paging};
#[cfg(feature = "postgres")]
pub use sql::postgres::{Address, Postgres, Server};
pub use sql::sqlite::{File, Sqlite};
pub use sql::{Database, SCHEMA};
pub use topics::assessments::{
    Assessments, Body, Counts, FrameworkCounts, Judged, OnlyIf, Recorded, Run, RunFilter, RunRecord, Seen, Since,
    Source, Status,
};
pub use topics::detections::{Detection, DetectionFilter, Detections, KeptDetection};
pub use topics::documents::{Document, DocumentFilter, Documents, Draft, Kind, Put};
pub use topics::events::Events;
pub use topics::findings::{ChangeFilter, Changed, FindingChange, FindingFilter, FindingRecord, Findings, State};
pub use topics::leases::{Fence, Lease, Leases};
pub use topics::queues::{Item, Limits, Pushed, QueueSize, Queues, Receipt, SetAside, Taken};
pub use topics::requirements::{RequirementRecord, Requirements, StatusChange, StatusFilter};
pub use topics::retention::{Keep, Retention, Swept};
pub use topics::sessions::{Session, Sessions, TokenHash};

/// The whole contract. Implemented by whatever implements its topics.
pub trait Store:
    Assessments
    + Findings
    + Requirements
    + Events
    + Detections
    + Documents
    + Sessions
    + Queues
    + Leases
    + Retention
    + std::fmt::Debug
    + Send
    + Sync
{
}

impl<T> Store for T where
    T: Assessments
        + Findings
        + Requirements
        + Events
        + Detections
        + Documents
        + Sessions
        + Queues
        + Leases
        + Retention
        + std::fmt::Debug
        + Send
        + Sync
        + ?Sized
{
}
