//! # What it does
//! Finds backups that are switched off: CronJobs that back up and are suspended,
//! schedules of Velero, CloudNativePG and other programs that are paused.
//!
//! # Why it matters
//! After a loss there is nothing to restore from, while everyone believes that
//! there is (Art. 32(1)(c)).
//!
//! # What to do
//! Switch it on, or delete it and say what backs the data up instead.
//!
//! # References
//! GDPR Art. 32(1)(c).

use cloister_model::Severity;

use crate::backups::{self, KINDS};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "backup-suspended",
    title: "backup is switched off",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(KINDS, |resource, findings| {
        let Some(plan) = backups::plan(resource) else { return findings.not_applicable() };
        if let Some(place) = plan.paused() {
            findings
                .report(place)
                .message(format!("backup by {} \"{}\" is switched off", resource.kind, resource.name));
        }
    }),
};
