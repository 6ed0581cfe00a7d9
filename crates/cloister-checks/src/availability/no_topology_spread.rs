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

use cloister_inventory::Inventory;
use cloister_model::Severity;

use super::workloads::{self, KINDS, Scalers};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-topology-spread",
    title: "pods may all stand on one node",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let inventory = findings.seen();
        let scalers = Scalers::of(&inventory);
        for workload in workloads::scaled(&inventory).filter(|workload| scalers.least(workload).pods > 1) {
            let Some(pod) = Inventory::pods_of(workload).next() else { continue };
            let set = |path: &str| pod.spec.at(path).is_some_and(|rules| !rules.is_empty());
            if findings.examine(!set("topologySpreadConstraints") && !set("affinity/podAntiAffinity")) {
                findings
                    .report(pod.at("topologySpreadConstraints"))
                    .message(format!("pods of {} \"{}\" may all stand on one node", workload.kind, workload.name))
                    .fix(
                        "topologySpreadConstraints:\n  - maxSkew: 1\n    topologyKey: kubernetes.io/hostname\n    \
                         whenUnsatisfiable: ScheduleAnyway\n    labelSelector:\n      matchLabels: {app: NAME}",
                    );
            }
        }
    }),
};
