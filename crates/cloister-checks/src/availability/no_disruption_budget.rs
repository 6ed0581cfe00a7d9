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

use cloister_model::{Place, Severity};

use super::workloads::{self, SCALED};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-disruption-budget",
    title: "no disruption budget protects this workload",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(
        &["Deployment", "StatefulSet", "Rollout.argoproj.io", "PodDisruptionBudget", "HorizontalPodAutoscaler"],
        |findings| {
            let inventory = findings.inventory();
            let all = SCALED.iter().flat_map(|kind| inventory.of_kind(kind));
            for workload in all.filter(|workload| workloads::is_ours(workload)) {
                if workloads::least(inventory, workload).pods < 2 {
                    continue;
                }
                let Some(pod) = workloads::pods_of(inventory, workload).next() else { continue };
                let mut budgets = inventory.of_kind_in("PodDisruptionBudget", workload.namespace_or_default());
                if findings.examine(!budgets.any(|budget| workloads::budget_selects(budget, &pod))) {
                    let labels = pod.labels().iter().filter_map(|label| Some((&label.key, label.node.as_str()?)));
                    let labels: String = labels.map(|(key, value)| format!("\n      {key}: {value:?}")).collect();
                    findings
                        .report(Place::whole(workload))
                        .message(format!("no disruption budget selects {} \"{}\"", workload.kind, workload.name))
                        .fix(format!(
                            "apiVersion: policy/v1\nkind: PodDisruptionBudget\n\
                             metadata: {{name: {}, namespace: {}}}\n\
                             spec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:{labels}",
                            workload.name,
                            workload.namespace_or_default()
                        ));
                }
            }
        },
    ),
};
