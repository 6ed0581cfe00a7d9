//! Services: what stands behind them and who may come to them.

use cloister_inventory::{Inventory, Pod, Selector};
use cloister_model::{Node, Place, Resource};
use cloister_network::is_internal_load_balancer;

use super::cidr::Cidr;

/// `spec.type` as it takes effect.
pub(super) fn kind_of(service: &Resource) -> &str {
    service.root.str_at("spec/type").unwrap_or("ClusterIP")
}

/// Whether the API server made this Service itself, or the cluster's own parts did.
pub(super) fn is_ours(service: &Resource) -> bool {
    let is_api = &*service.name == "kubernetes" && service.namespace_or_default() == "default";
    !is_api && !crate::system::is_system_resource(service)
}

/// Whether the Service asks for a load balancer that the internet may reach.
pub(super) fn is_public_load_balancer(service: &Resource) -> bool {
    kind_of(service) == "LoadBalancer" && !is_internal_load_balancer(service)
}

/// Blocks of addresses that may come to a load balancer, as the field or the
/// older annotation says. `None` when there is no list.
pub(super) fn source_ranges(service: &Resource) -> Option<Vec<&str>> {
    let field: Vec<&str> =
        service.root.at("spec").map(|spec| spec.strs_at("loadBalancerSourceRanges").collect()).unwrap_or_default();
    if !field.is_empty() {
        return Some(field);
    }
    let annotation = service.annotation("service.beta.kubernetes.io/load-balancer-source-ranges")?;
    let listed: Vec<&str> = annotation.split(',').map(str::trim).filter(|range| !range.is_empty()).collect();
    (!listed.is_empty()).then_some(listed)
}

/// Whether a list of source ranges keeps anybody out.
pub(super) fn restricts(ranges: &[&str]) -> bool {
    !ranges.iter().any(|range| Cidr::parse(range).is_some_and(Cidr::is_everything))
}

/// Labels that pods get when they run: from controllers, or from the program
/// that finds out which of its pods leads.
const RUNTIME: [&str; 13] = [
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "pod-template-hash",
    "controller-revision-hash",
    "batch.kubernetes.io/job-name",
    "job-name",
    "vault-active",
    "vault-initialized",
    "vault-sealed",
    "role",
    "operator",
    "spilo-role",
    "redis-role",
];

/// Whether pods of this template can come to match the selector of a Service.
/// An empty selector matches none: endpoints are written by hand.
pub(super) fn can_match(selector: &Node, pod: &Pod<'_>) -> bool {
    let fits = |key: &str, value: Option<&str>| match pod.label(key) {
        Some(own) => Some(own) == value,
        None if key == "statefulset.kubernetes.io/pod-name" => {
            let prefix = format!("{}-", pod.resource.name);
            &*pod.resource.kind == "StatefulSet" && value.is_some_and(|value| value.starts_with(&prefix))
        }
        None => RUNTIME.contains(&key),
    };
    let written = |key: &str| pod.label(key).is_some() || key == "statefulset.kubernetes.io/pod-name";
    let entries = selector.entries();
    entries.iter().any(|entry| written(&entry.key)) && entries.iter().all(|entry| fits(&entry.key, entry.node.as_str()))
}

/// The pods behind a Service with a selector.
pub(super) fn pods_behind<'a>(inventory: &'a Inventory, service: &'a Resource) -> impl Iterator<Item = Pod<'a>> {
    let selector = service.root.at("spec/selector").filter(|_| kind_of(service) != "ExternalName");
    let namespace = service.namespace_or_default();
    let later = |selector: &Node| selector.entries().iter().any(|entry| RUNTIME.contains(&&*entry.key));
    // Only labels that come later make it necessary to look at every pod.
    let (simple, other) = match selector {
        Some(selector) if later(selector) => (None, Some(selector)),
        _ => (selector, None),
    };
    let simple = simple.map(|selector| inventory.pods_selected(namespace, Selector::Map(selector)));
    let other = other.map(|selector| inventory.pods_in(namespace).filter(move |pod| can_match(selector, pod)));
    simple.into_iter().flatten().chain(other.into_iter().flatten())
}

/// The Service's ports.
pub(super) fn ports(service: &Resource) -> &[Node] {
    service.root.items_at("spec/ports")
}

/// How a port is called in a message: its number, with its name where it has one.
pub(super) fn port_name(port: &Node) -> String {
    let number = port.int_at("port").map_or_else(|| "?".to_owned(), |number| number.to_string());
    match port.str_at("name").filter(|name| !name.is_empty()) {
        Some(name) => format!("{number} ({name})"),
        None => number,
    }
}

/// All ports of a Service in one phrase.
pub(super) fn port_names(service: &Resource) -> String {
    ports(service).iter().map(port_name).collect::<Vec<_>>().join(", ")
}

/// The place of `spec.type`; the Service itself where it is not written.
pub(super) fn type_place(service: &Resource) -> Place<'_> {
    Place::whole(service).at("spec/type")
}

/// The pod's port numbers that a Service's port goes to: `targetPort` by number,
/// by the name of a container's port, or else the port itself.
pub(super) fn target_numbers(port: &Node, pod: &Pod<'_>) -> Vec<i64> {
    let Some(target) = port.get("targetPort") else { return port.int_at("port").into_iter().collect() };
    if let Some(number) = target.as_int().or_else(|| target.as_str().and_then(|text| text.parse().ok())) {
        return vec![number];
    }
    let declared = pod.containers().flat_map(|container| container.node.items_at("ports"));
    declared
        .filter(|declared| declared.str_at("name") == target.as_str())
        .filter_map(|declared| declared.int_at("containerPort"))
        .collect()
}
