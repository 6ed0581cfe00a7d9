//! A run: one assessment in numbers, and as the store keeps it.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloister_assessment::ListChange;
use cloister_model::Severity;
use cloister_report::words;
use cloister_store::{Judged, RunRecord, Seen, Since, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::read::{Finding, Report};
use crate::snapshot::Snapshot;

/// One assessment in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Its number in the store, which grows; 0 of what a former version counted.
    #[serde(default)]
    pub number: u64,
    /// Of which source.
    pub source: String,
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
    /// As the store tells it.
    pub fn recorded(run: &RunRecord) -> Run {
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let frameworks = run.counts.frameworks.iter();
        Run {
            number: run.number,
            source: run.source.clone(),
            at: run.at.to_string(),
            digest: digest(&run.id).to_owned(),
            open: run.counts.open.map(number),
            accepted: number(run.counts.accepted),
            new: number(run.counts.new),
            resolved: number(run.counts.resolved),
            frameworks: frameworks.map(|one| (one.framework.clone(), one.statuses.map(number))).collect(),
        }
    }

    /// All open findings.
    pub fn open_total(&self) -> usize {
        self.open.iter().sum()
    }
}

/// A run's id. What the run before was is in it, so that the same outcome can come again, and recording twice does not.
fn id(source: &str, digest: &str, before: u64) -> String {
    format!("{source}:{before}:{digest}")
}

/// The digest in a run's id.
fn digest(id: &str) -> &str {
    id.rsplit_once(':').map_or(id, |(_, digest)| digest)
}

/// An assessment as the store keeps it: by what changed since a run, where that is known, else as a whole.
pub fn to_record(
    snapshot: &Snapshot,
    body: Vec<u8>,
    before: u64,
    since: Option<(&str, &ListChange<Arc<Finding>>)>,
) -> cloister_store::Run {
    let report = &snapshot.report;
    let findings = match since {
        Some((_, change)) => change.came.iter().map(|(_, one)| seen(one)).collect(),
        None => report.findings.iter().map(|one| seen(one)).collect(),
    };
    cloister_store::Run {
        only: cloister_store::OnlyIf::default(),
        since: since.map(|(run, change)| Since {
            run: run.to_owned(),
            gone: change.gone.iter().map(ToString::to_string).collect(),
            open: Severity::ALL.map(|severity| count(report, |one| one.is_open() && one.severity == severity)),
            accepted: count(report, |one| !one.is_open()),
        }),
        id: id(&snapshot.source, &snapshot.digest, before),
        source: snapshot.source.to_string(),
        // A time that is none was refused when the report was read.
        at: report.assessed_at.parse().unwrap_or(Timestamp::UNIX_EPOCH),
        body,
        findings,
        requirements: report
            .requirements
            .iter()
            .map(|one| Judged {
                framework: one.framework.to_string(),
                requirement: one.id.to_string(),
                status: status(one.status),
            })
            .collect(),
    }
}

fn count(report: &Report, which: impl Fn(&Finding) -> bool) -> u64 {
    report.findings.iter().filter(|one| which(one)).count() as u64
}

fn seen(finding: &Finding) -> Seen {
    let resource = finding.resource.as_deref();
    Seen {
        id: finding.id.to_string(),
        check: finding.check.to_string(),
        severity: finding.severity,
        namespace: resource.and_then(|one| one.namespace.as_deref()).map(str::to_owned),
        resource: resource.map(words::resource).unwrap_or_default(),
        rank: finding.rank,
        accepted: !finding.is_open(),
    }
}

fn status(status: cloister_assessment::Status) -> Status {
    use cloister_assessment::Status as Assessed;
    match status {
        Assessed::NotSatisfied => Status::NotSatisfied,
        Assessed::NotEvaluated => Status::NotEvaluated,
        Assessed::Attested => Status::Attested,
        Assessed::Satisfied => Status::Satisfied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_found_in_its_id_whatever_the_source_is_called() {
        assert_eq!(digest(&id("a:b", "c0ffee", 7)), "c0ffee");
    }
}
