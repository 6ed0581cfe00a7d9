//! # What it does
//! Finds PodDisruptionBudgets that never let a pod go: `maxUnavailable: 0`, a
//! `minAvailable` of all pods there are, and pods that two budgets select, for
//! which the API refuses every eviction.
//!
//! # Why it matters
//! Nodes cannot be drained, so security updates of nodes wait, or somebody forces
//! them and takes everything down.
//!
//! # What to do
//! Use `maxUnavailable: 1` and run at least two pods; let one budget select each pod.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Specifying a Disruption Budget for your Application".

use cloister_inventory::{Inventory, Pod, Selector};
use cloister_model::{Node, Place, Resource, Severity};

use super::workloads::{Budgets, KINDS, Scalers, selects_nothing};
use crate::system::is_system_resource;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "disruption-budget-blocks-drain",
    title: "disruption budget blocks every drain",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let inventory = findings.inventory();
        let (scalers, budgets) = (Scalers::of(inventory), Budgets::of(inventory));
        for budget in inventory.of_kind("PodDisruptionBudget").filter(|budget| !is_system_resource(budget)) {
            let problem = problem(inventory, &scalers, &budgets, budget);
            if findings.examine(problem.is_some())
                && let Some((place, why)) = problem
            {
                findings
                    .report(place)
                    .message(format!("budget \"{}\" blocks every drain: {why}", budget.name))
                    .fix("spec:\n  maxUnavailable: 1");
            }
        }
    }),
};

fn problem<'a>(
    inventory: &'a Inventory,
    scalers: &Scalers<'a>,
    budgets: &Budgets<'a>,
    budget: &'a Resource,
) -> Option<(Place<'a>, String)> {
    let spec = Place::whole(budget).at("spec");
    let pods = || {
        let selector = spec.node.get("selector").filter(|_| !selects_nothing(budget)).map(Selector::Labels);
        selector.into_iter().flat_map(|all| inventory.pods_selected(budget.namespace_or_default(), all))
    };
    let is_this = |other: &Resource| std::ptr::eq(other, budget);
    let unavailable = spec.at("maxUnavailable");
    if unavailable.missing.is_empty() {
        if share(unavailable.node, 100) == Some(0) {
            return Some((unavailable, "no pod may be unavailable".to_owned()));
        }
    } else if let Some((available, total)) = needed(scalers, spec.at("minAvailable"), pods()) {
        return Some((spec.at("minAvailable"), format!("{available} of {total} pods must be available")));
    }
    let other = pods().find_map(|pod| budgets.over(&pod).find(|other| !is_this(other)))?;
    let why = format!("budget \"{}\" selects the same pods, and the API evicts none of two budgets", other.name);
    Some((spec.at("selector"), why))
}

/// `minAvailable` in pods with their total, when that is all of them.
fn needed<'a>(scalers: &Scalers<'a>, place: Place<'_>, pods: impl Iterator<Item = Pod<'a>>) -> Option<(i64, i64)> {
    if !place.missing.is_empty() {
        return None;
    }
    let (mut total, mut available) = (0_i64, None);
    for pod in pods {
        // Of other kinds nobody can say how many pods there are.
        let known = matches!(&*pod.resource.kind, "Deployment" | "StatefulSet" | "ReplicaSet" | "Rollout");
        total = total.checked_add(known.then(|| scalers.least(pod.resource).pods)?)?;
        available = Some(share(place.node, total)?);
        // Once one pod may go, more pods change nothing about that.
        if available.is_some_and(|available| available < total) {
            return None;
        }
    }
    available.filter(|available| total > 0 && *available >= total).map(|available| (available, total))
}

/// A number, or a percentage of `total` rounded up, as the controller counts.
fn share(node: &Node, total: i64) -> Option<i64> {
    if let Some(number) = node.as_int() {
        return Some(number);
    }
    let percent: i64 = node.as_str()?.strip_suffix('%')?.parse().ok()?;
    Some(percent.checked_mul(total)?.checked_add(99)? / 100)
}
