//! # What it does
//! Finds Jobs and CronJobs that may run for ever: no `activeDeadlineSeconds`, in
//! the Job or in its pod.
//!
//! # Why it matters
//! A job that hangs keeps its connection, its locks and its copy of the data; of a
//! CronJob more and more pile up, or the next run never starts.
//!
//! # What to do
//! Set `activeDeadlineSeconds` to a time within which the job must be done.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Jobs", "Job termination and cleanup".

use cloister_model::{Place, Severity};

use super::workloads::is_ours;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "job-without-deadline",
    title: "job may run for ever",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["Job", "CronJob"], |job, findings| {
        if !is_ours(job) {
            return findings.not_applicable();
        }
        let spec = match &*job.kind {
            "CronJob" => Place::whole(job).at("spec/jobTemplate/spec"),
            _ => Place::whole(job).at("spec"),
        };
        let in_pod = spec.node.at("template/spec/activeDeadlineSeconds").is_some();
        let place = spec.at("activeDeadlineSeconds");
        if !place.missing.is_empty() && !in_pod {
            findings
                .report(place)
                .message(format!("{} \"{}\" may run for ever", job.kind, job.name))
                .fix("activeDeadlineSeconds: 3600");
        }
    }),
};
