//! How many pods a workload keeps, and what watches over them.

use cloister_inventory::{Inventory, Pod, Selector};
use cloister_model::Resource;

/// Kinds that keep a number of equal pods.
pub(crate) const REPLICATED: [&str; 2] = ["Deployment", "StatefulSet"];

/// The replicas that a workload keeps: the least its autoscaler allows, else
/// its own number, else one.
pub(crate) fn replicas(workload: &Resource, inventory: &Inventory) -> i64 {
    let own = workload.root.int_at("spec/replicas").unwrap_or(1);
    autoscaler_of(workload, inventory).map_or(own, |scaler| scaler.root.int_at("spec/minReplicas").unwrap_or(1))
}

fn autoscaler_of<'a>(workload: &Resource, inventory: &'a Inventory) -> Option<&'a Resource> {
    inventory.of_kind("HorizontalPodAutoscaler").find(|scaler| {
        scaler.namespace_or_default() == workload.namespace_or_default()
            && scaler.root.str_at("spec/scaleTargetRef/kind") == Some(&*workload.kind)
            && scaler.root.str_at("spec/scaleTargetRef/name") == Some(&*workload.name)
    })
}

/// The disruption budgets that select a pod.
pub(crate) fn budgets_of<'a>(pod: &Pod<'a>, inventory: &'a Inventory) -> impl Iterator<Item = &'a Resource> + use<'a> {
    let pod = *pod;
    inventory.of_kind("PodDisruptionBudget").filter(move |budget| {
        let selector = budget.root.at("spec/selector");
        budget.namespace_or_default() == pod.namespace()
            && selector.is_some_and(|selector| Selector::Labels(selector).matches(pod.labels()))
    })
}
