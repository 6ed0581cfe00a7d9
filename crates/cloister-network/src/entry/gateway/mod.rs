//! Gateway API (`gateway.networking.k8s.io`): routes that hang from listeners of Gateways and ListenerSets.

mod attach;
mod grants;
mod listeners;
mod policies;
mod routes;

use cloister_model::{Node, Place, Resource};

use super::controllers::{Controller, selected};
use super::front::{Front, Through};
use super::guard::Guard;
use super::lead::Ways;
use super::nowhere::Reason;
use listeners::Listener;

/// The kinds of routes.
const ROUTES: [&str; 5] = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];
/// The group of all of them.
pub(super) const GROUP: &str = "gateway.networking.k8s.io";

/// A Gateway and all listeners that take routes for it.
struct Gateway<'a> {
    resource: &'a Resource,
    listeners: Vec<Listener<'a>>,
    through: Through,
    reach: Guard,
}

pub(super) fn find(ways: &mut Ways<'_, '_>) {
    let inventory = ways.inventory;
    let gateways: Vec<&Resource> = inventory.of_kind("Gateway").filter(|it| it.group() == GROUP).collect();
    let gateways: Vec<Gateway<'_>> = gateways.into_iter().filter_map(|it| gateway(ways, it)).collect();
    for route in ROUTES.iter().flat_map(|kind| inventory.of_kind(kind)).filter(|it| it.group() == GROUP) {
        for parent in route.root.items_at("spec/parentRefs") {
            by_parent(ways, &gateways, route, parent);
        }
    }
}

fn gateway<'a>(ways: &mut Ways<'_, 'a>, resource: &'a Resource) -> Option<Gateway<'a>> {
    let name = resource.root.str_at("spec/gatewayClassName").unwrap_or_default();
    let class = ways.inventory.get_cluster_wide("GatewayClass", name);
    if class.is_none() && ways.inventory.inputs().cluster {
        let front = Ways::front(resource, "spec/gatewayClassName");
        ways.dead(&front, Reason::NoClass(name));
        return None;
    }
    let written = class.and_then(|class| class.root.str_at("spec/controllerName"));
    let controller = written.map_or_else(|| Controller::of_class(name), Controller::named);
    let (mut through, mut reach) = ways.through(controller);
    let own = own_pods(ways, resource);
    if !own.is_empty() {
        reach = ways.reach(&own);
        through = Through::Pods(own);
    }
    if is_internal(name, resource) {
        reach.internal();
    }
    policies::of(resource, None, ways.inventory, &mut reach);
    let mut listeners = listeners::of(ways, resource);
    for set in ways.inventory.of_kind("ListenerSet").filter(|it| listeners::hangs_from(it, resource)) {
        if listeners::is_allowed(ways, set, resource) {
            listeners.extend(listeners::of(ways, set));
        } else {
            let front = Ways::front(set, "spec/parentRef");
            let why = format!("Gateway {} takes no ListenerSets of this namespace", resource.name);
            ways.dead(&front, Reason::NotAttached(why));
        }
    }
    Some(Gateway { resource, listeners, through, reach })
}

/// Pods that a controller runs for one Gateway carry its name.
fn own_pods(ways: &Ways<'_, '_>, gateway: &Resource) -> Vec<usize> {
    let keys = ["gateway.networking.k8s.io/gateway-name", "gateway.envoyproxy.io/owning-gateway-name"];
    let is_own = |key: &str, labels: &[cloister_model::Entry]| {
        labels.iter().any(|it| &*it.key == key && it.node.as_str() == Some(&*gateway.name))
    };
    let workloads = ways.network.endpoints().iter().enumerate();
    let mut own: Vec<usize> = workloads
        .filter(|(_, it)| it.workload().is_some_and(|it| keys.iter().any(|key| is_own(key, &it.labels))))
        .map(|(number, _)| number)
        .collect();
    // Istio serves a Gateway by hand-made pods when it names their Service as its address.
    for address in gateway.root.items_at("spec/addresses").iter().filter(|it| it.str_at("type") == Some("Hostname")) {
        let mut parts = address.str_at("value").unwrap_or_default().split('.');
        let (name, namespace) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let service = ways.inventory.get("Service", namespace, name);
        let labels = service.and_then(|service| service.root.at("spec/selector"));
        own.extend(labels.map(|labels| selected(ways.network, Some(namespace), labels)).unwrap_or_default());
    }
    own
}

/// Classes of Google's regional internal load balancers, and Services that a Gateway asks to be internal.
fn is_internal(class: &str, gateway: &Resource) -> bool {
    let annotations = gateway.root.entries_at("spec/infrastructure/annotations");
    class.contains("-rilb")
        || annotations.iter().any(|it| it.key.contains("internal") && it.node.as_str() == Some("true"))
}

fn by_parent<'a>(ways: &mut Ways<'_, 'a>, gateways: &[Gateway<'a>], route: &'a Resource, parent: &'a Node) {
    let mut front = Front::new(Place::of(route, parent));
    let Some(wanted) = attach::Parent::of(route, parent) else { return };
    let Some(gateway) = gateways.iter().find(|gateway| wanted.is_in(gateway)) else {
        // One that has no class is told of already.
        if ways.inventory.get(wanted.kind, wanted.namespace, wanted.name).is_none() {
            let name = format!("{} {}/{}", wanted.kind, wanted.namespace, wanted.name);
            ways.dead(&front, Reason::NoParent(name));
        }
        return;
    };
    (front.through, front.guard) = (gateway.through.clone(), gateway.reach.clone());
    let mut causes: Vec<String> = Vec::new();
    let mut attached = false;
    for listener in gateway.listeners.iter().filter(|it| wanted.names(it)) {
        match attach::hosts(ways, listener, route) {
            Ok(hosts) => {
                attached = true;
                let mut front = front.clone();
                listener.dress(gateway.resource, &mut front);
                policies::of(gateway.resource, listener.name, ways.inventory, &mut front.guard);
                for host in hosts {
                    front.host = host;
                    routes::rules(ways, &front, route);
                }
            }
            Err(cause) if causes.contains(&cause) => {}
            Err(cause) => causes.push(cause),
        }
    }
    if !attached {
        let none = format!("Gateway {} has no such listener", gateway.resource.name);
        ways.dead(&front, Reason::NotAttached(if causes.is_empty() { none } else { causes.join("; ") }));
    }
}
