//! Who was told of what, and what is to be told next: a state to which time is passed, which can be kept as JSON after any
//! step and taken up again.
//!
//! What is kept before a message is sent, and again after it was, loses none: a message that is [`State::step`]'s answer
//! stays open until [`State::delivered`], and a state that is taken up after a crash gives it again under the same name.

mod adopt;
mod group;
mod message;
mod silence;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use message::{Message, Said};
pub use silence::{Silence, Unsound};

use crate::alert::Alert;
use crate::route::Tree;
use group::Group;

/// So many alerts are held at the most: more would be a fault of whoever makes them.
pub const MOST: usize = 50_000;
/// How long it is remembered that something is over, so that it is not told again.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// The form in which a state is kept.
const VERSION: u32 = 1;

/// Everything that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    version: u32,
    alerts: BTreeMap<String, Known>,
    groups: BTreeMap<String, Group>,
    silences: BTreeMap<String, Silence>,
}

/// An alert, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Known {
    /// As it was said last.
    pub alert: Alert,
    /// How often it has begun.
    pub occurrence: u32,
    /// Since when it is over.
    pub resolved_at: Option<Timestamp>,
    /// Who has seen it.
    pub acknowledged: Option<Acknowledged>,
    /// The groups that it came to.
    groups: BTreeSet<String>,
}

/// Somebody has seen an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledged {
    /// Who.
    pub by: String,
    /// When.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub at: Timestamp,
    /// What they said of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Why something cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no room for another alert.
    #[error("{MOST} alerts are open already: nothing new is taken until some are over; look for what makes so many")]
    Full,
    /// Nobody knows this alert.
    #[error("there is no such alert: perhaps it is over for a day already")]
    Unknown,
    /// It is over.
    #[error("the alert is over: there is nothing to acknowledge")]
    Over,
    /// Another program has kept the state.
    #[error(
        "the state was kept by another version of Cloister: begin with an empty one, which tells open alerts once more"
    )]
    Version,
}

impl Default for State {
    fn default() -> State {
        State { version: VERSION, alerts: BTreeMap::new(), groups: BTreeMap::new(), silences: BTreeMap::new() }
    }
}

impl Known {
    /// Whether it is going on.
    pub fn is_firing(&self) -> bool {
        self.resolved_at.is_none()
    }
}

impl State {
    /// Whether it is in the form that this program knows.
    ///
    /// # Errors
    /// It is not.
    pub fn check(&self) -> Result<(), Refused> {
        if self.version == VERSION { Ok(()) } else { Err(Refused::Version) }
    }

    /// What is known of an alert.
    pub fn known(&self, fingerprint: &str) -> Option<&Known> {
        self.alerts.get(fingerprint)
    }

    /// All alerts that are going on, and those that were over a short while ago.
    pub fn all(&self) -> impl Iterator<Item = &Known> {
        self.alerts.values()
    }

    /// Takes what somebody says of an alert: that it goes on, or that it is over. To say the same again changes nothing.
    ///
    /// # Errors
    /// There are too many.
    pub fn observe(&mut self, tree: &Tree, alert: Alert, now: Timestamp) -> Result<(), Refused> {
        let fingerprint = alert.fingerprint.clone();
        let full = self.alerts.len() >= MOST;
        match self.alerts.get_mut(&fingerprint) {
            Some(known) => {
                if !known.take(alert, now) {
                    return Ok(());
                }
            }
            // What was over long ago was told, and then forgotten.
            None if alert.ends_at.is_some_and(|end| end.saturating_add(KEPT).is_ok_and(|end| end <= now)) => {
                return Ok(());
            }
            None if full => return Err(Refused::Full),
            None => {
                self.alerts.insert(fingerprint.clone(), Known::new(alert, now));
            }
        }
        self.join(tree, &fingerprint, now);
        Ok(())
    }

    /// Puts an alert into the groups that it belongs to. Those that it came to as it was before hear of it, too.
    fn join(&mut self, tree: &Tree, fingerprint: &str, now: Timestamp) {
        let Some(known) = self.alerts.get_mut(fingerprint) else { return };
        for way in tree.ways(&known.alert) {
            let id = Group::id(&way);
            self.groups.entry(id.clone()).or_insert_with(|| Group::new(way, now)).join(fingerprint, known, now);
            known.groups.insert(id);
        }
        self.tell_groups(fingerprint, now);
    }

    /// Says to the groups of an alert that it changed.
    fn tell_groups(&mut self, fingerprint: &str, now: Timestamp) {
        let Some(known) = self.alerts.get(fingerprint) else { return };
        for id in &known.groups {
            if let Some(group) = self.groups.get_mut(id).filter(|group| group.has(fingerprint)) {
                group.join(fingerprint, known, now);
            }
        }
    }

    /// Somebody has seen an alert: it is not said again until it gets worse or begins anew.
    ///
    /// # Errors
    /// There is no such alert, or it is over.
    pub fn acknowledge(&mut self, fingerprint: &str, acknowledged: Acknowledged) -> Result<(), Refused> {
        let known = self.alerts.get_mut(fingerprint).ok_or(Refused::Unknown)?;
        if !known.is_firing() {
            return Err(Refused::Over);
        }
        known.acknowledged = Some(acknowledged);
        Ok(())
    }

    /// Says nothing of some alerts for a while; the same id again takes the place of the earlier one.
    ///
    /// # Errors
    /// It has no end, reason or owner.
    pub fn silence(&mut self, id: &str, silence: Silence, now: Timestamp) -> Result<(), Unsound> {
        silence.check(now)?;
        self.silences.insert(id.to_owned(), silence);
        Ok(())
    }

    /// Ends a silence before its time; says whether there was one.
    pub fn unsilence(&mut self, id: &str) -> bool {
        self.silences.remove(id).is_some()
    }

    /// The silences that were not over a day ago, by their ids.
    pub fn silences(&self) -> impl Iterator<Item = (&str, &Silence)> {
        self.silences.iter().map(|(id, silence)| (id.as_str(), silence))
    }
}

impl Known {
    fn new(alert: Alert, now: Timestamp) -> Known {
        let resolved_at = alert.ends_at.filter(|end| *end <= now);
        Known { alert, occurrence: 1, resolved_at, acknowledged: None, groups: BTreeSet::new() }
    }

    /// Takes what is said of it; says whether anything is new.
    fn take(&mut self, alert: Alert, now: Timestamp) -> bool {
        let over = alert.ends_at.filter(|end| *end <= now);
        match self.resolved_at {
            // Late word of what is over.
            Some(end) if alert.starts_at <= end => return false,
            Some(_) => {
                let occurrence = self.occurrence.saturating_add(1);
                let groups = std::mem::take(&mut self.groups);
                *self = Known { occurrence, groups, ..Known::new(alert, now) };
            }
            None => {
                if alert.severity > self.alert.severity {
                    self.acknowledged = None;
                }
                let starts_at = self.alert.starts_at.min(alert.starts_at);
                let alert = Alert { starts_at, ..alert };
                if alert == self.alert && over.is_none() {
                    return false;
                }
                self.alert = alert;
                self.resolved_at = over;
            }
        }
        true
    }
}
