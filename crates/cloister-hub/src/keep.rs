//! What the hub remembers beyond the present: runs, for trends, and decisions.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cloister_assessment::Status;
use serde::Serialize;

use crate::decisions::{Decision, Withdrawn};
use crate::read::Report;

/// One assessment in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// When, as RFC 3339.
    pub at: String,
    /// Its digest.
    pub digest: String,
    /// Open findings by severity, worst last.
    pub open: [usize; 5],
    /// Accepted ones.
    pub accepted: usize,
    /// Findings that the run before did not have.
    pub new: usize,
    /// Findings that the run before had, and this has not.
    pub resolved: usize,
    /// Requirements by framework: not satisfied, not evaluated, attested, satisfied.
    pub frameworks: BTreeMap<String, [usize; 4]>,
}

impl Run {
    /// Counts a report. What is new needs the run before.
    pub fn of(report: &Report, digest: &str) -> Run {
        let mut run = Run {
            at: report.assessed_at.clone(),
            digest: digest.to_owned(),
            open: [0; 5],
            accepted: report.findings.iter().filter(|one| !one.is_open()).count(),
            new: 0,
            resolved: 0,
            frameworks: BTreeMap::new(),
        };
        for finding in report.findings.iter().filter(|one| one.is_open()) {
            if let Some(number) = run.open.get_mut(finding.severity as usize) {
                *number += 1;
            }
        }
        for one in &report.requirements {
            let counts = run.frameworks.entry(one.framework.to_string()).or_default();
            if let Some(number) = counts.get_mut(place(one.status)) {
                *number += 1;
            }
        }
        run
    }

    /// All open findings.
    pub fn open_total(&self) -> usize {
        self.open.iter().sum()
    }
}

fn place(status: Status) -> usize {
    match status {
        Status::NotSatisfied => 0,
        Status::NotEvaluated => 1,
        Status::Attested => 2,
        Status::Satisfied => 3,
    }
}

/// So many runs of a source are told.
const MOST_RUNS: usize = 400;

/// What is remembered.
#[derive(Debug, Default)]
pub struct Keep {
    runs: Mutex<BTreeMap<String, Vec<Run>>>,
    decisions: Mutex<Vec<Decision>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keep {
    /// Remembers a run.
    pub fn run(&self, source: &str, run: Run) {
        let mut runs = lock(&self.runs);
        let of = runs.entry(source.to_owned()).or_default();
        of.push(run);
        let more = of.len().saturating_sub(MOST_RUNS);
        of.drain(..more);
    }

    /// The runs of a source, the oldest first.
    pub fn runs(&self, source: &str) -> Vec<Run> {
        lock(&self.runs).get(source).cloned().unwrap_or_default()
    }

    /// Remembers a decision.
    pub fn decide(&self, decision: Decision) {
        lock(&self.decisions).push(decision);
    }

    /// Takes one back; `None` where there is none in force.
    pub fn withdraw(&self, source: &str, id: &str, withdrawn: Withdrawn) -> Option<Decision> {
        let mut decisions = lock(&self.decisions);
        let decision = decisions.iter_mut().find(|one| one.source == source && one.id == id && one.withdrawn.is_none())?;
        decision.withdrawn = Some(withdrawn);
        Some(decision.clone())
    }

    /// The decisions for a source, the newest first.
    pub fn decisions(&self, source: &str) -> Vec<Decision> {
        lock(&self.decisions).iter().rev().filter(|one| one.source == source).cloned().collect()
    }
}
