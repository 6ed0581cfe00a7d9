//! # What it does
//! Finds processors without an agreement, or with one that has ended.
//!
//! # Why it matters
//! A processor may act only on a contract that binds it to our instructions, to
//! secrecy and to security.
//!
//! # What to do
//! Sign one, and name it in `agreement.reference`.
//!
//! # References
//! GDPR Art. 28(3), 28(9).

use cloister_model::Severity;

use cloister_register::ProcessorRole;

use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "processor-without-agreement",
    title: "processor has no agreement that holds",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(&["Processor"], |findings| {
        let today = findings.today();
        for processor in findings.register().processors() {
            if processor.role().value().is_some_and(|role| role != ProcessorRole::Processor) {
                continue;
            }
            let agreement = processor.agreement().value();
            let signed = agreement.is_some_and(|agreement| agreement.reference().is_stated());
            let ended = agreement.and_then(|agreement| agreement.expires().value()).filter(|day| *day < today);
            if findings.examine(!signed || ended.is_some()) {
                let says = ended.map_or_else(
                    || "has no agreement".to_owned(),
                    |day| format!("has an agreement that ended on {day}"),
                );
                findings
                    .report(processor.agreement().place())
                    .message(format!("processor \"{}\" {says}", processor.name()))
                    .fix("spec:\n  agreement:\n    reference: where the contract is found\n    date: 2026-01-31");
            }
        }
    }),
};
