//! # What it does
//! Finds Jobs and CronJobs that may run for ever.
//!
//! # Why it matters
//! A job that hangs holds its credentials and its locks, and the next backup never starts.
//!
//! # What to do
//! Set `activeDeadlineSeconds`.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use cloister_model::Place;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "job-without-deadline",
    title: "job has no deadline",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["Job", "CronJob"], |job, findings| {
        let path = if &*job.kind == "Job" {
            "spec/activeDeadlineSeconds"
        } else {
            "spec/jobTemplate/spec/activeDeadlineSeconds"
        };
        let pod = if &*job.kind == "Job" {
            "spec/template/spec/activeDeadlineSeconds"
        } else {
            "spec/jobTemplate/spec/template/spec/activeDeadlineSeconds"
        };
        // A CronJob answers for the Jobs that it makes.
        if !job.root.items_at("metadata/ownerReferences").is_empty() {
            return findings.not_applicable();
        }
        if job.root.at(path).is_none() && job.root.at(pod).is_none() {
            findings
                .report(Place::whole(job).at(path))
                .message(format!("{} {} may run for ever", job.kind, job.name))
                .fix("activeDeadlineSeconds: 3600");
        }
    }),
};
