//! # What it does
//! Finds workloads with several pods that may all stand on one node: neither spread
//! constraints nor anti-affinity.
//!
//! # Why it matters
//! Two pods on one node die together.
//!
//! # What to do
//! Add `topologySpreadConstraints` over `kubernetes.io/hostname` and, where there are
//! zones, `topology.kubernetes.io/zone`.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::workloads::{REPLICATED, replicas};
use crate::system::is_system_pod;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-topology-spread",
    title: "pods may all stand on one node",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let replicated = REPLICATED.contains(&&*pod.resource.kind);
        if !replicated || is_system_pod(pod) || replicas(pod.resource, findings.inventory()) < 2 {
            return findings.not_applicable();
        }
        let spread = !pod.spec.items_at("topologySpreadConstraints").is_empty();
        let apart = pod.spec.at("affinity/podAntiAffinity").is_some_and(|affinity| !affinity.is_empty());
        if spread || apart {
            return;
        }
        findings
            .report(pod.at("topologySpreadConstraints"))
            .message(format!("the pods of {} {} may all stand on one node", pod.resource.kind, pod.resource.name))
            .fix("topologySpreadConstraints:\n  - maxSkew: 1\n    topologyKey: kubernetes.io/hostname\n    whenUnsatisfiable: ScheduleAnyway\n    labelSelector:\n      matchLabels: {} # the labels of its pods");
    }),
};
