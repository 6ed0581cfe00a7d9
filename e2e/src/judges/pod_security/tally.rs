//! Counts agreement, control by control, and shows that the judge would see a broken check.

use std::collections::BTreeSet;

use super::{Answer, CONTROLS, Case, Control, Fixture, Level};

/// At least and at most so many of 100 pods are to be admitted, or the comparison says little.
const ADMITTED_PERCENT: std::ops::RangeInclusive<usize> = 30..=70;

/// A run of so many pods meets every control.
const SAMPLE: usize = 2_000;

/// The cases and what they come to.
#[derive(Debug)]
pub struct Tally {
    /// The seed that generated the pods.
    pub seed: u64,
    /// The pods that the API server judged; invalid ones are in `invalid`.
    pub cases: Vec<Case>,
    /// Pods that validation refused before admission was asked, with its words.
    pub invalid: Vec<Case>,
    /// The standard's own pods.
    pub fixtures: Vec<Fixture>,
}

/// A check whose loss the judge does not notice.
#[derive(Debug, PartialEq, Eq)]
pub struct Missed {
    /// The level.
    pub level: &'static str,
    /// The control.
    pub control: &'static str,
    /// The check.
    pub check: &'static str,
}

impl Case {
    fn answer(&self, level: Level) -> &Answer {
        let [baseline, restricted] = &self.answers;
        match level {
            Level::Baseline => baseline,
            Level::Restricted => restricted,
        }
    }

    /// Whether the API server admits the pod.
    fn admitted(&self, level: Level) -> bool {
        *self.answer(level) == Answer::Admitted
    }

    /// Whether the API server refuses it for this control.
    fn refused_for(&self, level: Level, control: &Control) -> bool {
        matches!(self.answer(level), Answer::Refused(named) if named.contains(control.reason))
    }

    /// Whether one of our checks that stand for this control has a finding, `blind` ones aside.
    fn found_for(&self, level: Level, control: &Control, blind: Option<&str>) -> bool {
        control.checks(level).iter().any(|check| Some(*check) != blind && self.found.contains(check))
    }

    /// Whether a refusal for host ports is of the server's own making: it gives every port of a pod in the host's
    /// network a `hostPort`, which nobody wrote; we report such a pod once, for its network.
    fn host_ports_are_given(&self, control: &Control) -> bool {
        control.reason == "hostPort" && self.found.contains("host-network")
    }

    /// What both sides differ on: admission as such, or controls.
    fn differences(&self, level: Level) -> Vec<&'static str> {
        let admitted_by_us = self.found.is_disjoint(&level.checks());
        let admission = (admitted_by_us != self.admitted(level)).then_some("admission");
        let differs = |control: &&Control| {
            self.refused_for(level, control) != self.found_for(level, control, None)
                && !self.host_ports_are_given(control)
        };
        admission.into_iter().chain(CONTROLS.iter().filter(differs).map(|control| control.reason)).collect()
    }
}

impl Tally {
    pub(super) fn of(seed: u64, cases: Vec<Case>, fixtures: Vec<Fixture>) -> Self {
        let valid = |case: &Case| !case.answers.iter().any(|answer| matches!(answer, Answer::Invalid(_)));
        let (cases, invalid) = cases.into_iter().partition(valid);
        Self { seed, cases, invalid, fixtures }
    }

    /// How many pods the API server admits at this level.
    pub fn admitted(&self, level: Level) -> usize {
        self.cases.iter().filter(|case| case.admitted(level)).count()
    }

    /// The pods on which both sides differ, with the controls.
    pub fn disagreements(&self, level: Level) -> Vec<(&Case, Vec<&'static str>)> {
        let differing = self.cases.iter().map(|case| (case, case.differences(level)));
        differing.filter(|(_, controls)| !controls.is_empty()).collect()
    }

    /// How often a control was refused by the API server, found by us, and by both.
    pub fn by_control(&self, level: Level, control: &Control) -> (usize, usize, usize) {
        let count = |holds: &dyn Fn(&Case) -> bool| self.cases.iter().filter(|case| holds(case)).count();
        let server = |case: &Case| case.refused_for(level, control);
        let ours = |case: &Case| case.found_for(level, control, None);
        (count(&server), count(&ours), count(&|case| server(case) && ours(case)))
    }

    /// How many refusals for host ports are the server's own making.
    pub fn given_host_ports(&self, level: Level) -> usize {
        let given = |case: &&Case| {
            CONTROLS.iter().any(|control| {
                case.host_ports_are_given(control)
                    && case.refused_for(level, control)
                    && !case.found_for(level, control, None)
            })
        };
        self.cases.iter().filter(given).count()
    }

    /// Makes each check blind in turn and lists those whose loss changes nothing: there the judge proves nothing.
    pub fn unnoticed_bugs(&self) -> Vec<Missed> {
        let mut missed = Vec::new();
        for level in Level::ALL {
            for control in CONTROLS {
                for &check in control.checks(level) {
                    if !self.notices(level, control, check) {
                        missed.push(Missed { level: level.name(), control: control.reason, check });
                    }
                }
            }
        }
        missed
    }

    /// Whether some pod on which both sides agree would be judged differently without this check.
    fn notices(&self, level: Level, control: &Control, check: &str) -> bool {
        let generated = self.cases.iter().any(|case| {
            let refused = case.refused_for(level, control);
            refused && case.found_for(level, control, None) && !case.found_for(level, control, Some(check))
        });
        let by_fixture =
            |fixture: &Fixture| fixture.level == level && fixture.agrees(None) && !fixture.agrees(Some(check));
        generated || self.fixtures.iter().any(by_fixture)
    }

    /// Why the run proves less than it should, if it does. A sample below [`SAMPLE`] pods is too small to meet every
    /// control, and is held to agreement alone.
    pub fn complaints(&self, count: usize) -> Vec<String> {
        let mut complaints = Vec::new();
        if count >= SAMPLE {
            let missed = self.unnoticed_bugs();
            complaints.extend(missed.into_iter().map(|missed| format!("a blind check is not noticed: {missed:?}")));
        }
        let wrong: Vec<_> = self.fixtures.iter().filter(|fixture| !fixture.agrees(None)).collect();
        complaints.extend(wrong.iter().map(|fixture| format!("{} is judged differently", fixture.name)));
        if self.invalid.len() * 20 > count {
            complaints.push(format!("{} of {count} pods are invalid", self.invalid.len()));
        }
        for level in Level::ALL {
            let percent = 100 * self.admitted(level) / self.cases.len().max(1);
            if !ADMITTED_PERCENT.contains(&percent) {
                complaints.push(format!("{percent} % of the pods are admitted at {}", level.name()));
            }
            let differing = self.disagreements(level);
            if !differing.is_empty() {
                complaints.push(format!("{} pods are judged differently at {}", differing.len(), level.name()));
            }
        }
        complaints
    }

    /// The reasons of validation, each once.
    pub fn invalid_reasons(&self) -> BTreeSet<&str> {
        let answers = self.invalid.iter().flat_map(|case| &case.answers);
        answers
            .filter_map(|answer| if let Answer::Invalid(reason) = answer { Some(reason.as_str()) } else { None })
            .collect()
    }
}
