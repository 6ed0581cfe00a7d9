//! Which step may follow which.
//!
//! ```text
//! suspected ──→ aware ──→ closed ──→ erased
//!     └──→ dismissed ──┘  ↖ reopened ↙
//! ```
//!
//! The state is nothing but its history, replayed: a document whose history could not have happened is not read.

use jiff::Timestamp;

use crate::clock::Clock;
use crate::fault::Refusal;
use crate::step::{Entry, Extent, Outcome, Step, moment};
use crate::vocabulary::words;

words! {
    /// How far it has come.
    Phase {
        Suspected = "suspected": "somebody looks into it; no period runs yet",
        Dismissed = "dismissed": "there was no breach",
        Aware = "aware": "there was a breach, and it is dealt with",
        Closed = "closed": "nothing is left to do",
        Erased = "erased": "the record was kept as long as it had to be",
    }
}

/// What the history comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// How far it has come.
    pub phase: Phase,
    /// When it was suspected.
    pub suspected: Timestamp,
    /// The 72 hours, since awareness.
    pub clock: Option<Clock>,
    /// The last assessment.
    pub outcome: Option<Outcome>,
    /// Whether the authority is to be notified, as it was decided.
    pub notify: Option<bool>,
    /// When it was notified, and of how much.
    pub notified: Vec<(Timestamp, Extent)>,
    /// When the controller was told, by a processor.
    pub informed: Option<Timestamp>,
    /// Whether data subjects are to be told, as it was decided.
    pub communicate: Option<bool>,
    /// When they were told.
    pub communicated: Option<Timestamp>,
    /// When it was closed, last.
    pub closed: Option<Timestamp>,
    /// When the record was erased.
    pub erased: Option<Timestamp>,
    /// When the last step was written down.
    pub last: Timestamp,
}

impl State {
    /// What a history comes to; or the number of the step that cannot be, and why.
    pub fn of(history: &[Entry]) -> Result<State, (usize, Refusal)> {
        let Some((first, rest)) = history.split_first() else {
            return Err((0, Refusal::new("there is no history", "it begins with the step suspect")));
        };
        let mut state = State::begun(first).map_err(|refusal| (0, refusal))?;
        for (index, entry) in rest.iter().enumerate() {
            state = state.after(entry).map_err(|refusal| (index + 1, refusal))?;
        }
        Ok(state)
    }

    fn begun(first: &Entry) -> Result<State, Refusal> {
        if !matches!(first.did, Step::Suspect { .. }) {
            return Err(Refusal::new(
                format!("a record does not begin with the step {}", first.did.name()),
                "it begins with the step suspect",
            ));
        }
        Ok(State {
            phase: Phase::Suspected,
            suspected: first.at,
            clock: None,
            outcome: None,
            notify: None,
            notified: Vec::new(),
            informed: None,
            communicate: None,
            communicated: None,
            closed: None,
            erased: None,
            last: first.at,
        })
    }

    /// The state after one more step; or why it cannot be taken now.
    pub fn after(&self, entry: &Entry) -> Result<State, Refusal> {
        if entry.at < self.last {
            let cause = format!("the step before this one was written down at {}, which is later", moment(self.last));
            return Err(Refusal::new(cause, "steps are written down in the order in which they are taken"));
        }
        self.fits(&entry.did)?;
        let mut next = State { last: entry.at, ..self.clone() };
        match &entry.did {
            Step::Suspect { .. } | Step::Note { .. } => {}
            Step::Dismiss { .. } => next.phase = Phase::Dismissed,
            Step::BecomeAware { at, .. } => next.become_aware(*at, entry.at)?,
            Step::Assess { outcome } => next.outcome = *outcome,
            Step::DecideNotification { notify, .. } => next.decide_notification(*notify)?,
            Step::Notify { extent, delay, .. } => next.notify(*extent, delay, entry.at)?,
            Step::InformController { .. } => next.informed = Some(entry.at),
            Step::DecideCommunication { communicate, .. } => next.decide_communication(*communicate)?,
            Step::Communicate { .. } => next.communicated(entry.at)?,
            Step::Close { .. } => next.close(entry.at)?,
            Step::Reopen { .. } => next.reopen(),
            Step::Erase { .. } => next = State { phase: Phase::Erased, erased: Some(entry.at), ..next },
        }
        Ok(next)
    }

    /// Whether the phase knows such a step.
    fn fits(&self, step: &Step) -> Result<(), Refusal> {
        let (fits, help): (&[Phase], &str) = match step {
            Step::Suspect { .. } => (&[], "a record begins with it; begin another record for another breach"),
            Step::Dismiss { .. } => {
                (&[Phase::Suspected], "a breach that is known is not dismissed; close it with its reasons")
            }
            Step::BecomeAware { .. } => (
                &[Phase::Suspected],
                "awareness is stated once; reopen what was dismissed, and note what was learned later",
            ),
            Step::Note { .. } => {
                (&[Phase::Suspected, Phase::Aware, Phase::Dismissed, Phase::Closed], "what was erased stays as it is")
            }
            Step::Close { .. } => (
                &[Phase::Aware, Phase::Dismissed],
                "first become-aware, or dismiss it with what shows that there was no breach",
            ),
            Step::Reopen { .. } => (&[Phase::Dismissed, Phase::Closed], "it is open"),
            Step::Erase { .. } => (&[Phase::Closed], "close it first"),
            _ => (&[Phase::Aware], "first become-aware, with the moment from which it was reasonably certain"),
        };
        if fits.contains(&self.phase) {
            return Ok(());
        }
        let help = match (self.phase, step) {
            (Phase::Erased, _) => "what was erased stays as it is; begin another record",
            (Phase::Closed | Phase::Dismissed, Step::Close { .. } | Step::Erase { .. } | Step::Suspect { .. }) => help,
            (Phase::Closed | Phase::Dismissed, _) => "first reopen it, with the reason",
            _ => help,
        };
        Err(Refusal::new(format!("{} makes no sense while the breach is {}", step.name(), self.phase.as_str()), help))
    }

