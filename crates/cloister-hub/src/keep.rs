//! What the hub remembers beyond the present: runs, for trends, and decisions. Each is a file of lines that only grows: a
//! line that was cut by the end of the process is no line.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cloister_assessment::Status;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::decisions::{Decision, Withdrawn};
use crate::read::Report;

/// One assessment in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
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
    /// Counts a report. What is new needs the run before.
    pub fn of(source: &str, report: &Report, digest: &str) -> Run {
        let mut run = Run {
            source: source.to_owned(),
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
    folder: Option<PathBuf>,
}

const RUNS: &str = "runs.jsonl";
const DECISIONS: &str = "decisions.jsonl";

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keep {
    /// Goes on with what is in this folder.
    pub fn open(folder: &Path) -> io::Result<Keep> {
        fs::create_dir_all(folder)?;
        let keep = Keep { folder: Some(folder.to_owned()), ..Keep::default() };
        for run in read::<Run>(&folder.join(RUNS))? {
            keep.remember(run);
        }
        // Of several lines about one decision the last says how it stands.
        let mut decisions = lock(&keep.decisions);
        for decision in read::<Decision>(&folder.join(DECISIONS))? {
            match decisions.iter_mut().find(|known| known.id == decision.id) {
                Some(known) => *known = decision,
                None => decisions.push(decision),
            }
        }
        drop(decisions);
        Ok(keep)
    }

    fn write(&self, file: &str, line: &impl Serialize) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        let mut file = File::options().create(true).append(true).open(folder.join(file))?;
        file.write_all(&bytes)?;
        file.sync_data()
    }

    /// Remembers a run.
    pub fn run(&self, run: Run) -> io::Result<()> {
        self.write(RUNS, &run)?;
        self.remember(run);
        Ok(())
    }

    fn remember(&self, run: Run) {
        let mut runs = lock(&self.runs);
        let of = runs.entry(run.source.clone()).or_default();
        of.push(run);
        let more = of.len().saturating_sub(MOST_RUNS);
        of.drain(..more);
    }

    /// The runs of a source, the oldest first.
    pub fn runs(&self, source: &str) -> Vec<Run> {
        lock(&self.runs).get(source).cloned().unwrap_or_default()
    }

    /// The digest of the last run of a source.
    pub fn last(&self, source: &str) -> Option<String> {
        lock(&self.runs).get(source)?.last().map(|run| run.digest.clone())
    }

    /// Remembers a decision.
    pub fn decide(&self, decision: Decision) -> io::Result<()> {
        let mut decisions = lock(&self.decisions);
        self.write(DECISIONS, &decision)?;
        decisions.push(decision);
        Ok(())
    }

    /// Takes one back; `None` where there is none in force.
    pub fn withdraw(&self, source: &str, id: &str, withdrawn: Withdrawn) -> io::Result<Option<Decision>> {
        let mut decisions = lock(&self.decisions);
        let found = decisions.iter_mut().find(|one| one.source == source && one.id == id && one.withdrawn.is_none());
        let Some(decision) = found else { return Ok(None) };
        let taken_back = Decision { withdrawn: Some(withdrawn), ..decision.clone() };
        self.write(DECISIONS, &taken_back)?;
        *decision = taken_back.clone();
        Ok(Some(taken_back))
    }

    /// The decisions for a source, the newest first.
    pub fn decisions(&self, source: &str) -> Vec<Decision> {
        lock(&self.decisions).iter().rev().filter(|one| one.source == source).cloned().collect()
    }
}

/// All whole lines of a file that may not be there yet. A cut one is ended, so that the next stands on its own.
fn read<T: DeserializeOwned>(path: &Path) -> io::Result<Vec<T>> {
    let text = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text?,
    };
    if text.last().is_some_and(|last| *last != b'\n') {
        File::options().append(true).open(path)?.write_all(b"\n")?;
    }
    Ok(text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(digest: &str) -> Run {
        let (source, at, digest) = ("shop".to_owned(), "2026-11-26T12:00:00Z".to_owned(), digest.to_owned());
        Run { source, at, digest, open: [1; 5], accepted: 0, new: 0, resolved: 0, frameworks: BTreeMap::new() }
    }

    #[test]
    fn what_was_cut_costs_itself_alone() {
        let folder = tempfile::tempdir().unwrap();
        let keep = Keep::open(folder.path()).unwrap();
        keep.run(run("one")).unwrap();
        keep.run(run("two")).unwrap();
        let file = folder.path().join(RUNS);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.get(..text.len() - 9).unwrap()).unwrap();
        let keep = Keep::open(folder.path()).unwrap();
        assert_eq!(keep.last("shop").as_deref(), Some("one"));
        keep.run(run("three")).unwrap();
        let all = Keep::open(folder.path()).unwrap().runs("shop");
        assert_eq!(all.iter().map(|run| &*run.digest).collect::<Vec<_>>(), ["one", "three"]);
    }
}
