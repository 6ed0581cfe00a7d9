//! Taking a step: what the facts must say for it, and what it writes down.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::{API_VERSION, Breach, KIND, Metadata};
use crate::decision::decide;
use crate::facts::{Facts, KEPT, Role};
use crate::fault::Refusal;
use crate::machine::State;
use crate::severity::assess;
use crate::step::{Entry, Extent, Outcome, Step, moment};

impl Breach {
    /// A record that begins with a suspicion.
    pub fn suspected(number: &str, spec: Facts, reason: &str, now: Timestamp, who: &str) -> Result<Breach, Refusal> {
        let did = Step::Suspect { reason: reason.to_owned() };
        said(&did, who)?;
        if number.trim().is_empty() {
            return Err(Refusal::new("a breach without a number", "give it one, such as 2026-001"));
        }
        Ok(Breach {
            api_version: API_VERSION.to_owned(),
            kind: KIND.to_owned(),
            metadata: Metadata { name: number.to_owned() },
            spec,
            history: vec![Entry { at: now, who: who.to_owned(), did }],
        })
    }

    /// The document after one more step; or why it cannot be taken, and the way out.
    pub fn apply(&self, step: Step, now: Timestamp, who: &str) -> Result<Breach, Refusal> {
        said(&step, who)?;
        let state = self.state().map_err(|fault| Refusal::new(fault.to_string(), fault.help))?;
        let step = self.filled(step);
        self.allows(&step, &state, now)?;
        let entry = Entry { at: now, who: who.to_owned(), did: step };
        state.after(&entry)?;
        let mut next = self.clone();
        if matches!(entry.did, Step::Erase { .. }) {
            next.forget();
        }
        next.history.push(entry);
        Ok(next)
    }

    /// When the record may go: the time it is kept for, after closure. Nothing while it is open.
    pub fn due_for_erasure(&self, state: &State) -> Option<Timestamp> {
        let kept = self.spec.keep_for.as_deref().unwrap_or(KEPT);
        let span: Span = kept.parse().ok()?;
        let closed = state.closed.filter(|_| state.erased.is_none())?;
        closed.to_zoned(TimeZone::UTC).checked_add(span).ok().map(|until| until.timestamp())
    }

    fn filled(&self, step: Step) -> Step {
        let Step::Assess { .. } = step else { return step };
        let (severity, decisions) = (assess(&self.spec), decide(&self.spec));
        let outcome = Outcome {
            score: severity.score,
            severity: severity.level,
            risk: decisions.risk,
            notify: decisions.notify.yes,
            communicate: decisions.communicate.yes,
        };
        Step::Assess { outcome: Some(outcome) }
    }

    /// What the facts say against it.
    fn allows(&self, step: &Step, state: &State, now: Timestamp) -> Result<(), Refusal> {
        let facts = &self.spec;
        match step {
            Step::Notify { extent: Extent::Complete, .. } if facts.role != Role::Processor => complete(facts),
            Step::Notify { .. } | Step::Communicate { .. } if facts.role == Role::Processor => Err(Refusal::new(
                "a processor tells its controller, who tells the others",
                "inform-controller; or correct spec.role",
            )),
            Step::InformController { .. } if facts.role != Role::Processor => Err(Refusal::new(
                "only a processor tells a controller, Art. 33(2)",
                "correct spec.role, or notify the authority",
            )),
            Step::BecomeAware { at, .. } => match facts.occurred.as_ref().and_then(|it| it.from) {
                Some(from) if *at < from => Err(Refusal::new(
                    format!("it happened at {} only", moment(from)),
                    "when it happened is spec.occurred, when it became known is this step",
                )),
                _ => Ok(()),
            },
            Step::Erase { reason } => match self.due_for_erasure(state) {
                Some(due) if now < due && reason.trim().is_empty() => Err(Refusal::new(
                    format!(
                        "it is kept until {}, so that the authority can verify it, Art. 33(5)",
                        due.strftime("%Y-%m-%d")
                    ),
                    "wait; or give the reason why it must go earlier",
                )),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Only that there was a breach, and what was done when, stays.
    fn forget(&mut self) {
        self.spec = Facts { title: "erased".to_owned(), role: self.spec.role, ..Facts::default() };
        for entry in &mut self.history {
            entry.did = entry.did.bare();
            "erased".clone_into(&mut entry.who);
        }
    }
}

fn complete(facts: &Facts) -> Result<(), Refusal> {
    let missing: Vec<String> = facts.missing().into_iter().map(|(field, why)| format!("{field} ({why})")).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let cause = format!("a complete notification lacks {}", missing.join("; "));
    Err(Refusal::new(cause, "state it, in words where a number is not known; or notify in phases: initial, Art. 33(4)"))
}

/// Whether it is said who does it, and why, where that is needed.
fn said(step: &Step, who: &str) -> Result<(), Refusal> {
    if who.trim().is_empty() {
        return Err(Refusal::new("nobody takes this step", "say who"));
    }
    let (needed, help) = match step {
        Step::Suspect { reason } => (reason, "say what makes you suspect a breach"),
        Step::Dismiss { reason } => (reason, "say what shows that there was none: it is kept, Art. 33(5)"),
        Step::BecomeAware { reason, .. } => (reason, "say how it became certain"),
        Step::DecideNotification { notify: false, reason } => {
            (reason, "say why a risk to people is unlikely: the authority may ask, Art. 33(5)")
        }
        Step::DecideCommunication { communicate: false, reason, .. } => {
            (reason, "say why a high risk is unlikely, or which exemption of Art. 34(3) holds and why")
        }
        Step::Communicate { channel, .. } => (channel, "say how they were told"),
        Step::Note { reason } => (reason, "say what is noted"),
        Step::Reopen { reason } => (reason, "say why"),
        _ => return Ok(()),
    };
    if needed.trim().is_empty() {
        return Err(Refusal::new(format!("{} without a reason", step.name()), help));
    }
    Ok(())
}
