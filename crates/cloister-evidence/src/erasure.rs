//! What was erased, and how long things are kept: said in the log itself, naming nobody.

use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Kind;

/// Why something was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Somebody asked for it.
    Request,
    /// It was kept as long as the log's policy says.
    Retention,
}

/// What an entry of the kind `erasure` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Erasure {
    /// First and last of each run of entries.
    pub entries: Vec<(u64, u64)>,
    /// Why.
    pub rule: Rule,
    /// In words, or as a number of a case. It must name nobody: it cannot be erased.
    pub reason: String,
}

impl Erasure {
    /// Of these entries, which are in order.
    pub fn new(entries: &[u64], rule: Rule, reason: &str) -> Erasure {
        let mut runs: Vec<(u64, u64)> = Vec::new();
        for entry in entries {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == *entry => *last = *entry,
                _ => runs.push((*entry, *entry)),
            }
        }
        Erasure { entries: runs, rule, reason: reason.to_owned() }
    }

    /// Each run.
    pub fn runs(&self) -> impl Iterator<Item = RangeInclusive<u64>> {
        self.entries.iter().map(|(first, last)| *first..=*last)
    }
}

/// What an entry of the kind `configuration` says of keeping: from then on, instead of what was said before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retention {
    /// How many days what entries say is kept. What has no kind here is kept until somebody erases it.
    pub retention_days: std::collections::BTreeMap<Kind, u32>,
}

impl Retention {
    /// Whether what such an entry says is to be erased now. What says that something was erased, or how long things are
    /// kept, never is: without it nobody could tell erasing from damage.
    pub fn is_over(&self, kind: Kind, time: Timestamp, now: Timestamp) -> bool {
        let days = self.retention_days.get(&kind).filter(|_| kind.can_be_erased());
        days.is_some_and(|days| now.duration_since(time) > SignedDuration::from_hours(24 * i64::from(*days)))
    }
}
