//! # What it does
//! Finds backup jobs and schedules that are switched off.
//!
//! # Why it matters
//! The last backup grows older every day, and nobody is told.
//!
//! # What to do
//! Set `suspend: false` (`paused: false` for Velero), or delete the job.
//!
//! # References
//! GDPR Art. 32(1)(c).

use cloister_model::Severity;

use cloister_model::Place;

use super::backups::makes_backups;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "backup-suspended",
    title: "backup is suspended",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(&["CronJob"], |findings| {
        let jobs = findings.inventory().pods().filter(|pod| &*pod.resource.kind == "CronJob" && makes_backups(pod));
        let jobs = jobs.map(|pod| (pod.resource, "spec/suspend"));
        let velero = findings.inventory().of_kind("Schedule.velero.io").map(|schedule| (schedule, "spec/paused"));
        for (schedule, path) in jobs.chain(velero) {
            if findings.examine(schedule.root.bool_at(path) == Some(true)) {
                findings
                    .report(Place::whole(schedule).at(path))
                    .message(format!("the backup {} {} is switched off", schedule.kind, schedule.name));
            }
        }
    }),
};
