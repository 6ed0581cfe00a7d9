//! Alerts that are told together.

use std::collections::BTreeMap;

use cloister_model::Severity;
use jiff::Timestamp;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::Known;
use crate::route::{Timing, Way};
use crate::span::Span;

/// Alerts that are told together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    pub receiver: String,
    pub path: Vec<usize>,
    pub labels: BTreeMap<String, String>,
    pub members: BTreeMap<String, Member>,
    /// Since when there is this group.
    pub begun: Timestamp,
    /// When its last message arrived.
    pub sent: Option<Timestamp>,
    /// How many have.
    pub number: u64,
    /// What is on its way.
    pub open: Option<Open>,
}

/// An alert in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    /// Since when it is as it is.
    pub since: Timestamp,
    /// What the receiver knows.
    pub told: Option<Told>,
}

/// What a receiver knows of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Told {
    /// Which time it began.
    pub occurrence: u32,
    /// How bad it was.
    pub severity: Severity,
    /// Whether it was over.
    pub over: bool,
}

/// A message that is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Open {
    pub id: String,
    /// What the receiver knows when it has arrived.
    pub told: BTreeMap<String, Told>,
    /// How often it could not be sent.
    pub tries: u32,
    /// When it is given out again.
    pub retry: Timestamp,
}

impl Told {
    pub fn of(known: &Known) -> Told {
        Told { occurrence: known.occurrence, severity: known.alert.severity, over: !known.is_firing() }
    }
}

impl Member {
    /// Whether the receiver has not heard how it is.
    pub fn is_news(&self, known: &Known, timing: Timing) -> bool {
        match self.told {
            None => true,
            Some(told) if told.occurrence != known.occurrence => true,
            Some(told) if known.is_firing() => told.over || told.severity < known.alert.severity,
            Some(told) => !told.over && timing.resolved,
        }
    }
}

impl Group {
    pub fn new(way: Way, now: Timestamp) -> Group {
        Group {
            receiver: way.receiver,
            path: way.path,
            labels: way.labels,
            members: BTreeMap::new(),
            begun: now,
            sent: None,
            number: 0,
            open: None,
        }
    }

    /// The same for the same way, and for no other.
    pub fn id(way: &Way) -> String {
        let mut hash = Context::new(&SHA256);
        let mut part = |text: &str| {
            hash.update(&(text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        };
        part(&way.receiver);
        way.path.iter().for_each(|step| part(&step.to_string()));
        way.labels.iter().for_each(|(name, value)| {
            part(name);
            part(value);
        });
        hex(hash.finish().as_ref(), 8)
    }

    pub fn has(&self, fingerprint: &str) -> bool {
        self.members.contains_key(fingerprint)
    }

    /// Takes an alert, or that it changed.
    pub fn join(&mut self, fingerprint: &str, known: &Known, now: Timestamp) {
        let now_told = Told::of(known);
        match self.members.get_mut(fingerprint) {
            Some(member) if member.told == Some(now_told) => {}
            // What was not told yet waits since it came.
            Some(member) if member.told.is_none() => {}
            // The first change since the last message counts.
            Some(member) if self.sent.is_some_and(|sent| member.since > sent) => {}
            Some(member) => member.since = now,
            None => {
                self.members.insert(fingerprint.to_owned(), Member { since: now, told: None });
            }
        }
    }

    /// The name of a message: of the same content it is the same until it has arrived.
    pub fn message_id(&self, own: &str, told: &BTreeMap<String, Told>, repeated: bool) -> String {
        let mut hash = Context::new(&SHA256);
        hash.update(format!("{own}\n{}\n{}\n{repeated}\n", self.begun, self.number).as_bytes());
        for (fingerprint, told) in told {
            let severity = told.severity.as_str();
            hash.update(
                format!("{}:{fingerprint}\n{} {severity} {}\n", fingerprint.len(), told.occurrence, told.over)
                    .as_bytes(),
            );
        }
        format!("msg_{}", hex(hash.finish().as_ref(), 16))
    }
}

/// This long after a time; the end of time, where there is none.
pub fn after(time: Timestamp, span: Span) -> Timestamp {
    time.saturating_add(span.duration()).unwrap_or(Timestamp::MAX)
}

pub fn hex(bytes: &[u8], most: usize) -> String {
    bytes.iter().take(most).map(|byte| format!("{byte:02x}")).collect()
}
