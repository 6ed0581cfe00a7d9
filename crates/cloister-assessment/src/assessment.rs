//! The result, complete: what every report shows. Its serialised form is the
//! JSON report, so every name here is published.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloister_model::{Diagnostic, Finding, Location, PersonalData, Severity};
use serde::{Deserialize, Serialize};

use crate::{Advice, Change};

/// One assessment.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Assessment {
    /// The program that made it.
    pub generator: &'static str,
    /// Its version.
    pub version: &'static str,
    /// When, as RFC 3339 in UTC.
    pub assessed_at: String,
    /// What was looked at.
    pub subject: Subject,
    /// The numbers.
    pub summary: Summary,
    /// What helps most, best first.
    pub advice: Vec<Advice>,
    /// Findings, most personal data at risk first, then severity.
    pub findings: Vec<AssessedFinding>,
    /// The frameworks that were asked for.
    pub frameworks: Vec<AssessedFramework>,
    /// Their requirements, in the order of the frameworks.
    pub requirements: Vec<AssessedRequirement>,
    /// Checks and what they came to, by name.
    pub checks: Vec<CheckResult>,
    /// Findings of the baseline that are gone; null without a baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Vec<String>>,
    /// What went wrong with the input.
    pub diagnostics: Vec<Diagnostic>,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// As the user named it: paths, or a context.
    pub targets: Vec<String>,
    /// A short title: the last part of the only path, or the context.
    pub title: String,
    /// Files read.
    pub files: usize,
    /// Charts and overlays rendered.
    pub rendered: usize,
    /// Files or documents that hold no Kubernetes objects.
    pub other_documents: usize,
    /// Resources.
    pub resources: usize,
    /// Workloads: owner chains counted once.
    pub workloads: usize,
    /// Workloads that hold or use personal data, declared or recognised.
    pub workloads_with_personal_data: usize,
    /// Of those, the ones with special categories.
    pub workloads_with_special_data: usize,
    /// Whether a register of processing was in the input.
    pub register: bool,
}

/// The numbers of an assessment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Open findings by severity.
    pub open: BTreeMap<&'static str, usize>,
    /// Open findings altogether.
    pub open_total: usize,
    /// Places with open findings: many checks can speak of one line.
    pub open_places: usize,
    /// Findings accepted by an exception.
    pub accepted: usize,
    /// Against the baseline: findings that are new. Null without a baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<usize>,
    /// Against the baseline: findings that are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<usize>,
    /// Against the baseline: findings that are the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same: Option<usize>,
    /// Input that could not be read.
    pub unreadable: usize,
    /// The threshold, as the user gave it.
    pub fail_on: String,
    /// Open findings at or over a threshold of severity, or requirements of a
    /// threshold framework that are not satisfied.
    pub over_threshold: usize,
}

impl Summary {
    /// 2 when input could not be read, otherwise 1 when the threshold is met, otherwise 0.
    pub fn exit_code(&self) -> u8 {
        match (self.unreadable, self.over_threshold) {
            (0, 0) => 0,
            (0, _) => 1,
            _ => 2,
        }
    }
}

/// A finding, weighed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AssessedFinding {
    /// Stable when lines move: of check, resource, container and pointer.
    pub id: Arc<str>,
    /// The finding itself.
    #[serde(flatten)]
    pub finding: Finding,
    /// What to do about it.
    pub remediation: Arc<str>,
    /// Why it matters here: the personal data at risk.
    pub exposure: Exposure,
    /// Severity × personal data: higher comes first.
    pub rank: u32,
    /// The requirements it speaks against: the same list for all findings of a check.
    pub requirements: Arc<[RequirementRef]>,
    /// Who accepted it; null when it is open.
    pub accepted: Option<Box<Acceptance>>,
    /// Against the baseline; null without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

impl AssessedFinding {
    /// Whether it is open: nobody accepted it.
    pub fn is_open(&self) -> bool {
        self.accepted.is_none()
    }
}

/// The personal data behind a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Exposure {
    /// How sensitive.
    pub level: PersonalData,
    /// In one sentence; empty when there is none.
    pub reason: Arc<str>,
}

