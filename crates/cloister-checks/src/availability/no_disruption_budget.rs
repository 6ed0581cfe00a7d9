//! # What it does
//! Finds Deployments, StatefulSets and Rollouts of two pods or more that no
//! PodDisruptionBudget selects.
//!
//! # Why it matters
//! When nodes are drained for an upgrade, all pods may be taken at once.
//!
//! # What to do
//! Add a PodDisruptionBudget that selects the pods.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Specifying a Disruption Budget for your Application".

use cloister_inventory::{Inventory, Pod};
use cloister_model::{Place, Resource, Severity};

use super::workloads::{self, Budgets, KINDS, Scalers};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-disruption-budget",
    title: "no disruption budget protects this workload",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let inventory = findings.seen();
        let (scalers, budgets) = (Scalers::of(&inventory), Budgets::of(&inventory));
        for workload in workloads::scaled(&inventory).filter(|workload| scalers.least(workload).pods > 1) {
            let Some(pod) = Inventory::pods_of(workload).next() else { continue };
            if findings.examine(budgets.over(&pod).next().is_none()) {
                findings
                    .report(Place::whole(workload))
                    .message(format!("no disruption budget selects {} \"{}\"", workload.kind, workload.name))
                    .fix(fix(workload, &pod));
            }
        }
    }),
};

/// A budget for exactly these pods.
fn fix(workload: &Resource, pod: &Pod<'_>) -> String {
    let labels = pod.labels().iter().filter_map(|label| Some((&label.key, label.node.as_str()?)));
    let labels: String = labels.map(|(key, value)| format!("\n      {key}: {value:?}")).collect();
    format!(
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: {}, namespace: {}}}\n\
         spec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:{labels}",
        workload.name,
        workload.namespace_or_default()
    )
}
