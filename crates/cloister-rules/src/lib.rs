//! Rules over audit events: who did what that somebody should know of.
//!
//! ```text
//! YAML ─▶ Rules ─┐
//! Ground ────────┼─▶ Judge ─▶ Detection ─▶ Gathered    the same who and what within a time is one, with a count
//! Event ─────────┘    remembers, within bounds: events met, counts over time, what was met first
//! ```
//!
//! Nothing is read here and no clock is asked: time is that of the events. The same events in the same order give the
//! same detections, and an event that comes again changes nothing.
//!
//! A rule narrows by fields first ([`rule::Match`]), which costs nanoseconds; only what is left meets its condition in CEL,
//! whose length, loops and input are bounded. What a rule could not judge is counted ([`Gaps`]), never passed over.

mod actor;
mod builtin;
mod condition;
mod detection;
pub mod fixture;
mod gathered;
mod ground;
mod judge;
mod memory;
mod own;
pub mod page;
mod pattern;
mod period;
mod read;
mod report;
pub mod rule;
mod rules;
mod tells;

pub use actor::Actor;
pub use detection::{Detection, What, Who};
pub use gathered::{Gathered, Kept};
pub use ground::{Ground, Network};
pub use judge::{Gaps, Judge};
pub use own::{MOST as MOST_OWN, OFF, Off, Origin};
pub use read::read;
pub use report::{NotJudged, Report, Told};
pub use rules::{Rule, Rules};

/// The API version of rules.
pub const API_VERSION: &str = "cloister.dev/v1alpha1";
/// Their kind.
pub const KIND: &str = "DetectionRule";
