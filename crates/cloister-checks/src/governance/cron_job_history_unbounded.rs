//! # What it does
//! Finds CronJobs that keep more than ten finished Jobs of a kind, without a time to
//! live.
//!
//! # Why it matters
//! Each kept Job keeps its pods with their logs, arguments and environment, and the
//! personal data in them (Art. 5(1)(e)).
//!
//! # What to do
//! Lower the limit, or set `ttlSecondsAfterFinished` in the job template.
//!
//! # References
//! GDPR Art. 5(1)(e). Kubernetes, "CronJob", jobs history limits.

use cloister_model::{Place, Severity};

use crate::{Check, Run};

const LIMITS: [&str; 2] = ["spec/successfulJobsHistoryLimit", "spec/failedJobsHistoryLimit"];

/// More than anybody looks through to find a fault.
const MANY: i64 = 10;

pub(crate) const CHECK: Check = Check {
    name: "cron-job-history-unbounded",
    title: "CronJob keeps a long history",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["CronJob"], |cron_job, findings| {
        if cron_job.root.at("spec/jobTemplate/spec/ttlSecondsAfterFinished").is_some() {
            return;
        }
        for limit in LIMITS {
            // Without a limit of its own a CronJob keeps three successful Jobs and one failed.
            let Some(kept) = cron_job.root.int_at(limit).filter(|kept| *kept > MANY) else { continue };
            findings
                .report(Place::whole(cron_job).at(limit))
                .message(format!("CronJob \"{}\" keeps {kept} finished Jobs", cron_job.name))
                .fix("successfulJobsHistoryLimit: 3\nfailedJobsHistoryLimit: 1");
        }
    }),
};
