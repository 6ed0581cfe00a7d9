//! Taking an assessment in: over what is known, on record, and then shown and told.

use std::sync::Arc;

use cloister_evidence::Kind;
use cloister_store::Fence;
use jiff::Timestamp;

use super::{Hub, Refused};
use crate::happened::Happened;
use crate::keep::{Run, body, recorded};
use crate::read::Report;
use crate::replicas::watch;
use crate::snapshot::Snapshot;
use crate::sources::supplement::Supplement;

/// So often something is recorded again where another hub was first.
const TRIES: u32 = 8;
/// More sources are not kept in memory.
const MOST_SOURCES: usize = 200;

/// What was known, what is recorded last, and whether that is new.
type Over = (Option<Arc<Snapshot>>, Option<Run>, bool);

/// Where an assessment was made.
enum Made<'a> {
    /// By this hub; of several under this duty.
    Here(Option<Fence>),
    /// By an agent, who said it so.
    Elsewhere(&'a [u8]),
}

impl Hub {
    /// Takes an assessment that an agent hands in. Whether it says something new.
    pub fn hand_in(&self, source: &str, json: &[u8]) -> Result<bool, Refused> {
        {
            let sources = self.sources();
            if sources.get(source).is_some_and(|source| source.wake.is_some()) {
                return Err(Refused::Watched(source.to_owned()));
            }
            if !sources.contains_key(source) && sources.len() >= MOST_SOURCES {
                return Err(Refused::TooMany(MOST_SOURCES));
            }
        }
        let (bytes, wait) = recorded::today(&*self.store, source, Timestamp::now())?;
        let quota = self.config.quota.0;
        if bytes >= quota {
            return Err(Refused::Quota { source_name: source.to_owned(), mib: quota >> 20, wait });
        }
        self.take_report(&source.into(), Report::read(json)?, Supplement::default(), &Made::Elsewhere(json))
    }

    /// Takes an assessment that was made here: it is recorded, and replaces what was known. Whether it says something new. Where
    /// another hub records this source, what that one says stands, with the texts and objects of this one.
    pub fn take(&self, source: &Arc<str>, report: Report, more: Supplement) -> Result<bool, Refused> {
        let Some(term) = self.duties.term(&watch(source)) else {
            self.stand_beside(source, report, more);
            return Ok(false);
        };
        let held = self.duties.are_shared().then(|| Fence { name: watch(source), fence: term });
        // What was made just now is the newest, even if the clock jumped back.
        let taken = self.take_report(source, report, more, &Made::Here(held));
        if matches!(taken, Err(Refused::Store(_) | Refused::Record(_))) {
            self.is_lost(source);
        }
        match taken {
            Err(Refused::Store(cloister_store::Error::Lost { .. })) => Ok(false),
            taken => taken,
        }
    }

    fn take_report(
        &self,
        source: &Arc<str>,
        report: Report,
        more: Supplement,
        made: &Made<'_>,
    ) -> Result<bool, Refused> {
        let _one = self.lock_taking();
        if self.duties.are_shared() {
            self.catch_up(source)?;
        }
        let snapshot = Arc::new(Snapshot::after(self.snapshot(source).as_deref(), source.clone(), report, more.into()));
        let (before, run, is_new) = self.record_over(source, &snapshot, made)?;
        let told = {
            let mut sources = self.sources_mut();
            let known = sources.entry(source.clone()).or_default();
            (known.snapshot, known.beside) = (Some(snapshot.clone()), None);
            std::mem::replace(&mut known.told, true)
        };
        if let Some(run) = run.filter(|_| is_new || !told) {
            self.happened(&Happened::Assessed { before: before.as_ref(), now: &snapshot, run: &run });
        }
        Ok(is_new)
    }

    /// Records it over what is known, where it says something new: what was known, what is recorded last, and whether it is new.
    fn record_over(&self, source: &Arc<str>, now: &Snapshot, made: &Made<'_>) -> Result<Over, Refused> {
        let mut tries = 0;
        loop {
            let before = self.snapshot(source);
            let is_handed_in = matches!(made, Made::Elsewhere(_));
            let newer = before.as_ref().filter(|before| is_handed_in && is_older(&now.report, &before.report));
            if let Some(newer) = newer {
                return Err(Refused::Older(newer.report.assessed_at.clone()));
            }
            let last = self.keep.last(source);
            if last.as_ref().is_some_and(|run| run.digest == now.digest) {
                return Ok((before, last, false));
            }
            let why = match self.record_run(before.as_deref(), now, made) {
                Ok(run) => return Ok((before, run, true)),
                Err(why) => why,
            };
            // It may be in the log and not in the store: two entries must not both go on from the one before.
            self.keep.begin_anew(source);
            tries += 1;
            // Another hub on the same store recorded this source meanwhile.
            let is_behind = matches!(why, Refused::Store(cloister_store::Error::NotSince { .. }));
            if !is_behind || tries >= TRIES || !self.catch_up(source)? {
                return Err(why);
            }
        }
    }

    /// Into the log and the store: what was made here by what changed, where that is of use; what was handed in as it came.
    fn record_run(&self, before: Option<&Snapshot>, now: &Snapshot, made: &Made<'_>) -> Result<Option<Run>, Refused> {
        let at = Timestamp::now();
        // Whoever hands in says what is so; whoever watches says it while nobody else does.
        let (body, held) = match made {
            Made::Here(held) => (self.keep.body(before, now, at), held.clone()),
            Made::Elsewhere(json) => (body::handed_in(json), None),
        };
        let mut entry = None;
        if let Some(log) = &self.config.log {
            let number = log.record_in(Kind::Assessment, body.form, &body.bytes).map_err(Refused::Record)?;
            recorded::entry(&*self.store, (self.log_name(), &now.source), (number, body.is_whole()), at)?;
            entry = Some(number);
        }
        Ok(self.keep.run(now, (body, entry), held, at)?)
    }

    /// An assessment of this source was lost, since log or store failed.
    pub(super) fn is_lost(&self, source: &str) {
        if let Some(source) = self.sources_mut().get_mut(source) {
            source.is_lost = true;
        }
    }

    /// Has assessed again what was lost, when the store is well again.
    pub(crate) fn find_lost(&self) {
        let lost: Vec<Arc<str>> =
            self.sources().iter().filter(|(_, one)| one.is_lost).map(|(name, _)| name.clone()).collect();
        if lost.is_empty() || self.store.ready().is_err() {
            return;
        }
        for name in lost {
            if let Some(source) = self.sources_mut().get_mut(&name) {
                source.is_lost = false;
            }
            self.wake(&name);
        }
    }
}

fn is_older(new: &Report, known: &Report) -> bool {
    let time = |report: &Report| report.assessed_at.parse::<Timestamp>().ok();
    time(new).zip(time(known)).is_some_and(|(new, known)| new < known)
}
