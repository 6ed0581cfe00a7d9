//! A rule as it is written.

use cloister_model::Severity;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::Actor;

/// A document with one rule.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Document {
    /// `cloister.dev/v1alpha1`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub api_version: Spanned<String>,
    /// `DetectionRule`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub kind: Spanned<String>,
    /// Its name.
    pub metadata: Metadata,
    /// What it looks for.
    pub spec: Spec,
}

/// What a rule is called.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Small letters, digits and hyphens, at most 63.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub name: Spanned<String>,
}

/// What a rule looks for, and what it means.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Spec {
    /// What happened, in a few words.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub title: Spanned<String>,
    /// Why it matters for personal data, and what to look at.
    pub description: String,
    /// How bad.
    pub severity: Severity,
    /// Articles of the GDPR, as the framework `gdpr` numbers them: `32(1)(b)`.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub articles: Vec<Spanned<String>>,
    /// Techniques of MITRE ATT&CK: `T1552.007`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub attack: Vec<Spanned<String>>,
    /// Whether it alone gives reason to suspect a breach of personal data.
    #[serde(default)]
    pub suspects_breach: bool,
    /// Which events are looked at: all that is said must hold.
    #[serde(rename = "match")]
    pub matches: Match,
    /// What must hold besides, in CEL. Without it everything that matches fires.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub condition: Option<Spanned<String>>,
    /// Fire only when there is more of it.
    #[serde(default)]
    pub threshold: Option<Threshold>,
    /// Fire only when something is met for the first time.
    #[serde(default)]
    pub first_seen: Option<FirstSeen>,
    /// The sentence that is told; {user}, {what} and their like stand for what the event says.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub tells: Spanned<String>,
    /// For how long the same who and what is one detection with a count: 1h where nothing is said.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub together: Option<Spanned<String>>,
}

/// Which events a rule looks at. A list that is not there says nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Match {
    /// Verbs, as the authoriser sees them.
    pub verbs: Vec<String>,
    /// API groups; "" is the core group.
    pub groups: Option<Vec<String>>,
    /// Kinds of objects: secrets, pods/exec, pods/* (every part), */status.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub resources: Vec<Spanned<String>>,
    /// Names of objects; a * at the end stands for any rest, here and below.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub names: Vec<Spanned<String>>,
    /// Namespaces.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub namespaces: Vec<Spanned<String>>,
    /// What kind of somebody asked.
    pub by: Vec<Actor>,
    /// Users.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub users: Vec<Spanned<String>>,
    /// Users that are meant to do this.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub except_users: Vec<Spanned<String>>,
    /// What clients call themselves.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub agents: Vec<Spanned<String>>,
    /// Clients that are meant to do this.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub except_agents: Vec<Spanned<String>>,
    /// Whether the namespace holds personal data.
    pub personal_data: Option<bool>,
    /// Whether it came from outside of the cluster's own networks.
    pub outside: Option<bool>,
    /// Whether who asked is a break-glass account.
    pub break_glass: Option<bool>,
    /// Whether somebody acted in another's name.
    pub impersonated: Option<bool>,
    /// What became of it: allowed where nothing is said.
    pub outcome: OutcomeWanted,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OutcomeWanted {
    /// The authoriser let it through.
    #[default]
    Allowed,
    /// It was let through, and done: the answer is no error, and it was no dry run.
    Succeeded,
    /// The authoriser refused it.
    Denied,
    /// Whatever became of it.
    Any,
}

/// More of it than is usual.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Threshold {
    /// Fires from the next one on: at most 1,000.
    #[cfg_attr(feature = "schema", schemars(with = "u32"))]
    pub more_than: Spanned<u32>,
    /// In this time: 30s, 10m, 1h, 7d.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub within: Spanned<String>,
    /// What is counted.
    #[serde(default)]
    pub counts: Counted,
    /// Of whom.
    #[serde(default)]
    pub each: Each,
}

/// What a threshold counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Counted {
    /// Every request.
    #[default]
    Requests,
    /// Different objects; of a list, different kinds and namespaces.
    Objects,
}

/// Of whom something is counted or remembered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Each {
    /// One user.
    #[default]
    User,
    /// Whoever comes from one place.
    Address,
    /// One token or certificate, where the server tells which (Kubernetes 1.31 and later).
    Credential,
}

/// Something is met for the first time.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FirstSeen {
    /// What is remembered.
    pub what: Remembered,
    /// Of whom.
    #[serde(default)]
    pub of: Each,
    /// For so long after the first event of somebody everything is only learnt: 7d. What comes first of all is never told.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub after: Spanned<String>,
}

/// What is remembered of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Remembered {
    /// Where requests come from.
    Address,
    /// The namespaces that are touched.
    Namespace,
    /// What is done with which kind of object.
    Action,
    /// The client, up to the first / of its name.
    Agent,
}