    fn become_aware(&mut self, at: Timestamp, written: Timestamp) -> Result<(), Refusal> {
        if at > written {
            return Err(Refusal::new(
                "nobody becomes aware in the future",
                "state when it was reasonably certain that there was a breach",
            ));
        }
        self.phase = Phase::Aware;
        self.clock = Some(Clock::since(at));
        Ok(())
    }

    fn decide_notification(&mut self, notify: bool) -> Result<(), Refusal> {
        if !notify && !self.notified.is_empty() {
            return Err(Refusal::new(
                "the authority has been notified already",
                "note what was learned since, and supplement the notification",
            ));
        }
        if !notify && self.outcome.is_none() {
            return Err(Refusal::new("a decision not to notify needs an assessment", "first assess"));
        }
        self.notify = Some(notify);
        Ok(())
    }

    fn notify(&mut self, extent: Extent, delay: &str, at: Timestamp) -> Result<(), Refusal> {
        if self.notify == Some(false) {
            return Err(Refusal::new(
                "it was decided not to notify the authority",
                "decide-notification anew, with the reason",
            ));
        }
        if self.notified.is_empty() && extent == Extent::Supplement {
            return Err(Refusal::new(
                "there is nothing to supplement yet",
                "the first notification is initial or complete",
            ));
        }
        if !self.notified.is_empty() && extent == Extent::Initial {
            return Err(Refusal::new(
                "the authority has been notified already",
                "what follows is a supplement, or complete",
            ));
        }
        let late = self.clock.filter(|clock| self.notified.is_empty() && clock.is_late(at));
        if let Some(clock) = late.filter(|_| delay.trim().is_empty()) {
            let cause = format!(
                "the 72 hours ended at {}: a late notification comes with the reasons for the delay, Art. 33(1)",
                moment(clock.ends)
            );
            return Err(Refusal::new(cause, "state them: delay"));
        }
        self.notify = Some(true);
        self.notified.push((at, extent));
        Ok(())
    }

    fn decide_communication(&mut self, communicate: bool) -> Result<(), Refusal> {
        if !communicate && self.communicated.is_some() {
            return Err(Refusal::new("data subjects have been told already", "note what was learned since"));
        }
        if !communicate && self.outcome.is_none() {
            return Err(Refusal::new("a decision not to tell data subjects needs an assessment", "first assess"));
        }
        self.communicate = Some(communicate);
        Ok(())
    }

    fn communicated(&mut self, at: Timestamp) -> Result<(), Refusal> {
        if self.communicate == Some(false) {
            return Err(Refusal::new(
                "it was decided not to tell data subjects",
                "decide-communication anew, with the reason",
            ));
        }
        self.communicate = Some(true);
        self.communicated = Some(at);
        Ok(())
    }

    fn close(&mut self, at: Timestamp) -> Result<(), Refusal> {
        let left = self.left_to_do();
        if !left.is_empty() {
            return Err(Refusal::new(format!("it cannot be closed: {}", left.join("; ")), "do what is left first"));
        }
        self.phase = Phase::Closed;
        self.closed = Some(at);
        Ok(())
    }

    fn reopen(&mut self) {
        self.phase = if self.clock.is_some() { Phase::Aware } else { Phase::Suspected };
        self.closed = None;
    }

    /// What must be done before it can be closed.
    pub fn left_to_do(&self) -> Vec<&'static str> {
        if self.phase == Phase::Dismissed {
            return Vec::new();
        }
        if self.phase == Phase::Suspected {
            return vec!["whether there was a breach is not said (become-aware, or dismiss)"];
        }
        // A processor has told the controller, who does the rest.
        let others = self.informed.is_some();
        let complete = self.notified.iter().any(|(_, extent)| *extent == Extent::Complete);
        let all = [
            (self.outcome.is_none(), "it was not assessed (assess)"),
            (
                self.notify.is_none() && !others,
                "whether the authority is notified is not decided (decide-notification)",
            ),
            (
                self.notify == Some(true) && self.notified.is_empty() && !others,
                "the authority is to be notified (notify)",
            ),
            (!self.notified.is_empty() && !complete, "the notification is not complete (notify complete)"),
            (
                self.communicate.is_none() && !others,
                "whether data subjects are told is not decided (decide-communication)",
            ),
            (
                self.communicate == Some(true) && self.communicated.is_none(),
                "data subjects are to be told (communicate)",
            ),
        ];
        all.into_iter().filter(|(left, _)| *left).map(|(_, what)| what).collect()
    }

    /// The 72 hours, while they matter: no notification yet, and none decided against.
    pub fn running(&self) -> Option<Clock> {
        let done = !self.notified.is_empty() || self.notify == Some(false) || self.informed.is_some();
        self.clock.filter(|_| self.phase == Phase::Aware && !done)
    }
}
