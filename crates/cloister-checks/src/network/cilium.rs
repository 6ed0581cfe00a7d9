//! Cilium's network policies, as far as isolation needs them.

use cloister_inventory::Pod;
use cloister_model::{Entry, Node, Resource};

use super::isolation::Home;
use super::policies::Direction;

/// The policies in one object: `spec`, `specs`, or both.
pub(super) fn specs(policy: &Resource) -> impl Iterator<Item = &Node> {
    policy.root.get("spec").into_iter().chain(policy.root.items_at("specs"))
}

/// Whether the policy selects this pod of this namespace. Without an
/// `endpointSelector` it is about nodes.
pub(super) fn selects(spec: &Node, home: &Home<'_>, pod: &Pod<'_>) -> bool {
    spec.get("endpointSelector").is_some_and(|selector| matches(selector, home, Some(pod.labels())))
}

/// Whether the policy selects whatever pod may come to this namespace.
pub(super) fn selects_every_pod(spec: &Node, home: &Home<'_>) -> bool {
    spec.get("endpointSelector").is_some_and(|selector| matches(selector, home, None))
}

/// Whether the policy has rules for this direction.
pub(super) fn speaks_of(spec: &Node, direction: Direction) -> bool {
    let allow = spec.get(direction.field()).is_some();
    let deny = match direction {
        Direction::Ingress => "ingressDeny",
        Direction::Egress => "egressDeny",
    };
    allow || spec.get(deny).is_some()
}

/// Whether what the policy does not allow is denied: the default once there is
/// a rule, unless switched off or undone by a rule for all.
pub(super) fn denies(spec: &Node, direction: Direction) -> bool {
    let switch = spec.at("enableDefaultDeny").and_then(|switch| switch.bool_at(direction.field()));
    let rules = spec.items_at(direction.field());
    let entities = match direction {
        Direction::Ingress => "fromEntities",
        Direction::Egress => "toEntities",
    };
    let for_all = |rule: &Node| rule.get("toPorts").is_none() && rule.strs_at(entities).any(|entity| entity == "all");
    switch.unwrap_or(!rules.is_empty()) && !rules.iter().any(for_all)
}

/// `labels` are those of a pod; `None` asks for pods of any labels.
fn matches(selector: &Node, home: &Home<'_>, labels: Option<&[Entry]>) -> bool {
    let equal = selector
        .entries_at("matchLabels")
        .iter()
        .all(|wanted| value(&wanted.key, home, labels).is_some_and(|found| Some(found) == wanted.node.as_str()));
    equal
        && selector.items_at("matchExpressions").iter().all(|expression| {
            let found = expression.str_at("key").and_then(|key| value(key, home, labels));
            let listed = found.is_some_and(|found| expression.strs_at("values").any(|value| value == found));
            match expression.str_at("operator") {
                Some("In") => listed,
                Some("Exists") => found.is_some(),
                // Of a pod without known labels nothing may be excluded.
                Some("NotIn") => !listed && (labels.is_some() || found.is_some()),
                Some("DoesNotExist") => found.is_none() && labels.is_some(),
                _ => false,
            }
        })
}

/// The value of a label under Cilium's names: with a source before it, and with
/// the namespace and its labels among those of the pod.
fn value<'a>(key: &str, home: &'a Home<'_>, labels: Option<&'a [Entry]>) -> Option<&'a str> {
    let key = ["k8s:", "any:", "k8s.", "any."].iter().find_map(|source| key.strip_prefix(source)).unwrap_or(key);
    if key == "io.kubernetes.pod.namespace" {
        return Some(home.name);
    }
    let (labels, key) = match key.strip_prefix("io.cilium.k8s.namespace.labels.") {
        Some(key) => (&home.labels[..], key),
        None => (labels?, key),
    };
    labels.iter().find(|label| &*label.key == key).and_then(|label| label.node.as_str())
}
