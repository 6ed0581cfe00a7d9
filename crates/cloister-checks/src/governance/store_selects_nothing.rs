//! # What it does
//! Finds stores whose selector matches no workload of the input.
//!
//! # Why it matters
//! The record speaks of a database that does not run here; the one that does has no
//! entry, and so no retention and no owner.
//!
//! # What to do
//! Correct `selector`; for a store outside the cluster write `external` instead.
//!
//! # References
//! GDPR Art. 5(2), 30(1).

use cloister_model::Severity;

use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-selects-nothing",
    title: "store selects no workload",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&["PersonalDataStore", "Deployment", "StatefulSet", "DaemonSet", "Pod"], |findings| {
        let register = findings.register();
        if register.workloads().is_empty() {
            return;
        }
        for store in register.stores().iter().filter(|store| store.selector().is_stated()) {
            let nothing = !register.selects_any(store.resource());
            if findings.examine(nothing) {
                findings
                    .report(store.selector().place())
                    .message(format!("store \"{}\" selects no workload", store.name()));
            }
        }
    }),
};
