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

use cloister_model::{Resource, Severity};

use super::workloads::{self, KINDS, Scalers};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "single-replica",
    title: "workload runs a single pod",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let inventory = findings.seen();
        let scalers = Scalers::of(&inventory);
        // Without pods a workload is switched off on purpose.
        let on = |workload: &&Resource| workload.root.int_at("spec/replicas") != Some(0);
        for workload in workloads::scaled(&inventory).filter(on) {
            let least = scalers.least(workload);
            if findings.examine(least.pods < 2) {
                let (may, field) = match &*least.place.resource.kind {
                    "HorizontalPodAutoscaler" => ("may shrink to", "minReplicas"),
                    "ScaledObject" => ("may shrink to", "minReplicaCount"),
                    _ => ("runs", "replicas"),
                };
                findings
                    .report(least.place)
                    .message(format!("{} \"{}\" {may} a single pod", workload.kind, workload.name))
                    .fix(format!("spec:\n  {field}: 2"));
            }
        }
    }),
};
