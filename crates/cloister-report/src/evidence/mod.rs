//! What an auditor gets of a period: the recorded assessments as OSCAL assessment-results, as a page, and how to check
//! that nothing of them was changed.
//!
//! These read what was recorded, by whatever version: what one does not know of is left out.

mod changes;
mod files;
mod oscal;
mod page;
mod paper;
mod readme;

pub use changes::Reading;
pub use files::files;
pub use oscal::oscal;
pub use page::page;
pub use paper::paper;
pub use readme::readme;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

/// What a bundle is about.
#[derive(Clone, Debug)]
pub struct About {
    /// The log's name.
    pub log: String,
    /// The framework's name.
    pub framework: String,
    /// The framework's title.
    pub title: String,
    /// The period, as days: from this one …
    pub from: String,
    /// … to this one.
    pub to: String,
    /// When it was exported, as RFC 3339.
    pub exported: String,
    /// The program's version.
    pub version: String,
}

/// An entry of the log, and what it says.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number.
    pub number: u64,
    /// When it was recorded, as RFC 3339.
    pub time: String,
    /// What it is about.
    pub kind: &'static str,
    /// What it says.
    pub content: Content,
}

/// What an entry says.
#[derive(Clone, Debug)]
pub enum Content {
    /// An assessment.
    Assessment(Box<Recorded>),
    /// What an assessment changed, of which a later entry says what else changed: in short, what it came to.
    Change(Box<Step>),
    /// Something else, as JSON.
    Other(serde_json::Value),
    /// It was erased.
    Erased,
}

/// An assessment as it was recorded, or as it comes of changes: the parts that are shown.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorded {
    version: String,
    assessed_at: String,
    subject: Subject,
    findings: Vec<Arc<Finding>>,
    requirements: Vec<Requirement>,
    diagnostics: Vec<serde::de::IgnoredAny>,
}

#[derive(Clone, Debug, Deserialize)]
struct Subject {
    title: String,
    resources: u64,
    workloads: u64,
}

#[derive(Clone, Debug, Deserialize)]
struct Finding {
    id: Arc<str>,
    check: String,
    severity: String,
    resource: Option<Resource>,
    message: String,
    exposure: Exposure,
    accepted: Option<Accepted>,
}

#[derive(Clone, Debug, Deserialize)]
struct Exposure {
    reason: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Resource {
    kind: String,
    namespace: Option<String>,
    name: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Accepted {
    reason: String,
    owner: String,
    expires: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Requirement {
    framework: String,
    id: String,
    title: String,
    status: String,
    not_evaluated: Vec<Gap>,
    findings: Vec<Arc<str>>,
    attested: Option<Attested>,
}

#[derive(Clone, Debug, Deserialize)]
struct Gap {
    reason: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Attested {
    author: String,
    date: String,
    statement: String,
    evidence: Option<String>,
}

impl Recorded {
    fn of<'a>(&'a self, framework: &'a str) -> impl Iterator<Item = &'a Requirement> {
        self.requirements.iter().filter(move |one| one.framework == framework)
    }
}

/// What is told of each assessment, those that are recorded as changes among them.
#[derive(Clone, Debug)]
pub struct Step {
    assessed_at: String,
    title: String,
    /// The framework's requirements and their statuses.
    statuses: Vec<(String, String)>,
}

impl Step {
    fn of(recorded: &Recorded, framework: &str) -> Step {
        Step {
            assessed_at: recorded.assessed_at.clone(),
            title: recorded.subject.title.clone(),
            statuses: recorded.of(framework).map(|one| (one.id.clone(), one.status.clone())).collect(),
        }
    }

    /// How many requirements have this status.
    fn count(&self, status: &str) -> usize {
        self.statuses.iter().filter(|(_, one)| one == status).count()
    }

    fn says(&self, id: &str, status: &str) -> bool {
        self.statuses.iter().any(|(one, is)| one == id && is == status)
    }
}

/// Each assessment, in short.
fn steps(about: &About, entries: &[Entry]) -> Vec<(u64, Step)> {
    let step = |entry: &Entry| match &entry.content {
        Content::Assessment(recorded) => Some((entry.number, Step::of(recorded, &about.framework))),
        Content::Change(step) => Some((entry.number, (**step).clone())),
        Content::Other(_) | Content::Erased => None,
    };
    entries.iter().filter_map(step).collect()
}

/// Those of them after which the framework's requirements stood otherwise than before; and the last one.
fn turns(about: &About, entries: &[Entry]) -> Vec<(u64, Step)> {
    let all = steps(about, entries);
    let last = all.len().saturating_sub(1);
    let mut known: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut is_turn = |at: usize, step: &Step| {
        let before = known.insert(step.title.clone(), step.statuses.clone());
        at == last || before.as_ref() != Some(&step.statuses)
    };
    all.into_iter().enumerate().filter(|(at, (_, step))| is_turn(*at, step)).map(|(_, one)| one).collect()
}

fn assessments(entries: &[Entry]) -> impl DoubleEndedIterator<Item = (&Entry, &Recorded)> {
    entries.iter().filter_map(|entry| match &entry.content {
        Content::Assessment(recorded) => Some((entry, &**recorded)),
        _ => None,
    })
}

/// Where the content of an entry stands in a bundle.
fn file_of(entry: u64) -> String {
    format!("entries/{entry:06}.json")
}

impl std::fmt::Display for Resource {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(to, "{} {namespace}/{}", self.kind, self.name),
            None => write!(to, "{} {}", self.kind, self.name),
        }
    }
}
