//! Something that people must be told.

use std::collections::BTreeMap;

use cloister_model::Severity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What an alert came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A rule over audit events.
    Detection,
    /// A check.
    Finding,
    /// What the sensor saw on the wire.
    Leak,
    /// A personal-data breach, or its clock.
    Breach,
    /// Cloister itself: something that it cannot do any more.
    Cloister,
    /// Somebody tries whether it arrives.
    Test,
}

impl Origin {
    /// All of them.
    pub const ALL: [Origin; 6] =
        [Origin::Detection, Origin::Finding, Origin::Leak, Origin::Breach, Origin::Cloister, Origin::Test];

    /// Whether it tells of something that happens now, not of how things stand.
    pub fn happens(self) -> bool {
        matches!(self, Origin::Detection | Origin::Leak | Origin::Breach)
    }

    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Detection => "detection",
            Origin::Finding => "finding",
            Origin::Leak => "leak",
            Origin::Breach => "breach",
            Origin::Cloister => "cloister",
            Origin::Test => "test",
        }
    }
}

/// Something that people must be told. The same fingerprint is the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Alert {
    /// What tells it from others, the same after any restart.
    pub fingerprint: String,
    /// The rule or check, in kebab-case.
    pub name: String,
    /// What it came from.
    pub origin: Origin,
    /// What happened, in a few words.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// One or two sentences: why it matters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Who did it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What it was done to, or what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// Articles and other requirements, such as `32(1)(b)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub articles: Vec<String>,
    /// The namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Categories of personal data at risk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// The cluster or other source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What else routes may ask for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Since when.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub starts_at: Timestamp,
    /// Until when: absent while nobody knows an end, and in the future where it is over by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub ends_at: Option<Timestamp>,
    /// A page that says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Alert {
    /// The word by which messages are grouped under this name; empty where the alert has none.
    pub fn label(&self, name: &str) -> String {
        match name {
            "name" => self.name.clone(),
            "origin" => self.origin.as_str().to_owned(),
            "severity" => self.severity.as_str().to_owned(),
            "namespace" => self.namespace.clone().unwrap_or_default(),
            "article" => self.articles.first().cloned().unwrap_or_default(),
            "category" => self.categories.first().cloned().unwrap_or_default(),
            "source" => self.source.clone(),
            "fingerprint" => self.fingerprint.clone(),
            other => self.labels.get(other).cloned().unwrap_or_default(),
        }
    }

    /// Whether it is over at this time.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ends_at.is_some_and(|end| end <= now)
    }
}
