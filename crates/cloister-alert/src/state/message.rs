//! What one receiver is told at one time.

use std::collections::BTreeMap;

use cloister_model::Severity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Acknowledged;
use crate::alert::Alert;

/// What a receiver is told of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Message {
    /// The same for the same message, also when it is sent once more: who has it already may leave it.
    pub id: String,
    /// The group: all messages of it have it in common.
    pub group: String,
    /// Who is told.
    pub receiver: String,
    /// What the alerts of the group share.
    pub labels: BTreeMap<String, String>,
    /// When it was made.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub at: Timestamp,
    /// Until when what goes on may be believed to go on without another word.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub until: Timestamp,
    /// Whether nothing in it is new.
    pub repeated: bool,
    /// What goes on, the worst first.
    pub firing: Vec<Said>,
    /// What is over.
    pub resolved: Vec<Said>,
}

/// An alert, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Said {
    /// The alert.
    pub alert: Alert,
    /// How often it has begun.
    pub occurrence: u32,
    /// Who has seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
    /// Since when it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub resolved_at: Option<Timestamp>,
}

impl Message {
    /// The worst of what goes on; of what is over, where nothing goes on.
    pub fn severity(&self) -> Severity {
        let all = if self.firing.is_empty() { &self.resolved } else { &self.firing };
        all.iter().map(|said| said.alert.severity).max().unwrap_or(Severity::Info)
    }

    /// What it is about, what goes on first.
    pub fn all(&self) -> impl Iterator<Item = &Said> {
        self.firing.iter().chain(&self.resolved)
    }
}
