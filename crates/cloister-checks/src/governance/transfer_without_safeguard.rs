//! # What it does
//! Finds transfers to third countries without a safeguard: those an activity states,
//! and processors outside the EEA that an activity names.
//!
//! # Why it matters
//! Outside the Union the protection ends unless an adequacy decision, standard
//! clauses, binding rules or a derogation carries it along.
//!
//! # What to do
//! State `safeguard` and its `reference` in the transfer, or `transfer.safeguard` of
//! the processor; or keep the data in the Union.
//!
//! # References
//! GDPR Art. 30(1)(e), 44, 46.

use cloister_model::Severity;

use cloister_register::{ProcessingActivity, Processor};

use crate::{Check, Findings, Need, Run};
use cloister_register::countries::is_eea;

pub(crate) const CHECK: Check = Check {
    name: "transfer-without-safeguard",
    title: "personal data goes to a third country without a safeguard",
    severity: Severity::Critical,
    needs: &[Need::Register],
    run: Run::Inventory(&["ProcessingActivity", "Processor"], |findings| {
        for activity in findings.register().activities() {
            stated(activity, findings);
            by_processors(activity, findings);
        }
    }),
};

/// Transfers that the activity itself states.
fn stated(activity: &ProcessingActivity<'_>, findings: &mut Findings<'_>) {
    for (transfer, place) in activity.transfers().placed_items() {
        let Some(country) = transfer.country().value().filter(|country| !is_eea(country.code())) else { continue };
        let recipient = transfer.recipient().value();
        let processor = recipient.and_then(|name| findings.register().processor(name));
        let safe = transfer.safeguard().is_stated() || processor.is_some_and(has_safeguard);
        if findings.examine(!safe) {
            let to = recipient.map(|name| format!(" to \"{name}\"")).unwrap_or_default();
            findings
                .report(place.at("safeguard"))
                .message(format!(
                    "activity \"{}\" transfers data{to} in {} without a safeguard",
                    activity.name(),
                    country.code()
                ))
                .fix("transfers:\n  - safeguard: scc\n    reference: where the clauses are found");
        }
    }
}

/// Processors in third countries that receive data, whether or not a transfer is stated.
fn by_processors(activity: &ProcessingActivity<'_>, findings: &mut Findings<'_>) {
    let stated = activity.transfers().items();
    for (recipient, place) in activity.recipients().placed_items() {
        let Some(processor) = recipient.processor().value().and_then(|name| findings.register().processor(name)) else {
            continue;
        };
        let Some(country) = processor.country().value().filter(|country| !is_eea(country.code())) else { continue };
        let covered = stated.iter().any(|transfer| {
            transfer.recipient().value() == Some(processor.name())
                || transfer.country().value().is_some_and(|stated| stated.code() == country.code())
        });
        // A stated transfer is judged where it is stated.
        if covered {
            continue;
        }
        if findings.examine(!has_safeguard(processor)) {
            findings
                .report(place)
                .message(format!(
                    "activity \"{}\" sends data to \"{}\" in {} without a safeguard",
                    activity.name(),
                    processor.name(),
                    country.code()
                ))
                .fix("transfers:\n  - country: US\n    recipient: NAME\n    safeguard: scc\n    reference: where the clauses are found");
        }
    }
}

fn has_safeguard(processor: &Processor<'_>) -> bool {
    processor.transfer().value().is_some_and(|transfer| transfer.safeguard().is_stated())
}
