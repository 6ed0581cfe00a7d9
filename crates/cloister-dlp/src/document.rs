//! A finding as a document: one line of JSON. Its schema is published as `docs/schema/dlp-finding.json`.

use std::sync::Arc;

use cloister_detect::Confidence;
use cloister_model::Severity;
use cloister_register::DataCategory;
use cloister_register::documents::Leak;
use jiff::Timestamp;
use serde::Serialize;

use crate::baseline::Bound;
use crate::bulk::Over;
use crate::judge::Where;
use crate::{leak, why};

/// The category of what could not be searched.
pub(crate) const UNKNOWN: &str = "unknown";

/// A leak, however large: what was seen between two parties of one kind of data. No value of it stands here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What it is, such as `personal-data-in-the-clear`.
    pub finding: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// `record`, `alert`, `redact` or `block`: what the policy asks to be done.
    pub action: &'static str,
    /// The name of the DlpPolicy.
    pub policy: Arc<str>,
    /// Which data, in the words of the register; `unknown` of what could not be searched.
    pub category: &'static str,
    /// Whether it is a special category (Art. 9).
    pub special: bool,
    /// The rule of the policy that was met; null where values count alone.
    pub rule: Option<&'static str>,
    /// Of a read in bulk: how much, and how much is usual.
    pub bulk: Option<Bulk>,
    /// Why the policy minds it.
    pub why: String,
    /// The detectors that recognised it; the first ones.
    pub detectors: Vec<&'static str>,
    /// How sure they were at best: `possible`, `likely` or `certain`.
    pub confidence: &'static str,
    /// Who sent the data.
    pub sender: End,
    /// Who got it.
    pub recipient: End,
    /// What was spoken.
    pub protocol: &'static str,
    /// The port of the end that was called.
    pub port: u16,
    /// Whether it was encrypted on its way.
    pub encrypted: bool,
    /// Paths, tables or topics, masked; the first ones.
    pub targets: Vec<String>,
    /// Where in messages it stood; the first ones, most values first.
    pub places: Vec<Place>,
    /// Values at other places.
    pub more_places: u64,
    /// How many values; for a read in bulk or a rule, how many records; for what could not be searched, how many bodies.
    pub values: u64,
    /// How many different values; estimated where there are many.
    pub distinct: u64,
    /// Whether `distinct` is exact.
    pub distinct_exact: bool,
    /// In how many messages, or parts of long ones.
    pub messages: u64,
    /// When it was first seen (RFC 3339).
    pub first: String,
    /// When it was last seen (RFC 3339).
    pub last: String,
    /// Whether it is told for the first time.
    pub new: bool,
    /// What it speaks to.
    pub requirements: Vec<Requirement>,
    /// The same in a sentence.
    pub message: String,
    /// What helps.
    pub help: &'static str,
}

impl Default for Finding {
    fn default() -> Finding {
        let nobody = || End { name: "".into(), activities: Vec::new(), stores: Vec::new() };
        Finding {
            finding: "",
            severity: Severity::Info,
            action: "",
            policy: "".into(),
            category: "",
            special: false,
            rule: None,
            bulk: None,
            why: String::new(),
            detectors: Vec::new(),
            confidence: "",
            sender: nobody(),
            recipient: nobody(),
            protocol: "",
            port: 0,
            encrypted: false,
            targets: Vec::new(),
            places: Vec::new(),
            more_places: 0,
            values: 0,
            distinct: 0,
            distinct_exact: true,
            messages: 0,
            first: String::new(),
            last: String::new(),
            new: false,
            requirements: Vec::new(),
            message: String::new(),
            help: "",
        }
    }
}

/// One end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct End {
    /// `namespace/name[Kind]` of a workload, `node NAME`, the host or the address of a server outside, an address of the
    /// cluster that is nobody's, or `clients outside`.
    pub name: Arc<str>,
    /// The processing activities that it serves.
    pub activities: Vec<Arc<str>>,
    /// The declared stores that it is.
    pub stores: Vec<Arc<str>>,
}

/// A place in messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// `path`, `query`, `header`, `body`, `column`, `statement`, `field` or `text`.
    #[serde(rename = "in")]
    pub within: &'static str,
    /// The name of the field; in a body its JSON pointer, path of elements, column or `table.column`, where `*` stands
    /// for every index. Masked where it may itself be personal; empty where there is none.
    pub name: String,
    /// How many values.
    pub count: u64,
}

/// The largest read in bulk of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Bulk {
    /// Records that were handed out within the time.
    pub records: u64,
    /// The time, in seconds.
    pub within_seconds: u64,
    /// More than these are too many.
    pub allowed: u64,
    /// What is usual at most, as it was learnt; null where the policy's number counts.
    pub usual: Option<u64>,
}

impl Bulk {
    pub(crate) fn of(over: &Over) -> Bulk {
        Bulk {
            records: over.records,
            within_seconds: over.within / 1_000_000,
            allowed: over.bound.records,
            usual: over.bound.usual,
        }
    }

    /// In words: `42,000 records in 10 min; usual: at most 300`.
    pub fn said(&self) -> String {
        let bound = Bound { records: self.allowed, usual: self.usual };
        why::bulk(self.records, self.within_seconds, bound)
    }
}

/// A requirement of a framework.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Requirement {
    /// Its framework.
    pub framework: &'static str,
    /// Its id.
    pub id: &'static str,
}

impl Place {
    pub(crate) fn of(place: Where, name: &str, count: u64) -> Place {
        Place { within: within(place), name: name.to_owned(), count }
    }
}

impl Finding {
    /// Adds what follows from the kind of leak.
    pub(crate) fn of(kind: Leak, finding: Finding) -> Finding {
        let data = match DataCategory::from_word(finding.category) {
            None => "content".to_owned(),
            Some(category @ DataCategory::Credentials) => category.phrase(),
            Some(category) => format!("{} data", category.phrase()),
        };
        let bulk = finding.bulk.map_or_else(String::new, |bulk| format!(": {}", bulk.said()));
        let ends = format!("from {} to {}", finding.sender.name, finding.recipient.name);
        let message = format!("{data} {ends} {}{bulk}", leak::verb(kind));
        let requirements = leak::articles(kind).iter().map(|id| Requirement { framework: "gdpr", id }).collect();
        Finding { requirements, message, help: leak::help(kind), ..finding }
    }
}

/// The worst first, and always in the same order.
pub(crate) fn sort(findings: &mut [Finding]) {
    findings.sort_by(|one, other| {
        let rank = |it: &Finding| (std::cmp::Reverse(it.severity), std::cmp::Reverse(it.special), it.finding);
        let names = |it: &Finding| (it.sender.name.clone(), it.recipient.name.clone(), it.category, it.rule, it.port);
        rank(one)
            .cmp(&rank(other))
            .then_with(|| names(one).cmp(&names(other)))
            .then_with(|| one.policy.cmp(&other.policy))
    });
}

/// The word of a confidence.
pub(crate) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Possible => "possible",
        Confidence::Likely => "likely",
        Confidence::Certain => "certain",
    }
}

fn within(place: Where) -> &'static str {
    match place {
        Where::Path => "path",
        Where::Query => "query",
        Where::Header => "header",
        Where::Body => "body",
        Where::Column => "column",
        Where::Statement => "statement",
        Where::Field => "field",
        Where::Text => "text",
    }
}

pub(crate) fn timestamp(time: u64) -> Timestamp {
    i64::try_from(time).ok().and_then(|time| Timestamp::from_microsecond(time).ok()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// As RFC 3339 writes it, in UTC.
pub(crate) fn time(time: u64) -> String {
    timestamp(time).to_string()
}
