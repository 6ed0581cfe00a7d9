//! States and severities: a word and a shape each, so that colour is never alone.

use cloister_assessment::{AssessedRequirement, Status};
use cloister_model::Severity;
use maud::{Markup, html};

/// A requirement's state, as a reader tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Something speaks against it.
    Open,
    /// What was looked at holds.
    Partly,
    /// Nothing was looked at.
    NotEvaluated,
    /// A person states it.
    Attested,
    /// All was looked at, and holds.
    Held,
}

impl State {
    /// All of them, worst first.
    pub const ALL: [State; 5] = [State::Open, State::Partly, State::NotEvaluated, State::Attested, State::Held];

    /// What was looked at holds, though not everything was: told apart from nothing looked at.
    pub fn of(requirement: &AssessedRequirement) -> State {
        match requirement.status {
            Status::NotSatisfied => State::Open,
            Status::NotEvaluated if requirement.held > 0 => State::Partly,
            Status::NotEvaluated => State::NotEvaluated,
            Status::Attested => State::Attested,
            Status::Satisfied => State::Held,
        }
    }

    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Partly => "held as far as seen",
            State::NotEvaluated => "not evaluated",
            State::Attested => "attested",
            State::Held => "held",
        }
    }

    /// The name of its shape and class.
    pub fn name(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Partly => "partly",
            State::NotEvaluated => "unseen",
            State::Attested => "attested",
            State::Held => "held",
        }
    }

    /// The shape; the word stands beside it or in it.
    pub fn shape(self) -> Markup {
        html! { svg class={ "mark " (self.name()) } viewBox="0 0 16 16" aria-hidden="true" { use href={ "#m-" (self.name()) } {} } }
    }

    /// Shape and word.
    pub fn mark(self) -> Markup {
        html! { span class={ "state " (self.name()) } { (self.shape()) " " (self.word()) } }
    }
}

/// The shapes, drawn once: a diamond with a cross, a half circle, a dashed
/// circle, a pen stroke, a circle with a tick.
pub fn symbols() -> Markup {
    html! {
        svg.symbols width="0" height="0" aria-hidden="true" {
            symbol id="m-open" viewBox="0 0 16 16" {
                path d="M8 .8 15.2 8 8 15.2.8 8Z" fill="currentColor" {}
                path d="M5.7 5.7l4.6 4.6m0-4.6-4.6 4.6" stroke="var(--paper)" stroke-width="1.7" stroke-linecap="round" {}
            }
            symbol id="m-partly" viewBox="0 0 16 16" {
                circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" {}
                path d="M8 1.8a6.2 6.2 0 0 0 0 12.4Z" fill="currentColor" {}
            }
            symbol id="m-unseen" viewBox="0 0 16 16" {
                circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 2.47" {}
            }
            symbol id="m-attested" viewBox="0 0 16 16" {
                rect x="1.8" y="1.8" width="12.4" height="12.4" rx="2.4" fill="none" stroke="currentColor" stroke-width="1.6" {}
                path d="M4.6 9.9c1.5-4.4 3-4.4 2.6-1.6-.3 2.4 1.2 2.4 4.2-1.4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" {}
            }
            symbol id="m-held" viewBox="0 0 16 16" {
                circle cx="8" cy="8" r="7" fill="currentColor" {}
                path d="m4.9 8.3 2.2 2.2 4.1-4.7" fill="none" stroke="var(--paper)" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" {}
            }
        }
    }
}

/// The word, with as many strokes as it is bad.
pub fn severity(severity: Severity) -> Markup {
    let strokes = match severity {
        Severity::Critical => 4,
        Severity::High => 3,
        Severity::Medium => 2,
        Severity::Low => 1,
        Severity::Info => 0,
    };
    html! {
        span class={ "severity " (severity.as_str()) } {
            span.strokes aria-hidden="true" { @for at in 0..4 { i.on[at < strokes] {} } }
            (severity.as_str())
        }
    }
}
