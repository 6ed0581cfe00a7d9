//! Which pods are isolated, whoever enforces the policy: Kubernetes' own
//! NetworkPolicy, Cilium's, Calico's, and the cluster's baseline.

use std::collections::HashMap;

use cloister_inventory::{Inventory, Pod, Selector};
use cloister_model::{Entry, Node, Resource, Value};

use super::cilium;
use super::policies::{self, Direction};
use super::sandboxes;
use crate::selecting::Selecting;

/// All policies of an inventory, by the namespace that they live in.
#[derive(Debug)]
pub(super) struct Isolation<'a> {
    by_namespace: HashMap<&'a str, Policies<'a>>,
    /// Policies for the whole cluster.
    wide: Vec<Policy<'a>>,
}

/// The policies that live in one namespace.
#[derive(Debug, Default)]
struct Policies<'a> {
    all: Vec<Policy<'a>>,
    by_pod: Selecting<'a, Policy<'a>>,
}

/// A policy with the words it is written in.
#[derive(Clone, Copy, Debug)]
enum Policy<'a> {
    Kubernetes(&'a Resource),
    Cilium(&'a Node),
    Calico(&'a Node),
    Baseline(&'a Node),
}

/// A namespace as selectors see it.
#[derive(Debug)]
pub(super) struct Home<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its labels, with the one that the API server adds.
    pub(super) labels: Vec<Entry>,
}

impl<'a> Home<'a> {
    /// The namespace called `name`.
    pub(super) fn of(inventory: &Inventory, name: &'a str) -> Home<'a> {
        let object = inventory.namespace(name);
        let mut labels = object.map_or_else(Vec::new, |object| object.labels().to_vec());
        let own = "kubernetes.io/metadata.name";
        labels.retain(|label| &*label.key != own);
        let node = Node::unplaced(Value::Text(name.into()));
        labels.push(Entry { key: own.into(), mark: node.mark, node });
        Home { name, labels }
    }
}

/// The kinds that isolate, and what a check reads beside them.
macro_rules! kinds_with {
    ($($kind:expr),+ $(,)?) => {
        &[
            "Namespace",
            "NetworkPolicy",
            "CiliumNetworkPolicy.cilium.io",
            "CiliumClusterwideNetworkPolicy.cilium.io",
            "NetworkPolicy.projectcalico.org",
            "GlobalNetworkPolicy.projectcalico.org",
            "NetworkPolicy.crd.projectcalico.org",
            "GlobalNetworkPolicy.crd.projectcalico.org",
            "BaselineAdminNetworkPolicy",
            "ClusterNetworkPolicy",
            $($kind),+
        ]
    };
}
pub(super) use kinds_with;

/// Kinds that an analysis of the isolation of workloads reads.
pub(super) const KINDS: &[&str] =
    kinds_with!["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"];

impl<'a> Isolation<'a> {
    /// Gathers every policy.
    pub(super) fn of(inventory: &'a Inventory) -> Isolation<'a> {
        let mut isolation = Isolation { by_namespace: HashMap::new(), wide: Vec::new() };
        for policy in inventory.of_kind("NetworkPolicy") {
            isolation.add(policy, Policy::Kubernetes(policy));
        }
        for policy in inventory.of_kind("CiliumNetworkPolicy.cilium.io") {
            cilium::specs(policy).for_each(|spec| isolation.add(policy, Policy::Cilium(spec)));
        }
        for policy in inventory.of_kind("CiliumClusterwideNetworkPolicy.cilium.io") {
            isolation.wide.extend(cilium::specs(policy).map(Policy::Cilium));
        }
        for (kind, wide) in CALICO {
            for policy in inventory.of_kind(kind) {
                let Some(spec) = policy.root.get("spec") else { continue };
                if wide {
                    isolation.wide.push(Policy::Calico(spec))
                } else {
                    isolation.add(policy, Policy::Calico(spec))
                }
            }
        }
        let baseline = inventory.of_kind("BaselineAdminNetworkPolicy").chain(
            inventory
                .of_kind("ClusterNetworkPolicy")
                .filter(|policy| policy.root.str_at("spec/tier") == Some("Baseline")),
        );
        isolation.wide.extend(baseline.filter_map(|policy| policy.root.get("spec")).map(Policy::Baseline));
        isolation
    }

    fn add(&mut self, policy: &'a Resource, as_written: Policy<'a>) {
        let policies = self.by_namespace.entry(policy.namespace_or_default()).or_default();
        policies.all.push(as_written);
        let selector = match as_written {
            Policy::Kubernetes(policy) => policy.root.at("spec/podSelector").map(Selector::Labels),
            _ => None,
        };
        policies.by_pod.add(selector, as_written);
    }

    fn over(&self, home: &Home<'_>) -> impl Iterator<Item = &Policy<'a>> {
        let own = self.by_namespace.get(home.name).map_or(&[][..], |policies| policies.all.as_slice());
        own.iter().chain(self.wide.iter().filter(|policy| policy.reaches_into(home)))
    }

    /// Whether any policy lives in the namespace or reaches into it.
    pub(super) fn has_policy(&self, home: &Home<'_>) -> bool {
        self.over(home).next().is_some()
    }

    /// Whether a pod that nobody thought of would be isolated in this direction.
    pub(super) fn denies_by_default(&self, home: &Home<'_>, direction: Direction) -> bool {
        self.over(home).any(|policy| policy.denies_by_default(home, direction))
    }

    /// Whether some policy isolates this pod in this direction.
    pub(super) fn isolates(&self, home: &Home<'_>, pod: &Pod<'_>, direction: Direction) -> bool {
        if sandboxes::is_isolated(pod.resource) {
            return true;
        }
        let own = self.by_namespace.get(home.name).into_iter().flat_map(|own| own.by_pod.candidates(pod.labels()));
        let wide = self.wide.iter().filter(|policy| policy.reaches_into(home));
        own.chain(wide).any(|policy| policy.isolates(home, pod, direction))
    }
}

const CALICO: [(&str, bool); 4] = [
    ("NetworkPolicy.projectcalico.org", false),
    ("NetworkPolicy.crd.projectcalico.org", false),
    ("GlobalNetworkPolicy.projectcalico.org", true),
    ("GlobalNetworkPolicy.crd.projectcalico.org", true),
];

impl Policy<'_> {
    /// Whether a policy for the whole cluster may concern this namespace.
    fn reaches_into(&self, home: &Home<'_>) -> bool {
        match self {
            Policy::Baseline(spec) => subject_holds(spec, home),
            _ => true,
        }
    }

    fn denies_by_default(&self, home: &Home<'_>, direction: Direction) -> bool {
        match self {
            Policy::Kubernetes(policy) => {
                policies::selects_every_pod(policy)
                    && policies::isolates(policy, direction)
                    && !policies::allows_everything(policy, direction)
            }
            Policy::Cilium(spec) => cilium::selects_every_pod(spec, home) && cilium::denies(spec, direction),
            Policy::Calico(spec) => {
                everything(spec.str_at("selector"))
                    && everything(spec.str_at("namespaceSelector"))
                    && calico_isolates(spec, direction)
            }
            Policy::Baseline(spec) => denies_everyone(spec, direction),
        }
    }

    fn isolates(&self, home: &Home<'_>, pod: &Pod<'_>, direction: Direction) -> bool {
        match self {
            Policy::Kubernetes(policy) => policies::isolates(policy, direction) && policies::selects(policy, pod),
            Policy::Cilium(spec) => cilium::selects(spec, home, pod) && cilium::speaks_of(spec, direction),
            // Calico's selectors are a language of their own; a policy that is
            // there counts as meant for the pod, so that nothing is claimed falsely.
            Policy::Calico(spec) => calico_isolates(spec, direction),
            Policy::Baseline(spec) => denies_everyone(spec, direction),
        }
    }
}

/// A Calico selector that selects everything.
fn everything(selector: Option<&str>) -> bool {
    selector.is_none_or(|text| matches!(text.trim(), "" | "all()" | "global()"))
}

/// Without `types`, Calico derives them from the rules that are there.
fn calico_isolates(spec: &Node, direction: Direction) -> bool {
    let types = spec.items_at("types");
    if !types.is_empty() {
        return types.iter().any(|word| word.as_str() == Some(direction.policy_type()));
    }
    match direction {
        Direction::Egress => !spec.items_at("egress").is_empty(),
        Direction::Ingress => spec.items_at("egress").is_empty() || !spec.items_at("ingress").is_empty(),
    }
}

/// Whether the subject of an administrator's policy is this whole namespace. A
/// namespace whose object was not read has labels that nobody knows.
fn subject_holds(spec: &Node, home: &Home<'_>) -> bool {
    let whole = spec.at("subject/namespaces");
    let pods = spec
        .at("subject/pods")
        .filter(|pods| pods.get("podSelector").is_none_or(|selector| Selector::Labels(selector).is_everything()));
    let selector = whole.or_else(|| pods.and_then(|pods| pods.get("namespaceSelector")));
    selector.is_some_and(|selector| Selector::Labels(selector).matches(&home.labels))
}

/// A `Deny` rule whose peers are all namespaces, or the whole internet too, on every port.
fn denies_everyone(spec: &Node, direction: Direction) -> bool {
    spec.items_at(direction.field()).iter().any(|rule| {
        rule.str_at("action") == Some("Deny")
            && rule.get("ports").is_none()
            && rule.get("protocols").is_none()
            && rule
                .items_at(direction.peers())
                .iter()
                .any(|peer| peer.get("namespaces").is_some_and(|selector| Selector::Labels(selector).is_everything()))
    })
}
