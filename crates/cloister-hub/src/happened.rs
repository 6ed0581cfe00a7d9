//! What happened, told to whoever has to do with it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::alerts::{Alerts, categories_in};
use crate::decisions::{Decision, What};
use crate::detections::Detection;
use crate::hub::Hub;
use crate::keep::Run;
use crate::live::Event;
use crate::snapshot::Snapshot;
use crate::who::scope::Scope;

/// Something that is on record.
#[derive(Clone, Copy, Debug)]
pub enum Happened<'a> {
    /// A source was assessed. It is told at least once of each outcome: again with the first assessment after a start.
    Assessed {
        /// The outcome before, where it is known.
        before: Option<&'a Arc<Snapshot>>,
        /// As it is now.
        now: &'a Arc<Snapshot>,
        /// In numbers.
        run: &'a Run,
    },
    /// Something was detected.
    Detected(&'a Detection),
    /// A breach was suspected, or somebody took a step.
    Breach(&'a cloister_breach::Breach),
    /// Somebody decided something, or took it back.
    Decided(&'a Decision),
}

impl Hub {
    /// Tells it. It is on record already; after a crash the same may be told again, and must change nothing twice.
    pub fn happened(&self, what: &Happened<'_>) {
        self.tell_pages(what);
        if let Happened::Detected(one) = what {
            self.suspect(one);
        }
        if let Some(alerts) = &self.alerts {
            self.alert(alerts, what, Timestamp::now());
        }
    }

    /// Tells open pages alone: another hub has told everybody else.
    pub fn tell_pages(&self, what: &Happened<'_>) {
        self.live.tell_each(|scope| event(what, scope));
    }

    /// People are told, later and by other threads.
    fn alert(&self, alerts: &Alerts, what: &Happened<'_>, now: Timestamp) {
        let store = &*self.store;
        match what {
            Happened::Assessed { now: known, .. } => alerts.assessed(store, known, now),
            Happened::Detected(seen) => {
                let known = self.snapshot(&seen.source);
                let namespace = &seen.seen.what.namespace;
                let categories = known.map(|known| categories_in(&known, namespace)).unwrap_or_default();
                alerts.detected(store, seen, &categories, now);
            }
            Happened::Breach(breach) => alerts.breach(store, breach, now),
            Happened::Decided(_) => {}
        }
    }
}

/// What open pages are told: never who, and nothing of what they may not see.
fn event(what: &Happened<'_>, scope: &Scope) -> Option<Event> {
    Some(match what {
        Happened::Assessed { now, run, .. } if scope.is_whole() => {
            assessed(now, run.open_total(), (run.new, run.resolved))
        }
        Happened::Assessed { before, now, .. } => assessed_within(*before, now, scope)?,
        Happened::Detected(one) if scope.is_whole() => Event::Detected {
            source: one.source.clone(),
            id: one.id.clone(),
            severity: one.seen.severity,
            suspects_breach: one.seen.suspects_breach,
        },
        Happened::Decided(decision) if sees(scope, decision) => Event::Decided { source: decision.source.clone() },
        Happened::Detected(_) | Happened::Decided(_) | Happened::Breach(_) => return None,
    })
}

fn assessed(now: &Snapshot, open: usize, (new, resolved): (usize, usize)) -> Event {
    Event::Assessed { source: now.source.to_string(), at: now.report.assessed_at.clone(), open, new, resolved }
}

/// For who sees a part: where that part came to something else, in its numbers.
fn assessed_within(before: Option<&Arc<Snapshot>>, now: &Arc<Snapshot>, scope: &Scope) -> Option<Event> {
    let now = now.view(scope)?;
    let before = before.and_then(|before| before.view(scope));
    if before.as_ref().is_some_and(|before| before.digest == now.digest) {
        return None;
    }
    let in_one_alone = |one: &Snapshot, other: Option<&Snapshot>| {
        let is_alone = |id: &str| other.is_none_or(|other| other.finding(id).is_none());
        one.report.findings.iter().filter(|finding| is_alone(&finding.id)).count()
    };
    let resolved = before.as_ref().map_or(0, |before| in_one_alone(before, Some(&now)));
    Some(assessed(&now, now.report.summary.open_total, (in_one_alone(&now, before.as_deref()), resolved)))
}

/// Whether a decision is about something that is seen. What is attested is attested for the whole.
pub fn sees(scope: &Scope, decision: &Decision) -> bool {
    match (scope.of(&decision.source), &decision.what) {
        (None, _) => true,
        (Some(within), What::Exception { resource, .. }) => within.see(resource),
        (Some(_), What::Attestation { .. }) => false,
    }
}
