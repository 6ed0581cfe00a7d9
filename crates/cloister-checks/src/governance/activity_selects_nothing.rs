//! # What it does
//! Finds activities whose selector matches no workload of the input.
//!
//! # Why it matters
//! The record speaks of something that does not run here: a name has changed, or the
//! activity has ended. Meanwhile nobody watches over what runs instead.
//!
//! # What to do
//! Correct `selector`, or remove the entry when the activity has ended.
//!
//! # References
//! GDPR Art. 5(2), 30(1).

use cloister_model::Severity;

use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "activity-selects-nothing",
    title: "activity selects no workload",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(
        &["ProcessingActivity", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Pod"],
        |findings| {
            let register = findings.register();
            if register.workloads().is_empty() {
                return;
            }
            for activity in register.activities().iter().filter(|activity| activity.selector().is_stated()) {
                let nothing = !register.selects_any(activity.resource());
                if findings.examine(nothing) {
                    findings
                        .report(activity.selector().place())
                        .message(format!("activity \"{}\" selects no workload", activity.name()));
                }
            }
        },
    ),
};
