//! How many pods a workload runs, and what keeps or changes that number.

use cloister_inventory::{Inventory, Pod, Selector};
use cloister_model::{Place, Resource};

use crate::system::is_system_resource;

/// Kinds that run a number of equal pods.
pub(super) const SCALED: &[&str] = &["Deployment", "StatefulSet", "Rollout.argoproj.io"];

/// Whether people answer for this workload: not the cluster's own, and none
/// that another one made.
pub(super) fn is_ours(workload: &Resource) -> bool {
    !is_system_resource(workload) && workload.root.items_at("metadata/ownerReferences").is_empty()
}

/// How few pods run at the least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Least<'a> {
    /// The number.
    pub(super) pods: i64,
    /// Where it is written, or should be.
    pub(super) place: Place<'a>,
}

/// The fewest pods the workload runs: by its autoscaler, else by `spec.replicas`,
/// which is one where absent.
pub(super) fn least<'a>(inventory: &'a Inventory, workload: &'a Resource) -> Least<'a> {
    let namespace = workload.namespace_or_default();
    let targets = |scaler: &&Resource| {
        scaler.root.str_at("spec/scaleTargetRef/name") == Some(&*workload.name)
            && scaler.root.str_at("spec/scaleTargetRef/kind").unwrap_or("Deployment") == &*workload.kind
    };
    if let Some(scaler) = inventory.of_kind_in("HorizontalPodAutoscaler", namespace).find(targets) {
        let place = Place::whole(scaler).at("spec/minReplicas");
        return Least { pods: scaler.root.int_at("spec/minReplicas").unwrap_or(1), place };
    }
    if let Some(scaler) = inventory.of_kind_in("ScaledObject.keda.sh", namespace).find(targets) {
        let place = Place::whole(scaler).at("spec/minReplicaCount");
        return Least { pods: scaler.root.int_at("spec/minReplicaCount").unwrap_or(0), place };
    }
    let place = Place::whole(workload).at("spec/replicas");
    Least { pods: workload.root.int_at("spec/replicas").unwrap_or(1), place }
}

/// Whether a budget selects pods with these labels. In `policy/v1` an empty
/// selector selects every pod of the namespace, before that it selected none.
pub(super) fn budget_selects(budget: &Resource, pod: &Pod<'_>) -> bool {
    let Some(node) = budget.root.at("spec/selector") else { return false };
    let selector = Selector::Labels(node);
    let old = &*budget.api_version != "policy/v1";
    !(old && selector.is_everything()) && selector.matches(pod.labels())
}

/// The pods that the workload's template makes.
pub(super) fn pods_of<'a>(inventory: &'a Inventory, workload: &'a Resource) -> impl Iterator<Item = Pod<'a>> {
    inventory.pods_in(workload.namespace_or_default()).filter(move |pod| std::ptr::eq(pod.resource, workload))
}

/// Whether a pod is there to work on until it is told to stop: no Job, and no
/// pod that may end.
pub(super) fn is_service(pod: &Pod<'_>) -> bool {
    let job = matches!(&*pod.resource.kind, "Job" | "CronJob");
    !job && pod.spec.str_at("restartPolicy").is_none_or(|policy| policy == "Always")
}
