//! Kubernetes' own network policies, read as the API server and the network
//! plug-ins read them: what is missing, what is empty, and what that means.

use cloister_inventory::{Inventory, Pod, Selector};
use cloister_model::{Node, Place, Resource};

/// Which way traffic goes, seen from the pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// To the pod.
    Ingress,
    /// From the pod.
    Egress,
}

impl Direction {
    /// The field that holds the rules.
    pub(super) fn field(self) -> &'static str {
        match self {
            Direction::Ingress => "ingress",
            Direction::Egress => "egress",
        }
    }

    /// The field of a rule that holds its peers.
    pub(super) fn peers(self) -> &'static str {
        match self {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        }
    }

    /// The word of `policyTypes`.
    pub(super) fn policy_type(self) -> &'static str {
        match self {
            Direction::Ingress => "Ingress",
            Direction::Egress => "Egress",
        }
    }
}

/// Whether `policy` isolates the pods it selects in this direction. Without
/// `policyTypes`, ingress always, and egress when there is an egress rule.
pub(super) fn isolates(policy: &Resource, direction: Direction) -> bool {
    let types = policy.root.items_at("spec/policyTypes");
    if types.is_empty() {
        return direction == Direction::Ingress || !policy.root.items_at("spec/egress").is_empty();
    }
    types.iter().any(|word| word.as_str() == Some(direction.policy_type()))
}

/// The rules in force in one direction; none where the policy does not speak of it.
pub(super) fn rules(policy: &Resource, direction: Direction) -> &[Node] {
    if !isolates(policy, direction) {
        return &[];
    }
    policy.root.at("spec").map_or(&[], |spec| spec.items_at(direction.field()))
}

/// A rule's peers; `None` when the rule names none, which means everyone.
pub(super) fn peers(rule: &Node, direction: Direction) -> Option<&[Node]> {
    let peers = rule.items_at(direction.peers());
    (!peers.is_empty()).then_some(peers)
}

/// Whether the policy selects every pod of its namespace.
pub(super) fn selects_every_pod(policy: &Resource) -> bool {
    policy.root.at("spec/podSelector").is_none_or(|selector| Selector::Labels(selector).is_everything())
}

/// Whether the policy selects this pod, which lives in its namespace.
pub(super) fn selects(policy: &Resource, pod: &Pod<'_>) -> bool {
    let selector = policy.root.at("spec/podSelector");
    selector.is_none_or(|selector| Selector::Labels(selector).matches(pod.labels()))
}

/// Whether some rule lets everything through: no peers and no ports.
pub(super) fn allows_everything(policy: &Resource, direction: Direction) -> bool {
    rules(policy, direction).iter().any(|rule| peers(rule, direction).is_none() && rule.items_at("ports").is_empty())
}

/// The place of a rule's peers: the list, or the rule that has none.
pub(super) fn peers_place<'a>(policy: &'a Resource, rule: &'a Node, direction: Direction) -> Place<'a> {
    Place::of(policy, rule).at(direction.peers())
}

/// Every rule in force of both directions.
pub(super) fn all_rules(policy: &Resource) -> impl Iterator<Item = (Direction, &Node)> {
    [Direction::Ingress, Direction::Egress]
        .into_iter()
        .flat_map(move |direction| rules(policy, direction).iter().map(move |rule| (direction, rule)))
}

/// Whether traffic to `port` over TCP passes the rule's ports. Ports by name
/// never match addresses outside the cluster.
pub(super) fn reaches_port(rule: &Node, port: i64) -> bool {
    let ports = rule.items_at("ports");
    ports.is_empty()
        || ports.iter().any(|entry| {
            let tcp = entry.str_at("protocol").is_none_or(|protocol| protocol == "TCP");
            let first = entry.int_at("port");
            let last = entry.int_at("endPort").or(first);
            let named = entry.str_at("port").is_some();
            tcp && !named && first.is_none_or(|first| first <= port) && last.is_none_or(|last| port <= last)
        })
}

/// Whether the policy is written for people's workloads, and so worth judging.
pub(super) fn is_ours(policy: &Resource) -> bool {
    !crate::system::is_system_resource(policy)
}

/// The pods of a namespace that policies can isolate: a pod on the host's
/// network is seen as its node.
pub(super) fn policed_pods<'a>(inventory: &'a Inventory, namespace: &str) -> impl Iterator<Item = Pod<'a>> {
    inventory.pods_in(namespace).filter(|pod| !on_host_network(pod))
}

/// Whether the pod shares its node's network.
pub(super) fn on_host_network(pod: &Pod<'_>) -> bool {
    pod.spec.bool_at("hostNetwork") == Some(true)
}
