//! What the other hubs did, as the store tells it: pages and open streams show it here, too.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use cloister_store::{DetectionFilter, Error, Kind, Paging};

use super::JUDGE;
use crate::Hub;
use crate::decisions::Decision;
use crate::detections::Detection;
use crate::happened::Happened;
use crate::read::Report;
use crate::snapshot::Snapshot;
use crate::sources::supplement::Supplement;

/// So many detections are told to open pages at once; all of them are in the store.
const TOLD: u32 = 20;

/// Decisions that were made here, until they are met in the store: nobody is told of them twice.
#[derive(Debug, Default)]
pub struct Decided(Mutex<HashSet<(String, bool)>>);

impl Decided {
    /// This one was made, or taken back, here.
    pub fn here(&self, decision: &Decision) {
        self.all().insert(mark(decision));
    }

    fn met(&self, decision: &Decision) -> bool {
        self.all().remove(&mark(decision))
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashSet<(String, bool)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mark(decision: &Decision) -> (String, bool) {
    (decision.id.clone(), decision.withdrawn.is_some())
}

/// As far as it was looked.
#[derive(Debug, Default)]
pub struct Follow {
    begun: bool,
    /// The newest version of decisions, and whether each is taken back.
    decisions: (u64, BTreeMap<String, bool>),
    breaches: u64,
    detections: u64,
}

impl Follow {
    /// Looks at everything once.
    pub fn look(&mut self, hub: &Hub) -> Result<(), Error> {
        self.decisions(hub)?;
        for source in hub.store.sources()? {
            let known = hub.keep.last(&source.name).map_or(0, |run| run.number);
            if known != source.last.number {
                hub.follow_source(&source.name.as_str().into())?;
            }
        }
        let breaches = hub.store.newest(Kind::Breach)?;
        if breaches != self.breaches {
            hub.tell_clocks()?;
            self.breaches = breaches;
        }
        if let Some(alerts) = &hub.alerts
            && alerts.follow(&*hub.store)?
        {
            alerts.tell(hub);
        }
        self.detections(hub)?;
        self.begun = true;
        Ok(())
    }

    /// What somebody decided elsewhere is in force with the next assessment, which begins at once where this hub records it.
    fn decisions(&mut self, hub: &Hub) -> Result<(), Error> {
        let newest = hub.store.newest(Kind::Exception)?.max(hub.store.newest(Kind::Attestation)?);
        if newest == self.decisions.0 {
            return Ok(());
        }
        let mut all = BTreeMap::new();
        for decision in hub.keep.all_decisions()? {
            let is_back = decision.withdrawn.is_some();
            let is_known = self.decisions.1.get(&decision.id) == Some(&is_back);
            if !is_known && !hub.decided.met(&decision) && self.begun {
                hub.assess_anew(&decision.source);
                hub.tell_pages(&Happened::Decided(&decision));
            }
            all.insert(decision.id, is_back);
        }
        self.decisions = (newest, all);
        Ok(())
    }

    /// Who judges tells of detections itself.
    fn detections(&mut self, hub: &Hub) -> Result<(), Error> {
        let newest = |most| hub.store.detections(&DetectionFilter::default(), &Paging::first(most));
        let last = newest(1)?.items.first().map_or(0, |kept| kept.number);
        if last == self.detections {
            return Ok(());
        }
        if self.begun && !hub.duties.has(JUDGE) {
            let new = newest(TOLD)?.items;
            let new = new.iter().rev().filter(|kept| kept.number > self.detections);
            new.filter_map(Detection::kept).for_each(|one| hub.tell_pages(&Happened::Detected(&one)));
        }
        self.detections = last;
        Ok(())
    }
}

impl Hub {
    /// Knows what another hub recorded of a source. If this one is to record it, it looks whether that is how things stand.
    fn follow_source(&self, source: &Arc<str>) -> Result<(), Error> {
        let _one = self.lock_taking();
        if self.catch_up(source)? {
            self.assess_anew(source);
        }
        Ok(())
    }

    /// The same, for who takes an assessment at this moment. Whether there was something.
    pub(crate) fn catch_up(&self, source: &Arc<str>) -> Result<bool, Error> {
        if !self.keep.is_behind(source)? {
            return Ok(false);
        }
        let before = self.snapshot(source);
        let last = self.keep.last(source);
        let same = last.zip(before.as_ref()).filter(|(run, before)| run.digest == before.digest);
        let report = self.keep.report(source, same.as_ref().map(|(run, before)| (run.number, &before.report)))?;
        self.keep.follow(source)?;
        // Its text may be dropped, or of a version that this one cannot read: then what was known stays.
        let (Some(report), Some(run)) = (report, self.keep.last(source)) else { return Ok(true) };
        let now = self.shown(source, before.as_deref(), report);
        self.tell_pages(&Happened::Assessed { before: before.as_ref(), now: &now, run: &run });
        Ok(true)
    }

    /// Shows what is on record of a source, with the texts and objects that this hub has of it.
    fn shown(&self, source: &Arc<str>, before: Option<&Snapshot>, report: Report) -> Arc<Snapshot> {
        let beside = self.beside(source);
        let more = beside.as_ref().map(|own| own.more.clone()).or_else(|| Some(self.snapshot(source)?.more.clone()));
        let now = Arc::new(Snapshot::after(before, source.clone(), report, more.unwrap_or_default()));
        // Equal in what it says, and with lines that fit its texts.
        let now = beside.filter(|own| own.digest == now.digest).unwrap_or(now);
        self.show(source, now.clone());
        now
    }

    /// What this hub came to itself, where another one records: what is on record is shown with its texts and objects.
    pub(crate) fn stand_beside(&self, source: &Arc<str>, report: Report, more: Supplement) {
        let _one = self.lock_taking();
        let before = self.snapshot(source);
        let own = Arc::new(Snapshot::after(before.as_deref(), source.clone(), report, more.into()));
        self.keep_beside(source, own);
        if let Some(known) = before {
            self.shown(source, Some(&known), known.report.clone());
        }
    }
}
