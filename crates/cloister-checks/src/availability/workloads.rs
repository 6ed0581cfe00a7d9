//! How many pods a workload runs, and what keeps or changes that number.

use std::collections::HashMap;

use cloister_inventory::{Container, Pod, Selector};
use cloister_model::{Node, Place, Resource};

use crate::selecting::Selecting;
use crate::sight::Seen;
use crate::system::is_system_resource;

/// Kinds that run a number of equal pods.
const SCALED: [&str; 3] = ["Deployment", "StatefulSet", "Rollout.argoproj.io"];

/// Kinds that change their number, the one that counts first.
const SCALERS: [&str; 2] = ["HorizontalPodAutoscaler", "ScaledObject.keda.sh"];

/// All that a check over numbers of pods relies on.
pub(super) const KINDS: &[&str] = &[
    "Deployment",
    "StatefulSet",
    "Rollout.argoproj.io",
    "HorizontalPodAutoscaler",
    "ScaledObject.keda.sh",
    "PodDisruptionBudget",
];

/// Whether people answer for this workload: not the cluster's own, and none
/// that another one made.
pub(super) fn is_ours(workload: &Resource) -> bool {
    !is_system_resource(workload) && workload.root.items_at("metadata/ownerReferences").is_empty()
}

/// The probe to write: over HTTP where a port of the container is for it or none is
/// named, otherwise whether its first port answers.
pub(super) fn probe(container: &Container<'_>, field: &str, path: &str) -> String {
    let ports = container.node.items_at("ports");
    let number = |port: &Node| port.get("containerPort").and_then(Node::as_int).unwrap_or(8080);
    let speaks_http = |port: &&Node| {
        let name = port.str_at("name").unwrap_or("");
        (name.starts_with("http") && name != "https") || name == "web" || [80, 3000, 8000, 8080].contains(&number(port))
    };
    match (ports.iter().find(speaks_http), ports.first()) {
        (None, Some(port)) => format!("{field}:\n  tcpSocket: {{port: {}}}", number(port)),
        (port, _) => format!("{field}:\n  httpGet: {{path: {path}, port: {}}}", port.map_or(8080, number)),
    }
}

/// How few pods run at the least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Least<'a> {
    /// The number.
    pub(super) pods: i64,
    /// Where it is written, or should be.
    pub(super) place: Place<'a>,
}

/// The autoscalers, by namespace, kind and name of their targets.
#[derive(Debug, Default)]
pub(super) struct Scalers<'a> {
    by_target: HashMap<(&'a str, &'a str, &'a str), &'a Resource>,
}

impl<'a> Scalers<'a> {
    /// Gathers Kubernetes' own, and KEDA's where there is none of them.
    pub(super) fn of(inventory: &Seen<'a>) -> Scalers<'a> {
        let mut scalers = Scalers::default();
        for scaler in SCALERS.iter().flat_map(|kind| inventory.of_kind(kind)) {
            let kind = scaler.root.str_at("spec/scaleTargetRef/kind").unwrap_or("Deployment");
            let Some(name) = scaler.root.str_at("spec/scaleTargetRef/name") else { continue };
            scalers.by_target.entry((scaler.namespace_or_default(), kind, name)).or_insert(scaler);
        }
        scalers
    }

    /// The fewest pods the workload runs: by its autoscaler, else by `spec.replicas`,
    /// which is one where absent.
    pub(super) fn least(&self, workload: &'a Resource) -> Least<'a> {
        let (resource, path, absent) = self.counted(workload);
        Least { pods: resource.root.int_at(path).unwrap_or(absent), place: Place::whole(resource).at(path) }
    }

    /// Where the number is written, and what it is where it is not.
    fn counted<'r>(&self, workload: &'r Resource) -> (&'r Resource, &'static str, i64)
    where
        'a: 'r,
    {
        let target = (workload.namespace_or_default(), &*workload.kind, &*workload.name);
        match self.by_target.get(&target) {
            Some(scaler) if &*scaler.kind == "ScaledObject" => (*scaler, "spec/minReplicaCount", 0),
            Some(scaler) => (*scaler, "spec/minReplicas", 1),
            None => (workload, "spec/replicas", 1),
        }
    }

    /// That number alone.
    pub(super) fn pods(&self, workload: &Resource) -> i64 {
        let (resource, path, absent) = self.counted(workload);
        resource.root.int_at(path).unwrap_or(absent)
    }
}

/// The workloads of people's own that run a number of equal pods.
pub(super) fn scaled<'a>(inventory: &Seen<'a>) -> impl Iterator<Item = &'a Resource> {
    SCALED.iter().flat_map(|kind| inventory.of_kind(kind)).filter(|workload| is_ours(workload))
}

/// Disruption budgets, by namespace and by a label of the pods that they select.
#[derive(Debug, Default)]
pub(super) struct Budgets<'a> {
    by_namespace: HashMap<&'a str, Selecting<'a, &'a Resource>>,
}

impl<'a> Budgets<'a> {
    /// Gathers them.
    pub(super) fn of(inventory: &Seen<'a>) -> Budgets<'a> {
        let mut budgets = Budgets::default();
        for budget in inventory.of_kind("PodDisruptionBudget") {
            let selector = budget.root.at("spec/selector").map(Selector::Labels);
            budgets.by_namespace.entry(budget.namespace_or_default()).or_default().add(selector, budget);
        }
        budgets
    }

    /// Those that select the pod.
    pub(super) fn over(&self, pod: &Pod<'_>) -> impl Iterator<Item = &'a Resource> {
        let own = self.by_namespace.get(pod.namespace()).into_iter();
        own.flat_map(|budgets| budgets.candidates(pod.labels())).copied().filter(|budget| budget_selects(budget, pod))
    }
}

/// Whether a budget selects pods with these labels.
fn budget_selects(budget: &Resource, pod: &Pod<'_>) -> bool {
    let selector = budget.root.at("spec/selector").map(Selector::Labels);
    !selects_nothing(budget) && selector.is_some_and(|selector| selector.matches(pod.labels()))
}

/// In `policy/v1` an empty selector selects every pod of the namespace, before that it selected none.
pub(super) fn selects_nothing(budget: &Resource) -> bool {
    let everything = || budget.root.at("spec/selector").is_some_and(|node| Selector::Labels(node).is_everything());
    &*budget.api_version != "policy/v1" && everything()
}

/// Whether a pod is there to work on until it is told to stop: no Job, and no
/// pod that may end.
pub(super) fn is_service(pod: &Pod<'_>) -> bool {
    let job = matches!(&*pod.resource.kind, "Job" | "CronJob");
    !job && pod.spec.str_at("restartPolicy").is_none_or(|policy| policy == "Always")
}
