//! # What it does
//! Finds Deployments, StatefulSets and Rollouts of two pods or more that say
//! nothing about spreading: no `topologySpreadConstraints`, no `podAntiAffinity`.
//!
//! # Why it matters
//! All pods may stand on one node, and fall with it.
//!
//! # What to do
//! Spread the pods over nodes (`kubernetes.io/hostname`) and, where there are any,
//! over zones (`topology.kubernetes.io/zone`).
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Pod Topology Spread Constraints".

use cloister_model::Severity;

use super::workloads::{self, SCALED};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-topology-spread",
    title: "pods may all stand on one node",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(SCALED, |workload, findings| {
        let inventory = findings.inventory();
        let Some(pod) = workloads::pods_of(inventory, workload).next() else { return findings.not_applicable() };
        if !workloads::is_ours(workload) || workloads::least(inventory, workload).pods < 2 {
            return findings.not_applicable();
        }
        let spread = pod.spec.get("topologySpreadConstraints").is_some_and(|list| !list.is_empty());
        let apart = pod.spec.at("affinity/podAntiAffinity").is_some_and(|rules| !rules.is_empty());
        if !spread && !apart {
            let place = pod.at("topologySpreadConstraints");
            findings
                .report(place)
                .message(format!("pods of {} \"{}\" may all stand on one node", workload.kind, workload.name))
                .fix(
                    "topologySpreadConstraints:\n  - maxSkew: 1\n    topologyKey: kubernetes.io/hostname\n    \
                     whenUnsatisfiable: ScheduleAnyway\n    labelSelector:\n      matchLabels: {app: NAME}",
                );
        }
    }),
};
