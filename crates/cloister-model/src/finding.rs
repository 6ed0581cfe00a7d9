//! What a check says about one place.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Location, ResourceRef, Subject};

/// How much harm a finding allows, before the personal data at risk is weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know; nothing is at risk by it alone.
    Info,
    /// Hygiene.
    Low,
    /// Helps an attacker, or breaks in an accident.
    Medium,
    /// One step from data.
    High,
    /// Data or node is open.
    Critical,
}

impl Severity {
    /// All severities, mildest first.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// What the personal data at risk is multiplied by in the ranking.
    pub fn weight(self) -> u32 {
        match self {
            Severity::Info => 1,
            Severity::Low => 3,
            Severity::Medium => 8,
            Severity::High => 20,
            Severity::Critical => 40,
        }
    }

    /// The word for people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

impl std::str::FromStr for Severity {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Severity::ALL.into_iter().find(|severity| severity.as_str() == word).ok_or(())
    }
}

/// A check's verdict on one place. Holds no value that may be personal data:
/// what a message quotes is masked by the check.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The check's name.
    pub check: Arc<str>,
    /// How bad.
    pub severity: Severity,
    /// The resource; null when something is absent altogether.
    pub resource: Option<ResourceRef>,
    /// The container's name, where the finding is about one.
    pub container: Option<Arc<str>>,
    /// Where; null in a cluster and for what is absent.
    pub location: Option<Location>,
    /// JSON pointer in the resource; empty for the whole of it.
    pub pointer: String,
    /// How many bytes of the pointer lead to what is written; the rest is missing.
    #[serde(skip)]
    pub written: usize,
    /// What is wrong here, in one sentence without a full stop.
    pub message: String,
    /// The lines to write, as YAML, where they are known.
    pub fix: Option<String>,
}

impl Finding {
    /// A finding about `subject`.
    pub fn new(check: Arc<str>, severity: Severity, subject: &Subject<'_>, message: String) -> Finding {
        let pointer = match subject {
            Subject::Place(place) => place.pointer(),
            _ => String::new(),
        };
        Finding::with_pointer(check, severity, subject, message, pointer)
    }

    /// A finding whose JSON pointer is known already.
    pub fn with_pointer(
        check: Arc<str>,
        severity: Severity,
        subject: &Subject<'_>,
        message: String,
        pointer: String,
    ) -> Finding {
        let (resource, location) = match subject {
            Subject::Place(place) => (Some(place.resource.reference()), place.location()),
            Subject::Named(reference) => (Some(reference.clone()), None),
            Subject::Absent => (None, None),
        };
        let missing = match subject {
            Subject::Place(place) if !place.missing.is_empty() => place.missing.len() + 1,
            _ => 0,
        };
        let written = pointer.len().saturating_sub(missing);
        Finding { check, severity, resource, container: None, location, pointer, written, message, fix: None }
    }

    /// The pointer as far as it leads to something written.
    pub fn written(&self) -> &str {
        self.pointer.get(..self.written).unwrap_or(&self.pointer)
    }

    /// Says it better than the check's title.
    pub fn message(&mut self, message: impl Into<String>) -> &mut Finding {
        self.message = shortened(message.into(), MOST_TEXT);
        self
    }

    /// The lines to write.
    pub fn fix(&mut self, lines: impl Into<String>) -> &mut Finding {
        self.fix = Some(shortened(lines.into(), MOST_TEXT));
        self
    }

    /// Worse or milder than the check in general.
    pub fn severity(&mut self, severity: Severity) -> &mut Finding {
        self.severity = severity;
        self
    }

    /// The container it is about, where the check itself looks at pods.
    pub fn container(&mut self, name: &str) -> &mut Finding {
        self.container = Some(container_name(name));
        self
    }
}

/// Longest message or fix, in bytes: what they quote may be of any length, and stand in many findings.
const MOST_TEXT: usize = 4096;
/// Longest name of a container, in bytes; the API takes 63.
const MOST_NAME: usize = 256;

/// A container's name as findings show it.
pub fn container_name(name: &str) -> Arc<str> {
    Arc::from(name.get(..name.floor_char_boundary(MOST_NAME)).unwrap_or(name))
}

fn shortened(mut text: String, longest: usize) -> String {
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_findings_repeat_is_bounded() {
        let mut finding = Finding::new("c".into(), Severity::Low, &Subject::Absent, String::new());
        finding.message("é".repeat(1_000_000)).fix("é".repeat(1_000_000)).container(&"é".repeat(1_000_000));
        assert!(finding.message.len() <= MOST_TEXT + 4 && finding.message.ends_with("é…"), "cut between characters");
        assert!(finding.fix.is_some_and(|fix| fix.len() <= MOST_TEXT + 4));
        assert!(finding.container.is_some_and(|name| name.len() <= MOST_NAME));
    }
}
