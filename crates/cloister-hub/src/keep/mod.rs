//! What the hub remembers, in its store: runs with everything that was found, and decisions.

pub mod body;
mod decisions;
mod former;
pub mod recorded;
mod run;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use cloister_store::{Error, Fence, OnlyIf, Paging, RunFilter, Sqlite, Store};
use jiff::Timestamp;

use self::body::{Body, Last};
pub use self::run::Run;
use crate::decisions::{Decision, Withdrawn};
use crate::read::{Report, Since};
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
    /// What this process recorded of each source last.
    recorded: Mutex<BTreeMap<String, Last>>,
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
            let recorded = store.runs(&of(&source.name), &Paging::first(MOST_RUNS))?.items;
            runs.entry(source.name).or_default().extend(recorded.iter().rev().map(Run::recorded));
        }
        runs.values_mut().for_each(bound);
        Ok(Keep { store, runs: Mutex::new(runs), recorded: Mutex::default() })
    }

    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<Run>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recorded(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Last>> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to record of an assessment that was made here.
    pub fn body(&self, before: Option<&Snapshot>, now: &Snapshot, at: Timestamp) -> Body {
        body::body(self.recorded().get(&*now.source), before, now, at)
    }

    /// What was recorded last of a source is not certain: the next assessment of it is recorded as a whole.
    pub fn begin_anew(&self, source: &str) {
        self.recorded().remove(source);
    }

    /// Remembers an assessment with all that was found, recorded as this entry of the log. None where it is the one that is
    /// remembered last.
    ///
    /// # Errors
    /// Another hub has recorded this source meanwhile, or has taken this lease; or the store fails.
    pub fn run(
        &self,
        snapshot: &Snapshot,
        (body, entry): (Body, Option<u64>),
        held: Option<Fence>,
        at: Timestamp,
    ) -> Result<Option<Run>, Error> {
        let source = &*snapshot.source;
        let last = self.last(source);
        if last.as_ref().is_some_and(|run| run.digest == snapshot.digest) {
            return Ok(None);
        }
        let before = self.recorded().get(source).cloned();
        let number = last.map_or(0, |run| run.number);
        let since = before.as_ref().and_then(|before| Some((before.run(), body.changes.as_ref()?)));
        let mut record = run::to_record(snapshot, Vec::new(), number, since);
        let since = Since { entry, digest: snapshot.digest.clone() };
        let recorded = Last::after(before.as_ref(), &body, (since, record.id.clone()), at);
        record.body = body.into_stored();
        record.only = OnlyIf { last: Some(number), held };
        self.store.record(&record)?;
        self.recorded().insert(source.to_owned(), recorded);
        // In the log as much as in the store.
        recorded::count(&*self.store, source, 2 * record.body.len() as u64, at)?;
        let Some(run) = self.store.run(&record.id)?.as_ref().map(Run::recorded) else { return Ok(None) };
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
            let report = self.report(&source.name, None)?;
            let snapshot = |report| Snapshot::new(source.name.as_str().into(), report, Supplement::default());
            all.extend(report.map(snapshot).map(Arc::new));
        }
        Ok(all)
    }

    /// The last assessment of a source: of the last body that says all and those behind it, or of what is known of a run, by its
    /// number, and what changed since.
    pub fn report(&self, source: &str, known: Option<(u64, &Report)>) -> Result<Option<Report>, Error> {
        let filter = of(source);
        let (mut page, mut bodies) = (Paging::first(MOST_RUNS), Vec::new());
        loop {
            let runs = self.store.runs(&filter, &page)?;
            for run in &runs.items {
                if let Some((_, known)) = known.filter(|(number, _)| *number == run.number) {
                    return Ok(body::report_after(known, &bodies));
                }
                let Some(body) = self.store.body(&run.id)? else { return Ok(None) };
                let goes_on = body::is_changes(&body);
                bodies.push(body);
                if !goes_on {
                    return Ok(body::report(&bodies));
                }
            }
            match runs.next {
                Some(next) => page.after = Some(next),
                None => return Ok(None),
            }
        }
    }

    /// The runs of a source are read anew, since another hub recorded some: the next one here is recorded as a whole.
    pub fn follow(&self, source: &str) -> Result<(), Error> {
        let recorded = self.store.runs(&of(source), &Paging::first(MOST_RUNS))?.items;
        self.begin_anew(source);
        let mut all = self.all();
        let known = all.entry(source.to_owned()).or_default();
        known.retain(|run| run.number == 0);
        known.extend(recorded.iter().rev().map(Run::recorded));
        bound(known);
        Ok(())
    }

    /// Whether another hub recorded a source since.
    pub fn is_behind(&self, source: &str) -> Result<bool, Error> {
        let last = self.store.runs(&of(source), &Paging::first(1))?.items.first().map_or(0, |run| run.number);
        Ok(self.last(source).map_or(0, |run| run.number) != last)
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

    /// The decisions for all sources.
    pub fn all_decisions(&self) -> Result<Vec<Decision>, Error> {
        decisions::all(&*self.store)
    }

    /// The decisions for a source, the newest first.
    pub fn decisions(&self, source: &str) -> Result<Vec<Decision>, Error> {
        decisions::of(&*self.store, source)
    }
}

fn of(source: &str) -> RunFilter {
    RunFilter { source: Some(source.to_owned()), ..RunFilter::default() }
}

fn bound(runs: &mut Vec<Run>) {
    let more = runs.len().saturating_sub(MOST_RUNS as usize);
    runs.drain(..more);
}
