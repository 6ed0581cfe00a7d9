//! # What it does
//! Finds workloads with several pods that no PodDisruptionBudget selects.
//!
//! # Why it matters
//! A drain of nodes, for an upgrade, may then take all of them at once.
//!
//! # What to do
//! Add a PodDisruptionBudget whose selector matches the pods.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::workloads::{REPLICATED, budgets_of, replicas};
use crate::system::is_system_pod;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-disruption-budget",
    title: "no disruption budget keeps pods running",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(&["Deployment", "StatefulSet", "PodDisruptionBudget"], |findings| {
        let inventory = findings.inventory();
        for pod in inventory.pods().filter(|pod| REPLICATED.contains(&&*pod.resource.kind) && !is_system_pod(pod)) {
            if replicas(pod.resource, inventory) < 2 {
                continue;
            }
            if findings.examine(budgets_of(&pod, inventory).next().is_none()) {
                let (kind, name) = (&pod.resource.kind, &pod.resource.name);
                findings
                    .report(pod.resource)
                    .message(format!("no disruption budget selects the pods of {kind} {name}"))
                    .fix(format!("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: {name}\n  namespace: {}\nspec:\n  maxUnavailable: 1\n  selector:\n    matchLabels: {{}} # the labels of its pods", pod.namespace()));
            }
        }
    }),
};