/// Names a requirement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequirementRef {
    /// The framework's name.
    pub framework: Arc<str>,
    /// The requirement's id in it.
    pub id: Arc<str>,
}

/// Why a finding is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acceptance {
    /// The reason.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds, as `YYYY-MM-DD`.
    pub expires: String,
    /// Where the exception is written.
    pub location: Option<Location>,
}

/// The state of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Something speaks against it.
    NotSatisfied,
    /// Not, or not wholly, looked at.
    NotEvaluated,
    /// A person states it.
    Attested,
    /// Everything that was looked at, in full, holds.
    Satisfied,
}

impl Status {
    /// The word for machines and people.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::NotSatisfied => "not-satisfied",
            Status::NotEvaluated => "not-evaluated",
            Status::Attested => "attested",
            Status::Satisfied => "satisfied",
        }
    }
}

/// A requirement with what stands behind its status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AssessedRequirement {
    /// The framework's name.
    pub framework: Arc<str>,
    /// The id in it, such as `32(1)(a)`.
    pub id: Arc<str>,
    /// The title, in our words.
    pub title: Arc<str>,
    /// The chapter of the framework.
    pub section: Arc<str>,
    /// The status.
    pub status: Status,
    /// Checks with open findings.
    pub open: usize,
    /// Checks that looked at something and found nothing open.
    pub held: usize,
    /// Findings that count as accepted here.
    pub accepted: usize,
    /// Checks that met nothing they speak of.
    pub not_applicable: usize,
    /// What was not looked at, with what would answer it.
    pub not_evaluated: Vec<Gap>,
    /// Share of checks and other evidence that was evaluated, 0 to 100; what
    /// does not apply is left out. Null when nothing applies.
    pub coverage: Option<u8>,
    /// Subjects that passed, over all checks.
    pub passes: usize,
    /// Ids of the findings against it, accepted ones too.
    pub findings: Vec<Arc<str>>,
    /// The person's statement, if any holds.
    pub attested: Option<AttestedBy>,
    /// The question that a person can answer, where one can.
    pub question: Option<Arc<str>>,
}

/// Something that was not looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gap {
    /// The check, or null for other evidence.
    pub check: Option<Arc<str>>,
    /// Why, or what it would show.
    pub reason: String,
    /// What input would answer it.
    pub answer: String,
    /// One word for tables: `register`, `node-facts`, `cluster`, `permission`, `person` …
    pub needs: String,
}

/// An attestation that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttestedBy {
    /// Who states it.
    pub author: String,
    /// When, as `YYYY-MM-DD`.
    pub date: String,
    /// What is stated.
    pub statement: String,
    /// Where the evidence lies.
    pub evidence: Option<String>,
    /// The last day it holds.
    pub expires: Option<String>,
}

/// One framework in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AssessedFramework {
    /// Its name on the command line.
    pub name: Arc<str>,
    /// Its title.
    pub title: Arc<str>,
    /// Its version.
    pub version: Arc<str>,
    /// Requirements by status.
    pub satisfied: usize,
    /// Requirements something speaks against.
    pub not_satisfied: usize,
    /// Requirements not, or not wholly, looked at.
    pub not_evaluated: usize,
    /// Requirements a person attests.
    pub attested: usize,
}

/// What one check came to.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CheckResult {
    /// Its name.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its family's folder.
    pub family: &'static str,
    /// Its severity in general.
    pub severity: Severity,
    /// Subjects looked at.
    pub examined: usize,
    /// Subjects with findings.
    pub failed: usize,
    /// Why it was not, or not wholly, judged.
    pub not_evaluated: Option<String>,
}

/// When the exit status says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Open findings of this severity or worse.
    Severity(Severity),
    /// Requirements of this framework that are not satisfied.
    Framework(String),
    /// Never.
    Never,
}

impl FailOn {
    /// The word the user wrote.
    pub fn as_str(&self) -> &str {
        match self {
            FailOn::Severity(severity) => severity.as_str(),
            FailOn::Framework(name) => name,
            FailOn::Never => "never",
        }
    }
}
