//! Subsets of DestinationRules: pods of a Service by their labels, to which VirtualServices route, with a traffic policy of
//! their own. What no route names is never used.
//!
//! Source: API documentation of `networking.istio.io/v1` (DestinationRule, Subset: a subset's policy overrides that of the
//! host; VirtualService: `destination.subset`).

use cloister_inventory::Selector;
use cloister_model::{Node, Resource};

use super::{Mesh, client};
use crate::behind::{Open, number};
use crate::endpoints::Workload;
use crate::ports::PortSet;

/// The subsets that a workload is in and that some route names, each with its traffic policy where it has one.
pub(super) fn reached<'a>(
    mesh: &Mesh<'_, 'a>,
    rule: &'a Resource,
    service: &Resource,
    workload: &Workload<'a>,
) -> Vec<Option<&'a Node>> {
    let holds = |subset: &&Node| subset.get("labels").is_none_or(|it| Selector::Map(it).matches(&workload.labels));
    let is_routed = |subset: &&Node| subset.str_at("name").is_some_and(|name| routed(mesh, service, name));
    let own = rule.root.items_at("spec/subsets").iter();
    own.filter(holds).filter(is_routed).map(|subset| subset.get("trafficPolicy")).collect()
}

/// Whether a VirtualService routes something to a subset of a Service.
fn routed(mesh: &Mesh<'_, '_>, service: &Resource, subset: &str) -> bool {
    mesh.inventory.of_kind("VirtualService.networking.istio.io").any(|routes| {
        let mut all = KINDS.into_iter().flat_map(|kind| destinations(routes, kind, service));
        all.any(|to| to.str_at("subset") == Some(subset))
    })
}

const KINDS: [&str; 3] = ["spec/http", "spec/tls", "spec/tcp"];

/// Where the routes of a kind lead to a Service.
fn destinations<'a>(routes: &'a Resource, kind: &str, service: &Resource) -> Vec<&'a Node> {
    let home = routes.namespace_or_default();
    let ways = routes.root.items_at(kind).iter().flat_map(|rule| rule.items_at("route"));
    let ways = ways.filter_map(|way| way.get("destination"));
    ways.filter(|to| to.str_at("host").is_some_and(|host| client::is_host(host, home, service))).collect()
}

/// The ports of a workload to which calls of a Service by members of a namespace come by routes to subsets alone: one
/// VirtualService is about the Service, and all of its routes for the port's protocol name one. Requests that no route
/// fits are refused; connections that none fits are not, so that there one must fit all.
pub(super) fn only_routed(mesh: &Mesh<'_, '_>, from: &str, service: &Resource, workload: &Workload<'_>) -> PortSet {
    let is_about = |routes: &&Resource| {
        let home = routes.namespace_or_default();
        let gateways = routes.root.items_at("spec/gateways");
        let in_mesh = gateways.is_empty() || gateways.iter().any(|it| it.as_str() == Some("mesh"));
        in_mesh
            && client::is_shown(routes, from)
            && routes.root.strs_at("spec/hosts").any(|host| client::is_host(host, home, service))
    };
    let mut about = mesh.inventory.of_kind("VirtualService.networking.istio.io").filter(is_about);
    let (Some(routes), None) = (about.next(), about.next()) else { return PortSet::default() };
    let ports = service.root.items_at("spec/ports").iter().filter(|port| is_only_routed(routes, port, service));
    ports.fold(PortSet::default(), |all, port| all.union(&Open::of(port, workload).ports()))
}

fn is_only_routed(routes: &Resource, port: &Node, service: &Resource) -> bool {
    let to_subsets = |kind: &str| {
        let destinations = destinations(routes, kind, service);
        !destinations.is_empty() && destinations.iter().all(|to| to.str_at("subset").is_some())
    };
    let delegates = || routes.root.items_at("spec/http").iter().any(|rule| rule.get("delegate").is_some());
    let by_requests = || to_subsets("spec/http") && !delegates();
    let own = port.get("port").and_then(number);
    let fits_all = |rule: &Node| {
        let asks = |it: &Node| it.entries().iter().any(|entry| &*entry.key != "port" || number(&entry.node) != own);
        rule.items_at("match").is_empty() || rule.items_at("match").iter().any(|it| !asks(it))
    };
    let by_connections = || {
        let all = routes.root.items_at("spec/tcp");
        to_subsets("spec/tcp") && all.iter().any(fits_all) && routes.root.items_at("spec/tls").is_empty()
    };
    match speaks(port) {
        Speaks::Requests => by_requests(),
        Speaks::Connections => by_connections(),
        // The proxy listens to what is spoken.
        Speaks::Anything => by_requests() && by_connections(),
    }
}

/// What a port of a Service says that it speaks, by `appProtocol` or the start of its name.
enum Speaks {
    Requests,
    Connections,
    Anything,
}

fn speaks(port: &Node) -> Speaks {
    let name = port.str_at("name").map(|name| name.split('-').next().unwrap_or(name));
    match port.str_at("appProtocol").or(name).unwrap_or_default() {
        "http" | "http2" | "grpc" | "kubernetes.io/h2c" => Speaks::Requests,
        "tcp" | "mongo" | "mysql" | "redis" => Speaks::Connections,
        _ => Speaks::Anything,
    }
}
