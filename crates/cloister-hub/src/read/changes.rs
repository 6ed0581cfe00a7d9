//! What changed from one assessment to the next: what is recorded of the second where the first is on record.

use std::sync::Arc;

use cloister_assessment::{Advice, AssessedFramework, AssessedRequirement, ListChange, Subject};
use cloister_model::Diagnostic;
use serde::{Deserialize, Serialize};

use super::findings::Finding;
use super::{CheckResult, Report, Summary};

/// An assessment, said by what changed. What is null or empty is as it was.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// The program that made it.
    pub generator: String,
    /// Its version.
    pub version: String,
    /// When, as RFC 3339 in UTC.
    pub assessed_at: String,
    /// Since when these are the changes.
    pub since: Since,
    /// The digest of the assessment that this and what was before come to.
    pub digest: String,
    /// What was looked at.
    pub subject: Option<Subject>,
    /// The numbers.
    pub summary: Option<Summary>,
    /// What helps most, best first.
    pub advice: Option<Vec<Advice>>,
    /// Findings.
    pub findings: ListChange<Arc<Finding>>,
    /// The frameworks that were asked for.
    pub frameworks: Option<Vec<AssessedFramework>>,
    /// Requirements that are not as they were.
    pub requirements: Vec<RequirementChange>,
    /// Checks that are not as they were.
    pub checks: Vec<CheckResult>,
    /// What went wrong with the input.
    pub diagnostics: Option<Vec<Diagnostic>>,
}

/// What stands before changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Since {
    /// The entry of the log that it is, itself an assessment or its changes; null where there is no log.
    pub entry: Option<u64>,
    /// Its digest.
    pub digest: String,
}

/// A requirement that is not as it was.
#[derive(Debug, Serialize, Deserialize)]
pub struct RequirementChange {
    /// As it is; without its findings.
    pub now: AssessedRequirement,
    /// What changed among these.
    pub findings: ListChange<Arc<str>>,
}

impl Changes {
    /// From one report to the next; `None` where the next one is better said as a whole.
    pub fn between(before: &Report, now: &Report, since: Since, digest: &str) -> Option<Changes> {
        let same = |one: &Arc<Finding>, other: &Arc<Finding>| Arc::ptr_eq(one, other) || one == other;
        let findings = ListChange::between(&before.findings, &now.findings, |one| &one.id, same)?;
        let is_much = 4 * findings.came.len().max(findings.gone.len()) > now.findings.len();
        // The names of what is compared one by one must be the same.
        let of_requirements = |report: &Report| report.requirements.len();
        let of_checks = |report: &Report| report.checks.len();
        if is_much
            || before.version != now.version
            || of_requirements(before) != of_requirements(now)
            || of_checks(before) != of_checks(now)
        {
            return None;
        }
        let pairs = before.checks.iter().zip(&now.checks);
        let checks: Vec<CheckResult> = pairs.filter(|(one, other)| one != other).map(|(_, now)| now.clone()).collect();
        let pairs = before.requirements.iter().zip(&now.requirements);
        let requirements = pairs.filter(|(one, other)| one != other).map(|(one, other)| change(one, other));
        Some(Changes {
            generator: now.generator.clone(),
            version: now.version.clone(),
            assessed_at: now.assessed_at.clone(),
            since,
            digest: digest.to_owned(),
            subject: (before.subject != now.subject).then(|| now.subject.clone()),
            summary: (before.summary != now.summary).then(|| now.summary.clone()),
            advice: (before.advice != now.advice).then(|| now.advice.clone()),
            findings,
            frameworks: (before.frameworks != now.frameworks).then(|| now.frameworks.clone()),
            requirements: requirements.collect::<Option<_>>()?,
            checks,
            diagnostics: (before.diagnostics != now.diagnostics).then(|| now.diagnostics.clone()),
        })
    }

    /// The report that they lead to; `None` where they are not of this one.
    pub fn apply(&self, before: &Report) -> Option<Report> {
        let mut requirements = before.requirements.clone();
        for change in &self.requirements {
            let known = requirements.iter_mut().find(|one| is_of(one, &change.now))?;
            let findings = change.findings.apply(&known.findings, |one| one)?;
            *known = AssessedRequirement { findings, ..change.now.clone() };
        }
        let mut checks = before.checks.clone();
        for change in &self.checks {
            *checks.iter_mut().find(|one| one.name == change.name)? = change.clone();
        }
        Some(Report {
            generator: self.generator.clone(),
            version: self.version.clone(),
            assessed_at: self.assessed_at.clone(),
            subject: self.subject.as_ref().unwrap_or(&before.subject).clone(),
            summary: self.summary.as_ref().unwrap_or(&before.summary).clone(),
            advice: self.advice.as_ref().unwrap_or(&before.advice).clone(),
            findings: self.findings.apply(&before.findings, |one| &one.id)?,
            frameworks: self.frameworks.as_ref().unwrap_or(&before.frameworks).clone(),
            requirements,
            checks,
            diagnostics: self.diagnostics.as_ref().unwrap_or(&before.diagnostics).clone(),
        })
    }
}

fn is_of(one: &AssessedRequirement, other: &AssessedRequirement) -> bool {
    one.framework == other.framework && one.id == other.id
}

fn without_findings(one: &AssessedRequirement) -> AssessedRequirement {
    AssessedRequirement { findings: Vec::new(), ..one.clone() }
}

fn change(before: &AssessedRequirement, now: &AssessedRequirement) -> Option<RequirementChange> {
    let findings = ListChange::between(&before.findings, &now.findings, |one| one, |_, _| true)?;
    is_of(before, now).then(|| RequirementChange { now: without_findings(now), findings })
}
