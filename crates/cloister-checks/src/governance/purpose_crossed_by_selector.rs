//! # What it does
//! Finds workloads that two activities claim, though neither says that their purposes
//! are compatible.
//!
//! # Why it matters
//! Data collected for one purpose must not be used for another. One workload that
//! serves both cannot keep them apart.
//!
//! # What to do
//! Split the workload; or state in `compatibleWith` of one activity why the purposes
//! are compatible (Art. 6(4)).
//!
//! # References
//! GDPR Art. 5(1)(b), 6(4).

use cloister_model::Severity;

use super::purposes::crossing;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "purpose-crossed-by-selector",
    title: "workload serves activities of different purposes",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(
        &["ProcessingActivity", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Pod"],
        |findings| {
            let register = findings.register();
            for workload in register.workloads() {
                let activities = register.activities_of(workload.resource);
                if activities.is_empty() {
                    continue;
                }
                let crossed = crossing(&activities);
                findings.examine(crossed.is_some());
                if let Some((one, other)) = crossed {
                    findings
                    .report(workload.resource)
                    .message(format!("{} serves \"{}\" and \"{}\", whose purposes are not declared compatible", workload.phrase(), one.name(), other.name()))
                    .fix(format!("# in the activity {}\nspec:\n  compatibleWith:\n    - activity: {}\n      reference: why the purposes are compatible", one.name(), other.name()));
                }
            }
        },
    ),
};
