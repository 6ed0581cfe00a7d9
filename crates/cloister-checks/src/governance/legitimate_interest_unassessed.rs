//! # What it does
//! Finds activities based on legitimate interests without a balancing test.
//!
//! # Why it matters
//! This basis holds only where the interests outweigh those of the data subject; that
//! must have been weighed, and shown.
//!
//! # What to do
//! Weigh the interests in writing, and name it in `lawfulBasis.assessment.reference`;
//! or choose another basis.
//!
//! # References
//! GDPR Art. 6(1)(f), 21.

use cloister_model::Severity;

use cloister_register::Basis;

use super::register_fields::ACTIVITIES;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "legitimate-interest-unassessed",
    title: "legitimate interests were not weighed",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        for activity in findings.register().activities() {
            let Some(lawful_basis) = activity.lawful_basis().value() else { continue };
            if lawful_basis.basis().value() != Some(Basis::LegitimateInterests) {
                continue;
            }
            let weighed = lawful_basis.assessment().value().is_some_and(|test| test.reference().is_stated());
            if findings.examine(!weighed) {
                findings
                    .report(lawful_basis.assessment().place())
                    .message(format!(
                        "activity \"{}\" rests on legitimate interests that nobody weighed",
                        activity.name()
                    ))
                    .fix("spec:\n  lawfulBasis:\n    assessment:\n      reference: where the balancing test is found");
            }
        }
    }),
};
