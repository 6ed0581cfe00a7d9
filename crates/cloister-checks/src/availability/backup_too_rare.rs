//! # What it does
//! Finds backups that run more rarely than every day.
//!
//! # Why it matters
//! An accident then loses more than a day of records; for a patient record that is
//! too much.
//!
//! # What to do
//! Run the backup at least daily; state the reason in an exception where the data
//! changes rarely.
//!
//! # References
//! GDPR Art. 32(1)(c).

use cloister_model::Severity;

use cloister_model::{Place, Resource};

use super::backups::makes_backups;
use super::cron::rarest_days;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "backup-too-rare",
    title: "backup runs more rarely than every day",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(&["CronJob"], |findings| {
        let jobs = findings.inventory().pods().filter(|pod| &*pod.resource.kind == "CronJob" && makes_backups(pod));
        let velero = findings.inventory().of_kind("Schedule.velero.io");
        let operators = findings.inventory().of_kind("ScheduledBackup.postgresql.cnpg.io");
        for schedule in jobs.map(|pod| pod.resource).chain(velero).chain(operators) {
            let Some(days) = schedule.root.str_at("spec/schedule").and_then(|text| days_of(schedule, text)) else {
                continue;
            };
            if findings.examine(days > 1) {
                findings
                    .report(Place::whole(schedule).at("spec/schedule"))
                    .message(format!(
                        "the backup {} {} leaves up to {days} days between two copies",
                        schedule.kind, schedule.name
                    ))
                    .fix("schedule: \"15 2 * * *\"");
            }
        }
    }),
};

/// CloudNativePG's schedules have a sixth field, the seconds, in front.
fn days_of(schedule: &Resource, text: &str) -> Option<u32> {
    if &*schedule.kind == "ScheduledBackup" && text.split_whitespace().count() == 6 {
        return rarest_days(text.trim().split_once(' ')?.1);
    }
    rarest_days(text)
}
