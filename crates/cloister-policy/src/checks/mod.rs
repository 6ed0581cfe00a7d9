//! The checks over decisions. They run after all others, since an exception is
//! unused only when nothing was found that it accepts.

mod attestation_expired;
mod attestation_incomplete;
mod exception_expired;
mod exception_incomplete;
mod exception_unused;

use cloister_checks::{Entry, Family, Outcome};
use cloister_model::{Finding, Place, Subject};
use cloister_register::{Attestation, Register};
use jiff::civil::Date;

use crate::Exceptions;
use crate::exceptions::Rule;

macro_rules! entries {
    ($($module:ident),+ $(,)?) => {
        /// The checks over decisions.
        pub static CHECKS: &[Entry] = &[
            $(Entry {
                check: &$module::CHECK,
                family: Family::Policy,
                head: cloister_model::head!(concat!(stringify!($module), ".rs")),
            }),+
        ];
    };
}

entries!(attestation_expired, attestation_incomplete, exception_expired, exception_incomplete, exception_unused);

/// Judges every decision. `known` tells which checks exist.
pub fn run(
    entries: &[&'static Entry],
    exceptions: &Exceptions<'_>,
    register: &Register<'_>,
    known: &dyn Fn(&str) -> bool,
) -> Vec<Outcome> {
    let today = exceptions.today();
    let over_exceptions = |entry, judge: &dyn Fn(&Rule<'_>) -> Option<String>| {
        outcome(entry, exceptions.rules.iter().map(|rule| (rule.place, judge(rule))))
    };
    let over_attestations = |entry, judge: &dyn Fn(&Attestation<'_>) -> Option<String>| {
        let all = register.attestations().iter();
        outcome(entry, all.map(|attestation| (Place::whole(attestation.resource()), judge(attestation))))
    };
    let judge = |entry: &&'static Entry| match entry.check.name {
        "exception-expired" => over_exceptions(entry, &|rule| exception_expired::judge(rule, today)),
        "exception-incomplete" => over_exceptions(entry, &|rule| exception_incomplete::judge(rule, known)),
        "exception-unused" => over_exceptions(entry, &exception_unused::judge),
        "attestation-expired" => over_attestations(entry, &|it| attestation_expired::judge(it, today)),
        _ => over_attestations(entry, &|it| attestation_incomplete::judge(it, today)),
    };
    entries.iter().map(judge).collect()
}

fn outcome<'a>(entry: &'static Entry, judged: impl Iterator<Item = (Place<'a>, Option<String>)>) -> Outcome {
    let mut outcome = Outcome { entry, examined: 0, failed: 0, findings: Vec::new(), not_evaluated: None };
    for (place, verdict) in judged {
        outcome.examined += 1;
        if let Some(message) = verdict {
            outcome.failed += 1;
            let check = entry.check;
            outcome.findings.push(Finding::new(check.name.into(), check.severity, &Subject::Place(place), message));
        }
    }
    outcome
}

/// A date for messages.
fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}
