//! What happened, told to whoever has to do with it.

use crate::decisions::Decision;
use crate::detections::Detection;
use crate::hub::Hub;
use crate::keep::Run;
use crate::live::Event;
use crate::snapshot::Snapshot;

/// Something that is on record.
#[derive(Clone, Copy, Debug)]
pub enum Happened<'a> {
    /// A source was assessed. It is told at least once of each outcome: again with the first assessment after a start.
    Assessed {
        /// The outcome before, where it is known.
        before: Option<&'a Snapshot>,
        /// As it is now.
        now: &'a Snapshot,
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
        if let Some(event) = event(what) {
            self.live.tell(&event);
        }
        if let Happened::Detected(one) = what {
            self.suspect(one);
        }
    }
}

/// What open pages are told: never who.
fn event(what: &Happened<'_>) -> Option<Event> {
    Some(match what {
        Happened::Assessed { now, run, .. } => Event::Assessed {
            source: now.source.to_string(),
            at: run.at.clone(),
            open: run.open_total(),
            new: run.new,
            resolved: run.resolved,
        },
        Happened::Detected(one) => Event::Detected {
            source: one.source.clone(),
            id: one.id.clone(),
            severity: one.seen.severity,
            suspects_breach: one.seen.suspects_breach,
        },
        Happened::Breach(_) => return None,
        Happened::Decided(decision) => Event::Decided { source: decision.source.clone() },
    })
}
