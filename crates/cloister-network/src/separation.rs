//! Networks of their own that OVN-Kubernetes gives to namespaces: pods of different ones do not reach each other,
//! whatever policies say (`k8s.ovn.org/v1`, UserDefinedNetwork and ClusterUserDefinedNetwork of role Primary).

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Resource};
use foldhash::HashMap;

use crate::namespaces::Namespaces;

/// A namespace must carry this label to have a primary network of its own.
const LABEL: &str = "k8s.ovn.org/primary-user-defined-network";

/// The network of each namespace that has its own, as a number; the cluster's own network is 0.
pub(crate) fn networks<'a>(inventory: &'a Inventory, namespaces: &Namespaces<'a>) -> HashMap<&'a str, usize> {
    let mut networks = HashMap::default();
    let mut next = 0;
    let labelled =
        |name: &str| namespaces.get(name).is_some_and(|it| it.labels.iter().any(|label| &*label.key == LABEL));
    for resource in inventory.of_kind("UserDefinedNetwork.k8s.ovn.org") {
        let namespace = resource.namespace_or_default();
        if is_primary(&resource.root, "spec") && labelled(namespace) {
            next += 1;
            networks.insert(namespace, next);
        }
    }
    for resource in inventory.of_kind("ClusterUserDefinedNetwork.k8s.ovn.org") {
        if is_primary(&resource.root, "spec/network") {
            next += 1;
            let selected = selected(resource, namespaces);
            networks.extend(selected.filter(|name| labelled(name)).map(|name| (name, next)));
        }
    }
    networks
}

fn is_primary(root: &Node, spec: &str) -> bool {
    let layers = ["layer2", "layer3"].map(|layer| root.at(spec).and_then(|spec| spec.get(layer)));
    layers.into_iter().flatten().any(|layer| layer.str_at("role") == Some("Primary"))
}

fn selected<'a>(resource: &'a Resource, namespaces: &Namespaces<'a>) -> impl Iterator<Item = &'a str> {
    let selector = resource.root.at("spec/namespaceSelector").map(Selector::Labels);
    let matching = namespaces.iter().filter(move |it| selector.is_some_and(|selector| selector.matches(&it.labels)));
    matching.map(|it| it.name).collect::<Vec<_>>().into_iter()
}
