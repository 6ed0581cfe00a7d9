//! A profile as people write it: `DetectionProfile` of `cloister.dev/v1alpha1`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::detection::Confidence;

/// The whole document.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Document {
    /// `cloister.dev/v1alpha1`.
    pub api_version: String,
    /// `DetectionProfile`.
    pub kind: String,
    /// Its name, and what Kubernetes adds.
    #[serde(default)]
    pub metadata: Metadata,
    /// What it says.
    #[serde(default)]
    pub spec: Spec,
}

/// What names a document.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metadata {
    /// The document's name.
    #[serde(default)]
    pub name: String,
}

/// What counts, what is allowed, what matters together, and what else is recognised.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Spec {
    /// By category, or `default`: how sure a detection must be to be reported.
    pub thresholds: BTreeMap<String, Level>,
    /// What is known, and no finding.
    pub allow: Vec<Allow>,
    /// What matters when it stands together.
    pub rules: Vec<Rule>,
    /// Detectors of one's own.
    pub detectors: Vec<Detector>,
}

/// How sure a detection must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Whatever could be.
    Possible,
    /// Where form and context agree.
    Likely,
    /// Where no reasonable doubt is left.
    Certain,
    /// Not reported alone; rules see it all the same.
    Never,
}

impl Level {
    /// The confidence that is needed, if any suffices.
    pub fn confidence(self) -> Option<Confidence> {
        match self {
            Level::Possible => Some(Confidence::Possible),
            Level::Likely => Some(Confidence::Likely),
            Level::Certain => Some(Confidence::Certain),
            Level::Never => None,
        }
    }
}

/// Values or places that are known. A value is allowed where it is one of `hashes`, `patterns` or `domains` (any, where
/// none of them is given) and fits whatever else is given.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Allow {
    /// Why.
    pub reason: String,
    /// Values by their keyed hash, `KEY:HEX`.
    pub hashes: Vec<String>,
    /// Regular expressions that match the whole value.
    pub patterns: Vec<String>,
    /// Domains of e-mail addresses, with those below them.
    pub domains: Vec<String>,
    /// Files, as globs.
    pub files: Vec<String>,
    /// Places within files, as globs over the path: `/patients/*/id`, `patients.email`.
    pub paths: Vec<String>,
    /// Only detections of these categories or kinds.
    pub of: Vec<String>,
}

/// Some of several kinds of data within one record.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Its name, in reports the kind.
    pub name: String,
    /// The same for people.
    #[serde(default)]
    pub title: String,
    /// Categories or kinds.
    pub of: Vec<String>,
    /// How many of them; all, where it is not said.
    #[serde(default)]
    pub at_least: Option<usize>,
    /// How near to each other.
    #[serde(default)]
    pub within: Within,
    /// The category of the whole; that of its most sensitive part, where it is not said.
    #[serde(default)]
    pub category: Option<String>,
    /// How sure the parts must be, whatever the thresholds say; `likely`, where it is not said.
    #[serde(default = "likely")]
    pub from: Level,
}

fn likely() -> Level {
    Level::Likely
}

/// A record is a row, an object or a tuple; in texts, and where it is said, so many lines or bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Within {
    /// No more lines between the first and the last.
    pub lines: Option<u64>,
    /// No more bytes between the starts of the first and the last.
    pub bytes: Option<u64>,
}

/// A detector of one's own.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Detector {
    /// Its name, in reports the kind.
    pub name: String,
    /// The same for people, with its article.
    #[serde(default)]
    pub title: String,
    /// What kind of data.
    pub category: String,
    /// A regular expression; the group `value`, or the first one, is the value. No look-around, no back-references.
    pub pattern: String,
    /// A check by its name: a kind of the catalogue, or an algorithm such as `luhn`.
    #[serde(default)]
    pub checksum: Option<String>,
    /// Words before it on its line, or in the name of its field.
    #[serde(default)]
    pub context: Vec<String>,
    /// Nothing without such a word.
    #[serde(default)]
    pub context_required: bool,
    /// Surer where one of these categories or kinds stands in the same record.
    #[serde(default)]
    pub neighbours: Vec<String>,
    /// How sure without word and neighbour: `possible`; with a checksum `likely`.
    #[serde(default)]
    pub confidence: Option<Level>,
    /// What it must find, and what not.
    #[serde(default)]
    pub examples: Examples,
}

/// Texts that prove a detector.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Examples {
    /// Each holds one.
    pub matches: Vec<String>,
    /// None holds one.
    pub no_matches: Vec<String>,
}
