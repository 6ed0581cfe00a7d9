//! What must be remembered so that nobody is told twice, and nothing is forgotten: the state of cloister-alert, which findings
//! each alert is made of, and the clocks of breaches that run. Pure: time is passed in.

use std::collections::BTreeMap;

use cloister_alert::state::State;
use cloister_alert::{Alert, Message, Tree};
use cloister_breach::clock::{ALARMS, HOURS};
use cloister_breach::{Clock, Phase, State as BreachState};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::made::{self, Group};

/// Everything that is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Book {
    /// Who was told of what.
    pub state: State,
    /// The findings of each alert, by source and fingerprint: a short hash of each id, sorted.
    findings: BTreeMap<String, BTreeMap<String, Vec<u32>>>,
    /// Breaches whose 72 hours run, since when.
    clocks: BTreeMap<String, Timestamp>,
}

impl Book {
    /// What is open in a source now. What is new begins an alert, or begins it anew; what is gone ends it. To say the same
    /// again changes nothing. Whether some of it found no room.
    pub fn assessed(&mut self, tree: &Tree, source: &str, groups: &[Group], now: Timestamp) -> bool {
        let before = self.findings.remove(source).unwrap_or_default();
        let (mut after, mut full) = (BTreeMap::new(), false);
        for group in groups {
            let print = &group.alert.fingerprint;
            let known = before.get(print).filter(|_| self.is_firing(print));
            let is_new = known.is_none_or(|known| group.findings.iter().any(|one| known.binary_search(one).is_err()));
            let taken = if is_new { self.begin(tree, &group.alert, now) } else { self.go_on(tree, &group.alert, now) };
            full |= !taken;
            if taken {
                after.insert(print.clone(), group.findings.clone());
            }
        }
        for print in before.keys().filter(|print| groups.iter().all(|group| group.alert.fingerprint != **print)) {
            self.end(tree, print, now);
        }
        if !after.is_empty() {
            self.findings.insert(source.to_owned(), after);
        }
        full
    }

    /// Something that happened at the time of the alert: what is no newer than what is known was told already.
    /// Whether it found no room.
    pub fn happened(&mut self, tree: &Tree, alert: &Alert, now: Timestamp) -> bool {
        let known = self.state.known(&alert.fingerprint).filter(|known| known.is_firing());
        if known.is_some_and(|known| alert.starts_at <= known.alert.starts_at) {
            return false;
        }
        self.end(tree, &alert.fingerprint, now.min(before(alert.starts_at)));
        self.state.observe(tree, alert.clone(), now).is_err()
    }

    /// Something that goes on until it does not.
    pub fn goes_on(&mut self, tree: &Tree, alert: &Alert, is_so: bool, now: Timestamp) {
        match (is_so, self.is_firing(&alert.fingerprint)) {
            (true, true) => {
                self.go_on(tree, alert, now);
            }
            (true, false) => {
                self.begin(tree, alert, now);
            }
            (false, _) => self.end(tree, &alert.fingerprint, now),
        }
    }

    /// A breach is as this state says.
    pub fn breach(&mut self, tree: &Tree, (name, state): (&str, &BreachState), base: &str, now: Timestamp) {
        let suspected = made::suspected(name, state.suspected, base);
        self.goes_on(tree, &suspected, state.phase == Phase::Suspected, now);
        let runs = state.phase == Phase::Aware && state.notified.is_empty() && state.notify != Some(false);
        match state.clock.filter(|_| runs) {
            Some(clock) => {
                self.clocks.insert(name.to_owned(), clock.aware);
            }
            None => {
                self.clocks.remove(name);
                self.end(tree, &made::of_clock(name), now);
            }
        }
        self.ring(tree, base, now);
    }

    /// What clocks say now. Each hour that is told is told once, the last one where several have passed.
    fn ring(&mut self, tree: &Tree, base: &str, now: Timestamp) {
        for (name, aware) in self.clocks.clone() {
            let alert = made::clock(&name, &Clock::since(aware), base, now);
            self.happened(tree, &alert, now);
        }
    }

    /// Every message that is due.
    pub fn step(&mut self, tree: &Tree, base: &str, now: Timestamp) -> Vec<Message> {
        self.ring(tree, base, now);
        self.state.step(tree, now)
    }

    /// When something will be due, if nothing else happens.
    pub fn next(&self, tree: &Tree, now: Timestamp) -> Option<Timestamp> {
        let hours = |aware: &Timestamp| {
            let clock = Clock::since(*aware);
            ALARMS.into_iter().chain([HOURS]).map(move |hours| clock.alarm(hours)).find(|at| *at > now)
        };
        self.state.next(tree, now).into_iter().chain(self.clocks.values().filter_map(hours)).min()
    }

    fn is_firing(&self, print: &str) -> bool {
        self.state.known(print).is_some_and(|known| known.is_firing())
    }

    /// Begins it, for the first time or anew: whoever has seen it has not seen this. Whether there was room.
    fn begin(&mut self, tree: &Tree, alert: &Alert, now: Timestamp) -> bool {
        self.end(tree, &alert.fingerprint, now);
        let last = self.state.known(&alert.fingerprint).and_then(|known| known.resolved_at);
        let starts_at = last.map_or(now, |end| now.max(after(end)));
        self.state.observe(tree, Alert { starts_at, ..alert.clone() }, now).is_ok()
    }

    /// It is as it is now, since when it began.
    fn go_on(&mut self, tree: &Tree, alert: &Alert, now: Timestamp) -> bool {
        let since = self.state.known(&alert.fingerprint).map_or(now, |known| known.alert.starts_at);
        self.state.observe(tree, Alert { starts_at: since, ..alert.clone() }, now).is_ok()
    }

    /// It is over, where it goes on.
    fn end(&mut self, tree: &Tree, print: &str, end: Timestamp) {
        let Some(known) = self.state.known(print).filter(|known| known.is_firing()) else { return };
        let alert = Alert { ends_at: Some(end), ..known.alert.clone() };
        // What is known already finds room.
        let _ = self.state.observe(tree, alert, end);
    }
}

fn before(time: Timestamp) -> Timestamp {
    time.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MIN)
}

fn after(time: Timestamp) -> Timestamp {
    time.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MAX)
}
