//! Pods that operators make from resources of their own are not in files: what
//! selects them selects something all the same.

use cloister_inventory::Inventory;
use cloister_model::{Entry, Resource};

/// Whether a label of the selector belongs to an operator whose resources live
/// in the namespace, as `cnpg.io/cluster` does to `postgresql.cnpg.io`. In a
/// cluster the pods themselves were read.
pub(super) fn may_be_made(inventory: &Inventory, namespace: &str, labels: &[Entry]) -> bool {
    let domains: Vec<&str> = labels
        .iter()
        .filter_map(|label| label.key.split_once('/'))
        .map(|(domain, _)| domain)
        .filter(|domain| *domain != "kubernetes.io" && !domain.ends_with(".kubernetes.io"))
        .collect();
    let owns = |resource: &Resource| {
        let group = resource.group();
        group.contains('.') && domains.iter().any(|domain| is_within(group, domain) || is_within(domain, group))
    };
    !domains.is_empty()
        && !inventory.inputs().cluster
        && inventory.resources().iter().any(|resource| resource.namespace_or_default() == namespace && owns(resource))
}

/// Whether `name` is `domain` or lies below it.
fn is_within(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
