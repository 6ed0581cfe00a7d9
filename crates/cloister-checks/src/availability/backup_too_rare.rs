//! # What it does
//! Finds backups that run less than once a day, judged by the longest pause in
//! their schedule; those that run less than once a week weigh more.
//!
//! # Why it matters
//! All that was written since the last backup is lost with the database:
//! appointments, consents, requests for erasure.
//!
//! # What to do
//! Run the backup at least daily, or archive the database's log continuously.
//!
//! # References
//! GDPR Art. 32(1)(c).

use cloister_model::Severity;

use crate::backups::{self, KINDS};
use crate::cron::{self, DAY, WEEK};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "backup-too-rare",
    title: "backup runs less than once a day",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(KINDS, |resource, findings| {
        let place = backups::plan(resource).and_then(|plan| plan.schedule());
        let Some((place, schedule)) = place.and_then(|place| Some((place, place.node.as_str()?))) else {
            return findings.not_applicable();
        };
        let Some(pause) = cron::longest_pause(schedule) else {
            return findings.not_applicable();
        };
        if pause > DAY {
            let severity = if pause > WEEK { Severity::Medium } else { Severity::Low };
            let days = pause.div_ceil(DAY);
            findings
                .report(place)
                .severity(severity)
                .message(format!("backup by {} \"{}\" pauses for up to {days} days", resource.kind, resource.name))
                .fix("schedule: \"0 3 * * *\"");
        }
    }),
};
