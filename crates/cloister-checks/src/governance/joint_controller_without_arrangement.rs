//! # What it does
//! Finds joint controllers without an arrangement.
//!
//! # Why it matters
//! Who decides together must settle in an arrangement who answers to data subjects.
//!
//! # What to do
//! Make the arrangement, and name it in `arrangement.reference`.
//!
//! # References
//! GDPR Art. 26(1), 26(2), 30(1)(a).

use cloister_model::Severity;

use super::register_fields::ACTIVITIES;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "joint-controller-without-arrangement",
    title: "joint controllers have no arrangement",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&ACTIVITIES, |findings| {
        for activity in findings.register().activities() {
            for (controller, place) in activity.joint_controllers().placed_items() {
                let arranged = controller.arrangement().value().is_some_and(|it| it.reference().is_stated());
                if findings.examine(!arranged) {
                    let name = controller.name().value().unwrap_or("a joint controller");
                    findings
                        .report(place.at("arrangement"))
                        .message(format!("activity \"{}\" has no arrangement with {name}", activity.name()))
                        .fix("arrangement:\n  reference: where it is found\n  date: 2026-01-31");
                }
            }
        }
    }),
};
