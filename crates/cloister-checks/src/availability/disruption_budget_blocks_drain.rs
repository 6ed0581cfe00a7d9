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

use std::collections::HashMap;

use cloister_inventory::{Inventory, Pod, Selector};
use cloister_model::{Node, Place, Resource, Severity};

use super::workloads::{Budgets, KINDS, Scalers, selects_nothing};
use crate::sight::Seen;
use crate::system::is_system_resource;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "disruption-budget-blocks-drain",
    title: "disruption budget blocks every drain",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let inventory = findings.inventory();
        let looked_up = LookedUp::of(&findings.seen(), inventory);
        for budget in inventory.of_kind("PodDisruptionBudget").filter(|budget| !is_system_resource(budget)) {
            let problem = problem(inventory, &looked_up, budget);
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

/// What is asked for each budget, and looked up once.
struct LookedUp<'a> {
    scalers: Scalers<'a>,
    budgets: Budgets<'a>,
    /// The pods that run in each namespace; `None` where nobody can say how many.
    running: HashMap<&'a str, Option<i64>>,
}

impl<'a> LookedUp<'a> {
    fn of(seen: &Seen<'a>, inventory: &'a Inventory) -> LookedUp<'a> {
        let (scalers, budgets) = (Scalers::of(seen), Budgets::of(seen));
        let mut running = HashMap::new();
        if inventory.has_kind("PodDisruptionBudget") {
            for pod in inventory.pods() {
                let sum = running.entry(pod.resource.namespace_or_default()).or_insert(Some(0_i64));
                *sum = sum.and_then(|sum| sum.checked_add(number(&scalers, &pod)?));
            }
        }
        LookedUp { scalers, budgets, running }
    }

    /// Pods of the namespace, where that is so few that a budget of `available` lets none go.
    fn all_needed(&self, budget: &Resource, available: i64) -> Option<i64> {
        let running = self.running.get(budget.namespace_or_default()).copied().flatten();
        running.filter(|running| *running > 0 && *running <= available)
    }
}

/// How many pods run at the least; of some kinds nobody can say.
fn number(scalers: &Scalers<'_>, pod: &Pod<'_>) -> Option<i64> {
    let known = matches!(&*pod.resource.kind, "Deployment" | "StatefulSet" | "ReplicaSet" | "Rollout");
    known.then(|| scalers.pods(pod.resource).max(0))
}

fn problem<'a>(
    inventory: &'a Inventory,
    looked_up: &LookedUp<'a>,
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
    } else if let Some(why) = needed(looked_up, budget, spec.at("minAvailable"), pods()) {
        return Some((spec.at("minAvailable"), why));
    }
    let other = pods().find_map(|pod| looked_up.budgets.over(&pod).find(|other| !is_this(other)))?;
    let why = format!("budget \"{}\" selects the same pods, and the API evicts none of two budgets", other.name);
    Some((spec.at("selector"), why))
}

/// Why no pod may go by `minAvailable`. Pods are counted only where neither the number itself nor that of all pods
/// of the namespace tells: thousands of budgets may each select thousands of workloads.
fn needed<'a>(
    looked_up: &LookedUp<'a>,
    budget: &Resource,
    place: Place<'_>,
    mut pods: impl Iterator<Item = Pod<'a>>,
) -> Option<String> {
    if !place.missing.is_empty() {
        return None;
    }
    let runs = |pod: &Pod<'a>| number(&looked_up.scalers, pod).is_none_or(|pods| pods > 0);
    if place.node.as_int().is_none() && share(place.node, 100)? >= 100 {
        return pods.any(|pod| runs(&pod)).then(|| "all of its pods must be available".to_owned());
    }
    if let Some((available, running)) = place.node.as_int().and_then(|it| Some((it, looked_up.all_needed(budget, it)?)))
    {
        let why = || format!("{available} pods must be available, and its namespace runs {running}");
        return pods.any(|pod| runs(&pod)).then(why);
    }
    let (mut total, mut available) = (0_i64, None);
    for pod in pods {
        total = total.checked_add(number(&looked_up.scalers, &pod)?)?;
        available = Some(share(place.node, total)?);
        // Once one pod may go, more pods change nothing about that.
        if available.is_some_and(|available| available < total) {
            return None;
        }
    }
    let available = available.filter(|available| total > 0 && *available >= total)?;
    Some(format!("{available} of {total} pods must be available"))
}

/// A number, or a percentage of `total` rounded up, as the controller counts.
fn share(node: &Node, total: i64) -> Option<i64> {
    if let Some(number) = node.as_int() {
        return Some(number);
    }
    let percent: i64 = node.as_str()?.strip_suffix('%')?.parse().ok()?;
    Some(percent.checked_mul(total)?.checked_add(99)? / 100)
}
