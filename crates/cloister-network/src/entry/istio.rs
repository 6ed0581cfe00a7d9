//! Istio's own Gateway and VirtualService (`networking.istio.io/v1`).

use cloister_model::{Node, Place, Resource};

use super::controllers::selected;
use super::front::{Front, Through, Tls};
use super::guard::Proof;
use super::hosts::intersection;
use super::lead::{Backend, Ways, named};
use super::nowhere::Reason;
use super::service::Wanted;
use crate::behind::number;

/// The name of all sidecars among a VirtualService's gateways.
const MESH: &str = "mesh";

pub(super) fn find(ways: &mut Ways<'_, '_>) {
    for service in ways.inventory.of_kind("VirtualService.networking.istio.io") {
        for gateway in service.root.items_at("spec/gateways") {
            if let Some(name) = gateway.as_str().filter(|name| *name != MESH) {
                by_gateway(ways, service, gateway, name);
            }
        }
    }
}

/// `NAME` of the same namespace, or `NAMESPACE/NAME`.
fn by_gateway<'a>(ways: &mut Ways<'_, 'a>, service: &'a Resource, node: &'a Node, name: &'a str) {
    let (namespace, name) = name.split_once('/').unwrap_or((service.namespace_or_default(), name));
    let mut front = Front::new(Place::of(service, node));
    let Some(gateway) = named(ways.inventory, "Gateway.networking.istio.io", namespace, name) else {
        return ways.dead(&front, Reason::NoParent(format!("Gateway {namespace}/{name}")));
    };
    let pods = gateway.root.at("spec/selector").map(|labels| selected(ways.network, None, labels)).unwrap_or_default();
    if !pods.is_empty() {
        front.guard = ways.reach(&pods);
        front.through = Through::Pods(pods);
    }
    let mut attached = false;
    for server in gateway.root.items_at("spec/servers") {
        for host in service.root.items_at("spec/hosts").iter().filter_map(Node::as_str) {
            let served = server.items_at("hosts").iter().filter_map(Node::as_str);
            let Some(shared) = served.filter_map(|it| shared(it, host, gateway, service)).next() else { continue };
            attached = true;
            front.host = (shared != "*").then_some(shared);
            serve(ways, &front, server, service);
        }
    }
    if !attached {
        let why = format!("no server of Gateway {namespace}/{name} has one of its hosts");
        ways.dead(&front, Reason::NotAttached(why));
    }
}

/// A server's host may name the namespaces whose VirtualServices it takes: `NAMESPACE/HOST`, `./HOST`, `*/HOST`.
fn shared<'h>(server: &'h str, host: &'h str, gateway: &Resource, service: &Resource) -> Option<&'h str> {
    let (namespace, server) = server.split_once('/').unwrap_or(("*", server));
    let own = service.namespace_or_default();
    let taken = match namespace {
        "*" => true,
        "." => gateway.namespace_or_default() == own,
        name => name == own,
    };
    taken.then(|| intersection(server, host)).flatten()
}

fn serve<'a>(ways: &mut Ways<'_, 'a>, front: &Front<'a>, server: &'a Node, service: &'a Resource) {
    let mut front = front.clone();
    let protocol = server.str_at("port/protocol").unwrap_or_default().to_ascii_uppercase();
    front.listens = server.at("port/number").and_then(number).into_iter().collect();
    if server.bool_at("tls/httpsRedirect") == Some(true) {
        return;
    }
    front.tls = match server.str_at("tls/mode") {
        Some("PASSTHROUGH" | "AUTO_PASSTHROUGH") => Tls::PassedThrough,
        Some(_) => Tls::Terminated,
        None if matches!(protocol.as_str(), "HTTP" | "HTTP2" | "GRPC") => Tls::None,
        None if protocol == "HTTPS" => Tls::Terminated,
        None => Tls::Unknown,
    };
    if matches!(server.str_at("tls/mode"), Some("MUTUAL" | "ISTIO_MUTUAL")) {
        front.guard.ask(Proof::ClientCertificate);
    }
    for list in ["http", "tls", "tcp"] {
        for rule in service.root.at("spec").map(|spec| spec.items_at(list)).unwrap_or_default() {
            let paths = rule.items_at("match").iter().filter_map(|it| it.get("uri")?.entries().first()?.node.as_str());
            let paths: Vec<Option<&str>> = paths.map(Some).collect();
            for path in if paths.is_empty() { vec![None] } else { paths } {
                front.path = path;
                rule.items_at("route").iter().for_each(|route| to(ways, &front, rule, route));
            }
        }
    }
}

fn to<'a>(ways: &mut Ways<'_, 'a>, front: &Front<'a>, rule: &'a Node, route: &'a Node) {
    let resource = front.resource();
    let front = front.at(route);
    let Some(host) = route.str_at("destination/host") else { return };
    let mut parts = host.split('.');
    let name = parts.next().unwrap_or(host);
    let namespace = parts.next().unwrap_or_else(|| resource.namespace_or_default());
    // Other names than a Service's are those of ServiceEntries.
    if parts.next().is_some_and(|part| part != "svc") {
        return ways.dead(&front, Reason::ExternalName(host));
    }
    if route.int_at("weight") == Some(0) && rule.items_at("route").len() > 1 {
        return ways.dead(&front, Reason::NoWeight(name.to_owned()));
    }
    let port = route.at("destination/port/number").and_then(number).map_or(Wanted::All, Wanted::Number);
    ways.lead(&front, Backend { namespace, service: name, port });
}
