//! What the hub remembers, in its store: runs with everything that was found, and decisions.

mod decisions;
mod former;
mod run;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use cloister_store::{Error, Paging, RunFilter, Sqlite, Store};

pub use self::run::Run;
use crate::decisions::{Decision, Withdrawn};
use crate::read::Report;
use crate::snapshot::Snapshot;
use crate::sources::supplement::Supplement;

/// So many runs of a source are told.
const MOST_RUNS: u32 = 400;
/// The file of a hub that keeps a folder.
const FILE: &str = "hub.db";

/// What is remembered. Runs are held in memory, too: every page of a source shows how it developed.
#[derive(Debug)]
pub struct Keep {
    store: Arc<dyn Store>,
    runs: Mutex<BTreeMap<String, Vec<Run>>>,
}

/// Opens the store of a hub: an SQLite file in its folder, or memory where it has none.
pub fn store(folder: Option<&Path>) -> Result<Arc<dyn Store>, Error> {
    let Some(folder) = folder else { return Ok(Arc::new(Sqlite::in_memory()?)) };
    let made = std::fs::create_dir_all(folder);
    made.map_err(|error| Error::Open { place: folder.display().to_string(), cause: error.to_string() })?;
    Ok(Arc::new(Sqlite::open(&folder.join(FILE))?))
}

impl Keep {
    /// Goes on with what is in a store; what a former version left in the folder is taken over.
    pub fn open(store: Arc<dyn Store>, folder: Option<&Path>) -> Result<Keep, Error> {
        if let Some(folder) = folder {
            former::take_over(&*store, folder)?;
        }
        let mut runs = former::runs(&*store)?;
        for source in store.sources()? {
            let filter = RunFilter { source: Some(source.name.clone()), ..RunFilter::default() };
            let recorded = store.runs(&filter, &Paging::first(MOST_RUNS))?.items;
            runs.entry(source.name).or_default().extend(recorded.iter().rev().map(Run::recorded));
        }
        runs.values_mut().for_each(bound);
        Ok(Keep { store, runs: Mutex::new(runs) })
    }

    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<Run>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers an assessment with all that was found. None where it is the one that is remembered last.
    pub fn run(&self, snapshot: &Snapshot, json: &[u8]) -> Result<Option<Run>, Error> {
        let last = self.last(&snapshot.source);
        if last.as_ref().is_some_and(|run| run.digest == snapshot.digest) {
            return Ok(None);
        }
        let recorded = run::to_record(snapshot, json, last.map_or(0, |run| run.number));
        self.store.record(&recorded)?;
        let Some(run) = self.store.run(&recorded.id)?.as_ref().map(Run::recorded) else { return Ok(None) };
        let mut all = self.all();
        let of = all.entry(run.source.clone()).or_default();
        of.push(run.clone());
        bound(of);
        Ok(Some(run))
    }

    /// The last assessment of each source, as far as its body is kept and can be read by this version: what agents handed in
    /// is shown after a start, too.
    pub fn snapshots(&self) -> Result<Vec<Arc<Snapshot>>, Error> {
        let mut all = Vec::new();
        for source in self.store.sources()? {
            let report = self.store.body(&source.last.id)?.and_then(|body| Report::read(&body).ok());
            let snapshot = |report| Snapshot::new(source.name.as_str().into(), report, Supplement::default());
            all.extend(report.map(snapshot).map(Arc::new));
        }
        Ok(all)
    }

    /// The last run of a source; none of those that a former version counted, for it kept nothing of what was found.
    pub fn last(&self, source: &str) -> Option<Run> {
        self.all().get(source)?.last().filter(|run| run.number > 0).cloned()
    }

    /// The runs of a source, the oldest first.
    pub fn runs(&self, source: &str) -> Vec<Run> {
        self.all().get(source).cloned().unwrap_or_default()
    }

    /// Remembers a decision.
    pub fn decide(&self, decision: &Decision) -> Result<(), Error> {
        decisions::put(&*self.store, decision)
    }

    /// Takes one back; `None` where there is none in force.
    pub fn withdraw(&self, decision: &Decision, withdrawn: &Withdrawn) -> Result<Option<Decision>, Error> {
        decisions::withdraw(&*self.store, decision, withdrawn)
    }

    /// The decisions for a source, the newest first.
    pub fn decisions(&self, source: &str) -> Result<Vec<Decision>, Error> {
        decisions::of(&*self.store, source)
    }
}

fn bound(runs: &mut Vec<Run>) {
    let more = runs.len().saturating_sub(MOST_RUNS as usize);
    runs.drain(..more);
}
