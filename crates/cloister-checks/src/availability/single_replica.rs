//! # What it does
//! Finds Deployments, StatefulSets and Rollouts that run, or may shrink to, a single pod.
//!
//! # Why it matters
//! Each restart, each drained node and each rollout is an outage: Art. 32(1)(b)
//! asks for availability and resilience.
//!
//! # What to do
//! Set `spec.replicas`, or the autoscaler's minimum, to two or more. Databases need
//! their own replication for it.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::workloads::{self, SCALED};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "single-replica",
    title: "workload runs a single pod",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(SCALED, |workload, findings| {
        let least = workloads::least(findings.inventory(), workload);
        // Switched off on purpose.
        let off = workload.root.int_at("spec/replicas") == Some(0);
        if !workloads::is_ours(workload) || off {
            return findings.not_applicable();
        }
        if least.pods < 2 {
            let field = if std::ptr::eq(least.place.resource, workload) { "replicas" } else { "minReplicas" };
            let may = if field == "replicas" { "runs" } else { "may shrink to" };
            findings
                .report(least.place)
                .message(format!("{} \"{}\" {may} a single pod", workload.kind, workload.name))
                .fix(format!("spec:\n  {field}: 2"));
        }
    }),
};
