//! Ways from outside the cluster to a Service, and so to the pods behind it.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use cloister_inventory::{Inventory, Pod};
use cloister_model::{Place, Resource};

use super::ingresses;
use super::routes::{self, ROUTES};
use super::services;

/// One way in.
#[derive(Clone, Debug)]
pub(super) struct Way<'a> {
    /// What opens it: a Service's type, or the name in an Ingress or route.
    pub(super) place: Place<'a>,
    /// For messages: `load balancer "db"`, `Ingress "shop"`.
    pub(super) phrase: String,
    /// The port of the Service that it goes to, by number or name; all where
    /// none is named.
    pub(super) port: Option<String>,
}

/// Kinds that are read for this.
pub(super) const KINDS: &[&str] = &[
    "Service",
    "Ingress",
    "HTTPRoute",
    "GRPCRoute",
    "TLSRoute",
    "TCPRoute",
    "UDPRoute",
    "VirtualService.networking.istio.io",
    "Route.route.openshift.io",
    "IngressRoute.traefik.io",
    "IngressRouteTCP.traefik.io",
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
];

type Ways<'a> = BTreeMap<(&'a str, &'a str), Vec<Way<'a>>>;

/// A Service that can be reached from outside, with its pods and each way in.
pub(super) type Exposed<'a> = (&'a Resource, Rc<[Pod<'a>]>, Vec<Way<'a>>);

/// Every Service of people's own that can be reached from outside. Services
/// that select the same share one list of pods, which lives as long as the iterator.
pub(super) fn exposed(inventory: &Inventory) -> impl Iterator<Item = Exposed<'_>> {
    let mut ways: Ways<'_> = BTreeMap::new();
    by_type(inventory, &mut ways);
    by_ingress(inventory, &mut ways);
    by_route(inventory, &mut ways);
    by_foreign_kinds(inventory, &mut ways);
    let mut known: HashMap<_, Rc<[Pod<'_>]>> = HashMap::new();
    ways.into_iter().filter_map(move |((namespace, name), ways)| {
        let service = inventory.get("Service", namespace, name).filter(|service| services::is_ours(service))?;
        let labels = service.root.entries_at("spec/selector").iter();
        let labels: Vec<_> = labels.map(|label| (&*label.key, label.node.as_str())).collect();
        let pods = known.entry((namespace, services::kind_of(service), labels));
        let pods = pods.or_insert_with(|| services::pods_behind(inventory, service).collect());
        Some((service, pods.clone(), ways))
    })
}

fn by_type<'a>(inventory: &'a Inventory, ways: &mut Ways<'a>) {
    for service in inventory.of_kind("Service") {
        let what = match services::kind_of(service) {
            "LoadBalancer" if !cloister_network::is_internal_load_balancer(service) => "load balancer",
            "NodePort" => "node port",
            _ => continue,
        };
        let closed = services::source_ranges(service).is_some_and(|ranges| services::restricts(&ranges));
        if what == "load balancer" && closed {
            continue;
        }
        let phrase = format!("{what} \"{}\"", service.name);
        let way = Way { place: services::type_place(service), phrase, port: None };
        ways.entry((service.namespace_or_default(), &service.name)).or_default().push(way);
    }
}

fn by_ingress<'a>(inventory: &'a Inventory, ways: &mut Ways<'a>) {
    let ingresses = inventory.of_kind("Ingress");
    for ingress in ingresses.filter(|ingress| ingresses::is_ours(ingress) && !ingresses::is_internal(ingress)) {
        for backend in ingresses::backends(ingress) {
            let way = Way {
                place: backend.place,
                phrase: format!("Ingress \"{}\"", ingress.name),
                port: backend.port.and_then(|port| port.scalar()),
            };
            ways.entry((ingress.namespace_or_default(), backend.service)).or_default().push(way);
        }
    }
}

fn by_route<'a>(inventory: &'a Inventory, ways: &mut Ways<'a>) {
    for route in ROUTES.iter().flat_map(|kind| inventory.of_kind(kind)) {
        // A route on a Service steers traffic inside the cluster.
        let parents = route.root.items_at("spec/parentRefs");
        if parents.iter().all(|parent| parent.str_at("kind") == Some("Service")) {
            continue;
        }
        for target in routes::targets(route) {
            let way = Way {
                place: target.place,
                phrase: format!("{} \"{}\"", route.kind, route.name),
                port: target.port.and_then(|port| port.scalar()),
            };
            ways.entry((target.namespace, target.name)).or_default().push(way);
        }
    }
}

/// Entry points of Istio, OpenShift and Traefik.
fn by_foreign_kinds<'a>(inventory: &'a Inventory, ways: &mut Ways<'a>) {
    let mut add = |resource: &'a Resource, place: Place<'a>, namespace: &'a str, name: &'a str| {
        let way = Way { place, phrase: format!("{} \"{}\"", resource.kind, resource.name), port: None };
        ways.entry((namespace, name)).or_default().push(way);
    };
    for service in inventory.of_kind("VirtualService.networking.istio.io") {
        let gateways = service.root.items_at("spec/gateways");
        if gateways.iter().all(|gateway| gateway.as_str() == Some("mesh")) {
            continue;
        }
        let rules = ["spec/http", "spec/tls", "spec/tcp"].into_iter().flat_map(|path| service.root.items_at(path));
        for route in rules.flat_map(|rule| rule.items_at("route")) {
            let Some(host) = route.str_at("destination/host") else { continue };
            let mut parts = host.split('.');
            let name = parts.next().unwrap_or(host);
            let namespace = parts.next().unwrap_or_else(|| service.namespace_or_default());
            add(service, Place::of(service, route).at("destination/host"), namespace, name);
        }
    }
    for route in inventory.of_kind("Route.route.openshift.io") {
        let place = Place::whole(route).at("spec/to/name");
        if let Some(name) = route.root.str_at("spec/to/name") {
            add(route, place, route.namespace_or_default(), name);
        }
    }
    for kind in ["IngressRoute.traefik.io", "IngressRouteTCP.traefik.io"] {
        for route in inventory.of_kind(kind) {
            let rules = route.root.items_at("spec/routes").iter();
            for service in rules.flat_map(|rule| rule.items_at("services")) {
                let Some(name) = service.str_at("name") else { continue };
                let namespace = service.str_at("namespace").unwrap_or_else(|| route.namespace_or_default());
                add(route, Place::of(route, service).at("name"), namespace, name);
            }
        }
    }
}

/// Whether a way into a Service ends at this port of the pod, going by the
/// Service's own table of ports.
pub(super) fn reaches(service: &Resource, way: &Way<'_>, pod: &Pod<'_>, wanted: i64) -> bool {
    services::ports(service).iter().any(|port| {
        let number = port.int_at("port");
        let asked = way.port.as_deref().is_none_or(|asked| {
            number.is_some_and(|number| number.to_string() == asked) || port.str_at("name") == Some(asked)
        });
        asked && services::target_numbers(port, pod).contains(&wanted)
    })
}
