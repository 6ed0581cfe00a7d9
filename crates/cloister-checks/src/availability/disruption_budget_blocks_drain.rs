//! # What it does
//! Finds PodDisruptionBudgets that allow no pod to be missing.
//!
//! # Why it matters
//! Nodes cannot be drained, so that upgrades, security updates among them, stop.
//!
//! # What to do
//! Allow one pod to be missing (`maxUnavailable: 1`), and keep two or more.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use cloister_inventory::Selector;
use cloister_model::{Node, Place, Resource};

use super::workloads::replicas;
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "disruption-budget-blocks-drain",
    title: "disruption budget allows no disruption",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["PodDisruptionBudget"], |budget, findings| {
        let whole = Place::whole(budget);
        let unavailable = budget.root.at("spec/maxUnavailable").and_then(Node::scalar);
        let available = budget.root.at("spec/minAvailable").and_then(Node::scalar);
        let place = if matches!(unavailable.as_deref(), Some("0" | "0%")) {
            whole.at("spec/maxUnavailable")
        } else if available.as_deref() == Some("100%") || needs_all(budget, available.as_deref(), findings) {
            whole.at("spec/minAvailable")
        } else {
            return;
        };
        findings
            .report(place)
            .message(format!("budget \"{}\" allows no pod to be missing: its nodes cannot be drained", budget.name))
            .fix("spec:\n  maxUnavailable: 1");
    }),
};

/// `minAvailable` in pods, against the pods that there are.
fn needs_all(budget: &Resource, available: Option<&str>, findings: &Findings<'_>) -> bool {
    let Some(available) = available.and_then(|text| text.parse::<i64>().ok()) else { return false };
    let Some(selector) = budget.root.at("spec/selector") else { return false };
    let inventory = findings.inventory();
    let pods = inventory.pods_selected(budget.namespace_or_default(), Selector::Labels(selector));
    let kept: i64 = pods.map(|pod| replicas(pod.resource, inventory)).sum();
    kept > 0 && available >= kept
}
