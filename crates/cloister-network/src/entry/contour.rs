//! Contour's HTTPProxy (`projectcontour.io/v1`).

use cloister_model::{Node, Place, Resource};

use super::controllers::Controller;
use super::front::{Front, Tls};
use super::guard::Proof;
use super::lead::{Backend, Ways, named};
use super::nowhere::Reason;
use super::service::Wanted;

/// Proxies may include others; so deep nobody goes.
const DEEPEST: usize = 8;

pub(super) fn find(ways: &mut Ways<'_, '_>) {
    let (through, reach) = ways.through(Some(Controller::Contour));
    // Without a virtual host it is only included by others.
    for proxy in ways.inventory.of_kind("HTTPProxy.projectcontour.io") {
        let Some(host) = proxy.root.at("spec/virtualhost").filter(|it| it.is_map()) else { continue };
        let mut front = Ways::front(proxy, "spec/virtualhost");
        (front.through, front.guard) = (through.clone(), reach.clone());
        virtual_host(&mut front, host);
        follow(ways, &front, proxy, DEEPEST);
        tcp(ways, &front, proxy);
    }
}

fn virtual_host<'a>(front: &mut Front<'a>, host: &'a Node) {
    front.host = host.str_at("fqdn");
    let tls = host.get("tls").filter(|it| it.is_map());
    front.tls = match tls {
        Some(tls) if tls.bool_at("passthrough") == Some(true) => Tls::PassedThrough,
        Some(_) => Tls::Terminated,
        None => Tls::None,
    };
    front.listens = vec![if tls.is_some() { 443 } else { 80 }];
    let verified = tls.and_then(|tls| tls.get("clientValidation")).filter(|it| it.is_map());
    let lax = ["skipClientCertValidation", "optionalClientCertificate"];
    if verified.is_some_and(|it| lax.iter().all(|field| it.bool_at(field) != Some(true))) {
        front.guard.ask(Proof::ClientCertificate);
    }
    let authorises = host.at("authorization/extensionRef/name").is_some();
    if authorises && host.bool_at("authorization/authPolicy/disabled") != Some(true) {
        front.guard.ask(Proof::ExternalService);
    }
    if host.items_at("jwtProviders").iter().any(|it| it.bool_at("default") == Some(true)) {
        front.guard.ask(Proof::Token);
    }
    addresses(front, host);
}

/// `ipAllowPolicy` and `ipDenyPolicy`; those of a route stand in the place of its host's.
fn addresses(front: &mut Front<'_>, node: &Node) {
    let allowed: Vec<&str> = node.items_at("ipAllowPolicy").iter().filter_map(|it| it.str_at("cidr")).collect();
    if !allowed.is_empty() {
        front.guard.only(allowed);
    }
    front.guard.without(node.items_at("ipDenyPolicy").iter().filter_map(|it| it.str_at("cidr")));
}

fn follow<'a>(ways: &mut Ways<'_, 'a>, front: &Front<'a>, proxy: &'a Resource, depth: usize) {
    for route in proxy.root.items_at("spec/routes") {
        let mut front = Front { place: Place::of(proxy, route), ..front.clone() };
        front.path = prefix(route).or(front.path);
        if route.bool_at("authPolicy/disabled") == Some(true) {
            front.guard.asked.retain(|proof| *proof != Proof::ExternalService);
        }
        if route.str_at("jwtVerificationPolicy/require").is_some() {
            front.guard.ask(Proof::Token);
        }
        if route.bool_at("jwtVerificationPolicy/disabled") == Some(true) {
            front.guard.asked.retain(|proof| *proof != Proof::Token);
        }
        addresses(&mut front, route);
        if route.bool_at("permitInsecure") == Some(true) && front.tls == Tls::Terminated {
            front.tls = Tls::Optional;
        }
        route.items_at("services").iter().for_each(|service| to(ways, &front, service));
    }
    for include in proxy.root.items_at("spec/includes").iter().filter(|_| depth > 0) {
        let Some(name) = include.str_at("name") else { continue };
        let namespace = include.str_at("namespace").unwrap_or_else(|| proxy.namespace_or_default());
        let mut front = Front { place: Place::of(proxy, include), ..front.clone() };
        front.path = prefix(include).or(front.path);
        match named(ways.inventory, "HTTPProxy.projectcontour.io", namespace, name) {
            Some(next) => follow(ways, &front, next, depth - 1),
            None => ways.dead(&front, Reason::NoParent(format!("HTTPProxy {namespace}/{name}"))),
        }
    }
}

fn prefix(node: &Node) -> Option<&str> {
    node.items_at("conditions").iter().find_map(|it| it.str_at("prefix").or_else(|| it.str_at("exact")))
}

fn tcp<'a>(ways: &mut Ways<'_, 'a>, front: &Front<'a>, proxy: &'a Resource) {
    proxy.root.items_at("spec/tcpproxy/services").iter().for_each(|service| to(ways, front, service));
}

fn to<'a>(ways: &mut Ways<'_, 'a>, front: &Front<'a>, service: &'a Node) {
    let resource = front.resource();
    let front = front.at(service);
    let Some(name) = service.str_at("name") else { return };
    let all = resource.root.items_at("spec/routes").iter().flat_map(|route| route.items_at("services"));
    // A weight of 0 beside others gets nothing.
    if service.int_at("weight") == Some(0) && all.clone().any(|it| it.int_at("weight").is_some_and(|it| it > 0)) {
        return ways.dead(&front, Reason::NoWeight(name.to_owned()));
    }
    let port = service.get("port").map_or(Wanted::All, Wanted::Own);
    ways.lead(&front, Backend { namespace: resource.namespace_or_default(), service: name, port });
}
