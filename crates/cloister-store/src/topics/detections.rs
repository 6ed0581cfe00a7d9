//! What rules found in audit events, and sensors on the wire.

use cloister_model::Severity;
use jiff::Timestamp;

use crate::{Page, Paging, Result};

/// A detection to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// Its id: keeping it again is no change.
    pub id: String,
    /// Where it was seen.
    pub source: String,
    /// The rule or detector.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// When it happened, as the event says.
    pub at: Timestamp,
    /// The namespace, where there is one.
    pub namespace: Option<String>,
    /// Whether it looks like a breach.
    pub suspects_breach: bool,
    /// The whole of it, as JSON. It may name people: never logged.
    pub body: Vec<u8>,
}

/// A detection that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDetection {
    /// Its number: it grows from one to the next as they are kept.
    pub number: u64,
    /// What was kept. The body is empty once it is erased.
    pub detection: Detection,
}

/// Which detections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetectionFilter {
    /// Of this source.
    pub source: Option<String>,
    /// In these namespaces; all without, none with an empty list.
    pub namespaces: Option<Vec<String>>,
    /// Of this rule.
    pub rule: Option<String>,
    /// At least as bad.
    pub severity: Option<Severity>,
    /// Only those that look like a breach, or only those that do not.
    pub suspects_breach: Option<bool>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

/// Detections.
pub trait Detections {
    /// Keeps them; says of each whether it is new, in their order.
    ///
    /// # Errors
    /// The store fails.
    fn keep_detections(&self, detections: &[Detection]) -> Result<Vec<bool>>;

    /// Says more of one that is kept: its body becomes this one, unless it is erased. Whether there was one to say more of.
    ///
    /// # Errors
    /// The store fails.
    fn amend_detection(&self, id: &str, body: &[u8]) -> Result<bool>;

    /// Detections, the last kept first.
    ///
    /// # Errors
    /// The cursor is none, or the store fails.
    fn detections(&self, filter: &DetectionFilter, page: &Paging) -> Result<Page<KeptDetection>>;

    /// One detection.
    ///
    /// # Errors
    /// The store fails.
    fn detection(&self, id: &str) -> Result<Option<KeptDetection>>;

    /// Erases the body of one, which may name people; that it was stays. Whether there was one to erase.
    ///
    /// # Errors
    /// The store fails.
    fn erase_detection(&self, id: &str) -> Result<bool>;
}
