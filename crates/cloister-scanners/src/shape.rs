//! The one shape.

use std::collections::HashMap;

use cloister_model::{ResourceRef, Severity};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whose form a document has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// SARIF 2.1.0 (OASIS).
    Sarif,
    /// `openreports.io`: Report, ClusterReport.
    OpenReports,
    /// `wgpolicyk8s.io`: PolicyReport, ClusterPolicyReport.
    PolicyReport,
    /// JSON of `trivy`.
    Trivy,
    /// JSON of `grype`.
    Grype,
}

impl Format {
    /// As it is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Sarif => "SARIF",
            Format::OpenReports => "OpenReports",
            Format::PolicyReport => "PolicyReport",
            Format::Trivy => "Trivy",
            Format::Grype => "Grype",
        }
    }
}

/// What a document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its form.
    pub format: Format,
    /// By scanner and scope, in that order.
    pub parts: Vec<Part>,
    /// What is not as it should be, the first of it.
    pub faults: Vec<Fault>,
    /// How many more there are.
    pub more_faults: usize,
}

/// Something that is not as it should be, and so was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where, as a JSON pointer (RFC 6901).
    pub place: String,
    /// What is wrong.
    pub what: &'static str,
}

/// What one scanner says of one scope: all of it, so that what it said of this scope before is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// The scanner's name.
    pub scanner: String,
    /// Its version; empty where it does not say.
    pub version: String,
    /// What it speaks of, as `image nginx:1.27`; empty where it does not say.
    pub scope: String,
    /// When it was made, as it says.
    pub made: Option<Timestamp>,
    /// How much was looked at and found good, or suppressed, as far as it says.
    pub passed: u64,
    /// What results are about, each once.
    pub subjects: Vec<Subject>,
    /// What speaks against something.
    pub results: Vec<Found>,
}

/// What results are about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// An object of the cluster, where one is named.
    pub object: Option<ResourceRef>,
    /// An image.
    pub image: Option<Image>,
}

/// An image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Image {
    /// Its names, that under which it was scanned first.
    pub names: Vec<String>,
    /// Digests of its manifest, `sha256:…`.
    pub digests: Vec<String>,
}

/// What a result is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A known vulnerability of something that is used.
    Vulnerability,
    /// A setting.
    Misconfiguration,
    /// A credential where it should not be.
    Secret,
    /// A licence.
    Licence,
    /// A rule of a policy engine.
    Policy,
    /// Whatever else a rule says.
    Rule,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 6] =
        [Kind::Vulnerability, Kind::Misconfiguration, Kind::Secret, Kind::Licence, Kind::Policy, Kind::Rule];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Vulnerability => "vulnerability",
            Kind::Misconfiguration => "misconfiguration",
            Kind::Secret => "secret",
            Kind::Licence => "licence",
            Kind::Policy => "policy",
            Kind::Rule => "rule",
        }
    }
}

/// A result that speaks against something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The vulnerability, rule or policy.
    pub id: String,
    /// What it is about.
    pub kind: Kind,
    /// How bad, in the scanner's own word; empty where it does not say.
    pub said: String,
    /// The same on our scale, where that word has a place there.
    pub severity: Option<Severity>,
    /// In a line.
    pub title: String,
    /// The place of its subject in the part's list.
    pub subject: u32,
    /// The package, where it is about one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// The version of the package that is used.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Versions in which it is fixed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<String>,
    /// The file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// The line in it, from 1; 0 where it does not say.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub line: u32,
    /// When it was first seen, as the scanner says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_zero(line: &u32) -> bool {
    *line == 0
}

impl Report {
    /// The same, of a scope that its sender names: what one scanner says in it is one part.
    #[must_use]
    pub fn of_scope(mut self, scope: &str) -> Report {
        let mut into = Collected::default();
        for part in self.parts {
            let at = into.part((&part.scanner, &part.version), scope, part.made);
            into.passed(at, part.passed);
            for found in &part.results {
                into.add(at, part.subject(found).cloned().unwrap_or_default(), found.clone());
            }
        }
        self.parts = into.into_parts();
        self
    }
}

impl Part {
    /// Puts results in an order of their own, so that the same results are the same part however they came.
    pub fn sort(&mut self) {
        let (subjects, results) = (&self.subjects, &mut self.results);
        let subject = |found: &Found| subjects.get(found.subject as usize);
        results.sort_by(|one, other| {
            let rest = |found: &Found| (found.line, found.severity);
            (texts(one), subject(one), rest(one)).cmp(&(texts(other), subject(other), rest(other)))
        });
        let mut order: Vec<u32> = Vec::with_capacity(subjects.len());
        let mut place = vec![u32::MAX; subjects.len()];
        for found in results {
            let Some(known) = place.get_mut(found.subject as usize) else { continue };
            if *known == u32::MAX {
                *known = u32::try_from(order.len()).unwrap_or(u32::MAX);
                order.push(found.subject);
            }
            found.subject = *known;
        }
        self.subjects = order.iter().filter_map(|at| self.subjects.get(*at as usize)).cloned().collect();
    }

    /// What a result is about.
    pub fn subject(&self, found: &Found) -> Option<&Subject> {
        self.subjects.get(found.subject as usize)
    }

    /// What makes a result the same in the next report, whatever its line, title or severity are then.
    pub fn identity<'p>(&'p self, found: &'p Found) -> impl Ord + std::hash::Hash + 'p {
        let subject = self.subject(found);
        let image = subject.and_then(|one| one.image.as_ref()?.names.first());
        (&*found.id, subject.and_then(|one| one.object.as_ref()), image, &*found.package, &*found.file)
    }
}

fn texts(one: &Found) -> [&str; 5] {
    [&one.id, &one.package, &one.version, &one.file, &one.title]
}

/// Results as they come, by scanner and scope.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    parts: Vec<Part>,
    by_name: HashMap<(String, String), usize>,
    subjects: HashMap<(usize, Subject), u32>,
    /// All results.
    pub results: usize,
}

impl Collected {
    /// The part of a scanner and a scope, made where there is none.
    pub fn part(&mut self, (scanner, version): (&str, &str), scope: &str, made: Option<Timestamp>) -> usize {
        let parts = &mut self.parts;
        let at = *self.by_name.entry((scanner.to_owned(), scope.to_owned())).or_insert_with(|| {
            parts.push(Part {
                scanner: scanner.to_owned(),
                version: version.to_owned(),
                scope: scope.to_owned(),
                made,
                passed: 0,
                subjects: Vec::new(),
                results: Vec::new(),
            });
            parts.len() - 1
        });
        if let Some(part) = parts.get_mut(at) {
            part.made = part.made.max(made);
        }
        at
    }

    /// So many were looked at, and are good.
    pub fn passed(&mut self, part: usize, number: u64) {
        if let Some(part) = self.parts.get_mut(part) {
            part.passed = part.passed.saturating_add(number);
        }
    }

    /// One more result about a subject.
    pub fn add(&mut self, at: usize, subject: Subject, found: Found) {
        let Some(part) = self.parts.get_mut(at) else { return };
        let subject = *self.subjects.entry((at, subject)).or_insert_with_key(|(_, subject)| {
            part.subjects.push(subject.clone());
            u32::try_from(part.subjects.len() - 1).unwrap_or(u32::MAX)
        });
        part.results.push(Found { subject, ..found });
        self.results += 1;
    }

    /// All parts, by scanner and scope.
    pub fn into_parts(mut self) -> Vec<Part> {
        self.parts.sort_by(|one, other| (&one.scanner, &one.scope).cmp(&(&other.scanner, &other.scope)));
        self.parts
    }
}
