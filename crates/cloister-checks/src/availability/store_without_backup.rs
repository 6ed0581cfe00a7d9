//! # What it does
//! Finds databases that nothing in the input backs up: no job, no snapshot, no
//! schedule of an operator or of Velero, no statement in the register.
//!
//! # Why it matters
//! Personal data must be restored in time after an accident; what has no copy is gone.
//! Caches and queues are left out.
//!
//! # What to do
//! Back it up on a schedule, away from the cluster, and name it in the `backup` of the
//! PersonalDataStore.
//!
//! # References
//! GDPR Art. 32(1)(c), 5(1)(f).

use cloister_model::Severity;

use super::backups::{is_backed_up, is_lasting};
use crate::system::is_system_namespace;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-without-backup",
    title: "nothing backs this store up",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(&["CronJob", "StatefulSet", "Deployment"], |findings| {
        let (register, inventory) = (findings.register(), findings.inventory());
        for workload in register.workloads().iter().filter(|workload| !is_system_namespace(workload.namespace())) {
            let Some(recognised) = register.recognised(workload.resource) else { continue };
            if !is_lasting(recognised.engine) {
                continue;
            }
            if findings.examine(!is_backed_up(workload, register, inventory)) {
                findings.report(workload.resource).message(format!(
                    "nothing here backs up {}, a {} store",
                    workload.phrase(),
                    recognised.engine.meaning()
                ));
            }
        }
    }),
};
