//! # What it does
//! Finds activities and stores that name a processor of which the register has no entry.
//!
//! # Why it matters
//! Nobody can tell where its data goes, under which agreement, or whom to call.
//!
//! # What to do
//! Add a `Processor` of that name, with country and agreement.
//!
//! # References
//! GDPR Art. 19, 28(1), 30(1)(d).

use cloister_model::Severity;

use cloister_model::Place;

use crate::{Check, Findings, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "processor-undeclared",
    title: "a processor is named that the register does not know",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&["ProcessingActivity", "Processor"], |findings| {
        for activity in findings.register().activities() {
            for (recipient, place) in activity.recipients().placed_items() {
                let Some(name) = recipient.processor().value() else { continue };
                judge(findings, "activity", activity.name(), name, place.at("processor"));
            }
        }
        for store in findings.register().stores() {
            let Some(external) = store.external().value() else { continue };
            let Some(name) = external.processor().value() else { continue };
            judge(findings, "store", store.name(), name, external.processor().place());
        }
    }),
};

fn judge(findings: &mut Findings<'_>, what: &str, entry: &str, name: &str, place: Place<'_>) {
    let unknown = findings.register().processor(name).is_none();
    if findings.examine(unknown) {
        findings
            .report(place)
            .message(format!("{what} \"{entry}\" names the processor \"{name}\", which has no entry"))
            .fix(format!("apiVersion: cloister.dev/v1alpha1\nkind: Processor\nmetadata:\n  name: {name}\nspec:\n  legalName: its name\n  country: DE\n  agreement:\n    reference: where the contract is found"));
    }
}
